/* SPDX-License-Identifier: Apache-2.0 */
/* Shares add up to the amount, none is off its exact part by one or more, and what is left goes
 * to the largest fractions, of equal ones to the first. */
#include "crm/figures/split.h"
#include "crm/figures/wide.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

static void shares_are_those_worked_out_by_hand(void **state)
{
	(void)state;
	enum { MOST = 6 };
	static const struct {
		int64_t amount;
		size_t count;
		int64_t weights[MOST], is[MOST];
	} rows[] = {
		{ 100, 3, { 1, 1, 1 }, { 34, 33, 33 } },
		{ -100, 3, { 1, 1, 1 }, { -34, -33, -33 } },
		{ 2, 3, { 1, 1, 1 }, { 1, 1, 0 } },
		{ 10, 3, { 1, 2, 3 }, { 2, 3, 5 } }, /* 1.67 3.33 5.00 */
		{ 1, 3, { 0, 0, 7 }, { 0, 0, 1 } },
		{ 7, 4, { 0, 5, 0, 5 }, { 0, 4, 0, 3 } },
		{ 0, 3, { 0, 0, 0 }, { 0, 0, 0 } },
		{ 5, 1, { 9 }, { 5 } },
		/* Hamilton's method on 100,000 votes and 10 seats: quotas 4.7 1.6 1.58 1.2 0.61
		 * 0.31. Source: the example of "Largest remainder method", Wikipedia. */
		{ 10, 6, { 47000, 16000, 15800, 12000, 6100, 3100 }, { 5, 2, 1, 1, 1, 0 } },
		{ INT64_MAX,
		  2,
		  { INT64_MAX, INT64_MAX },
		  { INT64_MAX / 2 + 1, INT64_MAX / 2 } },
		{ INT64_MIN, 2, { INT64_MAX, INT64_MAX }, { INT64_MIN / 2, INT64_MIN / 2 } },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		int64_t is[MOST] = { 0 };
		assert_int_equal(crm__split_by_weight(rows[i].amount, rows[i].weights,
		                                      rows[i].count, is),
		                 CX_OK);
		for (size_t j = 0; j < rows[i].count; j++)
			if (is[j] != rows[i].is[j])
				fail_msg("row %zu share %zu: %lld", i, j, (long long)is[j]);
	}
}

static void shares_of_anything_add_up(void **state)
{
	(void)state;
	enum { MOST = 40 };
	dice random = { .state = 4711 };
	for (int round = 0; round < 20000; round++) {
		const size_t count = 1 + (size_t)dice_below(&random, MOST);
		int64_t weights[MOST], is[MOST], sum = 0, total = 0;
		for (size_t i = 0; i < count; i++) {
			weights[i] = (int64_t)dice_below(&random, 1000);
			sum += weights[i];
		}
		const int64_t amount = (int64_t)dice_below(&random, 200001) - 100000;
		if (sum == 0)
			continue;
		assert_int_equal(crm__split_by_weight(amount, weights, count, is), CX_OK);
		for (size_t i = 0; i < count; i++) {
			total += is[i];
			const int64_t off = is[i] * sum - amount * weights[i];
			assert_true(off < sum && off > -sum);
			assert_true(weights[i] != 0 || is[i] == 0);
		}
		assert_int_equal(total, amount);
	}
}

static void what_cannot_be_parted_is_refused(void **state)
{
	(void)state;
	static const int64_t nothing[] = { 0, 0 }, negative[] = { 5, -1 };
	int64_t is[] = { 77, 78 };
	assert_int_equal(crm__split_by_weight(1, nothing, 2, is), CX_INVALID_ARGUMENT);
	assert_int_equal(crm__split_by_weight(1, negative, 2, is), CX_INVALID_ARGUMENT);
	assert_int_equal(crm__split_by_weight(0, negative, 2, is), CX_INVALID_ARGUMENT);
	assert_int_equal(crm__split_by_weight(1, NULL, 0, is), CX_INVALID_ARGUMENT);
	assert_int_equal(is[0], 77);
	assert_int_equal(is[1], 78);
	assert_int_equal(crm__split_by_weight(0, NULL, 0, is), CX_OK);
}

static void the_remainder_of_equal_shares_is_the_first_ones(void **state)
{
	(void)state;
	static const struct {
		int64_t amount, first, other;
		size_t count;
	} rows[] = {
		{ 101, 35, 33, 3 },
		{ -101, -35, -33, 3 },
		{ 2, 2, 0, 3 },
		{ INT64_MIN, INT64_MIN / 2, INT64_MIN / 2, 2 },
		{ INT64_MAX, INT64_MAX / 2 + 1, INT64_MAX / 2, 2 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		int64_t left = rows[i].amount;
		for (size_t at = 0; at < rows[i].count; at++) {
			const int64_t is =
				crm__split_equally(rows[i].amount, rows[i].count, at);
			assert_true(is == (at == 0 ? rows[i].first : rows[i].other));
			left -= is;
		}
		assert_true(left == 0);
	}
	assert_int_equal(crm__split_equally(7, 1, 0), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_are_those_worked_out_by_hand),
		cmocka_unit_test(shares_of_anything_add_up),
		cmocka_unit_test(what_cannot_be_parted_is_refused),
		cmocka_unit_test(the_remainder_of_equal_shares_is_the_first_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
