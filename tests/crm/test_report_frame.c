/* SPDX-License-Identifier: Apache-2.0 */
/* What all reports have in common: parameters are strict and forgiving in what people write,
 * what is looked at is counted and bounded, quotients are exact. */
#include "crm/reports/frame/report.h"
#include "tests/crm/report_run.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>

static report_run run;

static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "customer", "{'name': '上海医疗', 'owner': 1}");
	for (int i = 0; i < 30; i++)
		(void)report_create(&run, "activity",
		                    "{'kind': 'call', 'subject': 'n', 'at': %d, 'customer': 1, "
		                    "'owner': 1}",
		                    1000 + i);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static void assert_refused(cx_status expected, const char *words, const char *name,
                           const char *params)
{
	const crm_report_request request = { .name = cx_slice_of(name),
		                             .params = wire(params),
		                             .now_ms = REPORT_NOW };
	assert_int_equal(report_try(&run, &request), expected);
	if (strstr(run.store.error.text, words) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", words, run.store.error.text);
}

static void what_is_wrong_with_a_parameter_is_said(void **state)
{
	(void)state;
	assert_refused(CX_INVALID_ARGUMENT, "no report \"none\"", "none", "{}");
	assert_refused(CX_INVALID_ARGUMENT, "needs the parameter customer", "customer", "{}");
	assert_refused(CX_INVALID_ARGUMENT, "needs the parameter customer", "customer",
	               "{'customer': nil}");
	assert_refused(CX_INVALID_ARGUMENT, "takes no parameter \"who\"", "customer",
	               "{'customer': 1, 'who': 1}");
	assert_refused(CX_INVALID_ARGUMENT, "given twice", "customer",
	               "{'customer': 1, 'customer': 1}");
	assert_refused(CX_INVALID_ARGUMENT, "map of names", "customer", "[1]");
	assert_refused(CX_INVALID_ARGUMENT, "map of names", "customer", "{1: 1}");
	assert_refused(CX_INVALID_ARGUMENT, "between 1 and 1000", "customer",
	               "{'customer': 1, 'orders': 0}");
	assert_refused(CX_INVALID_ARGUMENT, "between 1 and 1000", "customer",
	               "{'customer': 1, 'orders': '1001'}");
	assert_refused(CX_INVALID_ARGUMENT, "orders takes a whole number", "customer",
	               "{'customer': 1, 'orders': 'many'}");
	assert_refused(CX_INVALID_ARGUMENT, "orders is int, not", "customer",
	               "{'customer': 1, 'orders': true}");
	assert_refused(CX_INVALID_ARGUMENT, "now takes a time", "customer",
	               "{'customer': 1, 'now': 'soon'}");
	assert_refused(CX_INVALID_ARGUMENT, "now takes a time", "customer",
	               "{'customer': 1, 'now': 9223372036854775807}");
	assert_refused(CX_INVALID_ARGUMENT, "now takes a time", "customer",
	               "{'customer': 1, 'now': 'month+100000'}");
	assert_refused(CX_NOT_FOUND, "no customer 2", "customer", "{'customer': 2}");
	assert_refused(CX_NOT_FOUND, "no customer has the tax_id or ext_id \"x\"", "customer",
	               "{'customer': 'x'}");
}

static int64_t now_of(const char *text)
{
	report_do(&run, "customer", "{'customer': '1', 'now': %s}", text);
	return cx_value_member(cx_value_member(run.answer, "params"), "now")->as.integer;
}

static void times_are_taken_as_people_write_them(void **state)
{
	(void)state;
	static const int64_t begin = REPORT_TODAY * (int64_t)DAY_MS - 8LL * HOUR_MS;
	assert_int_equal(now_of("'now'"), REPORT_NOW);
	assert_int_equal(now_of("nil"), REPORT_NOW);
	assert_int_equal(now_of("12"), 12);
	assert_int_equal(now_of("'today'"), begin);
	assert_int_equal(now_of("'2026-11-23'"), begin);
	assert_int_equal(now_of("'today-3'"), begin - 3LL * DAY_MS);
	assert_int_equal(now_of("'today+1'"), begin + DAY_MS);
	assert_int_equal(now_of("'month'"), begin - 22LL * DAY_MS);
	assert_int_equal(now_of("'2026-11'"), begin - 22LL * DAY_MS);
	assert_int_equal(now_of("'month-1'"), begin - (22 + 31LL) * DAY_MS);
	assert_int_equal(now_of("'month+2'"), begin + (8 + 31LL) * DAY_MS);
	assert_int_equal(now_of("'2026-11-23T14:00:00+08:00'"), REPORT_NOW);
	assert_int_equal(report_figure(&run, "as_of"), REPORT_NOW);
}

/* Reports count months back and ahead from what they are given: 20 years of history before, for
 * one. */
static void far_away_times_are_refused(void **state)
{
	(void)state;
	static const char *const nows[] = { "'0001-01-01'",    "'0999-12-31'",
		                            "'9000-01-02'",    "'9999-12-31T23:59:59Z'",
		                            "-62135596800000", "253402214400000",
		                            "'today-2000000'" };
	static const char *const edges[] = { "'1000-01-02'", "'8999-12-31'" };
	char params[64];
	for (size_t i = 0; i < CX_COUNT_OF(nows); i++) {
		(void)snprintf(params, sizeof params, "{'now': %s}", nows[i]);
		assert_refused(CX_INVALID_ARGUMENT, "parameter now takes a time", "forecast",
		               params);
	}
	for (size_t i = 0; i < CX_COUNT_OF(edges); i++) {
		report_do(&run, "forecast", "{'now': %s, 'months': 24}", edges[i]);
		report_do(&run, "performance", "{'now': %s, 'from': 'month'}", edges[i]);
		report_do(&run, "pipeline", "{'now': %s}", edges[i]);
	}
	assert_refused(CX_INVALID_ARGUMENT, "parameter from takes a time", "performance",
	               "{'from': '0001-01', 'to': '0001-02'}");
	assert_refused(CX_INVALID_ARGUMENT, "parameter from takes a time", "contracts",
	               "{'from': -800000}");
}

static void the_clock_is_that_of_the_organisation(void **state)
{
	(void)state;
	report_run other;
	report_open(&other);
	(void)report_create(&other, "org", "{'base_currency': 'JPY', 'utc_offset_min': -300}");
	(void)report_create(&other, "customer", "{'name': 'A'}");
	report_do(&other, "customer", "{'customer': 1, 'now': '2026-11-23'}");
	assert_int_equal(report_figure(&other, "as_of"),
	                 REPORT_TODAY * (int64_t)DAY_MS + 5LL * HOUR_MS);
	const cx_value *currency = cx_value_member(other.answer, "currency");
	assert_true(cx_slice_equal(currency->as.bytes, CX_SLICE_LITERAL("JPY")));
	report_close(&other);
}

static void rows_are_bounded_and_it_is_told_that_there_are_more(void **state)
{
	(void)state;
	crm_report_request request = { .name = CX_SLICE_LITERAL("customer"),
		                       .params = wire("{'customer': 1, 'activities': 30}"),
		                       .now_ms = REPORT_NOW,
		                       .rows_max = 31 };
	assert_int_equal(report_try(&run, &request), CX_OK);
	assert_int_equal(report_rows(&run, "activities"), 30);
	assert_false(report_more(&run, "activities"));
	request.rows_max = 30;
	assert_int_equal(report_try(&run, &request), CX_OK);
	assert_int_equal(report_rows(&run, "activities"), 29);
	assert_true(report_more(&run, "activities"));
	request.rows_max = CRM_REPORT_ROWS_MAX + 1;
	assert_int_equal(report_try(&run, &request), CX_INVALID_ARGUMENT);
}

static void keys_and_time_are_bounded(void **state)
{
	(void)state;
	report_do(&run, "customer", "{'customer': 1}");
	const int64_t keys = report_figure(&run, "keys");
	crm_report_request request = { .name = CX_SLICE_LITERAL("customer"),
		                       .params = wire("{'customer': 1}"),
		                       .now_ms = REPORT_NOW,
		                       .keys_max = (uint64_t)keys };
	assert_int_equal(report_try(&run, &request), CX_OK);
	request.keys_max--;
	assert_int_equal(report_try(&run, &request), CX_SCAN_LIMIT);
	assert_non_null(strstr(run.store.error.text, "max_scan"));
	request.keys_max = 0;
	request.deadline_ns = 1;
	assert_int_equal(report_try(&run, &request), CX_DEADLINE);
}

static void records_are_named_in_the_answer(void **state)
{
	(void)state;
	report_do(&run, "customer", "{'customer': 1}");
	const cx_value *names = cx_value_member(run.answer, "names");
	const cx_value *users = cx_value_member(names, "user");
	assert_int_equal(users->as.array.count, 1);
	const cx_value *user = &users->as.array.items[0];
	assert_int_equal(user->as.array.items[0].as.integer, 1);
	assert_true(cx_slice_equal(user->as.array.items[1].as.bytes, cx_slice_of("李雷")));
}

static void a_store_of_another_schema_is_told_what_it_lacks(void **state)
{
	(void)state;
	store_fixture other;
	fixture_open(&other, "type customer { name string(10) }");
	engine_read *read = fixture_read(&other);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	const crm_report_request request = { .name = CX_SLICE_LITERAL("customer"),
		                             .params = wire("{'customer': 1}") };
	assert_int_equal(crm_report_run(read, &request, &out, &other.error), CX_NO_TYPE);
	assert_non_null(strstr(other.error.text, "reads org"));
	engine_read_end(&read);
	fixture_close(&other);
}

static int64_t ratio_of(engine_sum part, engine_sum whole, int64_t scale)
{
	int64_t ret = -77;
	return crm__ratio(part, whole, scale, &ret) ? ret : INT64_MIN;
}

static int64_t ratio(int64_t part, int64_t whole, int64_t scale)
{
	return ratio_of(engine_sum_of(part), engine_sum_of(whole), scale);
}

static void ratios_are_rounded_half_away_from_zero(void **state)
{
	(void)state;
	static const struct {
		int64_t part, whole, scale, ret;
	} rows[] = {
		{ 1, 2, 1, 1 },
		{ 1, 3, 10000, 3333 },
		{ 2, 3, 10000, 6667 },
		{ -1, 2, 1, -1 },
		{ 1, -2, 1, -1 },
		{ -1, -2, 1, 1 },
		{ 1, 4, 2, 1 },
		{ 0, 5, 10000, 0 },
		{ 5, 0, 10000, INT64_MIN },
		{ 49, 100, 1, 0 },
		{ 50, 100, 1, 1 },
		{ 150, 100, 1, 2 },
		{ 7, 7, 10000, 10000 },
		{ INT64_MAX, 1, 1, INT64_MAX },
		{ INT64_MAX, 1, 2, INT64_MIN },
		{ INT64_MAX, INT64_MAX, 10000, 10000 },
		{ INT64_MIN, INT64_MAX, 10000, -10000 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		if (ratio(rows[i].part, rows[i].whole, rows[i].scale) != rows[i].ret)
			fail_msg("row %zu: %lld", i,
			         (long long)ratio(rows[i].part, rows[i].whole, rows[i].scale));
}

/* With the machine's own 128 bits, where the product fits them. */
static void ratios_of_sums_are_exact(void **state)
{
	(void)state;
	uint64_t seed = 88172645463325252u;
	for (int i = 0; i < 20000; i++) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		const int64_t part = (int64_t)(seed >> (seed % 40 + 1));
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		const int64_t whole = (int64_t)(seed >> (seed % 50 + 1)) + 1;
		__extension__ typedef __int128 wide;
		const wide product = (wide)part * 10000 * 2 + whole;
		const wide expected = product / ((wide)whole * 2);
		assert_true(ratio(part, whole, 10000) ==
		            (expected > INT64_MAX ? INT64_MIN : (int64_t)expected));
	}
	const engine_sum large = engine_sum_product(INT64_MAX, INT64_MAX);
	assert_int_equal(ratio_of(large, engine_sum_of(INT64_MAX), 1), INT64_MAX);
	assert_int_equal(ratio_of(large, large, 10000), 10000);
	assert_int_equal(ratio_of(engine_sum_of(1), large, 10000), 0);
}

static void the_list_has_every_report_with_its_parameters(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	crm_report_list(&out);
	const char *list = wire_show(cx_buf_slice(&out));
	assert_non_null(strstr(list, "{'name': 'customer', 'help_en': "));
	assert_non_null(strstr(list, "{'name': 'customer', 'kind': 'ref', 'of': 'customer', "
	                             "'required': true, 'default': nil, "));
	assert_non_null(strstr(list, "{'name': 'now', 'kind': 'ts', 'of': nil, 'required': "
	                             "false, 'default': 'now', "));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_with_a_parameter_is_said),
		cmocka_unit_test(times_are_taken_as_people_write_them),
		cmocka_unit_test(far_away_times_are_refused),
		cmocka_unit_test(rows_are_bounded_and_it_is_told_that_there_are_more),
		cmocka_unit_test(keys_and_time_are_bounded),
		cmocka_unit_test(records_are_named_in_the_answer),
		cmocka_unit_test(a_store_of_another_schema_is_told_what_it_lacks),
		cmocka_unit_test(ratios_are_rounded_half_away_from_zero),
		cmocka_unit_test(ratios_of_sums_are_exact),
		cmocka_unit_test(the_list_has_every_report_with_its_parameters),
		cmocka_unit_test(the_clock_is_that_of_the_organisation),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
