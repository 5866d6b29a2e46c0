/* SPDX-License-Identifier: Apache-2.0 */
/* A plan that turns out to be dear is given up for the next best one, before it has given a
 * row: what is found is the same, and what that cost is told. That it may happen at any key is
 * held in tests/property/test_query.c. */
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

/* A third of them are of stage a; only the last two of those are rare. By n the first row is
 * expected soon, and comes at the very end. */
enum { RECORDS = 5000 };

static int setup(void **state)
{
	static store_fixture store;
	fixture_open(&store, "type deal { stage enum(a, b, c)  n int  tag string(10)\n"
	                     "  index (n)  index (stage) }");
	fixture_begin(&store);
	for (int i = 1; i <= RECORDS; i++) {
		char fields[100];
		snprintf(fields, sizeof fields, "{'stage': '%s', 'n': %d, 'tag': '%s'}",
		         i % 3 == 0 ? "a" : "b", i, i > RECORDS - 6 ? "rare" : "x");
		fixture_create(&store, "deal", fields);
	}
	fixture_commit(&store);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	fixture_close(*state);
	return 0;
}

static cx_status add_id(void *context, const engine_row *row)
{
	char *text = context;
	snprintf(text + strlen(text), 20, " %lld", (long long)(row->id - RECORDS));
	return CX_OK;
}

static engine_query by_n(const store_fixture *f, const char *filter)
{
	const engine_type *type = fixture_type(f, "deal");
	return (engine_query){ .type = type,
		               .filter = wire(filter),
		               .order = { { engine_type_field(type, CX_SLICE_LITERAL("n")),
		                            false } },
		               .order_count = 1,
		               .limit = 1,
		               .allow_scan = true };
}

static const char RARE[] = "['and', ['=', 'stage', 'a'], ['=', 'tag', 'rare']]";

static void a_row_that_does_not_come_turns_to_another_index(void **state)
{
	store_fixture *f = *state;
	engine_read *read = fixture_read(f);
	engine_query query = by_n(f, RARE);
	char text[100] = "";
	engine_page page;
	assert_int_equal(engine_query_run(read, &query, add_id, text, &page, &f->error), CX_OK);
	assert_string_equal(text, " -5");
	assert_true(page.gave_up);
	assert_int_equal(page.reason, ENGINE_REASON_LIMIT);
	assert_in_range(page.keys_scanned, 2000 + RECORDS / 3, 2100 + RECORDS / 3);
	assert_in_range(page.rows_fetched, 2000 + RECORDS / 3, 2100 + RECORDS / 3);
	const engine_page first = page;
	query.after = (cx_slice){ .data = first.position, .size = first.position_size };
	assert_int_equal(engine_query_run(read, &query, add_id, text, &page, &f->error), CX_OK);
	assert_string_equal(text, " -5 -2");
	assert_int_equal(page.reason, ENGINE_REASON_DONE);
	assert_false(page.gave_up); /* it goes on as the first page ended */
	engine_read_end(&read);
}

static void the_explanation_says_what_was_given_up(void **state)
{
	store_fixture *f = *state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 16);
	engine_read *read = fixture_read(f);
	const engine_query query = by_n(f, RARE);
	assert_int_equal(
		engine_query_explain_at(read, &query, ENGINE_EXPLAIN_EXECUTED, &out, &f->error),
		CX_OK);
	const char *text = wire_show(cx_buf_slice(&out));
	engine_read_end(&read);
	assert_non_null(strstr(text, "{'plan': 'index', 'index': 'n', "));
	assert_non_null(strstr(text, "'gave_up': {'index': 'n', 'keys': 2000, "
	                             "'next': 'stage'}"));
}

/* What is found soon is read on; so is what was asked for. */
static void a_plan_that_does_as_expected_is_not_given_up(void **state)
{
	store_fixture *f = *state;
	static const char *const filters[] = { "['=', 'stage', 'a']", RARE };
	for (size_t i = 0; i < CX_COUNT_OF(filters); i++) {
		engine_read *read = fixture_read(f);
		engine_query query = by_n(f, filters[i]);
		if (i > 0)
			query.use_index = fixture_index(f, "deal", "n");
		char text[100] = "";
		engine_page page;
		assert_int_equal(engine_query_run(read, &query, add_id, text, &page, &f->error),
		                 CX_OK);
		assert_int_equal(page.rows, 1);
		assert_false(page.gave_up);
		engine_read_end(&read);
	}
}

/* The keys of both count. */
static void max_scan_ends_it_before_or_after(void **state)
{
	store_fixture *f = *state;
	engine_read *read = fixture_read(f);
	engine_query query = by_n(f, RARE);
	char text[100] = "";
	engine_page page;
	query.max_scan = 1500;
	assert_int_equal(engine_query_run(read, &query, add_id, text, &page, &f->error), CX_OK);
	assert_true(!page.gave_up && page.reason == ENGINE_REASON_SCAN);
	assert_int_equal(page.keys_scanned, 1500);
	query.max_scan = 3000; /* the other has to sort, which it cannot do by halves */
	assert_int_equal(engine_query_run(read, &query, add_id, text, &page, &f->error),
	                 CX_SORT_LIMIT);
	assert_string_equal(text, "");
	engine_read_end(&read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_that_does_not_come_turns_to_another_index),
		cmocka_unit_test(the_explanation_says_what_was_given_up),
		cmocka_unit_test(a_plan_that_does_as_expected_is_not_given_up),
		cmocka_unit_test(max_scan_ends_it_before_or_after),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
