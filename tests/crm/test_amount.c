/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts are multiplied and divided exactly and rounded once, halves away from zero; what does
 * not fit is told, and then nothing is written. */
#include "crm/figures/amount.h"
#include "crm/figures/wide.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

static void halves_go_away_from_zero(void **state)
{
	(void)state;
	static const struct {
		int64_t a, b, divisor, is;
	} rows[] = {
		{ 5, 1, 10, 1 },
		{ -5, 1, 10, -1 },
		{ 4, 1, 10, 0 },
		{ -4, 1, 10, 0 },
		{ 15, 1, 10, 2 },
		{ 25, 1, 10, 3 },
		{ -25, 1, 10, -3 },
		{ 1, 1, 3, 0 },
		{ 2, 1, 3, 1 },
		{ 3, 1, 2, 2 },
		{ 7, -3, 2, -11 },
		{ 0, 5, 7, 0 },
		{ 12345678901, 3333, 10000, 4114814778 }, /* 4114814777.70 */
		{ INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX },
		{ INT64_MIN, INT64_MAX, INT64_MAX, INT64_MIN },
		{ INT64_MIN, 1, 1, INT64_MIN },
		{ INT64_MAX, 1, INT64_MAX, 1 },
		{ INT64_MAX / 2, 1, INT64_MAX, 0 },
		{ INT64_MAX / 2 + 1, 1, INT64_MAX, 1 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		int64_t is = 77;
		if (!crm__amount_scale(rows[i].a, rows[i].b, rows[i].divisor, &is) ||
		    is != rows[i].is)
			fail_msg("row %zu: %lld", i, (long long)is);
	}
}

static void what_does_not_fit_is_not_written(void **state)
{
	(void)state;
	int64_t is = 77;
	assert_false(crm__amount_scale(INT64_MAX, 2, 1, &is));
	assert_false(crm__amount_scale(INT64_MIN, -1, 1, &is));
	assert_false(crm__amount_scale(INT64_MAX, 3, 2, &is));
	assert_false(crm__amount_add(INT64_MAX, 1, &is));
	assert_false(crm__amount_add(INT64_MIN, -1, &is));
	/* 2^126 times 3 is beyond 128 bits, although the quotient is not. */
	assert_false(crm__amount_scale3(INT64_MIN, INT64_MIN, 3, INT64_MAX, &is));
	assert_int_equal(is, 77);
	assert_true(crm__amount_scale3(INT64_MAX, INT64_MAX, 1, INT64_MAX, &is));
	assert_true(is == INT64_MAX);
}

/* |result · divisor − a · b| is at most half the divisor, and at exactly half the result is the
 * one farther from zero. */
static void the_result_is_the_nearest(void **state)
{
	(void)state;
	dice random = { .state = 20261126 };
	for (int i = 0; i < 200000; i++) {
		const int64_t a = (int64_t)dice_below(&random, 2000001) - 1000000;
		const int64_t b = (int64_t)dice_below(&random, 2001) - 1000;
		const int64_t divisor = 1 + (int64_t)dice_below(&random, 2000);
		int64_t is;
		assert_true(crm__amount_scale(a, b, divisor, &is));
		const int64_t product = a * b;
		const int64_t off = 2 * (is * divisor - product);
		const int64_t away = product < 0 ? -off : off;
		if (away > divisor || away <= -divisor)
			fail_msg("%lld * %lld / %lld = %lld", (long long)a, (long long)b,
			         (long long)divisor, (long long)is);
	}
}

static void a_weighted_amount_is_of_basis_points(void **state)
{
	(void)state;
	int64_t is;
	assert_true(crm__amount_of_bp(123456789, 2500, &is));
	assert_int_equal(is, 30864197); /* 30864197.25 */
	assert_true(crm__amount_of_bp(3, 5000, &is));
	assert_int_equal(is, 2); /* 1.5 */
	assert_true(crm__amount_of_bp(INT64_MAX, 10000, &is));
	assert_true(is == INT64_MAX);
}

static void a_conversion_knows_both_minor_units(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		int64_t rate_e8, amount, is;
	} rows[] = {
		{ "CNY", "CNY", 100000000, 12345, 12345 },
		{ "USD", "CNY", 712345678, 100, 712 },    /* 1.00 USD = 7.12 CNY */
		{ "JPY", "CNY", 4712300, 1000, 4712 },    /* 1000 JPY = 47.12 CNY */
		{ "KWD", "CNY", 2320000000, 1234, 2863 }, /* 1.234 KWD = 28.6288 CNY */
		{ "CNY", "JPY", 2122100000, 100, 21 },    /* 1.00 CNY = 21.221 JPY */
		{ "CNY", "KWD", 4310345, 100, 43 },       /* 1.00 CNY = 0.04310 KWD */
		{ "JPY", "KWD", 203100, 500000, 1015500 },
		{ "KWD", "JPY", 49237000000, 1, 0 }, /* 0.001 KWD = 0.492 JPY */
		{ "KWD", "JPY", 50000000000, 1, 1 }, /* 0.5 JPY */
		{ "KWD", "JPY", 50000000000, -1, -1 },
		{ "CLF", "CLP", 3912345000000, 10000, 39123 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const crm__conversion at = { .from = cx_slice_of(rows[i].from),
			                     .to = cx_slice_of(rows[i].to),
			                     .rate_e8 = rows[i].rate_e8 };
		int64_t is = 77;
		if (!crm__amount_convert(rows[i].amount, &at, &is) || is != rows[i].is)
			fail_msg("row %zu: %lld", i, (long long)is);
	}
}

static void a_conversion_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	const crm__conversion at = { .from = CX_SLICE_LITERAL("JPY"),
		                     .to = CX_SLICE_LITERAL("CNY"),
		                     .rate_e8 = 4712300000 };
	int64_t is = 77;
	assert_false(crm__amount_convert(INT64_MAX, &at, &is));
	assert_int_equal(is, 77);
}

static void an_amount_is_written_with_the_decimals_of_its_currency(void **state)
{
	(void)state;
	static const struct {
		int64_t amount;
		const char *currency, *is;
	} rows[] = {
		{ 0, "CNY", "0.00 CNY" },
		{ 3723, "CNY", "37.23 CNY" },
		{ -5, "CNY", "-0.05 CNY" },
		{ 1000000, "JPY", "1000000 JPY" },
		{ -7, "JPY", "-7 JPY" },
		{ 1001, "KWD", "1.001 KWD" },
		{ 12, "CLF", "0.0012 CLF" },
		{ INT64_MAX, "CNY", "92233720368547758.07 CNY" },
		{ INT64_MIN, "CLF", "-922337203685477.5808 CLF" },
	};
	char text[CRM_AMOUNT_TEXT_SIZE];
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		assert_string_equal(
			crm__amount_text(rows[i].amount, cx_slice_of(rows[i].currency), text),
			rows[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(halves_go_away_from_zero),
		cmocka_unit_test(what_does_not_fit_is_not_written),
		cmocka_unit_test(the_result_is_the_nearest),
		cmocka_unit_test(a_weighted_amount_is_of_basis_points),
		cmocka_unit_test(a_conversion_knows_both_minor_units),
		cmocka_unit_test(a_conversion_that_does_not_fit_is_refused),
		cmocka_unit_test(an_amount_is_written_with_the_decimals_of_its_currency),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
