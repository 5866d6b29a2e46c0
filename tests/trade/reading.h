/* SPDX-License-Identifier: Apache-2.0 */
/* A list read to its end, and what that cost. */
#pragma once

#include "tests/trade/question.h"

typedef struct trade_list {
	const char *type;
	const char *filter;
	const char *order; /* as of a trade_question */
	size_t limit;      /* records of a page */
	bool first;        /* only the first page */
} trade_list;

typedef struct trade_cost {
	size_t rows, pages;
	uint64_t keys, fetched;
} trade_cost;

/* `visit` may be NULL. */
trade_cost trade_read(const trade_world *world, const trade_list *list, trade_visit *visit,
                      void *context);

/* The filter as text; static storage that the next but three uses again. */
CX_PRINTF(1, 2)
const char *trade_filter(const char *format, ...);

/* An integer of a record; `otherwise` when it is null. */
int64_t trade_int(const trade_record *record, const char *field, int64_t otherwise);

/* Whether an enum has this label. */
bool trade_is(const trade_record *record, const char *field, const char *label);

/* Complains of a list, or several that belong together, that touched more than its rows, and
 * TRADE_SLACK keys for each range of each page. */
enum { TRADE_SLACK = 2 };
void trade_check_cost(int number, const char *what, const trade_cost *cost, size_t rows,
                      size_t ranges);
