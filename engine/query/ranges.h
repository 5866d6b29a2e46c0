/* SPDX-License-Identifier: Apache-2.0 */
/* The key ranges of a path that hold what a candidate's conjuncts ask for. */
#pragma once

#include "engine/query/candidate.h"

/* Keys from `low` (empty: the first of the tree) to before `high` (empty: to the last). */
typedef struct engine__range {
	cx_slice low;
	cx_slice high;
	size_t prefix; /* bytes of the fixed columns, the same in every key of the range */
	const engine__path *path;
	uint16_t leg; /* of the plan: plan.h */
} engine__range;

typedef struct engine__ranges {
	engine__range *items; /* of one leg: ascending, apart from each other */
	size_t count;
} engine__ranges;

/* Computes them. A conjunct whose text had to be cut finds too much: it is taken off the
 * candidate's `used`, so that the rows are looked at. Everything lives in the arena.
 * Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__ranges_of(const engine__filter *filter,
                                        engine__candidate *candidate, cx_arena *arena,
                                        engine__ranges *ret);

/* Leaves of ranges over a path by id what lies above the id. The first key that is left lives
 * in the arena. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__ranges_above(engine__ranges *ranges, int64_t id, cx_arena *arena);

bool engine__range_holds(const engine__range *range, cx_slice key);

/* How many of these entries, read one after the other in one direction from a place inside the
 * range, still lie in it: the first so many. */
size_t engine__range_count(const engine__range *range, const engine__pair *entries,
                           size_t count, bool backward);
