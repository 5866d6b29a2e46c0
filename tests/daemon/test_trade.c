/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the trade, as they are asked for and answered. */
#include "tests/daemon/served.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static int fd;

static const char *call(const char *message)
{
	return served_call(fd, message);
}

static void made(const char *type, const char *fields)
{
	char message[1024];
	snprintf(message, sizeof message, "[0, 1, 'create', ['%s', %s]]", type, fields);
	const char *answer = call(message);
	if (strncmp(answer, "[1, 1, nil, [", 13) != 0)
		fail_msg("%s: %s", fields, answer);
}

static int set_up(void **state)
{
	const int end = served_set_up(state);
	fd = served_connect();
	made("team", "{'name': 'Sales'}");
	made("user", "{'login': 'a', 'name': 'A', 'team': 1}");
	made("user", "{'login': 'b', 'name': 'B', 'team': 1}");
	made("stage", "{'code': 'p', 'label_zh': '报价', 'label_en': 'P', 'seq': 1, "
	              "'probability_bp': 5000}");
	made("stage", "{'code': 'won', 'label_zh': '赢单', 'label_en': 'W', 'seq': 2, 'kind': "
	              "'won', 'probability_bp': 10000}");
	made("product", "{'sku': 'P', 'name': 'N', 'list_price': 1000}");
	made("customer", "{'name': '华东医疗有限公司', 'owner': 1}");
	made("opportunity", "{'title': 'T', 'customer': 1, 'amount': 5, 'close_on': 20000, "
	                    "'owner': 1}");
	return end;
}

/* Whether the answer says this. */
static void says(const char *answer, const char *part)
{
	if (strstr(answer, part) == NULL)
		fail_msg("%s\n  does not say %s", answer, part);
}

static void convert_answers_the_order_once(void **state)
{
	(void)state;
	const char *request = "[0, 2, 'convert', [1, {'ext_id': 'x'}, {'lines': [{'product': "
			      "1}]}]]";
	says(call(request), "[1, 2, nil, [1, ");
	const char *again = call(request);
	says(again, "[1, 2, nil, [1, ");
	says(again, ", 0, false]]");
	says(call("[0, 3, 'get', ['opportunity', 1, {'fields': ['state', 'order_count']}]]"),
	     "['won', 1]");
}

static void a_try_leaves_nothing(void **state)
{
	(void)state;
	says(call("[0, 2, 'convert', [1, {}, {'dry_run': true}]]"), "[1, 2, nil, [1, ");
	says(call("[0, 3, 'count', ['sales_order', nil]]"), "nil, 0]");
	says(call("[0, 3, 'get', ['opportunity', 1, {'fields': ['state']}]]"), "['open']");
}

static void a_batch_takes_convert_and_reopen_and_no_other(void **state)
{
	(void)state;
	says(call("[0, 2, 'batch', [[['create', 'opportunity', {'title': 'T', 'customer': 1, "
	          "'amount': 5, 'close_on': 20000, 'owner': 1}], ['convert', {'$': 0}, {}], "
	          "['reopen', 'opportunity', {'$': 0}, {}]]]]"),
	     "[1, 2, nil, [[2, ");
	says(call("[0, 3, 'batch', [[['merge', 1, 2, {}]]]]"),
	     "merge may not stand in a batch");
}

static void transfer_says_how_many_of_each(void **state)
{
	(void)state;
	const char *answer = call("[0, 2, 'transfer', [2, {'owner': 1}]]");
	says(answer, "'transferred': 2, 'more': false");
	says(answer, "'customer': 1");
	says(answer, "'opportunity': 1");
	says(call("[0, 2, 'transfer', [2, {'types': ['contact'], 'owner': 1}]]"),
	     "INVALID_ARGUMENT: contact records have no owner to transfer");
	says(call("[0, 2, 'transfer', [1, {'types': ['customer'], 'ids': [1]}]]"),
	     "'transferred': 1");
	says(call("[0, 2, 'transfer', [1, {'types': ['customer'], 'ids': ['x']}]]"),
	     "INVALID_ARGUMENT: ids");
}

static void a_merged_customer_is_found_where_it_went(void **state)
{
	(void)state;
	made("customer", "{'name': 'B', 'city': '上海'}");
	says(call("[0, 2, 'merge', [1, 2, {}]]"), "'moved': 0, 'filled': 1, 'gone': 1}]");
	says(call("[0, 3, 'get', ['customer', 2, {'fields': ['id', 'city']}]]"), "[1, '上海']");
	says(call("[0, 3, 'get', ['customer', 2, {'fields': ['id'], 'deleted': true}]]"),
	     "[2]");
	says(call("[0, 3, 'update', ['customer', 2, {'city': 'X'}]]"),
	     "NOT_FOUND: customer 2 was merged into customer 1: name that one");
	says(call("[0, 3, 'delete', ['customer', 2]]"), "was merged into customer 1");
	says(call("[0, 3, 'get', ['customer', 9]]"), "NOT_FOUND");
	says(call("[0, 3, 'unmerge', [2]]"), "'id': 2");
	says(call("[0, 3, 'get', ['customer', 2, {'fields': ['id', 'city']}]]"), "[2, '上海']");
	says(call("[0, 3, 'unmerge', [2]]"), "NOT_FOUND: customer 2 was not merged");
}

