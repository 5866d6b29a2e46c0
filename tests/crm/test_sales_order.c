/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an order, and what confirming it makes final. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#define ORDER "'customer': 1, 'ordered_on': 19676, 'owner': 1"

static void a_draft_gets_a_number_and_the_base_currency(void **state)
{
	store_fixture *f = *state;
	shop_is_in(f, "EUR");
	const int64_t id = fixture_create(f, "sales_order", "{" ORDER "}");
	shop_says(f, "sales_order", id, "number", "SO-202311-00001");
	shop_says(f, "sales_order", id, "currency", "EUR");
	shop_says(f, "sales_order", id, "payment_status", "unpaid");
	shop_lacks(f, "sales_order", id, "fx_rate_e8");
	shop_refuses_create(f, "sales_order", "{'currency': 'usd', " ORDER "}", "currency",
	                    "three capital letters");
}

static void it_begins_as_a_draft(void **state)
{
	shop_refuses_create(*state, "sales_order", "{'status': 'confirmed', " ORDER "}",
	                    "status", "cannot begin as confirmed: status may be draft");
}

static void confirming_makes_it_final(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_draft(f);
	shop_lacks(f, "order_line", 1, "confirmed_at");
	shop_has(f, "sales_order", id, "total_base", 0);
	const int64_t now = f->now_ms;
	fixture_update(f, "sales_order", id, "{'status': 'confirmed'}");
	shop_has(f, "sales_order", id, "confirmed_at", now);
	shop_has(f, "sales_order", id, "subtotal", 3333);
	shop_has(f, "sales_order", id, "tax", 390);
	shop_has(f, "sales_order", id, "total", 3723);
	shop_has(f, "sales_order", id, "total_base", 3723);
	shop_has(f, "sales_order", id, "fx_rate_e8", 100000000);
	shop_has(f, "sales_order", id, "credited_user", 1);
	shop_has(f, "sales_order", id, "credited_team", 1);
	for (int64_t line = 1; line <= 2; line++)
		shop_has(f, "order_line", line, "confirmed_at", now);
	shop_says(f, "order_line", 1, "product_name", "One");
	shop_has(f, "order_line", 2, "net_base", 333);
	shop_has(f, "sales_order", id, "rev", 4); /* two lines, one update */
}

static void the_customer_becomes_active(void **state)
{
	store_fixture *f = *state;
	const int64_t now = f->now_ms + 3;
	const int64_t id = shop_order(f);
	shop_says(f, "customer", 1, "lifecycle", "active");
	shop_has(f, "customer", 1, "converted_at", now);
	shop_has(f, "customer", 1, "last_order_at", now);
	shop_has(f, "customer", 1, "order_count", 1);
	shop_has(f, "customer", 1, "order_base", 3723);
	fixture_update(f, "customer", 1, "{'lifecycle': 'lost'}");
	shop_order(f);
	shop_says(f, "customer", 1, "lifecycle", "active");
	shop_has(f, "customer", 1, "converted_at", now);
	shop_has(f, "customer", 1, "order_count", 2);
	fixture_update(f, "sales_order", id, "{'status': 'fulfilled'}");
	shop_has(f, "customer", 1, "order_count", 2);
}

static void a_later_transfer_leaves_the_credit(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_order(f);
	fixture_update(f, "sales_order", id, "{'owner': 2}");
	shop_has(f, "sales_order", id, "credited_user", 1);
	shop_has(f, "sales_order", id, "credited_team", 1);
}

static void without_lines_it_is_not_confirmed(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "sales_order", "{" ORDER "}");
	shop_refuses_update(f, "sales_order", id, "{'status': 'confirmed'}", "status",
	                    "add lines first");
}

static void it_goes_its_way_and_no_other(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_draft(f);
	shop_refuses_update(f, "sales_order", id, "{'status': 'fulfilled'}", "status",
	                    "from draft it may go to confirmed, cancelled");
	fixture_update(f, "sales_order", id, "{'status': 'confirmed'}");
	shop_refuses_update(f, "sales_order", id, "{'status': 'draft'}", "status",
	                    "from confirmed it may go to fulfilled, cancelled");
	fixture_update(f, "sales_order", id, "{'status': 'fulfilled'}");
	shop_refuses_update(f, "sales_order", id,
	                    "{'status': 'cancelled', 'cancel_reason': 'r'}", "status",
	                    "from fulfilled it may go to nothing else");
}

