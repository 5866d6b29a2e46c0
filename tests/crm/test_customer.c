/* SPDX-License-Identifier: Apache-2.0 */
/* Customers are found by what is normalised of them, nobody is above itself, and by hand one
 * is only given up. */
#include "crm/crm.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static void what_it_is_found_by_is_normalised(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(
		f, "customer",
		"{'name': '华东（上海）医疗器械有限公司', 'phone': '021-6123 4567', "
		"'email': ' Li@Example.COM', 'tax_id': '９１４４０３００１９２２０３８２１６', "
		"'country': "
		"'cn'}");
	shop_says(f, "customer", id, "name_norm", "华东上海医疗器械");
	shop_says(f, "customer", id, "phone_norm", "862161234567");
	shop_says(f, "customer", id, "email_norm", "li@example.com");
	shop_says(f, "customer", id, "tax_id", "914403001922038216");
	shop_says(f, "customer", id, "country", "CN");
	fixture_update(f, "customer", id, "{'name': 'Acme Co., Ltd', 'phone': nil}");
	shop_says(f, "customer", id, "name_norm", "acme");
	shop_lacks(f, "customer", id, "phone_norm");
	fixture_update(f, "customer", id, "{'email': 'none'}");
	shop_lacks(f, "customer", id, "email_norm");
	assert_int_equal(fixture_try_update(f, "customer", id, "{'name_norm': 'x'}", 0),
	                 CX_READ_ONLY_FIELD);
}

static void a_name_is_not_blank(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "customer", "{'name': '  '}", "name", "blank");
	shop_refuses_update(f, "customer", 1, "{'name': ''}", "name", "blank");
	shop_refuses_update(f, "customer", 1, "{'name': '　 \t'}", "name", "blank");
}

static void a_mistyped_credit_code_is_refused(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "customer", 1, "{'tax_id': '914403001922038217'}", "tax_id",
	                    "check character is 6");
	fixture_update(f, "customer", 1, "{'tax_id': '440300192203821'}"); /* the old kind */
	fixture_update(f, "customer", 1, "{'tax_id': nil}");
	fixture_update(f, "customer", 1, "{'tax_id': '9144030071526726xg'}");
	assert_int_equal(fixture_try_create(f, "customer",
	                                    "{'name': 'X', 'tax_id': '9144030071526726XG'}"),
	                 CX_UNIQUE);
}

static void numbers_of_its_contacts_follow_its_country(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "contact", 1, "{'mobile': '0171 1234567'}");
	shop_says(f, "contact", 1, "mobile_norm", "861711234567");
	fixture_update(f, "customer", 1, "{'country': 'DE'}");
	shop_says(f, "contact", 1, "mobile_norm", "491711234567");
	fixture_update(f, "customer", 1, "{'country': nil}");
	shop_says(f, "contact", 1, "mobile_norm", "01711234567");
	shop_refuses_update(f, "customer", 1, "{'country': 'C1'}", "country", "two letters");
}

static void nobody_is_above_itself(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "customer", 1, "{'parent': 1}", "parent", "above itself");
	fixture_update(f, "customer", 2, "{'parent': 1}");
	const int64_t third = fixture_create(f, "customer", "{'name': 'Third', 'parent': 2}");
	shop_create(f, "customer", "{'name': 'Fourth', 'parent': %lld}", (long long)third);
	shop_refuses_update(f, "customer", 1, "{'parent': 4}", "parent", "above itself");
	fixture_update(f, "customer", 4, "{'parent': 1}");
	fixture_update(f, "customer", 3, "{'parent': 4}");
	assert_int_equal(fixture_try_update(f, "customer", 3, "{'parent': 99}", 0),
	                 CX_DANGLING_REFERENCE);
	/* a row of many is refused before it is endless */
	for (int i = 5; i < 67; i++)
		shop_create(f, "customer", "{'name': 'N', 'parent': %d}", i - 1);
	shop_refuses_create(f, "customer", "{'name': 'N', 'parent': 66}", "parent",
	                    "too many above it");
}

static void by_hand_one_is_only_given_up(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "customer", 1, "{'lifecycle': 'active'}", "lifecycle",
	                    "confirmed order");
	shop_refuses_update(f, "customer", 1, "{'lifecycle': 'dormant'}", "lifecycle",
	                    "it may go to lost");
	fixture_update(f, "customer", 1, "{'lifecycle': 'lost'}");
	shop_refuses_update(f, "customer", 1, "{'lifecycle': 'prospect'}", "lifecycle",
	                    "cannot go from lost to prospect");
	shop_order(f);
	shop_says(f, "customer", 1, "lifecycle", "active");
	shop_refuses_update(f, "customer", 1, "{'lifecycle': 'prospect'}", "lifecycle",
	                    "it may go to lost");
	assert_int_equal(
		shop_does(f, "customer", 1, "{'lifecycle': 'dormant'}", CRM_CAUSE_TIERS, 0),
		CX_OK);
	fixture_update(f, "customer", 1, "{'lifecycle': 'lost'}");
	/* one that is known elsewhere is entered as it stands */
	fixture_create(f, "customer", "{'name': 'Old', 'lifecycle': 'active'}");
}

static void a_delete_can_be_undone(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "customer", "{'name': 'Third', 'parent': 1}");
	shop_create(f, "contact", "{'customer': %lld, 'name': 'P', 'is_primary': true}",
	            (long long)id);
	shop_there_and_back(f, "customer", id);
}

static void one_that_comes_back_is_not_above_itself(void **state)
{
	store_fixture *f = *state;
	const int64_t top = fixture_create(f, "customer", "{'name': 'Top', 'parent': 1}");
	const int64_t low =
		shop_create(f, "customer", "{'name': 'Low', 'parent': %lld}", (long long)top);
	fixture_do(f, FIXTURE_DELETE, "customer", top);
	shop_update(f, "customer", 1, "{'parent': %lld}", (long long)low);
	shop_refuses(f, FIXTURE_UNDELETE, "customer", top, "parent", "above itself");
	fixture_update(f, "customer", 1, "{'parent': nil}");
	fixture_do(f, FIXTURE_UNDELETE, "customer", top);
	shop_has(f, "customer", low, "parent", top);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(what_it_is_found_by_is_normalised),
		WITH(a_name_is_not_blank),
		WITH(a_mistyped_credit_code_is_refused),
		WITH(numbers_of_its_contacts_follow_its_country),
		WITH(nobody_is_above_itself),
		WITH(by_hand_one_is_only_given_up),
		WITH(a_delete_can_be_undone),
		WITH(one_that_comes_back_is_not_above_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
