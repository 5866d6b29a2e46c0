/* SPDX-License-Identifier: Apache-2.0 */
/* Groups over the connection: what is sent, rows with a kind for each column, pages, and
 * answers that are none. */
#include "tests/client/fake.h"
#include "tests/support/unit.h"

#include <stdio.h>

static const char groups[] =
	"[['owner', 'count', 'sum(amount_base)'], [[nil, 2, -5], [7, 1, "
	"'9223372036854775808']], h'01ff', 'limit', {'seq': 9, 'kinds': ['ref', 'int', "
	"'money'], 'groups': 41, 'keys': 3, 'fetched': 2, 'aggregate': 'board'}]";

static void groups_come_as_rows(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_request request = { .type = "opportunity",
		                         .group = "owner,  month(closed_at)",
		                         .measures = "count, sum( amount_base *  bp )",
		                         .aggregate = "closed",
		                         .order = "count desc, owner",
		                         .limit = 2,
		                         .allow_scan = true };
	cardex_result *page = NULL;
	fake_answer(&server, groups);
	assert_int_equal(cardex_aggregate(server.conn, &request, &page, NULL), CARDEX_OK);
	assert_string_equal(fake_request(&server, NULL),
	                    "'aggregate', ['opportunity', {'order': ['count desc', 'owner'], "
	                    "'limit': 2, 'allow_scan': true, "
	                    "'group': ['owner', 'month(closed_at)'], 'values': ['count', 'sum( "
	                    "amount_base * bp )'], 'name': 'closed'}]");
	assert_int_equal(cardex_row_count(page), 2);
	assert_int_equal(cardex_column_count(page), 3);
	assert_string_equal(cardex_column_name(page, 2), "sum(amount_base)");
	assert_string_equal(cardex_column_kind(page, 0), "ref");
	assert_string_equal(cardex_column_kind(page, 2), "money");
	assert_null(cardex_column_kind(page, 3));
	const cardex_row *row = cardex_row_at(page, 0);
	assert_true(cardex_row_is_null(row, "owner"));
	assert_int_equal(cardex_row_int(row, "sum(amount_base)"), -5);
	row = cardex_row_at(page, 1);
	assert_string_equal(cardex_row_text(row, "sum(amount_base)"), "9223372036854775808");
	assert_string_equal(cardex_value_text(cardex_row_value(row, "sum(amount_base)")),
	                    "9223372036854775808");
	const cardex_page *info = cardex_result_page(page);
	assert_true(info->more && info->count == 41 && info->seq == 9);
	assert_true(info->keys == 3 && info->fetched == 2);
	assert_string_equal(info->reason, "limit");
	cardex_result_free(&page);
	fake_close(&server);
}

static void pages_follow_each_other(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_request request = { .type = "opportunity", .group = "owner" };
	cardex_result *page = NULL;
	fake_answer(&server, groups);
	assert_int_equal(cardex_aggregate(server.conn, &request, &page, NULL), CARDEX_OK);
	(void)fake_request(&server, NULL);
	fake_answer(&server, "[['owner', 'count'], [[8, 1]], nil, 'done', {'seq': 9, 'kinds': "
	                     "['ref', 'int'], 'groups': 3}]");
	assert_int_equal(cardex_next(server.conn, &page, NULL), CARDEX_OK);
	assert_string_equal(fake_request(&server, NULL),
	                    "'aggregate', ['opportunity', {'after': h'01ff', 'group': "
	                    "['owner']}]");
	assert_false(cardex_result_page(page)->more);
	assert_int_equal(cardex_row_int(cardex_row_at(page, 0), "owner"), 8);
	cardex_result_free(&page);

	/* The columns of groups are not those of the type's records. */
	fake_answer(&server, "[3, ['id'], [[1]], nil, 'done', {'seq': 9}]");
	assert_int_equal(cardex_query(server.conn, &request, &page, NULL), CARDEX_OK);
	assert_string_equal(fake_request(&server, NULL), "'query', ['opportunity']");
	assert_null(cardex_column_kind(page, 0));
	cardex_result_free(&page);
	fake_close(&server);
}

static void an_explanation_is_a_map(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_request request = { .type = "opportunity",
		                         .max_scan = 1000,
		                         .explain = CARDEX_EXPLAIN_EXECUTED };
	CX_SCOPED(cardex_result_free) cardex_result *plan = NULL;
	fake_answer(&server, "{'plan': 'aggregate', 'aggregate': 'board'}");
	assert_int_equal(cardex_aggregate(server.conn, &request, &plan, NULL), CARDEX_OK);
	assert_string_equal(fake_request(&server, NULL),
	                    "'aggregate', ['opportunity', {'explain': 2, 'max_scan': 1000}]");
	assert_null(cardex_result_page(plan));
	assert_int_equal(cardex_value_kind_of(cardex_result_value(plan)), CARDEX_VALUE_MAP);
	fake_close(&server);
}

static void groups_without_their_form_are_malformed(void **state)
{
	(void)state;
	static const char *const answers[] = {
		"{}",
		"[]",
		"[['a'], [[1]], nil, 'done']",
		"[[], [], nil, 'done', {'kinds': []}]",
		"[['a'], {}, nil, 'done', {'kinds': ['int']}]",
		"[['a'], [[1, 2]], nil, 'done', {'kinds': ['int']}]",
		"[['a'], [[1]], nil, 'done', {}]",
		"[['a'], [[1]], nil, 'done', {'kinds': []}]",
		"[['a'], [[1]], nil, 'done', {'kinds': [1]}]",
		"[['a'], [[1]], h'', 'limit', {'kinds': ['int']}]",
		"[['a'], [[1]], nil, 7, {'kinds': ['int']}]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(answers); i++) {
		fake server;
		fake_open(&server, NULL, NULL);
		const cardex_request request = { .type = "a" };
		cardex_result *result = NULL;
		fake_answer(&server, answers[i]);
		assert_int_equal(cardex_aggregate(server.conn, &request, &result, NULL),
		                 CARDEX_MALFORMED);
		assert_null(result);
		fake_close(&server);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_come_as_rows),
		cmocka_unit_test(pages_follow_each_other),
		cmocka_unit_test(an_explanation_is_a_map),
		cmocka_unit_test(groups_without_their_form_are_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
