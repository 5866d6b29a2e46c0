/* SPDX-License-Identifier: Apache-2.0 */
/* Reports over a store of the built-in schema, and what they answer. */
#pragma once

#include "base/msgpack.h"
#include "crm/report.h"
#include "tests/support/store_fixture.h"

/* An instant that the tests take for now: 2026-11-23T06:00:00Z, which is 14:00 by the clock of
 * an organisation without a record of settings. */
#define REPORT_NOW 1795413600000LL
enum { REPORT_TODAY = 20780, DAY_MS = 86400000, HOUR_MS = 3600000 };

typedef struct report_run {
	store_fixture store;
	cx_arena *arena;
	cx_buf out;
	const cx_value *answer; /* of the last report */
} report_run;

/* Opens a store whose changes may set readonly fields. */
void report_open(report_run *self);
void report_close(report_run *self);

/* Creates a record; `fields` are printed and then read as tests/support/wire.h has it. */
CX_PRINTF(3, 4)
int64_t report_create(report_run *self, const char *type, const char *fields, ...);

/* Runs a report at REPORT_NOW; `params` as above ("{'customer': 1}"). Must succeed. */
CX_PRINTF(3, 4) void report_do(report_run *self, const char *name, const char *params, ...);

/* The status and, in self->store.error, the words of one that may fail. */
cx_status report_try(report_run *self, const crm_report_request *request);

/* Looks into the last answer; all of them fail the test when what is named is not there. */
size_t report_rows(const report_run *self, const char *section);
const cx_value *report_cell(const report_run *self, const char *section, size_t row,
                            const char *column);
/* INT64_MIN: null. */
int64_t report_int(const report_run *self, const char *section, size_t row, const char *column);
/* NULL: null. In static storage. */
const char *report_text(const report_run *self, const char *section, size_t row,
                        const char *column);
/* The row in which the column has this number; fails when there is none. */
size_t report_row_of(const report_run *self, const char *section, const char *column,
                     int64_t value);
bool report_more(const report_run *self, const char *section);
int64_t report_figure(const report_run *self, const char *member);

/* Whether a note has these English words in it. */
bool report_noted(const report_run *self, const char *words);

/* Rows of a section as "a b c\n", numbers, texts, and - for null, only these columns (parted
 * by blanks). In static storage that the next call uses again. */
const char *report_show(const report_run *self, const char *section, const char *columns);
