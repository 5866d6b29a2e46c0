/* SPDX-License-Identifier: Apache-2.0 */
/* The report on forecasts tells what the months before say, how short they are, and what is
 * open; that on what came compares it with what was forecast. */
#include "base/clock.h"
#include "crm/runs.h"
#include "crm/stats/outlook.h"
#include "tests/crm/report_run.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { MONTHS = 40, SHORT = 15 }; /* of the first and second person */

static report_run run;
static const engine_author author = { .now_ms = REPORT_NOW };
static int64_t long_series[MONTHS], short_series[SHORT];

static int64_t month_day(int back)
{
	int64_t day = 0;
	const int number = 2026 * 12 + 10 - back; /* November is 10 */
	assert_true(cx_date_of_civil(number / 12, (unsigned)(number % 12) + 1, 1, &day));
	return day;
}

static void make_order(int64_t user, int back, int64_t amount)
{
	const int64_t at = month_day(back) * DAY_MS + 36LL * HOUR_MS;
	run.store.now_ms = at;
	(void)report_create(
		&run, "sales_order",
		"{'customer': 1, 'status': 'confirmed', 'ordered_on': 1, 'owner': 1, "
		"'confirmed_at': %lld, 'total_base': %lld, 'credited_user': %lld, "
		"'credited_team': 1}",
		(long long)at, (long long)amount, (long long)user);
}

static void make_open(int64_t owner, int ahead, int64_t amount, const char *category)
{
	(void)report_create(
		&run, "opportunity",
		"{'title': 'x', 'customer': 1, 'stage': 1, 'state': 'open', 'amount': "
		"1, 'amount_base': %lld, 'probability_bp': 3000, 'close_on': %lld, "
		"'owner': %lld, 'forecast_category': '%s'}",
		(long long)amount, (long long)month_day(-ahead) + 5, (long long)owner,
		category);
}

