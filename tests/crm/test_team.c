/* SPDX-License-Identifier: Apache-2.0 */
/* Teams form trees, and the path of each says what stands above it. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

/* Teams 3, 4, … each below the one before. */
static void a_row(store_fixture *f, int count)
{
	for (int i = 3; i < 3 + count; i++)
		shop_create(f, "team",
		            i == 3 ? "{'name': 'T%d'}" : "{'name': 'T%d', 'parent': %d}", i,
		            i - 1);
}

static void a_path_names_those_above(void **state)
{
	store_fixture *f = *state;
	a_row(f, 3);
	shop_says(f, "team", 3, "path", "/");
	shop_says(f, "team", 4, "path", "/3/");
	shop_says(f, "team", 5, "path", "/3/4/");
	assert_int_equal(fixture_try_create(f, "team", "{'name': 'X', 'path': '/'}"),
	                 CX_READ_ONLY_FIELD);
}

static void those_below_follow(void **state)
{
	store_fixture *f = *state;
	a_row(f, 4);
	shop_create(f, "team", "{'name': 'T7', 'parent': 4}");
	shop_create(f, "team", "{'name': 'T8', 'parent': 3}");
	fixture_update(f, "team", 4, "{'parent': 1}");
	assert_int_equal(shop_written(f), 4);
	shop_says(f, "team", 4, "path", "/1/");
	shop_says(f, "team", 5, "path", "/1/4/");
	shop_says(f, "team", 6, "path", "/1/4/5/");
	shop_says(f, "team", 7, "path", "/1/4/");
	shop_says(f, "team", 8, "path", "/3/");
	fixture_update(f, "team", 4, "{'parent': nil}");
	shop_says(f, "team", 6, "path", "/4/5/");
	fixture_update(f, "team", 4, "{'name': 'T'}");
	assert_int_equal(shop_written(f), 1);
}

static void none_is_above_itself(void **state)
{
	store_fixture *f = *state;
	a_row(f, 3);
	shop_refuses_update(f, "team", 3, "{'parent': 3}", "parent", "above itself");
	shop_refuses_update(f, "team", 3, "{'parent': 5}", "parent", "above itself");
	assert_int_equal(fixture_try_update(f, "team", 3, "{'parent': 99}", 0),
	                 CX_DANGLING_REFERENCE);
}

static void there_are_eight_levels(void **state)
{
	store_fixture *f = *state;
	a_row(f, 8); /* 3 to 10 */
	shop_says(f, "team", 10, "path", "/3/4/5/6/7/8/9/");
	shop_refuses_create(f, "team", "{'name': 'X', 'parent': 10}", "parent", "level 8");
	/* nor by moving what has others below it */
	shop_refuses_update(f, "team", 3, "{'parent': 1}", "parent", "team 10 would stand");
	fixture_update(f, "team", 4, "{'parent': 1}");
	shop_says(f, "team", 10, "path", "/1/4/5/6/7/8/9/");
}

static void users_have_a_login_and_a_name(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "user", "{'login': ' ', 'name': 'N', 'team': 1}", "login",
	                    "blank");
	shop_refuses_create(f, "user", "{'login': '', 'name': 'N', 'team': 1}", "login",
	                    "blank");
	shop_refuses_update(f, "user", 1, "{'name': ' '}", "name", "blank");
	shop_refuses_create(f, "user", "{'login': 'li ', 'name': 'N', 'team': 1}", "login",
	                    "ends with a blank");
	shop_refuses_create(f, "user", "{'login': '　li', 'name': 'N', 'team': 1}", "login",
	                    "ends with a blank");
	fixture_create(f, "user", "{'login': '王 伟', 'name': '王伟', 'team': 1}");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_path_names_those_above),      WITH(those_below_follow),
		WITH(none_is_above_itself),          WITH(there_are_eight_levels),
		WITH(users_have_a_login_and_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
