/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up records of the built-in schema, as many fields set as people set, for the costs. The
 * same from run to run. */
#pragma once

#include "bench/workload.h"
#include "engine/query.h"

#define BENCH_TRADE_KINDS(K)          \
	K(CUSTOMER, "customer")       \
	K(OPPORTUNITY, "opportunity") \
	K(ORDER, "sales_order")       \
	K(ACTIVITY, "activity")

typedef enum bench_trade_kind {
#define BENCH_TRADE_KIND_MEMBER(name, text) BENCH_TRADE_##name,
	BENCH_TRADE_KINDS(BENCH_TRADE_KIND_MEMBER)
#undef BENCH_TRADE_KIND_MEMBER
		BENCH_TRADE_KIND_COUNT,
} bench_trade_kind;

typedef struct bench_trade {
	const engine_type *types[BENCH_TRADE_KIND_COUNT];
	int64_t made[BENCH_TRADE_KIND_COUNT];
	bench_random random;
	engine_change change;
	cx_buf fields;
} bench_trade;

/* Makes team, users and stages in a new store. */
cx_status bench_trade_begin(bench_trade *self, engine *store, engine_write *write,
                            cx_error *error);
void bench_trade_end(bench_trade *self);

/* One more; customers come first, as the others refer to them. */
cx_status bench_trade_insert(bench_trade *self, engine_write *write, bench_trade_kind kind,
                             cx_error *error);