static int set_up(void **state)
{
	(void)state;
	static const int season[] = { 0, 5, 20, 40, 50, 60, 70, 60, 40, 20, 10, 0 };
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	for (int i = 0; i < 3; i++)
		(void)report_create(&run, "user", "{'login': 'u%d', 'name': '用户', 'team': 1}",
		                    i);
	(void)report_create(&run, "customer", "{'name': '上海医疗'}");
	(void)report_create(&run, "stage",
	                    "{'code': 's', 'label_zh': '阶段', 'label_en': 's', 'seq': 1, "
	                    "'probability_bp': 2000}");
	for (int back = MONTHS; back >= 1; back--) {
		const int64_t amount = 10000 + 100 * season[back % 12] + back * 37 % 11;
		long_series[MONTHS - back] = amount;
		make_order(1, back, amount);
		if (back <= SHORT)
			make_order(2, back, short_series[SHORT - back] = amount / 2);
	}
	make_order(1, 0, 77);
	make_open(1, 0, 1000, "commit");
	make_open(1, 0, 100, "pipeline");
	make_open(1, 1, 2000, "best_case");
	make_open(2, 1, 50, "omitted");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static void the_forecast_is_that_of_the_months_before(void **state)
{
	(void)state;
	crm__outlook should;
	assert_true(crm__outlook_of(long_series, MONTHS, 6, CRM_MODEL_ANY, &should));
	assert_int_not_equal(should.chosen, CRM_MODEL_SES); /* there are seasons */
	report_do(&run, "forecast", "{'owner': 'u0'}");
	assert_int_equal(report_rows(&run, "history"), MONTHS + 1);
	for (int i = 0; i < MONTHS; i++)
		assert_int_equal(report_int(&run, "history", (size_t)i, "revenue_base"),
		                 long_series[i]);
	assert_int_equal(report_int(&run, "history", MONTHS, "revenue_base"), 77);
	assert_int_equal(report_int(&run, "history", 0, "month"), month_day(MONTHS));
	assert_int_equal(report_rows(&run, "methods"), CRM_MODEL_COUNT);
	for (size_t i = 0; i < CRM_MODEL_COUNT; i++) {
		const crm__outlook_model *model = &should.models[i];
		assert_string_equal(report_text(&run, "methods", i, "method"),
		                    crm__model_label((crm__model)i));
		assert_int_equal(report_int(&run, "methods", i, "wape_bp"),
		                 model->test.wape_bp);
		assert_int_equal(report_int(&run, "methods", i, "mae"), model->test.mae);
		assert_int_equal(report_int(&run, "methods", i, "folds"), 12);
	}
	assert_int_equal(report_rows(&run, "forecast"), 6);
	for (size_t i = 0; i < 6; i++) {
		const crm__expectation *month = &should.models[should.chosen].months[i];
		assert_string_equal(report_text(&run, "forecast", i, "method"),
		                    crm__model_label(should.chosen));
		assert_int_equal(report_int(&run, "forecast", i, "value"), month->value);
		assert_int_equal(report_int(&run, "forecast", i, "low"),
		                 month->has_interval ? month->low : INT64_MIN);
	}
	assert_false(report_noted(&run, "Too short"));
	/* Groups of each month and person, what is open, and the orders of twelve months. */
	assert_in_range(report_figure(&run, "keys"), MONTHS, MONTHS + SHORT + 40 + 2 * 12);
}

/* Orders without an opportunity stand for one made when they were, on the second day of the
 * month of the order: before the same day of it, but after that of a month before. The median
 * of the last twelve is the mean of the two in the middle. */
static int64_t usual(void)
{
	int64_t sorted[12];
	for (size_t i = 0; i < 12; i++) {
		size_t at = i;
		for (; at > 0 && sorted[at - 1] > long_series[MONTHS - 12 + i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = long_series[MONTHS - 12 + i];
	}
	return (sorted[5] + sorted[6] + 1) / 2;
}

static void the_near_months_combine_orders_pipeline_and_what_is_usual(void **state)
{
	(void)state;
	char should[256];
	const long long often = usual();
	report_do(&run, "forecast", "{'owner': 1, 'months': 4}");
	snprintf(should, sizeof should, "77 0 297\n0 %lld %lld\n0 %lld %lld\n- - -\n", often,
	         400 + often, often, often);
	assert_string_equal(report_show(&run, "forecast", "confirmed new_business combined"),
	                    should);
	report_do(&run, "forecast", "{'owner': 3, 'months': 1}");
	assert_string_equal(report_show(&run, "forecast", "confirmed new_business combined"),
	                    "0 0 0\n");
}

static void what_is_open_stands_beside_it(void **state)
{
	(void)state;
	report_do(&run, "forecast", "{'owner': 1, 'months': 2}");
	assert_string_equal(report_show(&run, "forecast",
	                                "weighted stage_history commit best_case pipeline"),
	                    "330 220 1000 0 100\n600 400 0 2000 0\n");
	report_do(&run, "forecast", "{'owner': 2, 'months': 2}");
	assert_string_equal(report_show(&run, "forecast",
	                                "weighted stage_history commit best_case pipeline"),
	                    "0 0 0 0 0\n15 10 0 0 0\n");
	report_do(&run, "forecast", "{'team': 1, 'months': 2}");
	assert_string_equal(report_show(&run, "forecast", "weighted stage_history commit"),
	                    "330 220 1000\n615 410 0\n");
}

static void a_short_history_is_told_and_a_method_can_be_forced(void **state)
{
	(void)state;
	report_do(&run, "forecast", "{'owner': 2}");
	assert_true(report_noted(&run, "15 complete months"));
	assert_true(report_noted(&run, "Too short to see seasons"));
	assert_string_equal(report_text(&run, "forecast", 0, "method"), "ses");
	report_do(&run, "forecast", "{'owner': 2, 'method': 'seasonal_naive'}");
	assert_true(report_noted(&run, "asked for"));
	assert_int_equal(report_int(&run, "forecast", 0, "value"), short_series[SHORT - 12]);
	report_do(&run, "forecast", "{'owner': 2, 'method': 'holt_winters'}");
	assert_true(report_noted(&run, "Not enough history for the method"));
	report_do(&run, "forecast", "{'owner': 3}");
	assert_true(report_noted(&run, "needs 7 months"));
	assert_int_equal(report_rows(&run, "methods"), 0);
	assert_int_equal(report_int(&run, "forecast", 0, "value"), INT64_MIN);
	assert_int_equal(report_int(&run, "forecast", 0, "weighted"), 0);
}

static void forecasts_are_compared_with_what_came(void **state)
{
	(void)state;
	const crm_forecast_request past = {
		.as_of_ms = month_day(2) * DAY_MS, .now_ms = REPORT_NOW, .run = 1, .months = 5
	};
	const crm_forecast_request now = { .now_ms = REPORT_NOW, .run = 2 };
	crm_forecast_counts counts;
	assert_int_equal(crm_run_forecast(run.store.engine, &author, &past, &counts, NULL),
	                 CX_OK);
	report_do(&run, "forecast_actual", "{'owner': 1}");
	assert_int_equal(report_rows(&run, "forecasts"), 0); /* nobody has told what came */
	assert_int_equal(crm_run_forecast(run.store.engine, &author, &now, &counts, NULL),
	                 CX_OK);

	report_do(&run, "forecast_actual", "{'owner': 1}");
	assert_int_equal(report_rows(&run, "forecasts"),
	                 2); /* September and October, combined */
	int64_t errors = 0, actuals = 0;
	for (size_t i = 0; i < 2; i++) {
		const int64_t value = report_int(&run, "forecasts", i, "value");
		const int64_t actual = report_int(&run, "forecasts", i, "actual");
		assert_int_equal(report_int(&run, "forecasts", i, "period"),
		                 month_day(2 - (int)i));
		assert_int_equal(actual, long_series[MONTHS - 2 + i]);
		assert_int_equal(report_int(&run, "forecasts", i, "error"), actual - value);
		errors += actual > value ? actual - value : value - actual;
		actuals += actual;
	}
	assert_int_equal(report_rows(&run, "methods"), 1);
	assert_string_equal(report_text(&run, "methods", 0, "method"), "combined");
	assert_int_equal(report_int(&run, "methods", 0, "forecasts"), 2);
	assert_int_equal(report_int(&run, "methods", 0, "wape_bp"),
	                 (2 * 10000 * errors + actuals) / (2 * actuals));

	report_do(&run, "forecast_actual", "{'owner': 1, 'all': true}");
	assert_int_equal(report_rows(&run, "methods"), 7);
	assert_int_equal(report_rows(&run, "forecasts"), 14);
	report_do(&run, "forecast_actual", "{'from': '2026-10', 'to': '2026-10'}");
	assert_int_equal(report_rows(&run, "forecasts"), 1);
	assert_int_equal(report_int(&run, "forecasts", 0, "actual"),
	                 long_series[MONTHS - 1] + short_series[SHORT - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_forecast_is_that_of_the_months_before),
		cmocka_unit_test(what_is_open_stands_beside_it),
		cmocka_unit_test(the_near_months_combine_orders_pipeline_and_what_is_usual),
		cmocka_unit_test(a_short_history_is_told_and_a_method_can_be_forced),
		cmocka_unit_test(forecasts_are_compared_with_what_came),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
