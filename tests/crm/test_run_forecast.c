/* SPDX-License-Identifier: Apache-2.0 */
/* A run forecasts the organisation, its teams and its people from what one snapshot holds, and
 * tells forecasts of earlier runs what came. Figures are compared with those worked out here
 * from the same orders. */
#include "base/clock.h"
#include "crm/runs.h"
#include "crm/stats/outlook.h"
#include "tests/crm/report_run.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>

/* Teams: 1 with 2 below it; people: 1 in team 2, 2 in team 1, 3 in team 1 with nothing. */
enum { ABOVE = 1, BELOW = 2, SELLER = 1, LEADER = 2, IDLE = 3 };
enum { MONTHS = 30 }; /* of orders before this one, which is November 2026 */
enum { OPEN_STAGE = 1 };

static report_run run;
static int64_t by_month[MONTHS]; /* of the seller, oldest first */

static const engine_author author = { .now_ms = REPORT_NOW };

static int64_t month_day(int back)
{
	int64_t day = 0;
	const int number = 2026 * 12 + 10 - back; /* November is 10 */
	assert_true(cx_date_of_civil(number / 12, (unsigned)(number % 12) + 1, 1, &day));
	return day;
}

/* 10 o'clock of a day where the organisation is. */
static int64_t at(int64_t day)
{
	return day * DAY_MS + 2LL * HOUR_MS;
}

static int64_t make_deal(int64_t made, int64_t owner, const char *state, int64_t close_on,
                         int64_t amount)
{
	run.store.now_ms = made;
	return report_create(&run, "opportunity",
	                     "{'title': '项目', 'customer': 1, 'stage': %d, 'state': '%s', "
	                     "'amount': 1, 'amount_base': %lld, 'probability_bp': 2500, "
	                     "'close_on': %lld, 'owner': %lld}",
	                     OPEN_STAGE, state, (long long)amount, (long long)close_on,
	                     (long long)owner);
}

static void make_order(int64_t opportunity, int64_t confirmed, int64_t user, int64_t team,
                       int64_t amount)
{
	run.store.now_ms = confirmed;
	(void)report_create(&run, "sales_order",
	                    "{'customer': 1, 'opportunity': %lld, 'status': 'confirmed', "
	                    "'ordered_on': 1, 'owner': 1, 'confirmed_at': %lld, 'total_base': "
	                    "%lld, 'credited_user': %lld, 'credited_team': %lld}",
	                    (long long)opportunity, (long long)confirmed, (long long)amount,
	                    (long long)user, (long long)team);
}

static void make_people(void)
{
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "team", "{'name': '上海', 'parent': 1}");
	(void)report_create(&run, "user", "{'login': 'a', 'name': '李雷', 'team': 2}");
	(void)report_create(&run, "user", "{'login': 'b', 'name': '韩梅梅', 'team': 1}");
	(void)report_create(&run, "user", "{'login': 'c', 'name': '新人', 'team': 1}");
	(void)report_create(&run, "stage",
	                    "{'code': 'p', 'label_zh': '报价', 'label_en': 'p', 'seq': 1, "
	                    "'probability_bp': 5000}");
	(void)report_create(&run, "customer", "{'name': '上海医疗'}");
}

/* Each month the seller has an order of an old opportunity, and one, of 1000 · (1 + months back
 * % 5), of an opportunity that is made on the 24th: a day after the day of the month that it is
 * today. And one of 10, of an opportunity made on that very day. */
static void make_history(void)
{
	const int64_t old = make_deal(at(month_day(40)), SELLER, "won", 1, 1);
	for (int back = MONTHS; back >= 1; back--) {
		const int64_t first = month_day(back);
		const int64_t usual = 100000 + 700 * (back % 7), late = 1000 * (1 + back % 5);
		make_order(old, at(first + 3), SELLER, BELOW, usual);
		const int64_t fresh = make_deal(at(first + 23), SELLER, "won", 1, 1);
		make_order(fresh, at(first + 25), SELLER, BELOW, late);
		const int64_t same = make_deal(at(first + 22), SELLER, "won", 1, 1);
		make_order(same, at(first + 25), SELLER, BELOW, 10);
		by_month[MONTHS - back] = usual + late + 10;
	}
	make_order(old, at(month_day(0) + 2), SELLER, BELOW, 5555);
	make_order(old, at(month_day(2) + 2), LEADER, ABOVE, 9);
}

static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	run.store.now_ms = at(month_day(41));
	make_people();
	make_history();
	(void)make_deal(at(month_day(1)), SELLER, "open", month_day(0) + 28, 80000);
	(void)make_deal(at(month_day(1)), LEADER, "open", month_day(-1), 20001);
	(void)make_deal(at(month_day(1)), LEADER, "open", month_day(1), 999); /* overdue */
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static crm_forecast_counts do_run(const crm_forecast_request *request)
{
	crm_forecast_counts counts;
	cx_error error = { 0 };
	const cx_status status =
		crm_run_forecast(run.store.engine, &author, request, &counts, &error);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), error.text);
	return counts;
}

