/* SPDX-License-Identifier: Apache-2.0 */
/* Net promoter score and complaints against a look at all feedback. */
#include "tests/crm/report_run.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { ITEMS = 120, ORDERS = 40, MONTHS = 3, PRODUCTS = 2, NO_SCORE = -1 };

static const char *const kinds[] = { "praise", "suggestion", "complaint", "question" };
static const char *const order_statuses[] = { "draft", "confirmed", "fulfilled", "cancelled" };

static struct {
	int64_t at, product, score;
	size_t kind;
} items[ITEMS];
static struct {
	int64_t at;
	size_t status;
} orders[ORDERS];

static report_run run;

/* 2026-09-01, 10-01, 11-01, 12-01 by the clock of the organisation. */
static const int64_t first_days[MONTHS + 1] = { 20697, 20727, 20758, 20788 };

static int64_t begin_of(size_t month)
{
	return first_days[month] * DAY_MS - 8LL * HOUR_MS;
}

static const char *or_nil(int64_t number, int64_t nil, char text[24])
{
	snprintf(text, 24, "%lld", (long long)number);
	return number == nil ? "nil" : text;
}

static void make_items(dice *random)
{
	for (size_t i = 0; i < ITEMS; i++) {
		char score[24], product[24];
		items[i].at = begin_of(0) + (int64_t)dice_below(random, 83ull * DAY_MS);
		items[i].product = (int64_t)dice_below(random, PRODUCTS + 1);
		items[i].score = (int64_t)dice_below(random, 13) - 2;
		if (items[i].score < 0)
			items[i].score = NO_SCORE;
		items[i].kind = dice_below(random, 4);
		(void)report_create(
			&run, "feedback",
			"{'customer': 1, 'content': 'x', 'received_at': %lld, 'kind': "
			"'%s', 'product': %s, 'score': %s}",
			(long long)items[i].at, kinds[items[i].kind],
			or_nil(items[i].product, 0, product),
			or_nil(items[i].score, NO_SCORE, score));
	}
}

static void make_orders(dice *random)
{
	for (size_t i = 0; i < ORDERS; i++) {
		orders[i].at = begin_of(0) + (int64_t)dice_below(random, 83ull * DAY_MS);
		orders[i].status = dice_below(random, 4);
		(void)report_create(
			&run, "sales_order",
			"{'customer': 1, 'ordered_on': 20700, 'owner': 1, 'status': "
			"'%s', 'confirmed_at': %lld, 'total_base': 5}",
			order_statuses[orders[i].status], (long long)orders[i].at);
	}
}

static int set_up(void **state)
{
	(void)state;
	dice random = dice_init();
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "customer", "{'name': '上海医疗'}");
	for (int i = 0; i < PRODUCTS; i++)
		(void)report_create(&run, "product",
		                    "{'sku': 'p%d', 'name': '产品%d', 'list_price': 1}", i + 1,
		                    i + 1);
	make_items(&random);
	make_orders(&random);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static int64_t rounded(int64_t part, int64_t whole)
{
	if (whole == 0)
		return INT64_MIN;
	return part < 0 ? -((-2 * part + whole) / (2 * whole))
	                : (2 * part + whole) / (2 * whole);
}

enum { ALL_PRODUCTS = -1 };

static void assert_row(const char *section, size_t row, size_t from, size_t to, int64_t product,
                       bool with_orders)
{
	int64_t feedback = 0, complaints = 0, high = 0, middle = 0, low = 0, confirmed = 0;
	for (size_t i = 0; i < ITEMS; i++) {
		if (items[i].at < begin_of(from) || items[i].at >= begin_of(to + 1) ||
		    (product != ALL_PRODUCTS && items[i].product != product))
			continue;
		feedback++;
		complaints += items[i].kind == 2;
		high += items[i].score >= 9;
		middle += items[i].score == 7 || items[i].score == 8;
		low += items[i].score >= 0 && items[i].score <= 6;
	}
	for (size_t i = 0; i < ORDERS; i++)
		confirmed += orders[i].at >= begin_of(from) &&
		             orders[i].at < begin_of(to + 1) &&
		             (orders[i].status == 1 || orders[i].status == 2);
	const int64_t scored = high + middle + low;
	assert_int_equal(report_int(&run, section, row, "feedback"), feedback);
	assert_int_equal(report_int(&run, section, row, "scored"), scored);
	assert_int_equal(report_int(&run, section, row, "promoters"), high);
	assert_int_equal(report_int(&run, section, row, "passives"), middle);
	assert_int_equal(report_int(&run, section, row, "detractors"), low);
	assert_int_equal(report_int(&run, section, row, "nps"),
	                 rounded(10000 * (high - low), scored));
	assert_int_equal(report_int(&run, section, row, "complaints"), complaints);
	if (!with_orders)
		return;
	const bool all = product == ALL_PRODUCTS;
	assert_int_equal(report_int(&run, section, row, "orders"), all ? confirmed : INT64_MIN);
	assert_int_equal(report_int(&run, section, row, "per_100_orders"),
	                 all ? rounded(10000 * complaints, confirmed) : INT64_MIN);
}

static void scores_and_complaints_are_counted_by_month(void **state)
{
	(void)state;
	report_do(&run, "satisfaction", "{'from': '2026-09'}");
	assert_int_equal(report_rows(&run, "months"), MONTHS);
	for (size_t month = 0; month < MONTHS; month++) {
		assert_int_equal(report_int(&run, "months", month, "month"), first_days[month]);
		assert_row("months", month, month, month, ALL_PRODUCTS, true);
	}
	assert_row("total", 0, 0, 2, ALL_PRODUCTS, true);
	report_do(&run, "satisfaction", "{'from': '2026-10', 'to': '2026-10'}");
	assert_row("total", 0, 1, 1, ALL_PRODUCTS, true);
	assert_int_equal(report_figure(&run, "fetched"), PRODUCTS);
}

static void products_are_told_apart(void **state)
{
	(void)state;
	report_do(&run, "satisfaction", "{'from': '2026-09'}");
	assert_int_equal(report_rows(&run, "products"), PRODUCTS + 1);
	for (size_t row = 0; row <= PRODUCTS; row++) {
		const int64_t product = report_int(&run, "products", row, "product");
		assert_row("products", row, 0, 2, product == INT64_MIN ? 0 : product, false);
		assert_true((product == INT64_MIN) == (row == PRODUCTS));
		assert_true(row == 0 || row == PRODUCTS ||
		            report_int(&run, "products", row, "feedback") <=
		                    report_int(&run, "products", row - 1, "feedback"));
	}
	report_do(&run, "satisfaction", "{'from': '2026-09', 'product': 'p2'}");
	assert_row("total", 0, 0, 2, 2, true);
	assert_int_equal(report_rows(&run, "products"), 1);
}

static void months_without_feedback_have_no_score(void **state)
{
	(void)state;
	report_do(&run, "satisfaction", "{'from': '2026-01', 'to': '2026-02'}");
	assert_string_equal(report_show(&run, "months", "feedback nps orders per_100_orders"),
	                    "0 - 0 -\n0 - 0 -\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_and_complaints_are_counted_by_month),
		cmocka_unit_test(products_are_told_apart),
		cmocka_unit_test(months_without_feedback_have_no_score),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
