/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an opportunity: what is set for it, what it may become, what stays once it is
 * won or lost, and the rate at which it counts. */
#include "crm/crm.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"

/* The stages beside the shop's first: 2 proposal, 3 won, 4 lost; user 3 is a manager. */
static int setup(void **state)
{
	shop_setup(state);
	store_fixture *f = *state;
	static const char *const stages[] = {
		"'code': 'proposal', 'seq': 2, 'kind': 'open', 'probability_bp': 5000",
		"'code': 'won', 'seq': 8, 'kind': 'won', 'probability_bp': 10000",
		"'code': 'lost', 'seq': 9, 'kind': 'lost', 'probability_bp': 0",
	};
	for (size_t i = 0; i < CX_COUNT_OF(stages); i++)
		shop_create(f, "stage", "{'label_zh': 'L', 'label_en': 'L', %s}", stages[i]);
	fixture_create(f, "user", "{'login': 'm', 'name': 'M', 'team': 1, 'role': 'manager'}");
	return 0;
}

enum { FIRST = 1, PROPOSAL, WON, LOST };

#define DEAL "'title': 'D', 'customer': 1, 'close_on': 19700, 'owner': 1"

static int64_t deal(store_fixture *f, int amount)
{
	return shop_create(f, "opportunity", "{" DEAL ", 'amount': %d}", amount);
}

static void a_new_one_begins_in_the_first_stage(void **state)
{
	store_fixture *f = *state;
	const int64_t now = f->now_ms;
	const int64_t id = deal(f, 1005);
	shop_says(f, "opportunity", id, "number", "OP-202311-00003");
	shop_has(f, "opportunity", id, "stage", FIRST);
	shop_says(f, "opportunity", id, "state", "open");
	shop_says(f, "opportunity", id, "currency", "CNY");
	shop_has(f, "opportunity", id, "fx_rate_e8", 100000000);
	shop_has(f, "opportunity", id, "amount_base", 1005);
	shop_has(f, "opportunity", id, "probability_bp", 1000);
	shop_has(f, "opportunity", id, "probability_manual", 0);
	shop_has(f, "opportunity", id, "expected_base", 101); /* 100.5 */
	shop_has(f, "opportunity", id, "stage_entered_at", now);
	shop_lacks(f, "opportunity", id, "closed_at");
	shop_has(f, "customer", 1, "open_opp_count", 2);
	/* the first is the open one with the lowest seq */
	fixture_create(f, "stage",
	               "{'code': 'z', 'label_zh': 'L', 'label_en': 'L', 'seq': 0, "
	               "'probability_bp': 1}");
	fixture_update(f, "stage", WON, "{'seq': -1}");
	shop_has(f, "opportunity", deal(f, 1), "stage", 5);
}

static void without_stages_there_is_nowhere_to_begin(void **state)
{
	(void)state;
	store_fixture f;
	const engine_options options = { .rules = crm_rules() };
	fixture_open_with(&f, (const char *)crm_schema_text().data, &options);
	fixture_create(&f, "team", "{'name': 'T'}");
	fixture_create(&f, "user", "{'login': 'a', 'name': 'A', 'team': 1}");
	fixture_create(&f, "customer", "{'name': 'C'}");
	shop_refuses_create(&f, "opportunity", "{" DEAL ", 'amount': 1}", "stage",
	                    "create stages first");
	assert_int_equal(
		fixture_try_create(&f, "opportunity", "{" DEAL ", 'amount': 1, 'stage': 7}"),
		CX_DANGLING_REFERENCE);
	fixture_close(&f);
}