static void what_is_confirmed_stays_as_it_is(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_order(f);
	shop_refuses_update(f, "sales_order", id, "{'customer': 2}", "customer",
	                    "customer of sales_order 1 does not change once it is no draft any "
	                    "more: cancel it and enter another order");
	shop_refuses_update(f, "sales_order", id, "{'currency': 'USD'}", "currency",
	                    "cancel it");
	shop_refuses_update(f, "sales_order", id, "{'discount': 1}", "discount", "cancel it");
	shop_refuses_update(f, "order_line", 1, "{'qty_milli': 1}", "order",
	                    "sales_order 1 is confirmed, its lines do not change any more");
	shop_refuses_create(f, "order_line", "{'order': 1, 'line_no': 9, 'product': 1}",
	                    "order", "do not change any more");
	shop_refuses(f, FIXTURE_DELETE, "order_line", 1, "order", "do not change any more");
	fixture_update(
		f, "sales_order", id,
		"{'delivery_on': 19700, 'due_on': 19710, 'note': 'n', 'ship_address': 'a', "
		"'contact': 1, 'opportunity': 1}");
	shop_has(f, "sales_order", id, "total", 3723);
}

static void a_cancelled_one_needs_a_reason_and_no_money(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_order(f);
	shop_refuses_update(f, "sales_order", id, "{'status': 'cancelled'}", "cancel_reason",
	                    "give cancel_reason");
	fixture_create(f, "payment", "{'order': 1, 'amount': 100, 'paid_at': 5}");
	shop_refuses_update(f, "sales_order", id,
	                    "{'status': 'cancelled', 'cancel_reason': 'r'}", "status",
	                    "refund that first");
	fixture_create(f, "payment",
	               "{'order': 1, 'kind': 'refund', 'amount': 100, 'paid_at': 6}");
	fixture_update(f, "sales_order", id, "{'status': 'cancelled', 'cancel_reason': 'r'}");
	shop_says(f, "sales_order", id, "payment_status", "refunded");
	for (int64_t line = 1; line <= 2; line++)
		shop_lacks(f, "order_line", line, "confirmed_at");
	shop_lacks(f, "customer", 1, "converted_at");
	shop_has(f, "customer", 1, "order_count", 0);
	shop_refuses_update(f, "sales_order", id, "{'cancel_reason': nil}", "cancel_reason",
	                    "give cancel_reason");
}

static void what_it_refers_to_is_the_customers(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "sales_order", "{'contact': 2, " ORDER "}", "contact",
	                    "contact 2 belongs to customer 2, not to customer 1");
	shop_refuses_create(f, "sales_order", "{'opportunity': 2, " ORDER "}", "opportunity",
	                    "belongs to customer 2");
	fixture_create(f, "contract",
	               "{'number': 'H', 'title': 'T', 'customer': 2, 'amount': 1, 'owner': 1}");
	shop_refuses_create(f, "sales_order", "{'contract': 1, " ORDER "}", "contract",
	                    "belongs to customer 2");
	const int64_t id = fixture_create(f, "sales_order", "{'contact': 1, " ORDER "}");
	shop_refuses_update(f, "sales_order", id, "{'customer': 2}", "contact",
	                    "contact 1 belongs to customer 1, not to customer 2");
	fixture_update(f, "sales_order", id, "{'customer': 2, 'contact': 2}");
	assert_int_equal(fixture_try_create(f, "sales_order", "{'contact': 99, " ORDER "}"),
	                 CX_DANGLING_REFERENCE);
}

static void another_currency_has_the_rate_of_the_day(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "sales_order", "{'currency': 'USD', " ORDER "}");
	shop_create(f, "order_line", "{'order': %lld, 'line_no': 1, 'product': 3}",
	            (long long)id);
	fixture_update(f, "sales_order", id, "{'status': 'confirmed'}");
	shop_has(f, "sales_order", id, "fx_rate_e8", 725000000);
	shop_has(f, "sales_order", id, "total", 500);
	shop_has(f, "sales_order", id, "total_base", 3625);
	shop_has(f, "order_line", 1, "net_base", 3625);
	/* a rate that comes later does not matter */
	shop_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 800000000}",
	            SHOP_DAY - 1);
	fixture_update(f, "sales_order", id, "{'note': 'n'}");
	shop_has(f, "sales_order", id, "fx_rate_e8", 725000000);
}

