/* SPDX-License-Identifier: Apache-2.0 */
/* Days and calendar dates are one to one, and only text of the documented form is a date
 * or time. */
#include "base/clock.h"
#include "tests/base/bytes.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t days = 0;
	assert_true(cx_date_of_civil(year, month, day, &days));
	return days;
}

static void known_dates_have_their_days(void **state)
{
	(void)state;
	assert_int_equal(days_of(1970, 1, 1), 0);
	assert_int_equal(days_of(1970, 1, 2), 1);
	assert_int_equal(days_of(1969, 12, 31), -1);
	assert_int_equal(days_of(2000, 2, 29), 11016);
	assert_int_equal(days_of(2000, 3, 1), 11017);
	assert_int_equal(days_of(2026, 11, 23), 20780);
	assert_int_equal(days_of(1582, 10, 15), -141427);
	assert_int_equal(days_of(0, 3, 1), -719468);
	assert_int_equal(days_of(-9999, 1, 1), -4371587);
	assert_int_equal(days_of(9999, 12, 31), 2932896);
}

/* Every day of the years, counted up by hand from the first of them. */
static void assert_years_count_up(int64_t first, int64_t last)
{
	static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t expected = days_of(first, 1, 1);
	for (int64_t year = first; year <= last; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		for (unsigned month = 1; month <= 12; month++) {
			unsigned length = lengths[month - 1] + (month == 2 && leap);
			for (unsigned day = 1; day <= length; day++, expected++) {
				assert_int_equal(days_of(year, month, day), expected);
				int64_t back_year;
				unsigned back_month;
				unsigned back_day;
				cx_date_to_civil(expected, &back_year, &back_month, &back_day);
				assert_int_equal(back_year, year);
				assert_int_equal(back_month, month);
				assert_int_equal(back_day, day);
			}
			int64_t untouched = 7;
			assert_false(cx_date_of_civil(year, month, length + 1, &untouched));
			assert_false(cx_date_of_civil(year, month, 0, &untouched));
			assert_int_equal(untouched, 7);
		}
	}
}

static void every_day_of_two_centuries_counts_up(void **state)
{
	(void)state;
	assert_years_count_up(1900, 2100);
}

static void the_years_around_the_bounds_and_zero_count_up(void **state)
{
	(void)state;
	assert_years_count_up(-9999, -9990);
	assert_years_count_up(-401, 5);
	assert_years_count_up(9990, 9999);
}

static void sampled_days_of_all_years_round_trip_through_text(void **state)
{
	(void)state;
	for (int64_t days = days_of(-9999, 1, 1); days <= days_of(9999, 12, 31); days += 37) {
		char text[CX_DATE_TEXT_SIZE];
		cx_date_format(days, text);
		int64_t back = 0;
		assert_true(cx_date_parse(cx_slice_of(text), &back));
		assert_int_equal(back, days);
	}
}

static void dates_out_of_range_are_refused(void **state)
{
	(void)state;
	int64_t untouched = 7;
	assert_false(cx_date_of_civil(-10000, 12, 31, &untouched));
	assert_false(cx_date_of_civil(10000, 1, 1, &untouched));
	assert_false(cx_date_of_civil(INT64_MIN, 1, 1, &untouched));
	assert_false(cx_date_of_civil(INT64_MAX, 1, 1, &untouched));
	assert_false(cx_date_of_civil(2026, 0, 1, &untouched));
	assert_false(cx_date_of_civil(2026, 13, 1, &untouched));
	assert_false(cx_date_of_civil(2026, 1, 32, &untouched));
	assert_false(cx_date_of_civil(2026, UINT32_MAX, UINT32_MAX, &untouched));
	assert_int_equal(untouched, 7);
}

static void any_number_of_days_can_be_written(void **state)
{
	(void)state;
	char text[CX_DATE_TEXT_SIZE];
	cx_date_format(INT64_MAX, text);
	assert_string_equal(text, "25252734927768524-07-27");
	cx_date_format(INT64_MIN, text);
	assert_string_equal(text, "-25252734927764585-06-07");
	cx_date_format(days_of(-1, 2, 3), text);
	assert_string_equal(text, "-0001-02-03");
	char time[CX_TS_TEXT_SIZE];
	cx_ts_format(INT64_MAX, time);
	assert_string_equal(time, "292278994-08-17T07:12:55.807Z");
	cx_ts_format(INT64_MIN, time);
	assert_string_equal(time, "-292275055-05-16T16:47:04.192Z");
}

