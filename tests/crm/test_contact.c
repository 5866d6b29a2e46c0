/* SPDX-License-Identifier: Apache-2.0 */
/* A customer has one primary contact at most, and it is the one that was chosen last. */
#include "crm/crm.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static int64_t add(store_fixture *f, int customer, bool primary)
{
	return shop_create(f, "contact", "{'customer': %d, 'name': 'N', 'is_primary': %s}",
	                   customer, primary ? "true" : "false");
}

static void the_last_one_chosen_is_the_only_one(void **state)
{
	store_fixture *f = *state;
	const int64_t a = add(f, 1, true);
	const int64_t b = add(f, 1, true);
	assert_int_equal(shop_written(f), 2);
	shop_has(f, "contact", a, "is_primary", 0);
	shop_has(f, "contact", b, "is_primary", 1);
	const int64_t other = add(f, 2, true);
	shop_has(f, "contact", b, "is_primary", 1);
	fixture_update(f, "contact", a, "{'is_primary': true}");
	shop_has(f, "contact", a, "is_primary", 1);
	shop_has(f, "contact", b, "is_primary", 0);
	fixture_update(f, "contact", a, "{'is_primary': false}");
	assert_int_equal(shop_written(f), 1);
	/* one that moves is chosen where it comes to */
	fixture_update(f, "contact", a, "{'is_primary': true}");
	fixture_update(f, "contact", other, "{'customer': 1}");
	shop_has(f, "contact", a, "is_primary", 0);
	shop_has(f, "contact", other, "is_primary", 1);
}

static void what_comes_back_gives_way(void **state)
{
	store_fixture *f = *state;
	const int64_t a = add(f, 1, true);
	shop_there_and_back(f, "contact", a);
	shop_has(f, "contact", a, "is_primary", 1);
	fixture_do(f, FIXTURE_DELETE, "contact", a);
	const int64_t b = add(f, 1, true);
	fixture_do(f, FIXTURE_UNDELETE, "contact", a);
	shop_has(f, "contact", a, "is_primary", 0);
	shop_has(f, "contact", b, "is_primary", 1);
}

static void numbers_and_addresses_are_normalised(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "contact", 1,
	               "{'mobile': '+86 138 1234 5678', 'email': 'A <A@B.cn>'}");
	shop_says(f, "contact", 1, "mobile_norm", "8613812345678");
	shop_says(f, "contact", 1, "email_norm", "a@b.cn");
	fixture_update(f, "customer", 2, "{'country': 'US'}");
	const int64_t id = shop_create(f, "contact",
	                               "{'customer': 2, 'name': 'N', 'mobile': "
	                               "'(212) 555-0123'}");
	shop_says(f, "contact", id, "mobile_norm", "12125550123");
	fixture_update(f, "contact", id, "{'customer': 1}");
	shop_says(f, "contact", id, "mobile_norm", "862125550123");
	shop_refuses_update(f, "contact", 1, "{'name': ' '}", "name", "blank");
}

static void the_contact_of_an_opportunity_stays_with_its_customer(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "opportunity", 1, "{'contact': 1}");
	shop_refuses_update(f, "contact", 1, "{'customer': 2}", "customer", "opportunity 1");
	assert_int_equal(shop_does(f, "contact", 1, "{'customer': 2}", CRM_CAUSE_MERGE, 0),
	                 CX_OK);
	assert_int_equal(shop_does(f, "contact", 1, "{'customer': 1}", CRM_CAUSE_MERGE, 0),
	                 CX_OK);
	fixture_update(f, "opportunity", 1, "{'contact': nil}");
	fixture_update(f, "contact", 1, "{'customer': 2}");
}

static void one_that_comes_back_is_of_the_opportunitys_customer(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "opportunity", 1, "{'contact': 1}");
	fixture_do(f, FIXTURE_DELETE, "contact", 1);
	fixture_update(f, "opportunity", 1, "{'customer': 2}");
	shop_refuses(f, FIXTURE_UNDELETE, "contact", 1, "customer", "opportunity 1");
	fixture_update(f, "opportunity", 1, "{'contact': 2}"); /* now it has another */
	fixture_do(f, FIXTURE_UNDELETE, "contact", 1);
	shop_has(f, "opportunity", 1, "contact", 2);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_last_one_chosen_is_the_only_one),
		WITH(what_comes_back_gives_way),
		WITH(numbers_and_addresses_are_normalised),
		WITH(the_contact_of_an_opportunity_stays_with_its_customer),
		WITH(one_that_comes_back_is_of_the_opportunitys_customer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