static cx_status note_row(void *context, const engine_row *row)
{
	*(int64_t *)context = row->id;
	return CX_OK;
}

/* The row of a scope, written as "'user', 1"; 0: there is none. */
static int64_t row_of(int64_t number, const char *scope, int ahead, const char *method)
{
	char filter[256];
	snprintf(
		filter, sizeof filter,
		"['and', ['=', 'run', %lld], %s, ['=', 'period', %lld], ['=', 'method', '%s']]",
		(long long)number, scope, (long long)month_day(-ahead), method);
	const engine_query query = { .type = fixture_type(&run.store, "forecast"),
		                     .filter = wire(filter),
		                     .limit = 2,
		                     .allow_scan = true };
	int64_t id = 0;
	engine_page page;
	engine_read *read = fixture_read(&run.store);
	assert_int_equal(engine_query_run(read, &query, note_row, &id, &page, NULL), CX_OK);
	engine_read_end(&read);
	assert_in_range(page.rows, 0, 1);
	return id;
}

static int64_t figure(int64_t number, const char *scope, int ahead, const char *method,
                      const char *field)
{
	const int64_t id = row_of(number, scope, ahead, method);
	if (id == 0)
		fail_msg("no %s of %s in %d months", method, scope, ahead);
	return fixture_int(&run.store, "forecast", id, field);
}

static bool is_chosen(int64_t number, const char *scope, int ahead, const char *method)
{
	char text[128];
	snprintf(text, sizeof text, "%s, ['=', 'chosen', true]", scope);
	return row_of(number, text, ahead, method) != 0;
}

static const char org[] = "['=', 'scope', 'org']";
static const char above[] = "['=', 'team', 1]";
static const char below[] = "['=', 'team', 2]";
static const char seller[] = "['=', 'user', 1]";
static const char leader[] = "['=', 'user', 2]";
static const char idle[] = "['=', 'user', 3]";

static void the_pipeline_is_weighed_by_month(void **state)
{
	(void)state;
	const crm_forecast_request request = { .now_ms = REPORT_NOW, .run = 7 };
	const crm_forecast_counts counts = do_run(&request);
	assert_int_equal(counts.scopes, 6);
	assert_int_equal(counts.skipped, 1); /* the one with nothing */
	assert_int_equal(figure(7, org, 0, "weighted", "value"), 20000);
	assert_int_equal(figure(7, seller, 0, "weighted", "value"), 20000);
	assert_int_equal(figure(7, below, 0, "weighted", "value"), 20000);
	assert_int_equal(figure(7, above, 0, "weighted", "value"), 20000);
	assert_int_equal(figure(7, leader, 0, "weighted", "value"), 0);
	assert_int_equal(figure(7, org, 1, "weighted", "value"), 5000); /* 5000.25 */
	assert_int_equal(figure(7, below, 1, "weighted", "value"), 0);
	/* No history of stages: the default of one half. */
	assert_int_equal(figure(7, org, 0, "stage_history", "value"), 40000);
	assert_int_equal(figure(7, above, 1, "stage_history", "value"), 10001); /* 10000.5 */
	assert_int_equal(row_of(7, idle, 0, "weighted"), 0);
	assert_int_equal(row_of(7, org, 6, "weighted"), 0);
	assert_int_equal(figure(7, org, 5, "weighted", "value"), 0);
	fixture_assert_sound(&run.store);
}

static void what_does_not_exist_yet_is_its_median(void **state)
{
	(void)state;
	/* The last 12 months: 1000 · (1 + back % 5) for back = 1 to 12 is 2 3 4 5 1 2 3 4 5 1 2
	 * 3 thousand; its median is 3000. What was made on the day itself was there already;
	 * seen from a month before it was not. */
	assert_int_equal(figure(7, seller, 0, "combined", "value"), 5555 + 40000 + 3000);
	assert_int_equal(figure(7, seller, 1, "combined", "value"), 3010);
	assert_int_equal(figure(7, org, 1, "combined", "value"), 10001 + 3010);
	assert_int_equal(figure(7, org, 2, "combined", "value"), 3010);
	assert_int_equal(row_of(7, org, 3, "combined"), 0);
	/* The leader has two complete months: 0 and 9. */
	assert_int_equal(figure(7, leader, 1, "combined", "value"), 10001);
}

