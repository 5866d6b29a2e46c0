/* SPDX-License-Identifier: Apache-2.0 */
/* Planning unions: an "or" whose parts are each served by a path of their own. */
#pragma once

#include "engine/query/plan.h"

/* True when the filter has an "or" that a union could serve. */
bool engine__union_is_possible(const engine__plan *plan);

/* Estimates the unions that the query allows and returns the one with the fewest keys; NULL
 * when there is none. Errors: CX_IO, CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__union_find(engine_read *read, const engine__plan *plan,
                                         engine__purpose purpose, cx_arena *arena,
                                         engine__union **ret);

/* What it costs; see engine__cost. */
double engine__union_cost(const engine__plan *plan, engine__purpose purpose,
                          const engine__union *join, double fewest);

/* Makes the union of an earlier page again: of the "or" at `node` with these indexes, one for
 * each part (0 = by id). `*ret` is NULL when that is not possible any more.
 * Errors: CX_IO, CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__union_again(engine_read *read, const engine__plan *plan,
                                          const engine__position *position, cx_arena *arena,
                                          engine__union **ret);

/* Makes it what the plan does. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__union_take(engine__plan *plan, engine__union *join,
                                         cx_arena *arena);
