/* SPDX-License-Identifier: Apache-2.0 */
/* A merge that is taken back after its customers went on being worked with. */
#include "tests/crm/trade.h"

#include <string.h>

enum { WINNER = 1, LOSER };

static int setup(void **state)
{
	static store_fixture fixture;
	trade_open(&fixture, NULL);
	trade_customer(&fixture, "A");
	trade_customer(&fixture, "B");
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	trade_close(*state);
	return 0;
}

static void merge(store_fixture *f)
{
	const engine_author author = trade_author(f);
	const crm_merge what = { .winner = WINNER, .loser = LOSER };
	crm_merged done;
	fixture_begin(f);
	assert_ends(f, crm_merge_customers(f->write, &author, &what, &done, &f->error), CX_OK);
	fixture_commit(f);
}

static cx_status undo(store_fixture *f)
{
	const engine_author author = trade_author(f);
	const uint64_t before = fixture_state_hash(f);
	crm_merged done;
	fixture_begin(f);
	const cx_status status = crm_merge_undo(f->write, &author, LOSER, &done, &f->error);
	fixture_commit(f);
	assert_true(status == CX_OK || fixture_state_hash(f) == before);
	return status;
}

static void assert_tier(store_fixture *f, int64_t customer, const char *tier)
{
	assert_string_equal(fixture_text(f, "customer", customer, "tier"), tier);
}

static void grade(store_fixture *f, int64_t customer, int64_t as_of, const char *tier)
{
	trade_create(f, "customer_tier",
	             "{'customer': %lld, 'as_of': %lld, 'tier': '%s', 'value_score': 1, "
	             "'potential_score': 1}",
	             (long long)customer, (long long)as_of, tier);
}

static void the_tier_is_that_of_the_newest_grading(void **state)
{
	store_fixture *f = *state;
	grade(f, WINNER, 5, "high");
	grade(f, LOSER, 6, "low");
	const uint64_t before = fixture_state_hash(f);
	merge(f);
	assert_tier(f, WINNER, "low");
	assert_int_equal(undo(f), CX_OK);
	assert_true(fixture_state_hash(f) == before);
}

static void a_grading_since_does_not_stand_in_the_way(void **state)
{
	store_fixture *f = *state;
	grade(f, LOSER, 6, "low");
	merge(f);
	assert_tier(f, WINNER, "low");
	grade(f, WINNER, 7, "potential");
	assert_int_equal(undo(f), CX_OK);
	assert_tier(f, WINNER, "potential");
	assert_tier(f, LOSER, "low");
}

static void one_brought_back_by_undelete_left_its_gradings(void **state)
{
	store_fixture *f = *state;
	grade(f, LOSER, 6, "low");
	merge(f);
	fixture_do(f, FIXTURE_UNDELETE, "customer", LOSER);
	assert_tier(f, LOSER, "unrated");
}

static void what_goes_back_names_nothing_of_the_winner(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "contact", "{'customer': 1, 'name': 'W'}");
	const int64_t deal = trade_opportunity(f, LOSER);
	merge(f);
	fixture_update(f, "opportunity", deal, "{'contact': 1}");
	assert_int_equal(undo(f), CX_CHECK);
	assert_string_equal(f->error.text,
	                    "the merge cannot be taken back: opportunity 1, which goes back, "
	                    "names contact 1 of customer 1");
	fixture_update(f, "opportunity", deal, "{'contact': nil}");
	assert_int_equal(undo(f), CX_OK);
}

static void nobody_comes_to_stand_above_himself(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "customer", "{'name': 'Top'}");
	fixture_update(f, "customer", LOSER, "{'parent': 3}");
	fixture_update(f, "customer", WINNER, "{'parent': 3}");
	fixture_create(f, "customer", "{'name': 'Low', 'parent': 2}");
	merge(f);
	fixture_update(f, "customer", WINNER, "{'parent': nil}");
	fixture_update(f, "customer", 3, "{'parent': 4}"); /* below the winner */
	assert_int_equal(undo(f), CX_CHECK);
	assert_non_null(strstr(f->error.text, "customer 2 would be above itself"));
	fixture_update(f, "customer", 3, "{'parent': nil}");
	assert_int_equal(undo(f), CX_OK);
}

static void the_contact_chosen_since_is_primary(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "contact", "{'customer': 1, 'name': 'W', 'is_primary': true}");
	fixture_create(f, "contact", "{'customer': 2, 'name': 'L', 'is_primary': true}");
	fixture_create(f, "contact", "{'customer': 2, 'name': 'M'}");
	merge(f);
	fixture_update(f, "contact", 3, "{'is_primary': true}");
	assert_int_equal(undo(f), CX_OK);
	assert_int_equal(fixture_int(f, "contact", 2, "is_primary"), 0);
	assert_int_equal(fixture_int(f, "contact", 3, "is_primary"), 1);
	assert_int_equal(fixture_int(f, "contact", 3, "customer"), LOSER);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_tier_is_that_of_the_newest_grading),
		WITH(a_grading_since_does_not_stand_in_the_way),
		WITH(one_brought_back_by_undelete_left_its_gradings),
		WITH(what_goes_back_names_nothing_of_the_winner),
		WITH(nobody_comes_to_stand_above_himself),
		WITH(the_contact_chosen_since_is_primary),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
