/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregates: counts and sums of groups of records.
 *
 * A *maintained* aggregate is declared in the schema (docs/data-model.md). Its groups are kept
 * in the transaction that changes a record, so reading one is a look-up whatever the number of
 * records. A group is there while it has records. Only live records are in it, and of those the
 * ones its where-clause holds for; a comparison with null never holds. Null is a value to group
 * by. A sum leaves out the records in which one of its fields is null.
 *
 * A *rollup* is a field of a record that the store keeps over the live records referring to it.
 *
 * Days and months are those of the schema's time zone; their value is the date of their first
 * day. */
#pragma once

#include "engine/query.h"

/* ---- 128-bit sums ---- */

/* A signed number of 128 bits: high * 2^64 + low.
 *
 * A sum cannot overflow: each of at most ENGINE_TERMS_MAX terms of a record is refused beyond
 * ±2^71, so a record adds at most 2^73; ids, and so records, stay below 2^53; and
 * 2^73 * 2^53 = 2^126. */
typedef struct engine_sum {
	int64_t high;
	uint64_t low;
} engine_sum;

enum {
	ENGINE_TERM_BITS = 71,
	ENGINE_SUM_TEXT_SIZE = 41, /* sign, 39 digits, the zero at the end */
};

engine_sum engine_sum_of(int64_t number);
engine_sum engine_sum_product(int64_t a, int64_t b);

/* Modulo 2^128. */
engine_sum engine_sum_add(engine_sum a, engine_sum b);
engine_sum engine_sum_negative(engine_sum sum);
int engine_sum_compare(engine_sum a, engine_sum b);
bool engine_sum_is_zero(engine_sum sum);

/* False, and nothing written, when it does not fit. */
bool engine_sum_to_int(engine_sum sum, int64_t *ret);

/* The quotient, rounded to the nearest, halves away from zero. `divisor` > 0. */
engine_sum engine_sum_divide(engine_sum sum, uint64_t divisor);

/* Decimal digits. */
void engine_sum_text(engine_sum sum, char text[ENGINE_SUM_TEXT_SIZE]);

/* The form of replies: an integer where it fits 64 bits, otherwise a text of digits. */
void engine_sum_write(engine_sum sum, cx_buf *out);

/* ---- what the schema declares ---- */

/* field OP one of the values; or field OP other, another field of the record. */
typedef struct engine_condition {
	const engine_field *field;
	engine_comparison comparison;
	const engine_field *other; /* NULL: the values */
	const int64_t *values;     /* ascending; one but for EQUAL; enums by position */
	uint16_t value_count;
} engine_condition;

typedef struct engine_where {
	const engine_condition *conditions; /* all must hold */
	uint16_t count;
} engine_where;

typedef struct engine_term {
	const engine_field *factors[ENGINE_FACTORS_MAX];
	uint16_t factor_count;
	bool minus;
} engine_term;

typedef struct engine_expression {
	const char *text; /* "amount_base * probability_bp" */
	engine_term terms[ENGINE_TERMS_MAX];
	uint16_t term_count;
} engine_expression;

/* Minutes east of UTC of a time zone, a day at most either way. */
enum { ENGINE_ZONE_MINUTES_MAX = 24 * 60 };

static inline bool engine_zone_is_valid(int64_t minutes)
{
	return minutes >= -ENGINE_ZONE_MINUTES_MAX && minutes <= ENGINE_ZONE_MINUTES_MAX;
}

typedef struct engine_group_column {
	const engine_field *source;
	engine_bucket bucket;
	/* How it lies in a key. column.field is `source`, or a date named "month(source)". */
	engine_column column;
} engine_group_column;

/* Of an aggregate, and of a rollup. */
typedef enum engine_aggregate_state {
	/* Stored as numbers. */
	ENGINE_AGGREGATE_READY = 0,
	/* Holds the records its build has passed. An aggregate is not read; the field of a
	 * rollup is, as it stands. */
	ENGINE_AGGREGATE_BUILDING = 1,
	ENGINE_AGGREGATE_FAILED = 2, /* not kept; an aggregate is not read, a rollup is empty */
} engine_aggregate_state;

/* By the names of the states of indexes. */
const char *engine_aggregate_state_name(engine_aggregate_state state);

