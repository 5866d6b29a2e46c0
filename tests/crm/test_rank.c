/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles are those of type 7, exact for integers; ranks count what is smaller or larger.
 */
#include "base/cleanup.h"
#include "crm/stats/rank.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

static void percentiles_are_those_of_type_7(void **state)
{
	(void)state;
	/* R: quantile(c(15, 20, 35, 40, 50), c(0, .05, .3, .4, .5, 1), type = 7) is 15, 16, 23,
	 * 29, 35, 50. */
	static const int64_t five[] = { 15, 20, 35, 40, 50 };
	static const struct {
		unsigned percent;
		int64_t is;
	} rows[] = { { 0, 15 }, { 5, 16 }, { 30, 23 }, { 40, 29 }, { 50, 35 }, { 100, 50 } };
	static const double reals[] = { 15, 20, 35, 40, 50 };
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		assert_int_equal(crm__percentile(five, 5, rows[i].percent), rows[i].is);
		const double off =
			crm__percentile_real(reals, 5, rows[i].percent) - (double)rows[i].is;
		assert_true(off < 1e-12 && off > -1e-12);
	}
}

static void a_median_is_rounded_away_from_zero(void **state)
{
	(void)state;
	static const int64_t up[] = { 1, 2 }, down[] = { -2, -1 }, one[] = { 7 };
	assert_int_equal(crm__percentile(up, 2, 50), 2);
	assert_int_equal(crm__percentile(down, 2, 50), -2);
	assert_int_equal(crm__percentile(one, 1, 90), 7);
	assert_int_equal(crm__percentile_up(up, 2, 10), 2);    /* 1.1 */
	assert_int_equal(crm__percentile_up(down, 2, 10), -1); /* -1.9 */
	assert_int_equal(crm__percentile_up(one, 1, 80), 7);
}

static void numbers_at_the_ends_do_not_overflow(void **state)
{
	(void)state;
	static const int64_t ends[] = { INT64_MIN, INT64_MAX };
	assert_true(crm__percentile(ends, 2, 0) == INT64_MIN);
	assert_true(crm__percentile(ends, 2, 100) == INT64_MAX);
	assert_true(crm__percentile(ends, 2, 50) == -1); /* -0.5 */
	assert_true(crm__percentile_up(ends, 2, 50) == 0);
}

static void ranks_are_what_counting_finds(void **state)
{
	(void)state;
	enum { MOST = 30 };
	dice random = { .state = 7 };
	for (int round = 0; round < 2000; round++) {
		const size_t count = (size_t)dice_below(&random, MOST);
		int64_t values[MOST];
		for (size_t i = 0; i < count; i++)
			values[i] = (int64_t)dice_below(&random, 12);
		crm__rank_sort(values, count);
		for (int64_t value = -1; value <= 12; value++) {
			size_t below = 0, above = 0;
			for (size_t i = 0; i < count; i++) {
				assert_true(i == 0 || values[i - 1] <= values[i]);
				below += values[i] < value;
				above += values[i] > value;
			}
			assert_int_equal(crm__rank_below(values, count, value), below);
			assert_int_equal(crm__rank_above(values, count, value), above);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_are_those_of_type_7),
		cmocka_unit_test(a_median_is_rounded_away_from_zero),
		cmocka_unit_test(numbers_at_the_ends_do_not_overflow),
		cmocka_unit_test(ranks_are_what_counting_finds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