static void duplicates_are_told_and_blocked(void **state)
{
	(void)state;
	says(call("[0, 2, 'duplicates', [{'name': '华东医疗'}]]"),
	     "'candidates': [{'id': 1, 'why': ['name'], 'weight': 60, 'contact': nil}]");
	says(call("[0, 2, 'create', ['customer', {'name': '华东医疗'}, {'duplicates': "
	          "'block'}]]"),
	     "UNIQUE: customer 1 may be the same, by name");
	says(call("[0, 2, 'count', ['customer', nil]]"), "nil, 1]");
	says(call("[0, 2, 'create', ['customer', {'name': '华东医疗'}, {'duplicates': "
	          "'warn'}]]"),
	     "true, [{'id': 1, 'why': ['name']");
	says(call("[0, 2, 'create', ['customer', {'name': 'Other'}, {'duplicates': 'warn'}]]"),
	     "true, []]");
	says(call("[0, 2, 'create', ['customer', {'name': '华东医疗'}]]"), "true]]");
	says(call("[0, 2, 'create', ['team', {'name': 'X'}, {'duplicates': 'warn'}]]"),
	     "INVALID_ARGUMENT: duplicates are looked for among customers");
	says(call("[0, 2, 'create', ['customer', {'name': 'Y'}, {'duplicates': 'maybe'}]]"),
	     "INVALID_ARGUMENT: duplicates is");
	const char *pairs = call("[0, 2, 'duplicates', [{}]]");
	says(pairs, "'pairs': [{'customer': 1, 'id': 2");
	says(pairs, "'next': nil");
	says(call("[0, 2, 'duplicates', [{}, {'limit': 1}]]"), "'next': 2");
	says(call("[0, 2, 'duplicates', [{}, {'limit': 1001}]]"), "INVALID_ARGUMENT");
}

static void the_organisation_may_block(void **state)
{
	(void)state;
	made("org", "{'dedupe_policy': 'block'}");
	says(call("[0, 2, 'create', ['customer', {'name': '华东医疗'}]]"), "UNIQUE");
	says(call("[0, 2, 'create', ['customer', {'name': '华东医疗', 'ext_id': 'x'}, "
	          "{'duplicates': 'off'}]]"),
	     "true]]");
	/* What changes one that there is makes none. */
	says(call("[0, 2, 'upsert', ['customer', 'ext_id', {'name': '华东医疗', 'ext_id': 'x', "
	          "'city': 'X'}]]"),
	     "1, false]]");
	says(call("[0, 2, 'batch', [[['create', 'customer', {'name': 'A1'}], ['create', "
	          "'customer', {'name': 'A1'}]]]]"),
	     "UNIQUE: operation 1: ");
	says(call("[0, 2, 'count', ['customer', nil]]"), "nil, 2]");
}

static void a_write_may_tell_of_the_past(void **state)
{
	(void)state;
	says(call("[0, 2, 'create', ['customer', {'name': 'Old'}, {'at': 1500000000000}]]"),
	     "[1, 2, nil, [2, ");
	says(call("[0, 2, 'get', ['customer', 2, {'fields': ['created_at']}]]"),
	     "[1500000000000]");
	says(call("[0, 2, 'create', ['customer', {'name': 'X'}, {'at': 9000000000000}]]"),
	     "INVALID_ARGUMENT: at: ");
	says(call("[0, 2, 'create', ['customer', {'name': 'X'}, {'at': 0}]]"),
	     "INVALID_ARGUMENT: at: ");
	says(call("[0, 2, 'batch', [[['create', 'customer', {'name': 'P'}], ['create', "
	          "'customer', {'name': 'Q'}, {'at': 1400000000000}]], {'at': "
	          "1300000000000}]]"),
	     "[1, 2, nil, [[3, ");
	says(call("[0, 2, 'get', ['customer', 3, {'fields': ['created_at']}]]"),
	     "[1300000000000]");
	says(call("[0, 2, 'get', ['customer', 4, {'fields': ['created_at']}]]"),
	     "[1400000000000]");
	/* The next group is not told of the past. */
	made("customer", "{'name': 'Now'}");
	const char *now = call("[0, 2, 'get', ['customer', 5, {'fields': ['created_at']}]]");
	assert_null(strstr(now, "[1300000000000]"));
}

static void runs_write_beside_others(void **state)
{
	(void)state;
	const char *answer = call("[0, 2, 'run_tiers', []]");
	says(answer, "'customers': 1, 'written': 1, 'skipped': 0");
	says(call("[0, 2, 'count', ['customer_tier', nil]]"), "nil, 1]");
	says(call("[0, 2, 'run_tiers', [{'params': {'nonsense': 1}}]]"), "INVALID_ARGUMENT");
	says(call("[0, 2, 'run_tiers', [{'at': 9000000000000}]]"), "INVALID_ARGUMENT: at");
	says(call("[0, 2, 'run_forecast', [{'run': 5, 'months': 3}]]"), "'run': 5, 'scopes': ");
	says(call("[0, 2, 'run_forecast', [{'run': 5, 'months': 3}]]"), "'written': 0");
	says(call("[0, 2, 'run_forecast', [{'months': 99}]]"), "INVALID_ARGUMENT: months");
	says(call("[0, 2, 'revalue', []]"), "'looked': 0, 'revalued': 0, 'next': nil");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, served_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(convert_answers_the_order_once),
		WITH(a_try_leaves_nothing),
		WITH(a_batch_takes_convert_and_reopen_and_no_other),
		WITH(transfer_says_how_many_of_each),
		WITH(a_merged_customer_is_found_where_it_went),
		WITH(duplicates_are_told_and_blocked),
		WITH(the_organisation_may_block),
		WITH(a_write_may_tell_of_the_past),
		WITH(runs_write_beside_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
