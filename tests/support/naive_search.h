/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a search finds a record, by looking at its texts: for words of letters and for
 * Chinese, the ones that random filters ask for. Shares nothing with engine/search/. */
#pragma once

#include "base/arena.h"
#include "base/msgpack.h"
#include "engine/schema.h"

/* `filter`: ["match", text] or ["match", field, text]. */
bool naive_finds(const engine_type *type, const cx_value *row, const cx_value *filter,
                 cx_arena *arena);
