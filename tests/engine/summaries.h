/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for summaries of a small store: deals with two aggregates, and a type beside it. */
#pragma once

#include "engine/summary.h"
#include "tests/support/store_fixture.h"

/* What cmocka calls before and after each test; its state is a store_fixture. */
int summaries_setup(void **state);
int summaries_teardown(void **state);

/* Texts are as wire() reads them; those left out are not asked for. */
typedef struct summaries_asked {
	const char *filter;
	const char *group;
	const char *values;
	const char *order;
	const char *aggregate;
	const char *index;
	bool by_records;
	size_t limit;
	uint64_t max_scan;
	engine_explain_level level;
} summaries_asked;

engine_summary_query summaries_query(const store_fixture *f, const summaries_asked *what);

/* Columns and rows of all pages, as "columns: rows|rows"; asserts success. */
const char *summaries_show(store_fixture *f, summaries_asked what);

/* The explanation; asserts success. */
const char *summaries_explain(store_fixture *f, summaries_asked what);

/* The status, which is not OK; what is said is in f->error. */
cx_status summaries_refuse(store_fixture *f, summaries_asked what);

/* Five deals. */
void summaries_fill(store_fixture *f);