static void the_probability_follows_the_stage_until_it_is_set(void **state)
{
	store_fixture *f = *state;
	const int64_t id = deal(f, 1000);
	fixture_update(f, "opportunity", id, "{'stage': 2}");
	shop_has(f, "opportunity", id, "probability_bp", 5000);
	shop_has(f, "opportunity", id, "expected_base", 500);
	/* what a stage says later is for later moves */
	fixture_update(f, "stage", PROPOSAL, "{'probability_bp': 4000}");
	fixture_update(f, "opportunity", id, "{'title': 'E', 'probability_bp': 5000}");
	shop_has(f, "opportunity", id, "probability_bp", 5000);
	shop_has(f, "opportunity", id, "probability_manual", 0);
	fixture_update(f, "opportunity", id, "{'probability_bp': 3333}");
	shop_has(f, "opportunity", id, "probability_manual", 1);
	shop_has(f, "opportunity", id, "expected_base", 333);
	fixture_update(f, "opportunity", id, "{'stage': 1}");
	shop_has(f, "opportunity", id, "probability_bp", 3333);
	fixture_update(f, "opportunity", id, "{'probability_manual': false}");
	shop_has(f, "opportunity", id, "probability_bp", 1000);
	fixture_update(f, "opportunity", id, "{'probability_manual': true}");
	fixture_update(f, "opportunity", id, "{'stage': 2}");
	shop_has(f, "opportunity", id, "probability_bp", 1000);
	fixture_update(f, "opportunity", id, "{'probability_bp': nil}");
	shop_has(f, "opportunity", id, "probability_bp", 4000);
	shop_has(f, "opportunity", id, "probability_manual", 0);
	shop_refuses_update(f, "opportunity", id, "{'probability_bp': 10001}", "probability_bp",
	                    "0 to 10000");
	shop_refuses_update(f, "opportunity", id, "{'amount': -1}", "amount", "0 or more");
	const int64_t set = fixture_create(
		f, "opportunity", "{" DEAL ", 'amount': 1000, 'probability_bp': 2500}");
	shop_has(f, "opportunity", set, "probability_manual", 1);
	shop_has(f, "opportunity", set, "expected_base", 250);
}

static void winning_freezes_whose_it_is(void **state)
{
	store_fixture *f = *state;
	const int64_t id = deal(f, 1000);
	fixture_update(f, "opportunity", id, "{'probability_bp': 3333}");
	const int64_t now = f->now_ms;
	fixture_update(f, "opportunity", id, "{'stage': 3}");
	shop_says(f, "opportunity", id, "state", "won");
	shop_has(f, "opportunity", id, "closed_at", now);
	shop_has(f, "opportunity", id, "stage_entered_at", now);
	shop_has(f, "opportunity", id, "probability_bp", 10000);
	shop_has(f, "opportunity", id, "probability_manual", 0);
	shop_has(f, "opportunity", id, "expected_base", 1000);
	shop_has(f, "opportunity", id, "credited_user", 1);
	shop_has(f, "opportunity", id, "credited_team", 1);
	shop_has(f, "customer", 1, "open_opp_count", 1);
	fixture_update(f, "user", 1, "{'team': 2}");
	fixture_update(f, "opportunity", id, "{'owner': 2}");
	shop_has(f, "opportunity", id, "credited_user", 1);
	shop_has(f, "opportunity", id, "credited_team", 1);
}

static void losing_needs_a_reason(void **state)
{
	store_fixture *f = *state;
	const int64_t id = deal(f, 1000);
	shop_refuses_update(f, "opportunity", id, "{'stage': 4}", "lost_reason",
	                    "for a reason");
	shop_refuses_update(f, "opportunity", id, "{'stage': 4, 'lost_reason': 'other'}",
	                    "lost_note", "say which");
	shop_refuses_update(f, "opportunity", id, "{'lost_reason': 'price'}", "lost_reason",
	                    "only a lost");
	fixture_update(f, "opportunity", id,
	               "{'stage': 4, 'lost_reason': 'other', 'lost_note': '没有预算'}");
	shop_says(f, "opportunity", id, "state", "lost");
	shop_has(f, "opportunity", id, "probability_bp", 0);
	shop_has(f, "opportunity", id, "expected_base", 0);
	shop_has(f, "opportunity", id, "credited_user", 1);
	fixture_update(f, "opportunity", id, "{'lost_reason': 'price'}");
	shop_refuses_update(f, "opportunity", id, "{'lost_reason': nil}", "lost_reason",
	                    "for a reason");
}

