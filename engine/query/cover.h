/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the groups of a maintained aggregate answer for a filter: its where-clause asks no
 * more than the filter does, and all else the filter asks is decided by the group columns. A
 * column decides whatever is asked of its field; a day or month what holds for all of it or for
 * nothing of it, such as a range that begins and ends with one. Decided from the words and the
 * time zone alone, so what covers once covers always. */
#pragma once

#include "engine/aggregate/group.h"
#include "engine/query/filter.h"

typedef struct engine__cover {
	const engine_aggregate *aggregate;
	const engine__filter *filter;
	int64_t zone_min;
	/* Conjuncts that are decided group by group. */
	uint16_t tests[ENGINE_FILTER_NODES_MAX];
	uint16_t test_count;
	/* The column that each operand of the filter is decided by. */
	uint8_t columns[ENGINE_FILTER_NODES_MAX];
	/* What each column must be; NULL: anything. IN and IS_NULL nodes. */
	const engine__node *fixed[ENGINE_GROUP_COLUMNS_MAX];
	uint16_t prefix; /* leading columns that are fixed, as far as they bound what is read */
	/* What the column behind the prefix must lie between, if anything. */
	bool has_low;
	bool has_high;
	engine__value low;
	engine__value high;
} engine__cover;

/* What the words of a request mean for an aggregate. */
typedef struct engine__cover_terms {
	const engine__filter *filter;
	int64_t zone_min;
	bool where_is_meant; /* the where-clause is part of the request */
} engine__cover_terms;

/* The time zone that days and months of the type's aggregates have; 0 when none depends on it.
 * Errors: CX_CORRUPT, CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__cover_zone(engine_read *read, const engine_type *type,
                                         int64_t *ret);

/* False when it does not cover, or is being built. */
bool engine__cover_of(const engine__cover_terms *terms, const engine_aggregate *aggregate,
                      engine__cover *ret);

/* Which of two is read faster: with the most columns that bound it, then the fewest columns. */
bool engine__cover_is_better(const engine__cover *a, const engine__cover *b);

/* The best one for a count. */
bool engine__cover_find(const engine__cover_terms *terms, engine__cover *ret);

/* Whether no record of the groups meant has null in the field, as far as the words say. */
bool engine__cover_excludes_null(const engine__cover *cover, const engine_field *field);

/* `values` has one for each column. */
typedef cx_status engine__cover_visitor(void *context, const engine__value *values,
                                        const engine__group *group);

/* What reading groups may cost, and has cost. */
typedef struct engine__cover_work {
	uint64_t deadline_ns; /* 0 = none */
	uint64_t keys_max;    /* 0 = no limit */
	uint64_t keys;        /* groups looked at */
	uint64_t meant;       /* groups handed out */
} engine__cover_work;

/* Hands out the groups the filter means. Errors: CX_DEADLINE, CX_SCAN_LIMIT (there are more
 * than keys_max to be looked at), CX_CORRUPT, CX_IO, CX_NO_MEMORY, the visitor's. */
CX_MUST_USE cx_status engine__cover_each(engine_read *read, const engine__cover *cover,
                                         engine__cover_work *work, engine__cover_visitor *visit,
                                         void *context, cx_error *error);

enum { ENGINE__COVER_KEYS = 4 };

/* Writes the pairs of a map, ENGINE__COVER_KEYS of them: plan "aggregate", aggregate: name,
 * equal: [columns], range: column or nil. */
void engine__cover_write(const engine__cover *cover, cx_buf *out);

/* Counts the records of a query by groups. `*ret_covered` is false, and nothing counted, when
 * none cover it. Errors: those of the filter, and as above. */
CX_MUST_USE cx_status engine__count_by_groups(engine_read *read, const engine_query *query,
                                              cx_arena *arena, bool *ret_covered, uint64_t *ret,
                                              cx_error *error);
