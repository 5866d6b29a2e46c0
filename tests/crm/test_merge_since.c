/* SPDX-License-Identifier: Apache-2.0 */
/* What the store itself keeps of merged customers: their tier, lifecycle and normal forms; and
 * taking a merge back after runs and orders have gone on. */
#include "tests/crm/trade.h"

#include <string.h>

static int setup(void **state)
{
	static store_fixture fixture;
	trade_open(&fixture, NULL);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	trade_close(*state);
	return 0;
}

static void merge(store_fixture *f, int64_t winner, int64_t loser)
{
	const engine_author author = trade_author(f);
	const crm_merge what = { .winner = winner, .loser = loser };
	crm_merged done;
	fixture_begin(f);
	assert_ends(f, crm_merge_customers(f->write, &author, &what, &done, &f->error), CX_OK);
	fixture_commit(f);
}

static void undo(store_fixture *f, int64_t loser)
{
	const engine_author author = trade_author(f);
	crm_merged done;
	fixture_begin(f);
	assert_ends(f, crm_merge_undo(f->write, &author, loser, &done, &f->error), CX_OK);
	fixture_commit(f);
}

static void grade(store_fixture *f, int64_t customer, const char *tier)
{
	trade_create(f, "customer_tier",
	             "{'customer': %lld, 'tier': '%s', 'manual': true, 'reason': 'R'}",
	             (long long)customer, tier);
}

static void has_tier(store_fixture *f, int64_t customer, const char *tier)
{
	assert_string_equal(fixture_text(f, "customer", customer, "tier"), tier);
}

static void the_newest_assessment_of_both_counts(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A"), loser = trade_customer(f, "B");
	grade(f, winner, "low");
	grade(f, loser, "high");
	const uint64_t before = fixture_state_hash(f);
	merge(f, winner, loser);
	has_tier(f, winner, "high");
	undo(f, loser);
	has_tier(f, winner, "low");
	has_tier(f, loser, "high");
	assert_true(fixture_state_hash(f) == before);
}

static void a_later_assessment_does_not_stand_in_the_way(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A"), loser = trade_customer(f, "B");
	grade(f, loser, "high");
	merge(f, winner, loser);
	has_tier(f, winner, "high");
	grade(f, winner, "low");
	undo(f, loser);
	has_tier(f, winner, "low");
	has_tier(f, loser, "high");
}

static void without_an_assessment_of_its_own_it_is_as_it_was(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A"), loser = trade_customer(f, "B");
	grade(f, loser, "high");
	const uint64_t before = fixture_state_hash(f);
	merge(f, winner, loser);
	undo(f, loser);
	has_tier(f, winner, "unrated");
	assert_true(fixture_state_hash(f) == before);
}

static void a_later_order_does_not_stand_in_the_way(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A");
	const int64_t loser =
		fixture_create(f, "customer", "{'name': 'B', 'lifecycle': 'dormant'}");
	merge(f, winner, loser);
	assert_string_equal(fixture_text(f, "customer", winner, "lifecycle"), "dormant");
	const int64_t order = trade_create(f, "sales_order",
	                                   "{'customer': %lld, 'ordered_on': 1, 'owner': 1}",
	                                   (long long)winner);
	trade_create(f, "order_line", "{'order': %lld, 'line_no': 1, 'product': 1}",
	             (long long)order);
	fixture_update(f, "sales_order", order, "{'status': 'confirmed'}");
	assert_string_equal(fixture_text(f, "customer", winner, "lifecycle"), "active");
	undo(f, loser);
	assert_string_equal(fixture_text(f, "customer", winner, "lifecycle"), "active");
	assert_string_equal(fixture_text(f, "customer", loser, "lifecycle"), "dormant");
}

/* A telephone that is no number has no normal form, and does not get that of another. */
static void normal_forms_go_with_what_they_are_of(void **state)
{
	store_fixture *f = *state;
	const int64_t winner =
		fixture_create(f, "customer", "{'name': 'A', 'phone': '无', 'email': 'none'}");
	const int64_t loser = fixture_create(
		f, "customer",
		"{'name': 'B', 'phone': '021-61234567', 'email': 'b@example.com'}");
	merge(f, winner, loser);
	assert_string_equal(fixture_text(f, "customer", winner, "phone"), "无");
	assert_null(fixture_text(f, "customer", winner, "phone_norm"));
	assert_null(fixture_text(f, "customer", winner, "email_norm"));
}

/* What was filled goes, in whatever country it is read by then. */
static void another_country_does_not_stand_in_the_way(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A");
	const int64_t loser =
		fixture_create(f, "customer", "{'name': 'B', 'phone': '021-61234567'}");
	merge(f, winner, loser);
	assert_string_equal(fixture_text(f, "customer", winner, "phone_norm"), "862161234567");
	fixture_update(f, "customer", winner, "{'country': 'DE'}");
	undo(f, loser);
	assert_null(fixture_text(f, "customer", winner, "phone"));
	assert_null(fixture_text(f, "customer", winner, "phone_norm"));
	assert_string_equal(fixture_text(f, "customer", loser, "phone_norm"), "862161234567");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_newest_assessment_of_both_counts),
		WITH(a_later_assessment_does_not_stand_in_the_way),
		WITH(without_an_assessment_of_its_own_it_is_as_it_was),
		WITH(a_later_order_does_not_stand_in_the_way),
		WITH(normal_forms_go_with_what_they_are_of),
		WITH(another_country_does_not_stand_in_the_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
