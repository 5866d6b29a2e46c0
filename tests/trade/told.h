/* SPDX-License-Identifier: Apache-2.0 */
/* A report over the world, and what it answered. */
#pragma once

#include "tests/trade/world.h"

typedef struct trade_report {
	cx_arena *arena;
	cx_buf bytes;
	const cx_value *answer;
} trade_report;

/* Runs it; now is the beginning of TRADE_TODAY. It must succeed. `params` as
 * tests/support/wire.h has it. Released by the caller. */
CX_PRINTF(4, 5)
void trade_report_run(const trade_world *world, trade_report *ret, const char *name,
                      const char *params, ...);
void trade_report_release(trade_report *self);

/* A member of the answer: "seq", "keys", "fetched". */
int64_t trade_report_figure(const trade_report *self, const char *member);

/* Fails the test when there is no such section or column. INT64_MIN: null. */
size_t trade_report_rows(const trade_report *self, const char *section);
int64_t trade_report_int(const trade_report *self, const char *section, size_t row,
                         const char *column);
/* Empty when null. */
cx_slice trade_report_text(const trade_report *self, const char *section, size_t row,
                           const char *column);

/* Complains when a cell is another. */
void trade_report_expect(const trade_report *self, const char *section, size_t row,
                         const char *column, int64_t expected);

/* part × scale ÷ whole, halves away from zero; INT64_MIN when whole is 0. */
int64_t trade_ratio(int64_t part, int64_t whole, int64_t scale);
