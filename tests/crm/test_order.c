/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of an order are those of its formulas, and the lines add up to the total whatever
 * the discount. */
#include "crm/figures/order.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static void a_line_is_rounded_once(void **state)
{
	(void)state;
	static const struct {
		crm__line line;
		int64_t net;
	} rows[] = {
		{ { 19999, 3000, 0, 0 }, 59997 },
		{ { 19999, 1000, 1250, 0 }, 17499 }, /* 17499.125 */
		{ { 999, 1500, 333, 0 }, 1449 },     /* 1448.60; of 1499 it would be 1449.08 */
		{ { 1, 500, 0, 0 }, 1 },             /* half a cent */
		{ { -1, 500, 0, 0 }, -1 },
		{ { 33, 500, 5000, 0 }, 8 }, /* 8.25; twice rounded it would be 9 */
		{ { 100, 1000, 10000, 0 }, 0 },
		{ { 100, 1000, -500, 0 }, 105 },
		{ { 9000000000000, 900000, 9999, 0 }, 810000000000 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		int64_t net = 77;
		if (!crm__line_net(&rows[i].line, &net) || net != rows[i].net)
			fail_msg("row %zu: %lld", i, (long long)net);
	}
}

static void an_order_is_that_worked_out_by_hand(void **state)
{
	(void)state;
	/* Nets 59997, 17499, 1000; exact shares of 5000 are 3821.66, 1114.64, 63.70; two are
	 * left, for the largest fractions. */
	static const crm__line lines[] = { { 19999, 3000, 0, 1300 },
		                           { 19999, 1000, 1250, 600 },
		                           { 1000, 1000, 0, 0 } };
	crm__line_figures each[3];
	crm__order_figures whole;
	assert_int_equal(crm__order_total(lines, 3, 5000, each, &whole), CX_OK);
	assert_int_equal(each[0].net, 59997);
	assert_int_equal(each[1].net, 17499);
	assert_int_equal(each[2].net, 1000);
	assert_int_equal(each[0].share, 3822);
	assert_int_equal(each[1].share, 1114);
	assert_int_equal(each[2].share, 64);
	assert_int_equal(each[0].tax, 7303); /* 56175 · 13 % = 7302.75 */
	assert_int_equal(each[1].tax, 983);  /* 16385 · 6 % = 983.1 */
	assert_int_equal(each[2].tax, 0);
	assert_int_equal(whole.subtotal, 78496);
	assert_int_equal(whole.tax, 8286);
	assert_int_equal(whole.total, 81782);
}

static void an_order_without_lines_is_nothing(void **state)
{
	(void)state;
	crm__order_figures whole = { 1, 2, 3 };
	assert_int_equal(crm__order_total(NULL, 0, 1, NULL, &whole), CX_INVALID_ARGUMENT);
	assert_true(whole.subtotal == 1 && whole.tax == 2 && whole.total == 3);
	assert_int_equal(crm__order_total(NULL, 0, 0, NULL, &whole), CX_OK);
	assert_true(whole.subtotal == 0 && whole.tax == 0 && whole.total == 0);
}

static int64_t below(dice *random, int64_t end)
{
	return (int64_t)dice_below(random, (uint64_t)end);
}

static void the_lines_add_up_to_the_total(void **state)
{
	(void)state;
	enum { MOST = 30 };
	dice random = { .state = 815 };
	for (int round = 0; round < 5000; round++) {
		const size_t count = 1 + (size_t)dice_below(&random, MOST);
		crm__line lines[MOST];
		crm__line_figures each[MOST];
		for (size_t i = 0; i < count; i++)
			lines[i] = (crm__line){ .unit_price = below(&random, 100000) + 1,
				                .qty_milli = below(&random, 9000) + 1,
				                .discount_bp = below(&random, 3000),
				                .tax_bp = 100 * below(&random, 18) };
		crm__order_figures plain, whole;
		assert_int_equal(crm__order_total(lines, count, 0, each, &plain), CX_OK);
		if (plain.subtotal == 0)
			continue;
		const int64_t discount = below(&random, plain.subtotal + 1);
		assert_int_equal(crm__order_total(lines, count, discount, each, &whole), CX_OK);
		int64_t sum = 0, shares = 0;
		for (size_t i = 0; i < count; i++) {
			sum += each[i].net - each[i].share + each[i].tax;
			shares += each[i].share;
			assert_true(each[i].share >= 0 && each[i].share <= each[i].net);
		}
		assert_int_equal(shares, discount);
		assert_int_equal(sum, whole.total);
		assert_int_equal(whole.subtotal, plain.subtotal);
		assert_int_equal(whole.total, whole.subtotal - discount + whole.tax);
	}
}

static void what_does_not_fit_is_told(void **state)
{
	(void)state;
	const crm__line large = { INT64_MAX, 1000, 0, 0 };
	const crm__line two[] = { large, large };
	const crm__line back[] = { { 100, 1000, 0, 0 }, { -5, 1000, 0, 0 } };
	const crm__line beyond = { 1, 1000, INT64_MIN, 0 };
	crm__order_figures whole = { 1, 2, 3 };
	int64_t net = 77;
	assert_int_equal(crm__order_total(two, 2, 0, NULL, &whole), CX_TOO_LARGE);
	assert_int_equal(crm__order_total(back, 2, 1, NULL, &whole), CX_INVALID_ARGUMENT);
	assert_true(whole.subtotal == 1 && whole.tax == 2 && whole.total == 3);
	assert_false(crm__line_net(&beyond, &net));
	assert_int_equal(net, 77);
	assert_int_equal(crm__order_total(back, 2, 0, NULL, &whole), CX_OK);
	assert_int_equal(whole.total, 95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_rounded_once),
		cmocka_unit_test(an_order_is_that_worked_out_by_hand),
		cmocka_unit_test(an_order_without_lines_is_nothing),
		cmocka_unit_test(the_lines_add_up_to_the_total),
		cmocka_unit_test(what_does_not_fit_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