struct engine_aggregate {
	const char *name;
	const char *label_en;
	const char *label_zh;
	uint16_t id; /* unique in the store, never used again */
	uint16_t number;
	engine_aggregate_state state;
	const engine_type *type;
	engine_where where;
	engine_group_column columns[ENGINE_GROUP_COLUMNS_MAX];
	uint16_t column_count;
	engine_expression sums[ENGINE_SUMS_MAX];
	uint16_t sum_count;
	bool zoned;            /* has a day or month of a ts */
	const uint16_t *slots; /* of fields it depends on, ascending, deleted_at among them */
	uint16_t slot_count;
};

struct engine_rollup {
	engine_rollup_kind kind;
	engine_aggregate_state state; /* its own; see engine_rollup_state() */
	const engine_type *parent;
	const engine_field *field; /* of `parent`: where it is kept */
	const engine_type *type;   /* whose records are counted or summed */
	const engine_field *ref;   /* of `type`: refers to the parent */
	engine_where where;
	engine_expression sum;      /* SUM */
	const engine_field *source; /* MIN, MAX */
	const engine_index *index;  /* MIN, MAX: led by ref, source; a readable one, if any */
	const uint16_t *slots;      /* as above, without `ref` */
	uint16_t slot_count;
};

/* Whether it is over another rollup that is being built. */
bool engine_rollup_waits(const engine_rollup *rollup);
/* As it is told: BUILDING, too, when it is READY by itself but waits. */
engine_aggregate_state engine_rollup_state(const engine_rollup *rollup);

/* ---- reading maintained aggregates ---- */

enum { ENGINE_GROUPS_DEFAULT = 1000, ENGINE_GROUPS_MAX = 10000 };

/* A group as handed out. */
typedef struct engine_group {
	cx_slice columns; /* MessagePack array of the group's values; lives until the next */
	uint64_t count;
	engine_sum sums[ENGINE_SUMS_MAX];
} engine_group;

typedef struct engine_group_query {
	const engine_aggregate *aggregate;
	cx_slice prefix; /* MessagePack array: values of the first columns; empty = none */
	/* Bounds of the column after the prefix, both included, as MessagePack; empty = none. A
	 * bound leaves null out. */
	cx_slice low;
	cx_slice high;
	size_t limit;   /* 0 = ENGINE_GROUPS_DEFAULT */
	cx_slice after; /* the position an earlier page returned */
} engine_group_query;

typedef cx_status engine_group_sink(void *context, const engine_group *group);

typedef struct engine_group_page {
	size_t groups;
	uint64_t keys;        /* looked at; one more than groups where there are more */
	size_t position_size; /* 0: there are no more */
	uint8_t position[ENGINE_POSITION_BYTES_MAX];
} engine_group_page;

/* Reads one group; `columns` is a MessagePack array with a value for each group column. A
 * group without records has count 0 and sums of 0, and is no error. `ret->columns` stays empty.
 * Errors: CX_TYPE, CX_INVALID_ARGUMENT (the number of values; its build failed), CX_BUSY (it is
 * being built). */
CX_MUST_USE cx_status engine_aggregate_read(engine_read *read,
                                            const engine_aggregate *aggregate, cx_slice columns,
                                            engine_group *ret, cx_error *error);

/* Hands out the groups in the order of their columns (null first). One look at one snapshot;
 * pages concatenate to the whole.
 * Errors: as engine_aggregate_read; CX_CURSOR_STALE; the sink's. */
CX_MUST_USE cx_status engine_aggregate_groups(engine_read *read,
                                              const engine_group_query *query,
                                              engine_group_sink *sink, void *context,
                                              engine_group_page *ret, cx_error *error);

/* Adds up all groups of the query; limit and after do not matter. `*ret_groups` is how many
 * there were. */
CX_MUST_USE cx_status engine_aggregate_total(engine_read *read, const engine_group_query *query,
                                             engine_group *ret, uint64_t *ret_groups,
                                             cx_error *error);

/* ---- counting by groups ---- */

/* How engine_query_count would count: {plan: "aggregate", aggregate: name, equal: [columns that
 * are fixed for the groups read], range: the column after them if it is bounded, or nil} when a
 * maintained aggregate covers the filter, otherwise the plan as engine_query_explain writes it.
 * Errors: as that. */
CX_MUST_USE cx_status engine_count_explain(engine_read *read, const engine_query *query,
                                           cx_buf *out, cx_error *error);