static void times_are_written_in_the_documented_form(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *text;
	} times[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ 999, "1970-01-01T00:00:00.999Z" },
		{ 1000, "1970-01-01T00:00:01Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ 86399999, "1970-01-01T23:59:59.999Z" },
		{ 86400000, "1970-01-02T00:00:00Z" },
		{ INT64_C(1795421700250), "2026-11-23T08:15:00.250Z" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(times); i++) {
		char text[CX_TS_TEXT_SIZE];
		cx_ts_format(times[i].ms, text);
		assert_string_equal(text, times[i].text);
		int64_t back = 7;
		assert_true(cx_ts_parse(cx_slice_of(text), &back));
		assert_true(back == times[i].ms);
	}
}

static void random_times_round_trip_through_text(void **state)
{
	(void)state;
	dice random = dice_init();
	int64_t first = days_of(-9999, 1, 1) * 86400000;
	int64_t end = (days_of(9999, 12, 31) + 1) * 86400000;
	for (int round = 0; round < 50000; round++) {
		int64_t ms = first + (int64_t)dice_below(&random, (uint64_t)(end - first));
		char text[CX_TS_TEXT_SIZE];
		cx_ts_format(ms, text);
		int64_t back = 0;
		assert_true(cx_ts_parse(cx_slice_of(text), &back));
		assert_true(back == ms);
	}
}

static void other_forms_of_a_time_are_accepted(void **state)
{
	(void)state;
	const int64_t eight = INT64_C(1795420800000); /* 2026-11-23T08:00:00Z */
	static const struct {
		const char *text;
		int64_t after_eight_ms;
	} forms[] = {
		{ "2026-11-23T08:00", 0 },
		{ "2026-11-23 08:00", 0 },
		{ "2026-11-23T08:00Z", 0 },
		{ "2026-11-23T08:00:00", 0 },
		{ "2026-11-23T08:00:59", 59000 },
		{ "2026-11-23T08:00:00.5", 500 },
		{ "2026-11-23T08:00:00.05Z", 50 },
		{ "2026-11-23T08:00:00.000999999", 0 },
		{ "2026-11-23T08:00:00.123456789Z", 123 },
		{ "2026-11-23T16:00+08", 0 },
		{ "2026-11-23T16:00+0800", 0 },
		{ "2026-11-23T16:00:00.250+08:00", 250 },
		{ "2026-11-22T22:30-09:30", 0 },
		{ "2026-11-24T07:59+23:59", 0 },
		{ "2026-11-23T08:00-00:00", 0 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(forms); i++) {
		int64_t ms = 7;
		assert_true(cx_ts_parse(cx_slice_of(forms[i].text), &ms));
		assert_true(ms == eight + forms[i].after_eight_ms);
	}
}

static void the_first_and_the_last_time_are_accepted(void **state)
{
	(void)state;
	int64_t ms = 7;
	assert_true(cx_ts_parse(CX_SLICE_LITERAL("-9999-01-01T00:00"), &ms));
	assert_true(ms == days_of(-9999, 1, 1) * 86400000);
	assert_true(cx_ts_parse(CX_SLICE_LITERAL("9999-12-31T23:59:59.999"), &ms));
	assert_true(ms == (days_of(9999, 12, 31) + 1) * 86400000 - 1);
}

static void any_other_text_is_no_time(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"2026-11-23",
		"2026-11-23T",
		"2026-11-23T08",
		"2026-11-23T8:00",
		"2026-11-23T08:0",
		"2026-11-23t08:00",
		"2026-11-23T08:00z",
		"2026-11-23  08:00",
		"2026-11-23T24:00",
		"2026-11-23T23:60",
		"2026-11-23T23:59:60",
		"2026-11-23T08:00:",
		"2026-11-23T08:00:1",
		"2026-11-23T08:00:00.",
		"2026-11-23T08:00:00.Z",
		"2026-11-23T08:00:00,5",
		"2026-11-23T08:00:00.1234567890",
		"2026-11-23T08:00.5",
		"2026-11-23T08:00ZZ",
		"2026-11-23T08:00Z ",
		" 2026-11-23T08:00Z",
		"2026-11-23T08:00 Z",
		"2026-11-23T08:00+",
		"2026-11-23T08:00+8",
		"2026-11-23T08:00+08:",
		"2026-11-23T08:00+08:0",
		"2026-11-23T08:00+080",
		"2026-11-23T08:00+08000",
		"2026-11-23T08:00+24:00",
		"2026-11-23T08:00+08:60",
		"2026-11-23T08:00+08Z",
		"2026-02-29T08:00Z",
		"2026-13-01T08:00Z",
		"-9999-01-01T00:00+00:01",
		"9999-12-31T23:59-00:01",
	};
	for (size_t i = 0; i < CX_COUNT_OF(bad); i++) {
		size_t size = strlen(bad[i]);
		uint8_t *copy = bytes_exact_copy(cx_slice_of(bad[i]));
		int64_t untouched = 7;
		assert_false(cx_ts_parse((cx_slice){ copy, size }, &untouched));
		assert_int_equal(untouched, 7);
		free(copy);
	}
	int64_t untouched = 7;
	assert_false(cx_ts_parse(CX_SLICE_LITERAL("2026-11-23T08:00\0"), &untouched));
	assert_int_equal(untouched, 7);
}

