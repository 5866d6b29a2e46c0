/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a draft bring the totals of their order along, at the cost of one more record each;
 * those of other orders do not change. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static void assert_totals(store_fixture *f, int64_t id, int64_t subtotal, int64_t tax,
                          int64_t total)
{
	shop_has(f, "sales_order", id, "subtotal", subtotal);
	shop_has(f, "sales_order", id, "tax", tax);
	shop_has(f, "sales_order", id, "total", total);
}

static int64_t empty_order(store_fixture *f, const char *more)
{
	return shop_create(f, "sales_order",
	                   "{'customer': 1, 'ordered_on': 19676, 'owner': 1%s}", more);
}

static void the_price_is_the_products_unless_it_is_given(void **state)
{
	store_fixture *f = *state;
	empty_order(f, "");
	fixture_create(f, "order_line", "{'order': 1, 'line_no': 1, 'product': 1}");
	shop_has(f, "order_line", 1, "unit_price", 1000);
	fixture_create(f, "order_line",
	               "{'order': 1, 'line_no': 2, 'product': 1, 'unit_price': 7}");
	shop_has(f, "order_line", 2, "unit_price", 7);
	fixture_update(f, "order_line", 1, "{'product': 2}");
	shop_has(f, "order_line", 1, "unit_price", 333);
	fixture_update(f, "order_line", 1, "{'product': 1, 'unit_price': 5}");
	shop_has(f, "order_line", 1, "unit_price", 5);
	fixture_update(f, "order_line", 1, "{'qty_milli': 2000}");
	shop_has(f, "order_line", 1, "unit_price", 5);
	fixture_update(f, "order_line", 1, "{'unit_price': nil}");
	shop_has(f, "order_line", 1, "unit_price", 1000);
	assert_totals(f, 1, 2007, 0, 2007);
}

static void a_price_in_another_currency_must_be_given(void **state)
{
	store_fixture *f = *state;
	empty_order(f, "");
	shop_refuses_create(
		f, "order_line", "{'order': 1, 'line_no': 1, 'product': 3}", "unit_price",
		"the product's price is in USD, the order is in CNY: give unit_price");
	fixture_create(f, "order_line",
	               "{'order': 1, 'line_no': 1, 'product': 3, 'unit_price': 3550}");
	assert_totals(f, 1, 3550, 0, 3550);
}

static void its_terms_have_their_limits(void **state)
{
	store_fixture *f = *state;
	empty_order(f, "");
#define LINE "'order': 1, 'line_no': 1, 'product': 1, "
	shop_refuses_create(f, "order_line", "{" LINE "'qty_milli': 0}", "qty_milli",
	                    "above 0");
	shop_refuses_create(f, "order_line", "{" LINE "'discount_bp': -1}", "discount_bp",
	                    "0 to 10000");
	shop_refuses_create(f, "order_line", "{" LINE "'discount_bp': 10001}", "discount_bp",
	                    "0 to 10000");
	shop_refuses_create(f, "order_line", "{" LINE "'tax_bp': -1}", "tax_bp", "0 or more");
	fixture_create(f, "order_line",
	               "{" LINE "'qty_milli': 1, 'discount_bp': 10000, 'tax_bp': 0}");
	assert_totals(f, 1, 0, 0, 0);
	assert_int_equal(
		fixture_try_create(f, "order_line", "{'order': 9, 'line_no': 1, 'product': 1}"),
		CX_REQUIRED); /* without an order there is no price */
	assert_int_equal(fixture_try_create(f, "order_line",
	                                    "{'order': 9, 'line_no': 1, 'product': 1, "
	                                    "'unit_price': 1}"),
	                 CX_DANGLING_REFERENCE);
	assert_int_equal(fixture_try_create(f, "order_line",
	                                    "{'order': 1, 'line_no': 1, 'product': 1, "
	                                    "'unit_price': 1}"),
	                 CX_UNIQUE);
}

/* Halves go away from zero: 3.33 × 1.5 × 90 % is 4.4955, 13 % of 4.50 is 0.585. */
static void figures_are_rounded_once(void **state)
{
	store_fixture *f = *state;
	empty_order(f, "");
	fixture_create(f, "order_line",
	               "{'order': 1, 'line_no': 1, 'product': 2, 'qty_milli': 1500, "
	               "'discount_bp': 1000, 'tax_bp': 1300}");
	shop_has(f, "order_line", 1, "net", 450);
	shop_has(f, "order_line", 1, "tax_amount", 59);
	assert_totals(f, 1, 450, 59, 509);
}

static void amounts_beyond_64_bits_are_refused(void **state)
{
	store_fixture *f = *state;
	empty_order(f, "");
#define HUGE "'order': 1, 'product': 1, 'unit_price': 9223372036854775807, "
	assert_int_equal(fixture_try_create(f, "order_line",
	                                    "{" HUGE "'line_no': 1, 'qty_milli': 1001}"),
	                 CX_TOO_LARGE);
	fixture_create(f, "order_line", "{" HUGE "'line_no': 1}");
	assert_int_equal(
		fixture_try_create(f, "order_line", "{" HUGE "'line_no': 2, 'qty_milli': 1}"),
		CX_TOO_LARGE);
	assert_totals(f, 1, INT64_MAX, 0, INT64_MAX);
}

