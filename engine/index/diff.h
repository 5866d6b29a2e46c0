/* SPDX-License-Identifier: Apache-2.0 */
/* What changes between two lists of index entries. */
#pragma once

#include "engine/index/entries.h"

typedef struct engine__edits {
	void *context;
	cx_status (*remove)(void *context, const engine__entry *entry);
	cx_status (*insert)(void *context, const engine__entry *entry); /* a new key */
	cx_status (*change)(void *context,
	                    const engine__entry *entry); /* same key, new value */
} engine__edits;

/* Calls `remove` for every key in `before` only, `insert` for every key in `after` only and
 * `change` for keys in both whose value differs; entries in both are left alone, which saves
 * page writes. All removes come before the first insert, so that a unique key that moves
 * within one record is free when it is put.
 *
 * Both lists are in ascending (tree, key) order without duplicates. Stops at the first edit
 * that fails and returns its status. */
CX_MUST_USE cx_status engine__diff(const engine__entry *before, size_t before_count,
                                   const engine__entry *after, size_t after_count,
                                   const engine__edits *edits);