static void what_is_closed_stays_as_it_was(void **state)
{
	store_fixture *f = *state;
	const int64_t id = deal(f, 1000);
	fixture_update(f, "opportunity", id, "{'stage': 3}");
	static const char *const frozen[][2] = {
		{ "{'stage': 1}", "stage" },
		{ "{'stage': 4}", "stage" },
		{ "{'amount': 1001}", "amount" },
		{ "{'currency': 'USD'}", "currency" },
		{ "{'close_on': 19701}", "close_on" },
		{ "{'probability_bp': 1}", "probability_bp" },
		{ "{'probability_manual': true}", "probability_manual" },
		{ "{'customer': 2}", "customer" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(frozen); i++)
		shop_refuses_update(f, "opportunity", id, frozen[i][0], frozen[i][1], "");
	fixture_update(f, "opportunity", id,
	               "{'title': 'E', 'next_step': 'thank', 'competitor': 'X', "
	               "'description': 'D', 'source': 'phone', 'contact': 1, 'stage': 3, "
	               "'amount': 1000}");
}

static void a_manager_opens_it_again(void **state)
{
	store_fixture *f = *state;
	const int64_t id = deal(f, 1000);
	assert_int_equal(shop_does(f, "opportunity", id, "{}", CRM_CAUSE_REOPEN, 3), CX_CHECK);
	fixture_update(f, "opportunity", id, "{'stage': 2}");
	fixture_update(f, "opportunity", id, "{'stage': 4, 'lost_reason': 'price'}");
	assert_int_equal(shop_does(f, "opportunity", id, "{}", CRM_CAUSE_REOPEN, 1), CX_DENIED);
	assert_string_equal(f->error.text,
	                    "only a manager opens opportunity 3 again: user 1 is rep");
	assert_int_equal(shop_does(f, "opportunity", id, "{'stage': 3}", CRM_CAUSE_REOPEN, 3),
	                 CX_CHECK);
	assert_int_equal(shop_does(f, "opportunity", id, "{}", CRM_CAUSE_REOPEN, 3), CX_OK);
	shop_has(f, "opportunity", id, "stage", PROPOSAL); /* where it was */
	shop_says(f, "opportunity", id, "state", "open");
	shop_has(f, "opportunity", id, "probability_bp", 5000);
	shop_has(f, "opportunity", id, "expected_base", 500);
	shop_has(f, "opportunity", id, "reopen_count", 1);
	static const char *const gone[] = { "closed_at", "credited_user", "credited_team",
		                            "lost_reason", "lost_note" };
	for (size_t i = 0; i < CX_COUNT_OF(gone); i++)
		shop_lacks(f, "opportunity", id, gone[i]);
	fixture_update(f, "opportunity", id, "{'stage': 3, 'owner': 2}");
	shop_has(f, "opportunity", id, "credited_user", 2);
	/* another stage may be asked for, also when nobody is named */
	assert_int_equal(shop_does(f, "opportunity", id, "{'stage': 1}", CRM_CAUSE_REOPEN, 0),
	                 CX_OK);
	shop_has(f, "opportunity", id, "stage", FIRST);
	shop_has(f, "opportunity", id, "reopen_count", 2);
}

static void one_that_comes_back_has_a_contact_of_its_customer(void **state)
{
	store_fixture *f = *state;
	const int64_t id =
		fixture_create(f, "opportunity", "{" DEAL ", 'amount': 1, 'contact': 1}");
	fixture_do(f, FIXTURE_DELETE, "opportunity", id);
	fixture_update(f, "contact", 1, "{'customer': 2}");
	shop_refuses(f, FIXTURE_UNDELETE, "opportunity", id, "contact", "customer 2");
	fixture_update(f, "contact", 1, "{'customer': 1}");
	fixture_do(f, FIXTURE_UNDELETE, "opportunity", id);
}

static void its_contact_is_its_customers(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "opportunity", "{" DEAL ", 'amount': 1, 'contact': 2}",
	                    "contact", "belongs to customer 2");
	const int64_t id =
		fixture_create(f, "opportunity", "{" DEAL ", 'amount': 1, 'contact': 1}");
	shop_refuses_update(f, "opportunity", id, "{'customer': 2}", "contact", "customer 1");
	fixture_update(f, "opportunity", id, "{'customer': 2, 'contact': 2}");
	shop_create(f, "sales_order",
	            "{'customer': 2, 'ordered_on': 1, 'owner': 1, 'opportunity': 3}");
	shop_refuses_update(f, "opportunity", id, "{'customer': 1, 'contact': 1}", "customer",
	                    "has orders");
}