static void every_change_moves_the_totals(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_draft(f);
	assert_totals(f, id, 3333, 390, 3723);
	fixture_update(f, "order_line", 1, "{'qty_milli': 1000}");
	assert_totals(f, id, 1333, 130, 1463);
	fixture_do(f, FIXTURE_DELETE, "order_line", 2);
	assert_totals(f, id, 1000, 130, 1130);
	fixture_do(f, FIXTURE_UNDELETE, "order_line", 2);
	assert_totals(f, id, 1333, 130, 1463);
	shop_there_and_back(f, "order_line", 1);
	fixture_update(f, "sales_order", id, "{'discount': 33}");
	shop_there_and_back(f, "order_line", 1);
	shop_there_and_back(f, "order_line", 2);
}

static void a_line_stays_with_its_order(void **state)
{
	store_fixture *f = *state;
	shop_draft(f);
	empty_order(f, "");
	shop_refuses_update(f, "order_line", 1, "{'order': 2}", "order",
	                    "a line stays with its order");
}

static void a_line_does_not_come_back_into_a_confirmed_order(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_draft(f);
	fixture_do(f, FIXTURE_DELETE, "order_line", 2);
	fixture_update(f, "sales_order", id, "{'status': 'confirmed'}");
	shop_refuses(f, FIXTURE_UNDELETE, "order_line", 2, "order",
	             "sales_order 1 is confirmed");
	assert_totals(f, id, 3000, 390, 3390);
}

/* Its share of the discount is that of now, not the one it went with. */
static void a_line_comes_back_to_another_discount(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_draft(f);
	fixture_update(f, "sales_order", id, "{'discount': 1000}");
	shop_has(f, "order_line", 1, "tax_amount", 273); /* (30.00 − 9.00) × 13 % */
	fixture_do(f, FIXTURE_DELETE, "order_line", 1);
	assert_totals(f, id, 333, 0, 0); /* no more is taken off than there is */
	fixture_update(f, "sales_order", id, "{'discount': 0}");
	fixture_do(f, FIXTURE_UNDELETE, "order_line", 1);
	shop_has(f, "order_line", 1, "tax_amount", 390);
	assert_totals(f, id, 3333, 390, 3723);
}

/* Shares are by largest remainder: 1.00 over three equal lines is 0.34, 0.33, 0.33, whatever
 * order they were added in. */
static void the_shares_of_a_discount_add_up(void **state)
{
	store_fixture *f = *state;
	const int64_t id = empty_order(f, ", 'discount': 100");
	for (int line = 3; line >= 1; line--)
		shop_create(f, "order_line",
		            "{'order': 1, 'line_no': %d, 'product': 1, 'tax_bp': 10000}", line);
	shop_has(f, "order_line", 3, "tax_amount", 966); /* line_no 1 */
	shop_has(f, "order_line", 2, "tax_amount", 967);
	shop_has(f, "order_line", 1, "tax_amount", 967);
	shop_has(f, "order_line", 3, "rev", 1); /* right at once */
	assert_totals(f, id, 3000, 2900, 5800);
}

static void a_discount_and_a_line_below_0_do_not_go_together(void **state)
{
	store_fixture *f = *state;
	empty_order(f, "");
	fixture_create(f, "order_line", "{'order': 1, 'line_no': 1, 'product': 1}");
	fixture_create(f, "order_line",
	               "{'order': 1, 'line_no': 2, 'product': 1, 'unit_price': -100}");
	assert_totals(f, 1, 900, 0, 900);
	shop_refuses_update(f, "sales_order", 1, "{'discount': 1}", "discount",
	                    "cannot have a line below 0");
	fixture_update(f, "order_line", 2, "{'unit_price': -1001}");
	shop_refuses_update(f, "sales_order", 1, "{'status': 'confirmed'}", "status",
	                    "is not below 0");
}

static void a_thousand_lines_write_two_records_each(void **state)
{
	store_fixture *f = *state;
	const int64_t id = empty_order(f, "");
	for (int line = 1; line <= 1000; line++) {
		shop_create(f, "order_line",
		            "{'order': 1, 'line_no': %d, 'product': 2, 'tax_bp': 600}", line);
		assert_int_equal(shop_written(f), 2);
	}
	assert_totals(f, id, 333000, 20000, 353000);
	fixture_update(f, "order_line", 500, "{'qty_milli': 2000}");
	assert_int_equal(shop_written(f), 2);
	fixture_update(f, "sales_order", id, "{'status': 'confirmed'}");
	assert_int_equal(shop_written(f), 1002); /* and the customer */
	assert_totals(f, id, 333333, 20020, 353353);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_price_is_the_products_unless_it_is_given),
		WITH(a_price_in_another_currency_must_be_given),
		WITH(its_terms_have_their_limits),
		WITH(figures_are_rounded_once),
		WITH(amounts_beyond_64_bits_are_refused),
		WITH(every_change_moves_the_totals),
		WITH(a_line_stays_with_its_order),
		WITH(a_line_does_not_come_back_into_a_confirmed_order),
		WITH(a_line_comes_back_to_another_discount),
		WITH(the_shares_of_a_discount_add_up),
		WITH(a_discount_and_a_line_below_0_do_not_go_together),
		WITH(a_thousand_lines_write_two_records_each),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
