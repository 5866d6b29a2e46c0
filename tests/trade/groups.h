/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of records, counted and summed by looking at every record: what a maintained
 * aggregate must hold. Shares nothing with engine/aggregate/. */
#pragma once

#include "engine/aggregate.h"
#include "tests/trade/world.h"

__extension__ typedef __int128 trade_wide;

/* What stands in a column for null; a text stands as its hash, an enum as its position. */
#define TRADE_NULL INT64_MIN

typedef struct trade_group {
	int64_t columns[ENGINE_GROUP_COLUMNS_MAX];
	bool used;
	uint64_t count;
	trade_wide sums[ENGINE_SUMS_MAX];
} trade_group;

typedef struct trade_column {
	const engine_field *field;
	engine_bucket bucket;
} trade_column;

typedef struct trade_term {
	const engine_field *factors[2]; /* the second may be NULL */
	bool minus;
} trade_term;

typedef struct trade_sum {
	trade_term terms[4];
	size_t count;
} trade_sum;

typedef struct trade_groups {
	trade_column columns[ENGINE_GROUP_COLUMNS_MAX];
	size_t column_count;
	trade_sum sums[ENGINE_SUMS_MAX];
	size_t sum_count;
	trade_group *slots; /* a hash table */
	size_t capacity, count;
} trade_groups;

/* `columns` as "month(closed_at),state", `sums` as "amount_base*probability_bp,a-b"; "" = none.
 */
void trade_groups_init(trade_groups *self, const engine_type *type, const char *columns,
                       const char *sums);
void trade_groups_release(trade_groups *self);
void trade_groups_add(trade_groups *self, const trade_record *record);

/* NULL when no record is in it. */
const trade_group *trade_groups_find(const trade_groups *self, const int64_t *columns);

/* A value of a message in a column of these groups. */
int64_t trade_column_read(const trade_column *column, cx_reader *reader);

trade_wide trade_wide_of(engine_sum sum);

/* The day, or first day of the month, of an instant where the organisation is. */
int64_t trade_day_of(int64_t ms);
int64_t trade_month_of(int64_t day);
/* When that day begins. */
int64_t trade_day_begin_ms(int64_t day);
