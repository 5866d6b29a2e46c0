/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the groups of a maintained aggregate answer for a filter: its where-clause asks no
 * more than the filter does, and all else the filter asks are equalities, "in" and "null" of
 * group columns. Decided from the words alone, so what covers once covers always. */
#pragma once

#include "engine/aggregate/group.h"
#include "engine/query/filter.h"

typedef struct engine__cover {
	const engine_aggregate *aggregate;
	/* What each column must be; NULL: anything. IN and IS_NULL nodes. */
	const engine__node *fixed[ENGINE_GROUP_COLUMNS_MAX];
	uint16_t prefix; /* leading columns that are fixed, as far as they bound what is read */
} engine__cover;

/* False when it does not cover, or is being built. */
bool engine__cover_of(const engine__filter *filter, const engine_aggregate *aggregate,
                      engine__cover *ret);

/* The best one for a count: with the most columns that bound it, then the fewest columns. */
bool engine__cover_find(const engine__filter *filter, engine__cover *ret);

/* `values` has one for each column. */
typedef cx_status engine__cover_visitor(void *context, const engine__value *values,
                                        const engine__group *group);

/* Hands out the groups the filter means. Errors: CX_DEADLINE, CX_CORRUPT, CX_IO, CX_NO_MEMORY,
 * the visitor's. */
CX_MUST_USE cx_status engine__cover_each(engine_read *read, const engine__cover *cover,
                                         uint64_t deadline_ns, engine__cover_visitor *visit,
                                         void *context, cx_error *error);

/* Counts the records of a query by groups. `*ret_covered` is false, and nothing counted, when
 * none cover it. Errors: those of the filter, and as above. */
CX_MUST_USE cx_status engine__count_by_groups(engine_read *read, const engine_query *query,
                                              cx_arena *arena, bool *ret_covered, uint64_t *ret,
                                              cx_error *error);