static void models_are_those_of_the_months_before(void **state)
{
	(void)state;
	crm__outlook outlook;
	assert_true(crm__outlook_of(by_month, MONTHS, 6, CRM_MODEL_ANY, &outlook));
	for (int model = 0; model < CRM_MODEL_COUNT; model++) {
		const crm__outlook_model *one = &outlook.models[model];
		const char *label = crm__model_label((crm__model)model);
		for (int ahead = 0; ahead < 6; ahead++) {
			const crm__expectation *month = &one->months[ahead];
			assert_int_equal(figure(7, seller, ahead, label, "value"),
			                 month->value);
			assert_int_equal(figure(7, below, ahead, label, "value"), month->value);
			assert_int_equal(figure(7, seller, ahead, label, "low"),
			                 month->has_interval ? month->low : INT64_MIN);
			assert_true(is_chosen(7, seller, ahead, label) ==
			            (ahead >= 3 && (int)outlook.chosen == model));
		}
		assert_int_equal(figure(7, seller, 0, label, "wape_bp"), one->test.wape_bp);
		assert_int_equal(figure(7, seller, 0, label, "folds"), one->test.folds);
		assert_int_equal(figure(7, seller, 0, label, "train_n"), MONTHS);
	}
	assert_true(is_chosen(7, seller, 2, "combined"));
	assert_true(is_chosen(7, leader, 3, "stage_history"));
	/* What the leader has counts for the team above, and not for the one below. */
	int64_t all[MONTHS];
	for (int i = 0; i < MONTHS; i++)
		all[i] = by_month[i] + (i == MONTHS - 2 ? 9 : 0);
	assert_true(crm__outlook_of(all, MONTHS, 6, CRM_MODEL_ANY, &outlook));
	assert_int_equal(figure(7, above, 4, "ses", "value"),
	                 outlook.models[CRM_MODEL_SES].months[4].value);
	assert_int_equal(figure(7, org, 4, "ses", "value"),
	                 outlook.models[CRM_MODEL_SES].months[4].value);
	assert_string_equal(fixture_text(&run.store, "forecast",
	                                 row_of(7, org, 1, "seasonal_naive"), "params"),
	                    "last year's month");
}

static void the_same_run_again_writes_nothing(void **state)
{
	(void)state;
	const uint64_t before = fixture_state_hash(&run.store);
	const crm_forecast_request request = { .now_ms = REPORT_NOW, .run = 7, .months = 3 };
	const crm_forecast_counts counts = do_run(&request);
	assert_int_equal(counts.written, 0);
	assert_int_equal(counts.actuals, 0);
	assert_int_equal(counts.skipped, 6);
	assert_true(fixture_state_hash(&run.store) == before);
}

static void months_that_are_over_are_told_what_came(void **state)
{
	(void)state;
	const int64_t then = at(month_day(2) + 10); /* September */
	const crm_forecast_request past = { .as_of_ms = then,
		                            .now_ms = REPORT_NOW,
		                            .months = 3 };
	(void)do_run(&past);
	/* It looks at months before its own. */
	assert_int_equal(
		fixture_int(&run.store, "forecast", row_of(then, seller, -2, "ses"), "actual"),
		INT64_MIN);
	const crm_forecast_request next = { .now_ms = REPORT_NOW, .run = 8 };
	const crm_forecast_counts counts = do_run(&next);
	assert_true(counts.actuals > 0);
	assert_int_equal(figure(then, seller, -2, "ses", "actual"), by_month[MONTHS - 2]);
	assert_int_equal(figure(then, seller, -1, "combined", "actual"), by_month[MONTHS - 1]);
	assert_int_equal(figure(then, org, -2, "weighted", "actual"), by_month[MONTHS - 2] + 9);
	assert_int_equal(figure(then, seller, 0, "ses", "actual"), INT64_MIN); /* not over */
	const crm_forecast_request again = { .now_ms = REPORT_NOW, .run = 9 };
	assert_int_equal(do_run(&again).actuals, 0);
	fixture_assert_sound(&run.store);
}

static void a_method_can_be_forced(void **state)
{
	(void)state;
	const crm_forecast_request request = { .now_ms = REPORT_NOW,
		                               .run = 10,
		                               .method = CX_SLICE_LITERAL("holt_winters") };
	(void)do_run(&request);
	assert_true(is_chosen(10, org, 3, "holt_winters"));
	assert_false(is_chosen(10, org, 3, "ses"));
	/* Not enough history for it: as if it were not forced. */
	assert_true(is_chosen(10, leader, 3, "stage_history"));
}

static void wrong_requests_are_refused(void **state)
{
	(void)state;
	const crm_forecast_request wrong[] = {
		{ .now_ms = REPORT_NOW, .months = 25 },
		{ .now_ms = REPORT_NOW, .method = CX_SLICE_LITERAL("arima") },
		{ .now_ms = REPORT_NOW, .method = CX_SLICE_LITERAL("weighted") },
	};
	for (size_t i = 0; i < CX_COUNT_OF(wrong); i++) {
		crm_forecast_counts counts = { .scopes = 77 };
		assert_int_equal(
			crm_run_forecast(run.store.engine, &author, &wrong[i], &counts, NULL),
			CX_INVALID_ARGUMENT);
		assert_int_equal(counts.scopes, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pipeline_is_weighed_by_month),
		cmocka_unit_test(what_does_not_exist_yet_is_its_median),
		cmocka_unit_test(models_are_those_of_the_months_before),
		cmocka_unit_test(the_same_run_again_writes_nothing),
		cmocka_unit_test(months_that_are_over_are_told_what_came),
		cmocka_unit_test(a_method_can_be_forced),
		cmocka_unit_test(wrong_requests_are_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
