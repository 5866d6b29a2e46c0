/* SPDX-License-Identifier: Apache-2.0 */
/* Prices and rates. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static void a_product_has_a_price_in_a_currency(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "product", "{'sku': 'X', 'name': 'X', 'list_price': -1}",
	                    "list_price", "0 or more");
	shop_refuses_create(f, "product",
	                    "{'sku': 'X', 'name': 'X', 'list_price': 1, 'currency': 'US1'}",
	                    "currency", "three capital letters");
	shop_says(f, "product", 1, "currency", "CNY");
	shop_is_in(f, "EUR");
	const int64_t id =
		fixture_create(f, "product", "{'sku': 'X', 'name': 'X', 'list_price': 0}");
	shop_says(f, "product", id, "currency", "EUR");
	fixture_update(f, "product", 1, "{'name': 'Y'}");
	shop_says(f, "product", 1, "currency", "CNY");
}

static void it_has_a_code_and_a_name(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "product", 1, "{'sku': '　'}", "sku", "blank");
	shop_refuses_update(f, "product", 1, "{'name': ' '}", "name", "blank");
}

static void a_rate_is_above_0(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "fx_rate", "{'currency': 'CNY', 'on': 1, 'rate_e8': 1}",
	                    "currency", "own currency");
	shop_refuses_create(f, "fx_rate", "{'currency': 'EUR', 'on': 1, 'rate_e8': 0}",
	                    "rate_e8", "above 0");
	shop_refuses_create(f, "fx_rate", "{'currency': '欧元', 'on': 1, 'rate_e8': 1}",
	                    "currency", "three capital letters");
	shop_refuses_update(f, "fx_rate", 1, "{'rate_e8': -5}", "rate_e8", "above 0");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_product_has_a_price_in_a_currency),
		WITH(it_has_a_code_and_a_name),
		WITH(a_rate_is_above_0),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