static void without_a_rate_it_is_not_confirmed(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "sales_order", "{'currency': 'JPY', " ORDER "}");
	shop_create(f, "order_line",
	            "{'order': %lld, 'line_no': 1, 'product': 1, 'unit_price': 700}",
	            (long long)id);
	shop_refuses_update(f, "sales_order", id, "{'status': 'confirmed'}", "currency",
	                    "there is no rate of JPY in CNY for 2023-11-15: enter one");
	shop_create(f, "fx_rate", "{'currency': 'JPY', 'on': %d, 'rate_e8': 5000000}",
	            SHOP_DAY + 1);
	shop_refuses_update(f, "sales_order", id, "{'status': 'confirmed'}", "currency",
	                    "no rate of JPY");
	shop_create(f, "fx_rate", "{'currency': 'JPY', 'on': %d, 'rate_e8': 5000000}",
	            SHOP_DAY);
	fixture_update(f, "sales_order", id, "{'status': 'confirmed'}");
	shop_has(f, "sales_order", id, "total_base", 3500); /* 700 JPY are 35.00 CNY */
}

/* A discount of 1.00 over 30.00 and 3.33: 0.90 and 0.10. */
static void a_discount_is_parted_over_the_lines(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_draft(f);
	fixture_update(f, "sales_order", id, "{'discount': 100}");
	shop_has(f, "order_line", 1, "net", 3000);
	shop_has(f, "order_line", 1, "tax_amount", 378); /* 29.10 × 13 % */
	shop_has(f, "order_line", 2, "tax_amount", 0);
	shop_has(f, "sales_order", id, "total", 3333 - 100 + 378);
	fixture_update(f, "order_line", 2, "{'tax_bp': 1300}");
	shop_has(f, "order_line", 2, "tax_amount", 42); /* 3.23 × 13 % */
	shop_has(f, "sales_order", id, "total", 3333 - 100 + 378 + 42);
	fixture_update(f, "sales_order", id, "{'discount': 0}");
	shop_has(f, "order_line", 1, "tax_amount", 390);
	shop_has(f, "sales_order", id, "total", 3333 + 390 + 43);
}

static void a_discount_is_not_more_than_the_lines(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "sales_order", "{'discount': -1, " ORDER "}", "discount",
	                    "0 or more");
	const int64_t id = shop_draft(f);
	fixture_update(f, "sales_order", id, "{'discount': 3334}");
	shop_has(f, "sales_order", id, "total", 0);
	shop_refuses_update(f, "sales_order", id, "{'status': 'confirmed'}", "discount",
	                    "the discount of 33.34 CNY is more than the lines' 33.33 CNY");
	fixture_update(f, "sales_order", id, "{'discount': 3333, 'status': 'confirmed'}");
	shop_has(f, "sales_order", id, "total", 0);
	shop_says(f, "sales_order", id, "payment_status", "paid"); /* nothing to pay */
}

static void the_currency_stays_while_there_are_lines(void **state)
{
	store_fixture *f = *state;
	const int64_t id = shop_draft(f);
	shop_refuses_update(f, "sales_order", id, "{'currency': 'USD'}", "currency",
	                    "the prices of the order's lines are in CNY");
	fixture_do(f, FIXTURE_DELETE, "order_line", 1);
	fixture_do(f, FIXTURE_DELETE, "order_line", 2);
	fixture_update(f, "sales_order", id, "{'currency': 'USD'}");
}

static void it_comes_back_as_it_was(void **state)
{
	store_fixture *f = *state;
	const int64_t draft = shop_draft(f);
	fixture_update(f, "sales_order", draft, "{'discount': 100}");
	shop_there_and_back(f, "sales_order", draft);
	const int64_t id = shop_order(f);
	shop_there_and_back(f, "sales_order", id);
	shop_has(f, "customer", 1, "order_count", 1);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_draft_gets_a_number_and_the_base_currency),
		WITH(it_begins_as_a_draft),
		WITH(confirming_makes_it_final),
		WITH(the_customer_becomes_active),
		WITH(a_later_transfer_leaves_the_credit),
		WITH(without_lines_it_is_not_confirmed),
		WITH(it_goes_its_way_and_no_other),
		WITH(what_is_confirmed_stays_as_it_is),
		WITH(a_cancelled_one_needs_a_reason_and_no_money),
		WITH(what_it_refers_to_is_the_customers),
		WITH(another_currency_has_the_rate_of_the_day),
		WITH(without_a_rate_it_is_not_confirmed),
		WITH(a_discount_is_parted_over_the_lines),
		WITH(a_discount_is_not_more_than_the_lines),
		WITH(the_currency_stays_while_there_are_lines),
		WITH(it_comes_back_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