static void any_other_text_is_no_date(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",           "2026",        "2026-11",     "2026-11-",
		"2026-11-2",  "2026-11-233", "2026-11-23 ", " 2026-11-23",
		"2026/11/23", "26-11-23",    "+2026-11-23", "02026-11-23",
		"2026-1-23",  "2026-11-31",  "2026-00-10",  "2026-10-00",
		"2023-02-29", "1900-02-29",  "--026-11-23", "2026-11-23T",
		"2o26-11-23", "2026-+1-23",  "20261123"
	};
	for (size_t i = 0; i < CX_COUNT_OF(bad); i++) {
		size_t size = strlen(bad[i]);
		uint8_t *copy = bytes_exact_copy(cx_slice_of(bad[i]));
		int64_t untouched = 7;
		assert_false(cx_date_parse((cx_slice){ copy, size }, &untouched));
		assert_int_equal(untouched, 7);
		free(copy);
	}
	int64_t days = 7;
	assert_true(cx_date_parse(CX_SLICE_LITERAL("2000-02-29"), &days));
	assert_int_equal(days, 11016);
	assert_true(cx_date_parse(CX_SLICE_LITERAL("-0000-03-01"), &days));
	assert_int_equal(days, -719468);
}

static void the_clocks_run(void **state)
{
	(void)state;
	int64_t wall = cx_clock_wall_ms();
	assert_true(wall > days_of(2020, 1, 1) * 86400000);
	assert_true(wall < days_of(9999, 1, 1) * 86400000);
	uint64_t before = cx_clock_monotonic_ns();
	uint64_t after = before;
	while (after == before)
		after = cx_clock_monotonic_ns();
	assert_true(after > before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_dates_have_their_days),
		cmocka_unit_test(every_day_of_two_centuries_counts_up),
		cmocka_unit_test(the_years_around_the_bounds_and_zero_count_up),
		cmocka_unit_test(sampled_days_of_all_years_round_trip_through_text),
		cmocka_unit_test(dates_out_of_range_are_refused),
		cmocka_unit_test(any_number_of_days_can_be_written),
		cmocka_unit_test(times_are_written_in_the_documented_form),
		cmocka_unit_test(random_times_round_trip_through_text),
		cmocka_unit_test(other_forms_of_a_time_are_accepted),
		cmocka_unit_test(the_first_and_the_last_time_are_accepted),
		cmocka_unit_test(any_other_text_is_no_time),
		cmocka_unit_test(any_other_text_is_no_date),
		cmocka_unit_test(the_clocks_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
