/* SPDX-License-Identifier: Apache-2.0 */
/* 128-bit sums are exact up to their ends, and divide once, rounding half away from zero. */
#include "engine/aggregate.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

static const engine_sum least = { .high = INT64_MIN, .low = 0 };
static const engine_sum greatest = { .high = INT64_MAX, .low = UINT64_MAX };

static void assert_text(engine_sum sum, const char *expected)
{
	char text[ENGINE_SUM_TEXT_SIZE];
	engine_sum_text(sum, text);
	assert_string_equal(text, expected);
}

static void every_digit_of_the_ends_is_written(void **state)
{
	(void)state;
	assert_text(engine_sum_of(0), "0");
	assert_text(engine_sum_of(-1), "-1");
	assert_text(engine_sum_of(INT64_MIN), "-9223372036854775808");
	assert_text(greatest, "170141183460469231731687303715884105727");
	assert_text(least, "-170141183460469231731687303715884105728");
}

static void products_of_the_largest_numbers_are_exact(void **state)
{
	(void)state;
	assert_text(engine_sum_product(INT64_MIN, INT64_MIN),
	            "85070591730234615865843651857942052864");
	assert_text(engine_sum_product(INT64_MIN, INT64_MAX),
	            "-85070591730234615856620279821087277056");
	assert_text(engine_sum_product(-3, 5), "-15");
}

static void carries_cross_the_words_both_ways(void **state)
{
	(void)state;
	const engine_sum low = { .high = 0, .low = UINT64_MAX };
	const engine_sum up = engine_sum_add(low, engine_sum_of(1));
	assert_true(up.high == 1 && up.low == 0);
	const engine_sum down = engine_sum_add(up, engine_sum_of(-1));
	assert_int_equal(engine_sum_compare(down, low), 0);
	assert_true(engine_sum_is_zero(engine_sum_add(up, engine_sum_negative(up))));
	assert_true(engine_sum_compare(engine_sum_of(-1), engine_sum_of(0)) < 0);
	assert_true(engine_sum_compare(least, greatest) < 0);
}

static void only_what_fits_64_bits_is_an_int(void **state)
{
	(void)state;
	int64_t number = 7;
	assert_false(engine_sum_to_int((engine_sum){ .high = 0, .low = UINT64_MAX }, &number));
	assert_false(engine_sum_to_int((engine_sum){ .high = -1, .low = 0 }, &number));
	assert_int_equal(number, 7);
	assert_true(engine_sum_to_int(engine_sum_of(INT64_MIN), &number));
	assert_true(number == INT64_MIN);
}

static void halves_are_rounded_away_from_zero(void **state)
{
	(void)state;
	static const struct {
		int64_t sum;
		uint64_t divisor;
		const char *quotient;
	} rows[] = {
		{ 5, 2, "3" },          { -5, 2, "-3" },
		{ 4, 3, "1" },          { 5, 3, "2" },
		{ -4, 3, "-1" },        { -5, 3, "-2" },
		{ 0, 9, "0" },          { 9999, 10000, "1" },
		{ 1, 2, "1" },          { 49, 100, "0" },
		{ 7, 1, "7" },          { INT64_MIN, 1, "-9223372036854775808" },
		{ 1, UINT64_MAX, "0" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		assert_text(engine_sum_divide(engine_sum_of(rows[i].sum), rows[i].divisor),
		            rows[i].quotient);
	assert_text(engine_sum_divide(least, 1), "-170141183460469231731687303715884105728");
	assert_text(engine_sum_divide(greatest, UINT64_MAX), "9223372036854775808");
}

static void replies_have_an_integer_or_a_text(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(100);
	engine_sum_write(engine_sum_of(-5), &out);
	assert_string_equal(wire_show(cx_buf_slice(&out)), "-5");
	cx_buf_clear(&out);
	engine_sum_write((engine_sum){ .high = 1, .low = 0 }, &out);
	assert_string_equal(wire_show(cx_buf_slice(&out)), "'18446744073709551616'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_digit_of_the_ends_is_written),
		cmocka_unit_test(products_of_the_largest_numbers_are_exact),
		cmocka_unit_test(carries_cross_the_words_both_ways),
		cmocka_unit_test(only_what_fits_64_bits_is_an_int),
		cmocka_unit_test(halves_are_rounded_away_from_zero),
		cmocka_unit_test(replies_have_an_integer_or_a_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