static void other_currencies_count_at_the_rate_of_their_day(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "opportunity",
	                                  "{" DEAL ", 'amount': 1001, 'currency': 'USD'}");
	shop_has(f, "opportunity", id, "fx_rate_e8", 725000000);
	shop_has(f, "opportunity", id, "amount_base", 7257); /* 10.01 × 7.25 = 72.5725 */
	shop_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 800000000}",
	            SHOP_DAY + 1);
	f->now_ms += 24 * 3600 * 1000;
	fixture_update(f, "opportunity", id, "{'amount': 1000}");
	shop_has(f, "opportunity", id, "amount_base", 7250);
	shop_has(f, "opportunity", id, "fx_rate_e8", 725000000);
	assert_int_equal(shop_does(f, "opportunity", id, "{}", CRM_CAUSE_REVALUE, 0), CX_OK);
	shop_has(f, "opportunity", id, "amount_base", 8000);
	shop_has(f, "opportunity", id, "expected_base", 800);
	const int rev = (int)fixture_int(f, "opportunity", id, "rev");
	assert_int_equal(shop_does(f, "opportunity", id, "{}", CRM_CAUSE_REVALUE, 0), CX_OK);
	shop_has(f, "opportunity", id, "rev", rev);
	fixture_update(f, "opportunity", id, "{'currency': 'CNY'}");
	shop_has(f, "opportunity", id, "amount_base", 1000);
	shop_refuses_update(f, "opportunity", id, "{'currency': 'EUR'}", "currency",
	                    "there is no rate of EUR in CNY for 2023-11-16");
	shop_refuses_update(f, "opportunity", id, "{'currency': 'eur'}", "currency",
	                    "three capital letters");
}

static void a_rate_is_not_taken_once_it_is_closed(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "opportunity",
	                                  "{" DEAL ", 'amount': 1000, 'currency': 'USD'}");
	fixture_update(f, "opportunity", id, "{'stage': 3}");
	assert_int_equal(shop_does(f, "opportunity", id, "{}", CRM_CAUSE_REVALUE, 0), CX_CHECK);
	assert_string_equal(f->error.text, "only an open opportunity takes another rate");
}

static void too_much_is_refused(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(fixture_try_create(f, "opportunity",
	                                    "{" DEAL ", 'amount': 9000000000000000000, "
	                                    "'currency': 'USD'}"),
	                 CX_TOO_LARGE);
	assert_string_equal(f->error.field, "amount");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_new_one_begins_in_the_first_stage),
		cmocka_unit_test(without_stages_there_is_nowhere_to_begin),
		WITH(the_probability_follows_the_stage_until_it_is_set),
		WITH(winning_freezes_whose_it_is),
		WITH(losing_needs_a_reason),
		WITH(what_is_closed_stays_as_it_was),
		WITH(a_manager_opens_it_again),
		WITH(its_contact_is_its_customers),
		WITH(one_that_comes_back_has_a_contact_of_its_customer),
		WITH(other_currencies_count_at_the_rate_of_their_day),
		WITH(a_rate_is_not_taken_once_it_is_closed),
		WITH(too_much_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
