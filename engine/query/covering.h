/* SPDX-License-Identifier: Apache-2.0 */
/* Rows made from the key of an index entry, for a query that asks for none but the index's
 * columns and the id: their records need not be fetched. */
#pragma once

#include "engine/query/path.h"

/* Whether the path's keys hold every field of query->only; `*ret_columns` (may be NULL) has
 * then a bit for each column that is asked for. A folded text is not what was written, so its
 * column holds nothing. */
bool engine__path_covers(const engine__path *path, const engine_query *query,
                         uint32_t *ret_columns);

/* Writes the row of an entry of such a path: an array in the layout of the type, nil but for
 * the id and these columns. `*ret_exact` is false, and `out` of no use, when a text was cut.
 * `scratch` is working space. Errors: CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__covering_row(const engine__path *path, uint32_t columns,
                                           cx_slice key, int64_t id, cx_buf *scratch,
                                           cx_buf *out, bool *ret_exact);
