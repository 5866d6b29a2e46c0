/* SPDX-License-Identifier: Apache-2.0 */
/* What a summary is asked for: columns and measures, read from their words and bound to the
 * fields of a type. */
#pragma once

#include "base/arena.h"
#include "engine/summary.h"

typedef enum engine__measure_kind {
	ENGINE__MEASURE_COUNT,
	ENGINE__MEASURE_SUM,
	ENGINE__MEASURE_AVG,
	ENGINE__MEASURE_MIN,
	ENGINE__MEASURE_MAX,
} engine__measure_kind;

typedef struct engine__measure {
	engine__measure_kind kind;
	const char *name;             /* "sum(a * b)", in the form of the schema */
	const engine_field *field;    /* MIN, MAX, COUNT; NULL in COUNT: of records */
	engine_expression expression; /* SUM, AVG */
} engine__measure;

/* What groups are ordered by: a column, or a measure. */
typedef struct engine__group_order {
	bool is_measure;
	bool descending;
	uint16_t at;
} engine__group_order;

typedef struct engine__request {
	const engine_type *type;
	/* A text of a column is never cut, and bytes of a key are not shared out: the whole has
	 * at most ENGINE_SUMMARY_KEY_MAX. */
	engine_group_column columns[ENGINE_GROUP_COLUMNS_MAX];
	uint16_t column_count;
	engine__measure measures[ENGINE_MEASURES_MAX];
	uint16_t measure_count;
	engine__group_order order[ENGINE_ORDER_MAX];
	uint16_t order_count;
	bool zoned;                       /* has a day or month of a ts */
	uint16_t slots[ENGINE_SLOTS_MAX]; /* what is taken from a record, ascending */
	uint16_t slot_count;
} engine__request;

/* All but the order. Everything that is made lives in the arena.
 * Errors: CX_INVALID_ARGUMENT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__request_read(const engine_summary_query *query, cx_arena *arena,
                                           engine__request *ret, cx_error *error);

/* What the values of a measure are. */
engine_kind engine__measure_result(const engine__measure *measure);
