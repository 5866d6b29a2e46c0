/* SPDX-License-Identifier: Apache-2.0 */
/* What is paid of an order is between nothing and its total, whatever is entered, changed,
 * deleted or brought back; the order's payment status follows. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static int64_t pay(store_fixture *f, int64_t amount)
{
	return shop_create(f, "payment", "{'order': 1, 'amount': %lld, 'paid_at': 1000}",
	                   (long long)amount);
}

static int64_t refund(store_fixture *f, int64_t amount)
{
	return shop_create(f, "payment",
	                   "{'order': 1, 'kind': 'refund', 'amount': %lld, 'paid_at': 2000}",
	                   (long long)amount);
}

static void the_status_follows_what_is_paid(void **state)
{
	store_fixture *f = *state;
	shop_order(f); /* 37.23 */
	shop_says(f, "sales_order", 1, "payment_status", "unpaid");
	pay(f, 1);
	shop_says(f, "sales_order", 1, "payment_status", "partial");
	pay(f, 3722);
	shop_says(f, "sales_order", 1, "payment_status", "paid");
	shop_has(f, "sales_order", 1, "paid", 3723);
	shop_has(f, "customer", 1, "paid_base", 3723);
	refund(f, 3722);
	shop_says(f, "sales_order", 1, "payment_status", "partial");
	refund(f, 1);
	shop_says(f, "sales_order", 1, "payment_status", "refunded");
	pay(f, 3723);
	shop_says(f, "sales_order", 1, "payment_status", "paid");
}

static void it_has_the_orders_credit_and_rate(void **state)
{
	store_fixture *f = *state;
	shop_create(f, "sales_order",
	            "{'customer': 1, 'ordered_on': 19676, 'owner': 2, 'currency': 'USD'}");
	shop_create(f, "order_line", "{'order': 1, 'line_no': 1, 'product': 3}");
	shop_update(f, "sales_order", 1, "{'status': 'confirmed'}");
	shop_update(f, "sales_order", 1, "{'owner': 1}");
	shop_create(f, "fx_rate", "{'currency': 'EUR', 'on': %d, 'rate_e8': 1}", SHOP_DAY);
	const int64_t id = pay(f, 101);
	shop_has(f, "payment", id, "amount_net", 101);
	shop_has(f, "payment", id, "amount_base", 732); /* 1.01 × 7.25 = 7.3225 */
	shop_has(f, "payment", id, "credited_user", 2);
	shop_has(f, "payment", id, "credited_team", 2);
	const int64_t back = refund(f, 101);
	shop_has(f, "payment", back, "amount_net", -101);
	shop_has(f, "payment", back, "amount_base", -732);
	shop_has(f, "sales_order", 1, "paid_base", 0);
}

static void too_much_is_refused(void **state)
{
	store_fixture *f = *state;
	shop_order(f);
	shop_refuses_create(
		f, "payment", "{'order': 1, 'amount': 3724, 'paid_at': 1}", "amount",
		"sales_order 1 has a total of 37.23 CNY: 0.01 CNY would be paid too much");
	const int64_t id = pay(f, 3723);
	shop_refuses_create(f, "payment", "{'order': 1, 'amount': 1, 'paid_at': 1}", "amount",
	                    "0.01 CNY would be paid too much");
	shop_refuses_create(f, "payment",
	                    "{'order': 1, 'kind': 'refund', 'amount': 3724, 'paid_at': 1}",
	                    "amount", "more refunds than payments, by 0.01 CNY");
	shop_refuses_update(f, "payment", id, "{'amount': 3724}", "amount", "too much");
	shop_update(f, "payment", id, "{'amount': 3000}");
	shop_says(f, "sales_order", 1, "payment_status", "partial");
	shop_has(f, "payment", id, "amount_base", 3000);
	shop_refuses_create(f, "payment", "{'order': 1, 'amount': 0, 'paid_at': 1}", "amount",
	                    "above 0");
	shop_refuses_create(f, "payment", "{'order': 1, 'amount': -1, 'paid_at': 1}", "amount",
	                    "money that goes back is a refund");
}

