/* SPDX-License-Identifier: Apache-2.0 */
/* What the explanation of a summary says: what is read, what not and why, what it has cost. And
 * what is looked at stays within max_scan. */
#include "tests/engine/summaries.h"
#include "tests/support/unit.h"

#include <string.h>

static void the_explanation_says_what_bounds_the_groups(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	assert_string_equal(
		summaries_explain(
			f,
			(summaries_asked){
				.filter =
					"['and', ['=', 'stage', 'new'], ['>', 'owner', 1]]" }),
		"{'plan': 'aggregate', 'aggregate': 'board', 'equal': ['stage'], "
		"'range': 'owner'}");
	assert_non_null(strstr(
		summaries_explain(f, (summaries_asked){ .filter = "['=', 'stage', 'won']" }),
		"'index': 'stage,amount'"));
}

static void assert_says(store_fixture *f, summaries_asked what, const char *text)
{
	const char *said = summaries_explain(f, what);
	if (strstr(said, text) == NULL)
		fail_msg("not \"%s\": %s", text, said);
}

static void the_explanation_says_what_is_not_read(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	const engine_explain_level level = ENGINE_EXPLAIN_REJECTED;
	assert_says(f,
	            (summaries_asked){ .filter = "['=', 'stage', 'new']",
	                               .group = "['owner']",
	                               .level = level },
	            "'rejected': [{'aggregate': 'by_day', 'why': 'cannot decide the filter'}]");
	assert_says(f,
	            (summaries_asked){ .filter = "['in', 'stage', ['new', 'offer']]",
	                               .values = "['max(amount)']",
	                               .level = level },
	            "{'aggregate': 'board', 'why': 'has no max(amount)'}");
	assert_says(f, (summaries_asked){ .filter = "['=', 'stage', 'won']", .level = level },
	            "'rejected': [{'index': nil, 'why': ");
	assert_says(f, (summaries_asked){ .index = "owner", .level = level },
	            "{'aggregate': 'board', 'why': 'use_index reads records'}");
	assert_says(f, (summaries_asked){ .aggregate = "by_day", .level = level },
	            "{'aggregate': 'board', 'why': 'another one was asked for'}");
	assert_null(strstr(summaries_explain(f, (summaries_asked){ .index = "owner" }),
	                   "rejected"));
}

/* Four records are meant; each is a group of "board". */
static void the_explanation_says_what_was_read(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	const engine_explain_level level = ENGINE_EXPLAIN_EXECUTED;
	const summaries_asked by_groups = { .filter = "['in', 'stage', ['new', 'offer']]",
		                            .group = "['stage']",
		                            .level = level };
	assert_says(f, by_groups, "'executed': {'rows': 2, 'reason': 'done', 'us': ");
	assert_says(f, by_groups, "{'node': 'keys', 'rows_in': 4, 'rows_out': 4, 'keys': 4, ");
	assert_says(f, by_groups, "{'node': 'groups', 'rows_in': 4, 'rows_out': 2, 'keys': 0");
	assert_says(f, by_groups, "{'node': 'page', 'rows_in': 2, 'rows_out': 2, ");
	assert_null(strstr(summaries_explain(f, by_groups), "'node': 'rows'"));
	const summaries_asked by_records = { .filter = "['in', 'stage', ['new', 'offer']]",
		                             .group = "['stage']",
		                             .values = "['sum(n)']",
		                             .by_records = true,
		                             .limit = 1,
		                             .level = level };
	assert_says(f, by_records, "'executed': {'rows': 1, 'reason': 'limit', 'us': ");
	assert_says(f, by_records, "{'node': 'rows', 'rows_in': 5, 'rows_out': 4, ");
	assert_says(f, by_records, "{'node': 'groups', 'rows_in': 4, 'rows_out': 2, ");
	assert_says(f, by_records, "{'node': 'page', 'rows_in': 2, 'rows_out': 1, ");
}

static cx_status ask_at_most(store_fixture *f, summaries_asked what, uint64_t max_scan,
                             uint64_t *ret_keys)
{
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	what.max_scan = max_scan;
	const engine_summary_query query = summaries_query(f, &what);
	CX_UNSET engine_summary_page page;
	cx_status status = engine_summary_run(read, &query, &out, &page, NULL);
	if (status == CX_OK)
		*ret_keys = page.keys_scanned;
	return status;
}

/* The limit is exact: with one key less than are looked at there is no answer. */
static void more_keys_than_max_scan_are_refused(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	const summaries_asked ways[] = {
		{ .filter = "['in', 'stage', ['new', 'offer']]", .group = "['stage']" },
		{ .filter = "['in', 'stage', ['new', 'offer']]", .by_records = true },
		{ .index = "owner" },
	};
	const uint64_t needed[] = { 4, 4, 5 };
	for (size_t i = 0; i < CX_COUNT_OF(ways); i++) {
		uint64_t keys = 0;
		assert_int_equal(ask_at_most(f, ways[i], needed[i], &keys), CX_OK);
		assert_int_equal(keys, needed[i]);
		assert_int_equal(ask_at_most(f, ways[i], needed[i] - 1, &keys), CX_SCAN_LIMIT);
	}
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, summaries_setup, summaries_teardown)
	const struct CMUnitTest tests[] = {
		WITH(the_explanation_says_what_bounds_the_groups),
		WITH(the_explanation_says_what_is_not_read),
		WITH(the_explanation_says_what_was_read),
		WITH(more_keys_than_max_scan_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
