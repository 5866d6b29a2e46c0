/* SPDX-License-Identifier: Apache-2.0 */
/* What a query must return, found by looking at every record: engine/query.h said as plainly
 * as possible. Shares nothing with engine/query/. */
#pragma once

#include "base/msgpack.h"
#include "engine/query.h"

typedef struct naive_record {
	int64_t id;
	bool deleted;
	cx_slice bytes;      /* the array */
	const cx_value *row; /* decoded */
} naive_record;

/* Every record of a type. */
typedef struct naive_table {
	const engine_type *type;
	cx_arena *arena;
	naive_record *records;
	size_t count;
} naive_table;

/* Reads ids 1..last of the snapshot; what is read lives in the table. */
void naive_read(naive_table *self, engine_read *read, const engine_type *type, int64_t last);
void naive_release(naive_table *self);

/* True when the filter (MessagePack, engine/query.h) holds, and the record is live or the
 * filter names deleted_at. */
bool naive_matches(const naive_table *self, const naive_record *record, cx_slice filter);

/* The same of a filter and a record that are decoded; whether that is deleted does not count.
 * The arena is for texts on the way. */
bool naive_holds(const engine_type *type, const cx_value *row, const cx_value *filter,
                 cx_arena *arena);

/* <0, 0, >0; null comes first. */
int naive_compare_values(const engine_field *field, const cx_value *a, const cx_value *b);

/* <0, 0, >0 by the fields of the order; ids do not count unless they are among them. */
int naive_compare(const naive_record *a, const naive_record *b, const engine_order *order,
                  size_t order_count);

/* NULL when there is none. */
const naive_record *naive_find(const naive_table *self, int64_t id);
