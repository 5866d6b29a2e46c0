/* SPDX-License-Identifier: Apache-2.0 */
/* All about one customer: the right records in the right order, of that customer only, at the
 * price of what is shown. */
#include "tests/crm/report_run.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { ACTIVITIES = 50, ORDERS = 15, OTHERS = 30 };

static report_run run;

static void make_of(int64_t customer, int64_t scale)
{
	for (int i = 0; i < ACTIVITIES * (int)scale; i++)
		(void)report_create(&run, "activity",
		                    "{'kind': 'call', 'subject': '电话 %d', 'at': %lld, "
		                    "'customer': %lld, 'owner': 1}",
		                    i, 1700000000000LL + i * 1000LL, (long long)customer);
	for (int i = 0; i < ORDERS * (int)scale; i++)
		(void)report_create(
			&run, "sales_order",
			"{'number': 'SO-%lld-%d', 'customer': %lld, 'ordered_on': %d, "
			"'owner': 1, 'status': 'confirmed', 'total': %d, 'total_base': "
			"%d, 'confirmed_at': %d}",
			(long long)customer, i, (long long)customer, 20000 + i, 100 * i,
			100 * i, 1000 + i);
}

static void make_contracts(void)
{
	static const struct {
		const char *number, *status, *end;
	} rows[] = {
		{ "H-over", "signed", "20779" },     { "H-today", "signed", "20780" },
		{ "H-later", "signed", "20900" },    { "H-open", "signed", "nil" },
		{ "H-draft", "draft", "20900" },     { "H-void", "void", "nil" },
		{ "H-gone", "terminated", "20900" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		(void)report_create(
			&run, "contract",
			"{'number': '%s', 'title': '框架', 'customer': 1, 'amount': 5, "
			"'status': '%s', 'end_on': %s, 'start_on': 20000, 'owner': 1}",
			rows[i].number, rows[i].status, rows[i].end);
}

static void make_requests(void)
{
	static const char *const statuses[] = { "new",     "assigned", "in_progress",
		                                "waiting", "resolved", "closed" };
	for (size_t i = 0; i < CX_COUNT_OF(statuses); i++)
		(void)report_create(
			&run, "service_request",
			"{'title': '%s', 'content': 'x', 'customer': 1, 'status': '%s'}",
			statuses[i], statuses[i]);
}

static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "stage",
	                    "{'code': 'a', 'label_zh': '初步接触', 'label_en': 'Prospecting', "
	                    "'seq': 1, 'probability_bp': 1000}");
	for (int i = 0; i < 3; i++)
		(void)report_create(&run, "customer", "{'name': '客户%d', 'owner': 1}", i);
	fixture_begin(&run.store);
	make_of(1, 1);
	make_of(2, OTHERS);
	(void)report_create(&run, "contact", "{'customer': 1, 'name': 'B'}");
	(void)report_create(&run, "contact",
	                    "{'customer': 1, 'name': 'C', 'is_primary': true}");
	(void)report_create(&run, "contact", "{'customer': 1, 'name': 'A'}");
	(void)report_create(&run, "contact", "{'customer': 2, 'name': 'D'}");
	static const char *const states[] = { "open", "won", "open", "lost" };
	for (int i = 0; i < 4; i++)
		(void)report_create(
			&run, "opportunity",
			"{'title': 'O%d', 'customer': 1, 'stage': 1, 'state': '%s', "
			"'amount': 7, 'close_on': %d, 'owner': 1}",
			i, states[i], 20800 + i);
	make_contracts();
	make_requests();
	for (int i = 0; i < 7; i++)
		(void)report_create(&run, "feedback",
		                    "{'customer': 1, 'content': 'F%d', 'received_at': %d}", i,
		                    1000 + i);
	fixture_commit(&run.store);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static void it_shows_what_belongs_to_the_customer_in_order(void **state)
{
	(void)state;
	report_do(&run, "customer", "{'customer': 1}");
	assert_string_equal(report_show(&run, "customer", "id name owner contact_count"),
	                    "1 客户0 1 3\n");
	assert_string_equal(report_show(&run, "customer", "order_count order_base"),
	                    "15 10500\n");
	assert_string_equal(report_show(&run, "contacts", "name is_primary"),
	                    "C true\nA false\nB false\n");
	assert_string_equal(report_show(&run, "opportunities", "title close_on"),
	                    "O2 20802\nO0 20800\n");
	assert_int_equal(report_rows(&run, "activities"), 20);
	assert_true(report_more(&run, "activities"));
	assert_string_equal(report_text(&run, "activities", 0, "subject"), "电话 49");
	assert_string_equal(report_text(&run, "activities", 19, "subject"), "电话 30");
	assert_int_equal(report_rows(&run, "orders"), 10);
	assert_string_equal(report_text(&run, "orders", 0, "number"), "SO-1-14");
	assert_string_equal(report_text(&run, "orders", 9, "number"), "SO-1-5");
	assert_string_equal(report_show(&run, "requests", "title"),
	                    "waiting\nin_progress\nassigned\nnew\n");
	assert_string_equal(report_show(&run, "contracts", "number"),
	                    "H-later\nH-today\nH-open\n");
	assert_string_equal(report_show(&run, "feedback", "content"), "F6\nF5\nF4\nF3\nF2\n");
	assert_true(report_more(&run, "feedback"));
}

static void a_day_later_a_contract_is_over(void **state)
{
	(void)state;
	report_do(&run, "customer", "{'customer': 1, 'now': 'today+1'}");
	assert_string_equal(report_show(&run, "contracts", "number"), "H-later\nH-open\n");
}

static void a_customer_without_anything_has_empty_sections(void **state)
{
	(void)state;
	static const char *const sections[] = { "contacts", "opportunities", "activities",
		                                "orders",   "requests",      "contracts",
		                                "feedback" };
	report_do(&run, "customer", "{'customer': 3}");
	assert_string_equal(report_show(&run, "customer", "id name"), "3 客户2\n");
	for (size_t i = 0; i < CX_COUNT_OF(sections); i++) {
		assert_int_equal(report_rows(&run, sections[i]), 0);
		assert_false(report_more(&run, sections[i]));
	}
}

/* A key for each record shown, and one more of each section; of requests and contracts all
 * that the customer has. Thirty times as many of the other customer cost nothing. */
static void it_costs_what_it_shows(void **state)
{
	(void)state;
	report_do(&run, "customer", "{'customer': 1}");
	const int64_t shown = 1 + 3 + 2 + 20 + 10 + 6 + 7 + 5;
	const int64_t names = 1 + 1; /* of the owner and the stage */
	assert_in_range(report_figure(&run, "keys"), shown, 2 + shown + 9 + names);
	const int64_t small = report_figure(&run, "keys");
	report_do(&run, "customer", "{'customer': 2}");
	assert_in_range(report_figure(&run, "keys"), 1, small);
	assert_int_equal(report_rows(&run, "activities"), 20);
	assert_int_equal(report_rows(&run, "orders"), 10);
	assert_string_equal(report_text(&run, "orders", 0, "number"), "SO-2-449");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_shows_what_belongs_to_the_customer_in_order),
		cmocka_unit_test(a_day_later_a_contract_is_over),
		cmocka_unit_test(a_customer_without_anything_has_empty_sections),
		cmocka_unit_test(it_costs_what_it_shows),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
