/* SPDX-License-Identifier: Apache-2.0 */
/* Names to numbers: an open-addressed hash table, made once and then only read. */
#pragma once

#include "base/arena.h"
#include "engine/schema.h"

/* A list of up to this many names is gone through faster than it is hashed. */
enum { ENGINE__NAMES_FEW = 6 };

/* Makes the table of `names` in the arena, each name with its position. Sets `*ret` to NULL
 * when they are few. The names must be different and outlive the table; an
 * empty one is none.
 * Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__names_new(const char *const *names, size_t count, cx_arena *arena,
                                        const engine__names **ret);

/* The position of the name, -1 when it is none of them. */
int engine__names_find(const engine__names *names, cx_slice name);
