/* SPDX-License-Identifier: Apache-2.0 */
/* Hints of a query, and the records that come with its rows. */
#include "tests/client/fake.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>

static void assert_asked(fake *server, const char *expected)
{
	assert_string_equal(fake_request(server, NULL), expected);
}

static void hints_and_limits_are_sent(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	static const char *const excluded[] = { "owner", "a,b desc" };
	const cardex_request request = { .type = "customer",
		                         .with_count = true,
		                         .estimate = true,
		                         .explain = CARDEX_EXPLAIN_EXECUTED,
		                         .no_index = excluded,
		                         .no_index_count = 2,
		                         .max_scan = 500 };
	CX_SCOPED(cardex_result_free) cardex_result *plan = NULL;
	fake_answer(&server, "{'plan': 'scan'}");
	assert_int_equal(cardex_query(server.conn, &request, &plan, NULL), CARDEX_OK);
	assert_asked(&server, "'query', ['customer', {'explain': 2, 'count': 'estimate', "
	                      "'no_index': ['owner', 'a,b desc'], 'max_scan': 500}]");
	cardex_request count = request;
	count.method = CARDEX_METHOD_COUNT;
	count.with_count = false;
	cardex_result_free(&plan);
	fake_answer(&server, "12");
	assert_int_equal(cardex_call(server.conn, &count, &plan, NULL), CARDEX_OK);
	assert_asked(&server, "'count', ['customer', nil, {'count': 'estimate', 'no_index': "
	                      "['owner', 'a,b desc']}]");
	cardex_error error;
	count = (cardex_request){ .method = CARDEX_METHOD_QUERY,
		                  .type = "customer",
		                  .explain = (cardex_explain)9 };
	cardex_result *untouched = plan;
	assert_int_equal(cardex_call(server.conn, &count, &untouched, &error),
	                 CARDEX_INVALID_ARGUMENT);
	assert_ptr_equal(untouched, plan);
	fake_close(&server);
}

static const char included_page[] =
	"[1, ['id', 'customer'], [[1, 7], [2, nil], [3, 7]], nil, 'done', {'seq': 9, 'keys': "
	"3, "
	"'fetched': 3, 'include': [{'layout': 2, 'names': ['id', 'name'], 'rows': [[7, "
	"'Acme']], 'at': [0, nil, 0]}, {'layout': 3, 'names': ['id'], 'rows': [[11], [10], "
	"[12]], 'counts': [2, 0, 1], 'more': [true, false, false]}]}]";

static void included_records_are_found_by_their_row(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_include include[] = {
		{ .ref = "customer", .columns = "id, name" },
		{ .type = "note", .ref = "contact", .order = "at desc", .limit = 2 },
	};
	const cardex_request request = { .type = "contact",
		                         .include = include,
		                         .include_count = 2 };
	CX_SCOPED(cardex_result_free) cardex_result *page = NULL;
	fake_answer(&server, included_page);
	assert_int_equal(cardex_query(server.conn, &request, &page, NULL), CARDEX_OK);
	assert_asked(&server, "'query', ['contact', {'include': [{'ref': 'customer', 'fields': "
	                      "['id', 'name']}, {'type': 'note', 'ref': 'contact', 'order': "
	                      "['at desc'], 'limit': 2}]}]");
	assert_int_equal(cardex_include_count(page), 2);
	assert_int_equal(cardex_row_count(cardex_included(page, 0)), 1);
	assert_null(cardex_included(page, 2));
	const cardex_row *first = cardex_row_at(page, 0);
	const cardex_row *second = cardex_row_at(page, 1);
	assert_string_equal(cardex_row_text(cardex_row_included(first, 0, 0), "name"), "Acme");
	assert_null(cardex_row_included(first, 0, 1));
	assert_int_equal(cardex_row_included_count(second, 0), 0);
	assert_null(cardex_row_included(second, 0, 0));
	assert_int_equal(cardex_row_included_count(first, 1), 2);
	assert_int_equal(cardex_row_int(cardex_row_included(first, 1, 1), "id"), 10);
	assert_true(cardex_row_included_more(first, 1));
	assert_false(cardex_row_included_more(second, 1));
	const cardex_row *third = cardex_row_at(page, 2);
	assert_int_equal(cardex_row_int(cardex_row_included(third, 1, 0), "id"), 12);
	assert_int_equal(cardex_row_included_count(third, 2), 0);
	fake_close(&server);
}

static void what_is_included_must_fit_the_rows(void **state)
{
	(void)state;
#define ONE "{'layout': 2, 'names': ['id'], 'rows': [[7]]"
	static const char *const wrong[] = {
		"7",
		"[7]",
		"[{}]",
		"[" ONE "}]",
		"[" ONE ", 'at': [0, 0]}]",
		"[" ONE ", 'at': [1]}]",
		"[" ONE ", 'at': [-1]}]",
		"[{'layout': 2, 'names': nil, 'rows': [[7]], 'at': [0]}]",
		"[" ONE ", 'counts': [2], 'more': [true]}]",
		"[" ONE ", 'counts': [0], 'more': [true]}]",
		"[" ONE ", 'counts': [1], 'more': [1]}]",
		"[{'layout': 2, 'names': ['id'], 'rows': 1, 'counts': [1], 'more': [true]}]",
	};
#undef ONE
	for (size_t i = 0; i < CX_COUNT_OF(wrong); i++) {
		fake server;
		fake_open(&server, NULL, NULL);
		char answer[400];
		snprintf(answer, sizeof answer, "[1, ['id'], [1], %s]", wrong[i]);
		fake_answer(&server, answer);
		const cardex_request request = { .method = CARDEX_METHOD_GET,
			                         .type = "contact",
			                         .id = 1 };
		cardex_result *record = NULL;
		cardex_error error;
		assert_int_equal(cardex_call(server.conn, &request, &record, &error),
		                 CARDEX_MALFORMED);
		assert_null(record);
		fake_close(&server);
	}
}

static void an_analysis_tells_its_epoch(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	fake_answer(&server, "{'epoch': 3, 'indexes': 80}");
	assert_int_equal(cardex_analyze(server.conn, &result, NULL), CARDEX_OK);
	assert_asked(&server, "'analyze', []");
	const cardex_value *root = cardex_result_value(result);
	assert_int_equal(cardex_value_int(cardex_value_member(root, "epoch")), 3);
	fake_close(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hints_and_limits_are_sent),
		cmocka_unit_test(included_records_are_found_by_their_row),
		cmocka_unit_test(what_is_included_must_fit_the_rows),
		cmocka_unit_test(an_analysis_tells_its_epoch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