static void what_was_deleted_comes_back_only_if_it_fits(void **state)
{
	store_fixture *f = *state;
	shop_order(f);
	const int64_t first = pay(f, 2000);
	shop_there_and_back(f, "payment", first);
	fixture_do(f, FIXTURE_DELETE, "payment", first);
	shop_says(f, "sales_order", 1, "payment_status", "unpaid");
	const int64_t second = pay(f, 1724);
	shop_refuses(f, FIXTURE_UNDELETE, "payment", first, "amount",
	             "0.01 CNY would be paid too much");
	const int64_t back = refund(f, 1);
	fixture_do(f, FIXTURE_UNDELETE, "payment", first);
	shop_says(f, "sales_order", 1, "payment_status", "paid");
	shop_refuses(f, FIXTURE_DELETE, "payment", back, "amount",
	             "0.01 CNY would be paid too much");
	fixture_do(f, FIXTURE_DELETE, "payment", first);
	shop_refuses(f, FIXTURE_DELETE, "payment", second, "amount",
	             "more refunds than payments, by 0.01 CNY");
}

static void only_what_is_confirmed_is_paid(void **state)
{
	store_fixture *f = *state;
	shop_draft(f);
	shop_refuses_create(f, "payment", "{'order': 1, 'amount': 1, 'paid_at': 1}", "order",
	                    "sales_order 1 is draft: only what is confirmed or fulfilled");
	shop_update(f, "sales_order", 1, "{'status': 'confirmed'}");
	const int64_t id = pay(f, 1);
	fixture_do(f, FIXTURE_DELETE, "payment", id);
	const int64_t kept = pay(f, 10);
	const int64_t back = refund(f, 10);
	shop_update(f, "sales_order", 1, "{'status': 'cancelled', 'cancel_reason': 'r'}");
	shop_refuses(f, FIXTURE_UNDELETE, "payment", id, "order", "sales_order 1 is cancelled");
	shop_refuses(f, FIXTURE_DELETE, "payment", back, "order", "nothing may be left");
	shop_refuses_update(f, "payment", kept, "{'amount': 11}", "order", "is cancelled");
	shop_update(f, "payment", kept, "{'note': 'n', 'reference': 'r'}");
}

static void a_fulfilled_order_is_paid_and_refunded(void **state)
{
	store_fixture *f = *state;
	shop_order(f);
	shop_update(f, "sales_order", 1, "{'status': 'fulfilled'}");
	pay(f, 3723);
	refund(f, 3723);
	shop_says(f, "sales_order", 1, "payment_status", "refunded");
}

static void its_order_and_kind_stay(void **state)
{
	store_fixture *f = *state;
	shop_order(f);
	shop_order(f);
	const int64_t id = pay(f, 1);
	shop_refuses_update(f, "payment", id, "{'order': 2}", "order",
	                    "does not change once it is entered: delete it and enter another");
	shop_refuses_update(f, "payment", id, "{'kind': 'refund'}", "kind", "does not change");
}

static void an_order_with_payments_is_not_deleted(void **state)
{
	store_fixture *f = *state;
	shop_order(f);
	const int64_t id = pay(f, 1);
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "sales_order", 1), CX_RESTRICTED);
	fixture_do(f, FIXTURE_DELETE, "payment", id);
	fixture_do(f, FIXTURE_DELETE, "sales_order", 1);
	assert_int_equal(fixture_try(f, FIXTURE_UNDELETE, "payment", id),
	                 CX_DANGLING_REFERENCE);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_status_follows_what_is_paid),
		WITH(it_has_the_orders_credit_and_rate),
		WITH(too_much_is_refused),
		WITH(what_was_deleted_comes_back_only_if_it_fits),
		WITH(only_what_is_confirmed_is_paid),
		WITH(a_fulfilled_order_is_paid_and_refunded),
		WITH(its_order_and_kind_stay),
		WITH(an_order_with_payments_is_not_deleted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
