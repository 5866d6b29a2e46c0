/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/page.h"

#include "tests/support/unit.h"
#include "tests/trade/question.h"

#include <stdio.h>

enum { PAGE_ROWS = 20, PAGES = 10000, PAGES_MIN = 50 /* of a small store */ };

typedef struct long_list {
	trade_question asked; /* plan, index and ranges are what it must be served by */
	/* Keys that a page may have to look at beside its rows and the begin of each range:
	 * deleted records of a cluster, what a part of a union leaves to the others. */
	size_t passed;
} long_list;

#define OWNERS_20 "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]"

static const long_list lists[] = {
	{ { 10, "index", "activity", "['>=','owner',1]", "owner,at desc", PAGE_ROWS, "index",
	    "owner,at", 1, NULL },
	  0 },
	{ { 10, "index read backward", "activity", "['>=','owner',1]", "owner desc,at",
	    PAGE_ROWS, "index", "owner,at", 1, NULL },
	  0 },
	{ { 10, "cluster", "activity", "['>=','customer',1]", "customer,at desc", PAGE_ROWS,
	    "cluster", "customer,at", 1, NULL },
	  5 },
	{ { 10, "merged ranges", "activity", "['in','owner'," OWNERS_20 "]", "at desc",
	    PAGE_ROWS, "index", "owner,at", 20, NULL },
	  0 },
	{ { 10, "union", "activity",
	    "['or',['in','owner'," OWNERS_20 "],['in','contact',[1,2,3,4,5,6,7,8,9,10]]]",
	    "at desc", PAGE_ROWS, "union", NULL, 30, NULL },
	  20 },
};

static cx_status pass(void *context, const engine_row *row)
{
	(void)context;
	(void)row;
	return CX_OK;
}

typedef struct page_cost {
	uint64_t keys, fetched;
} page_cost;

/* Reads page after page; false when the list ends before page `last`. */
static bool read_pages(const trade_world *world, engine_query *query, size_t last,
                       page_cost *ret_first, page_cost *ret_last)
{
	engine_page page = { .position_size = 0 };
	uint8_t after[ENGINE_POSITION_BYTES_MAX];
	for (size_t number = 1; number <= last; number++) {
		cx_error error = { 0 };
		memcpy(after, page.position, page.position_size);
		query->after = (cx_slice){ after, page.position_size };
		assert_int_equal(
			engine_query_run(world->read, query, pass, NULL, &page, &error), CX_OK);
		*ret_last = (page_cost){ page.keys_scanned, page.rows_fetched };
		if (number == 1)
			*ret_first = *ret_last;
		if (page.rows < PAGE_ROWS || page.position_size == 0)
			return false;
	}
	return true;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void check_list(const trade_world *world, const long_list *list, size_t last)
{
	engine_query query = trade_query_of(world, &list->asked);
	page_cost first = { 0 }, end = { 0 };
	if (!read_pages(world, &query, last, &first, &end))
		trade_complain(10, list->asked.what, "has no %zu pages", last);
	const size_t most = PAGE_ROWS + 2 * list->asked.ranges + list->passed;
	/* The place where a page went on is looked at once more in each range. */
	if (distance(first.keys, end.keys) > list->asked.ranges + list->passed ||
	    distance(first.fetched, end.fetched) > 1 + list->passed || end.keys > most)
		trade_complain(10, list->asked.what,
		               "page 1: %llu keys, %llu rows; page %zu: %llu and %llu",
		               (unsigned long long)first.keys,
		               (unsigned long long)first.fetched, last,
		               (unsigned long long)end.keys, (unsigned long long)end.fetched);
}

void trade_check_pages(const trade_world *world)
{
	size_t last = PAGES;
	if (world->sizes.activities < 5 * PAGES * PAGE_ROWS)
		last = PAGES_MIN;
	for (size_t i = 0; i < CX_COUNT_OF(lists); i++) {
		trade_check_plan(world, &lists[i].asked);
		check_list(world, &lists[i], last);
	}
}
