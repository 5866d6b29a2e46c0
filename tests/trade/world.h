/* SPDX-License-Identifier: Apache-2.0 */
/* A store of the built-in schema filled with tests/trade/data.h, and one snapshot of it that
 * everything is asked of. */
#pragma once

#include "base/msgpack.h"
#include "tests/trade/data.h"

typedef struct trade_world {
	store_fixture store;
	engine_read *read;
	trade_sizes sizes;
} trade_world;

void trade_world_open(trade_world *self);
void trade_world_close(trade_world *self);

/* Takes statistics of all indexes; the planner uses them from then on. */
void trade_world_analyze(trade_world *self);

/* Records ever made of a type. */
int64_t trade_world_made(const trade_world *self, const char *type);

/* ---- one pass over all records of a type ---- */

/* The row decoded; it lives during the call, its texts as long as the snapshot. */
typedef struct trade_record {
	int64_t id;
	bool deleted;
	const engine_type *type;
	const cx_value *row;
	cx_arena *arena; /* for what is needed during the call */
} trade_record;

typedef void trade_visit(void *context, const trade_record *record);

/* Reads every record, the deleted ones too, by its id. */
void trade_pass(const trade_world *self, const char *type, trade_visit *visit, void *context);

/* A value of the record, by the name of its field. */
const cx_value *trade_value(const trade_record *record, const char *field);

/* ---- what is wrong ---- */

/* Prints one row of a table that fails; so one run tells all of them. */
CX_PRINTF(3, 4)
void trade_complain(int number, const char *what, const char *format, ...);
/* Fails the test when anything was complained of since the last time. */
void trade_assert_no_complaint(void);
