/* SPDX-License-Identifier: Apache-2.0 */
/* Sales performance on a few records whose figures are worked out by hand. tests/trade compares
 * with full scans. */
#include "tests/crm/report_run.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

static report_run run;

/* 2026-09-01, 2026-10-01 and 2026-11-01, days and when they begin at +08:00. */
enum { SEPTEMBER = 20697, OCTOBER = 20727, NOVEMBER = 20758 };
#define AT(day) ((day)*86400000LL - 8 * HOUR_MS)

static void create_people(void)
{
	(void)report_create(&run, "team", "{'name': '总部'}");
	(void)report_create(&run, "team", "{'name': '华东', 'parent': 1}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "user", "{'login': 'han', 'name': '韩梅梅', 'team': 2}");
}

static void create_customer(int owner, int64_t at_ms)
{
	run.store.now_ms = at_ms;
	(void)report_create(&run, "customer", "{'name': 'C', 'owner': %d}", owner);
}

static void create_order(int customer, int user, int team, int64_t at_ms, const char *status)
{
	const int64_t order = report_create(
		&run, "sales_order",
		"{'customer': %d, 'owner': %d, 'ordered_on': 1, 'status': '%s', 'total_base': "
		"100001, 'confirmed_at': %lld, 'credited_user': %d, 'credited_team': %d}",
		customer, user, status, (long long)at_ms, user, team);
	(void)report_create(&run, "order_line",
	                    "{'order': %lld, 'line_no': 1, 'product': 1, 'unit_price': 1, "
	                    "'qty_milli': 2500}",
	                    (long long)order);
}

static void create_deal(const char *state, int user, int team, int64_t closed_ms,
                        int64_t age_ms)
{
	run.store.now_ms = closed_ms - age_ms;
	(void)report_create(&run, "opportunity",
	                    "{'title': 'T', 'customer': 1, 'stage': 1, 'amount': 1, "
	                    "'close_on': 1, 'owner': "
	                    "%d, 'state': '%s', 'amount_base': 1000, 'closed_at': %lld, "
	                    "'credited_user': %d, "
	                    "'credited_team': %d}",
	                    user, state, (long long)closed_ms, user, team);
}

static void create_target(const char *of, int month, const char *metric, int64_t value)
{
	(void)report_create(&run, "sales_target",
	                    "{%s, 'period': %d, 'metric': '%s', 'value': %lld}", of, month,
	                    metric, (long long)value);
}

static void create_payment(int order, const char *kind, int64_t amount, int64_t at_ms)
{
	(void)report_create(&run, "payment",
	                    "{'order': %d, 'kind': '%s', 'amount': 1, 'amount_base': %lld, "
	                    "'paid_at': %lld, "
	                    "'credited_user': 2, 'credited_team': 2}",
	                    order, kind, (long long)amount, (long long)at_ms);
}

/* 李雷 (总部) has 2 customers, 韩梅梅 (华东) has 2; she moved from 总部 after her deals. */
static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	create_people();
	(void)report_create(&run, "stage",
	                    "{'code': 's', 'label_zh': 's', 'label_en': 's', 'seq': 1, "
	                    "'probability_bp': 0}");
	(void)report_create(&run, "product", "{'sku': 'P', 'name': 'P', 'list_price': 1}");
	create_customer(1, AT(SEPTEMBER) - 1);
	create_customer(1, AT(OCTOBER));
	create_customer(2, AT(SEPTEMBER));
	create_customer(2, AT(NOVEMBER) - 1);
	create_order(1, 1, 1, AT(NOVEMBER) - 1, "confirmed"); /* October, by a millisecond */
	create_order(3, 2, 1, AT(NOVEMBER), "fulfilled");
	create_order(3, 2, 2, AT(NOVEMBER) + 1, "confirmed");
	create_order(4, 2, 2, AT(NOVEMBER) + 1, "cancelled");
	create_payment(2, "payment", 5000, AT(NOVEMBER));
	create_payment(2, "refund", -1500, AT(NOVEMBER) + DAY_MS);
	create_deal("won", 2, 1, AT(NOVEMBER), DAY_MS);
	create_deal("won", 2, 2, AT(NOVEMBER), 2LL * DAY_MS);
	create_deal("lost", 2, 2, AT(NOVEMBER), DAY_MS);
	create_target("'scope': 'team', 'team': 1", OCTOBER, "revenue", 400004);
	create_target("'scope': 'user', 'user': 2", NOVEMBER, "revenue", 300000);
	create_target("'scope': 'user', 'user': 2", NOVEMBER, "orders", 3);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static void months_begin_where_the_organisation_is(void **state)
{
	(void)state;
	report_do(&run, "performance", "{'from': '2026-10', 'to': '2026-11'}");
	assert_string_equal(report_show(&run, "months",
	                                "month revenue_base orders units paid_base deals_won "
	                                "deals_lost win_rate_bp average_deal_base "
	                                "average_cycle_days"),
	                    "20727 100001 1 2500 0 0 0 - - -\n"
	                    "20758 200002 2 5000 3500 2 1 6667 1000 150\n");
	assert_string_equal(
		report_show(&run, "total", "months revenue_base orders paid_base win_rate_bp"),
		"2 300003 3 3500 6667\n");
}

static void credit_stays_with_the_team_of_the_time(void **state)
{
	(void)state;
	report_do(&run, "performance", "{'from': '2026-10'}");
	assert_string_equal(
		report_show(&run, "teams", "team revenue_base deals_won deals_lost"),
		"1 300003 2 1\n2 100001 1 1\n");
	assert_string_equal(report_show(&run, "people", "user revenue_base deals_won"),
	                    "2 200002 2\n1 100001 0\n");
	report_do(&run, "performance", "{'from': '2026-10', 'team': '华东'}");
	assert_string_equal(report_show(&run, "total", "revenue_base deals_won paid_base"),
	                    "100001 1 3500\n");
	assert_string_equal(report_show(&run, "people", "user revenue_base"), "2 100001\n");
}

/* Of 李雷: one customer could be converted before October, two at its end, one was. */
static void conversion_is_by_owner_and_month(void **state)
{
	(void)state;
	report_do(&run, "customer_conversion",
	          "{'owner': 'li', 'from': '2026-09', 'to': '2026-11'}");
	assert_string_equal(
		report_show(&run, "months", "month customers converted conversion_bp"),
		"20697 1 0 0\n20727 2 1 5000\n20758 1 0 0\n");
	assert_string_equal(report_show(&run, "total", "customers converted conversion_bp"),
	                    "2 1 5000\n");
	report_do(&run, "customer_conversion", "{'from': '2026-10'}");
	assert_string_equal(report_show(&run, "people", "user customers converted"),
	                    "1 2 1\n2 2 1\n");
	assert_string_equal(report_show(&run, "teams", "team customers converted"),
	                    "1 4 2\n2 2 1\n");
}

/* Imported with orders from before they were entered. */
static void a_customer_entered_late_is_not_taken_off_twice(void **state)
{
	(void)state;
	create_customer(1, AT(NOVEMBER) + DAY_MS);
	create_order(5, 1, 1, AT(SEPTEMBER), "confirmed");
	report_do(&run, "customer_conversion",
	          "{'owner': 1, 'from': '2026-10', 'to': "
	          "'2026-10'}");
	assert_string_equal(report_show(&run, "total", "customers converted"), "2 1\n");
	report_do(&run, "customer_conversion", "{'owner': 1, 'from': '2026-11'}");
	assert_string_equal(report_show(&run, "total", "customers converted"), "1 0\n");
}

static void attainment_is_of_months_that_have_a_target(void **state)
{
	(void)state;
	report_do(&run, "performance", "{'from': '2026-10', 'team': 1}");
	assert_string_equal(report_show(&run, "total", "target attainment_bp"),
	                    "400004 2500\n");
	assert_string_equal(report_show(&run, "months", "target attainment_bp"),
	                    "400004 2500\n- -\n");
	assert_string_equal(report_show(&run, "people", "user target attainment_bp"),
	                    "2 300000 6667\n1 - -\n");
	report_do(&run, "performance", "{'from': '2026-10', 'owner': 2, 'metric': 'orders'}");
	assert_string_equal(report_show(&run, "total", "target attainment_bp"), "3 6667\n");
	assert_int_equal(cx_value_member(run.answer, "sections")->as.array.count, 2);
}

static void a_store_without_sales_has_no_shares(void **state)
{
	(void)state;
	report_do(&run, "performance", "{'from': '2025-01', 'to': '2025-01'}");
	assert_string_equal(report_show(&run, "total",
	                                "revenue_base win_rate_bp customer_conversion_bp "
	                                "average_deal_base average_cycle_days target "
	                                "attainment_bp"),
	                    "0 - - - - - -\n");
}

static void months_are_bounded(void **state)
{
	(void)state;
	const struct {
		const char *params, *words;
		cx_status status;
	} asked[] = {
		{ "{'from': '2021-12', 'to': '2026-11'}", "", CX_OK },
		{ "{'from': '2021-11', 'to': '2026-11'}", "more than 60 months",
		  CX_INVALID_ARGUMENT },
		{ "{'from': '2026-12', 'to': '2026-11'}", "after that of",
		  CX_INVALID_ARGUMENT },
		{ "{'metric': 'profit'}", "metric", CX_INVALID_ARGUMENT },
		{ "{'team': '华南'}", "华南", CX_NOT_FOUND },
	};
	for (size_t i = 0; i < CX_COUNT_OF(asked); i++) {
		const crm_report_request request = { .name = CX_SLICE_LITERAL("performance"),
			                             .params = wire(asked[i].params),
			                             .now_ms = REPORT_NOW };
		assert_int_equal(report_try(&run, &request), asked[i].status);
		assert_non_null(strstr(run.store.error.text, asked[i].words));
	}
}

/* Groups are looked up, however many records are behind them. */
static void more_records_in_a_group_cost_no_more(void **state)
{
	(void)state;
	report_do(&run, "performance", "{'owner': 'han', 'from': '2026-10'}");
	const int64_t keys = report_figure(&run, "keys");
	assert_in_range(keys, 1, 24);
	for (int i = 0; i < 200; i++)
		create_order(3, 2, 2, AT(NOVEMBER) + 5, "confirmed");
	report_do(&run, "performance", "{'owner': 'han', 'from': '2026-10'}");
	assert_string_equal(report_show(&run, "total", "orders revenue_base"),
	                    "202 20200202\n");
	assert_int_equal(report_figure(&run, "keys"), keys);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(months_begin_where_the_organisation_is),
		WITH(credit_stays_with_the_team_of_the_time),
		WITH(conversion_is_by_owner_and_month),
		WITH(a_customer_entered_late_is_not_taken_off_twice),
		WITH(attainment_is_of_months_that_have_a_target),
		WITH(a_store_without_sales_has_no_shares),
		WITH(months_are_bounded),
		WITH(more_records_in_a_group_cost_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
