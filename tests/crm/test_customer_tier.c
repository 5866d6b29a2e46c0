/* SPDX-License-Identifier: Apache-2.0 */
/* A customer has the tier of its newest assessment. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static int64_t assess(store_fixture *f, const char *tier, int64_t as_of)
{
	return shop_create(f, "customer_tier",
	                   "{'customer': 1, 'tier': '%s', 'as_of': %lld, 'value_score': 600, "
	                   "'potential_score': 300}",
	                   tier, (long long)as_of);
}

static void the_newest_row_counts(void **state)
{
	store_fixture *f = *state;
	shop_says(f, "customer", 1, "tier", "unrated");
	assess(f, "low", 100);
	shop_says(f, "customer", 1, "tier", "low");
	const int64_t newest = assess(f, "high", 300);
	assess(f, "potential", 200);
	shop_says(f, "customer", 1, "tier", "high");
	shop_there_and_back(f, "customer_tier", newest);
	fixture_do(f, FIXTURE_DELETE, "customer_tier", newest);
	shop_says(f, "customer", 1, "tier", "potential");
	fixture_update(f, "customer_tier", 1, "{'as_of': 250}");
	shop_says(f, "customer", 1, "tier", "low");
	fixture_update(f, "customer_tier", 1, "{'customer': 2}");
	shop_says(f, "customer", 1, "tier", "potential");
	shop_says(f, "customer", 2, "tier", "low");
	shop_says(f, "customer", 1, "name", "First");
}

static void one_by_hand_needs_a_reason(void **state)
{
	store_fixture *f = *state;
	assess(f, "low", 100);
	shop_refuses_create(f, "customer_tier",
	                    "{'customer': 1, 'tier': 'high', 'manual': true}", "reason",
	                    "a tier given by hand needs a reason");
	const int64_t now = f->now_ms;
	const int64_t id = fixture_create(
		f, "customer_tier",
		"{'customer': 1, 'tier': 'high', 'manual': true, 'reason': 'r'}");
	shop_has(f, "customer_tier", id, "as_of", now);
	shop_has(f, "customer_tier", id, "value_score", 600); /* as they were */
	shop_has(f, "customer_tier", id, "potential_score", 300);
	shop_says(f, "customer", 1, "tier", "high");
	const int64_t first = fixture_create(
		f, "customer_tier",
		"{'customer': 2, 'tier': 'high', 'manual': true, 'reason': 'r'}");
	shop_has(f, "customer_tier", first, "value_score", 0);
}

static void scores_and_time_have_their_limits(void **state)
{
	store_fixture *f = *state;
#define ROW "'customer': 1, 'tier': 'low', 'as_of': 5, "
	shop_refuses_create(f, "customer_tier",
	                    "{" ROW "'value_score': 1001, 'potential_score': 0}", "value_score",
	                    "value_score is 0 to 1000");
	shop_refuses_create(f, "customer_tier",
	                    "{" ROW "'value_score': 0, 'potential_score': -1}",
	                    "potential_score", "potential_score is 0 to 1000");
	shop_refuses_create(f, "customer_tier",
	                    "{'customer': 1, 'tier': 'low', 'as_of': 1800000000000, "
	                    "'value_score': 0, 'potential_score': 0}",
	                    "as_of", "now or before");
	assert_int_equal(
		fixture_try_create(f, "customer_tier", "{" ROW "'potential_score': 0}"),
		CX_REQUIRED); /* only one by hand has those of before */
}

static void rows_go_and_come_with_their_customer(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "customer", "{'name': 'Third'}");
	shop_create(f, "customer_tier",
	            "{'customer': 3, 'tier': 'high', 'as_of': 5, 'value_score': 0, "
	            "'potential_score': 0}");
	shop_there_and_back(f, "customer", 3);
	shop_says(f, "customer", 3, "tier", "high");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_newest_row_counts),
		WITH(one_by_hand_needs_a_reason),
		WITH(scores_and_time_have_their_limits),
		WITH(rows_go_and_come_with_their_customer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
