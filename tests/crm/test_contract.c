/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a contract: what it takes to be signed, what stays then, and its phase. */
#include "crm/figures/contract.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#define CONTRACT "'title': 'T', 'customer': 1, 'amount': 100, 'owner': 1"
#define SIGNED                                                                         \
	"'status': 'signed', 'signed_on': 19670, 'start_on': 19680, 'end_on': 19690, " \
	"'terms': 'as agreed'"

static int64_t sign(store_fixture *f)
{
	return fixture_create(f, "contract", "{'number': 'H-1', " CONTRACT ", " SIGNED "}");
}

static void it_goes_its_way_and_no_other(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "contract", "{'number': 'H', " CONTRACT "}");
	shop_refuses_update(f, "contract", id, "{'status': 'terminated'}", "status",
	                    "from draft it may go to signed, void");
	fixture_update(f, "contract", id, "{" SIGNED "}");
	shop_refuses_update(f, "contract", id, "{'status': 'void'}", "status",
	                    "from signed it may go to terminated");
	fixture_update(
		f, "contract", id,
		"{'status': 'terminated', 'terminated_on': 19685, 'terminate_reason': 'r'}");
	shop_refuses_update(f, "contract", id, "{'status': 'signed'}", "status",
	                    "nothing else");
	const int64_t other = fixture_create(f, "contract", "{'number': 'I', " CONTRACT "}");
	fixture_update(f, "contract", other, "{'status': 'void'}");
	shop_refuses_update(f, "contract", other, "{'status': 'draft'}", "status",
	                    "nothing else");
	shop_refuses_create(f, "contract", "{'number': 'J', 'status': 'void', " CONTRACT "}",
	                    "status", "cannot begin as void");
}

static void signing_needs_dates_and_terms(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "contract", "{'number': 'H', " CONTRACT "}");
	shop_refuses_update(f, "contract", id, "{'status': 'signed'}", "signed_on",
	                    "a signed contract needs signed_on");
	shop_refuses_update(f, "contract", id, "{'status': 'signed', 'signed_on': 1}",
	                    "start_on", "needs start_on");
	shop_refuses_update(f, "contract", id,
	                    "{'status': 'signed', 'signed_on': 1, 'start_on': 1, 'terms': ''}",
	                    "terms", "needs terms");
	shop_lacks(f, "contract", id, "fx_rate_e8");
	fixture_update(f, "contract", id,
	               "{'status': 'signed', 'signed_on': 1, 'start_on': 1, 'terms': 't'}");
	shop_has(f, "contract", id, "amount_base", 100);
}

static void what_was_signed_stays_as_it_is(void **state)
{
	store_fixture *f = *state;
	const int64_t id = sign(f);
	const struct {
		const char *patch, *field;
	} changes[] = {
		{ "{'amount': 101}", "amount" },       { "{'currency': 'USD'}", "currency" },
		{ "{'terms': 'other'}", "terms" },     { "{'signed_on': 19671}", "signed_on" },
		{ "{'start_on': 19681}", "start_on" }, { "{'end_on': nil}", "end_on" },
		{ "{'customer': 2}", "customer" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(changes); i++)
		shop_refuses_update(f, "contract", id, changes[i].patch, changes[i].field,
		                    "once it is signed: enter another contract that amends it");
	fixture_update(f, "contract", id,
	               "{'title': 'U', 'notice_days': 60, 'file_uri': 'x', 'owner': 2, "
	               "'auto_renew': true}");
	shop_refuses_update(f, "contract", id, "{'notice_days': -1}", "notice_days",
	                    "0 or more");
}

static void terminating_needs_a_date_and_a_reason(void **state)
{
	store_fixture *f = *state;
	const int64_t id = sign(f);
	shop_refuses_update(f, "contract", id, "{'status': 'terminated'}", "terminated_on",
	                    "a terminated contract needs terminated_on");
	shop_refuses_update(f, "contract", id,
	                    "{'status': 'terminated', 'terminated_on': 19685}",
	                    "terminate_reason", "needs terminate_reason");
	shop_refuses_update(
		f, "contract", id,
		"{'status': 'terminated', 'terminated_on': 19669, 'terminate_reason': 'r'}",
		"terminated_on", "terminated_on is not before signed_on");
	fixture_update(
		f, "contract", id,
		"{'status': 'terminated', 'terminated_on': 19670, 'terminate_reason': 'r'}");
	shop_refuses_update(f, "contract", id, "{'amount': 1}", "amount", "amends");
}

static void it_does_not_end_before_it_starts(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "contract",
	                    "{'number': 'H', 'start_on': 10, 'end_on': 9, " CONTRACT "}",
	                    "end_on", "end_on is not before start_on");
	fixture_create(f, "contract",
	               "{'number': 'H', 'start_on': 10, 'end_on': 10, " CONTRACT "}");
}

static void the_rate_is_that_of_the_day_of_signing(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(
		f, "contract",
		"{'number': 'H', 'currency': 'USD', 'signed_on': 19665, 'start_on': "
		"19665, 'terms': 't', 'status': 'signed', " CONTRACT "}",
		"currency", "no rate of USD in CNY for 2023-11-04");
	const int64_t id = fixture_create(
		f, "contract",
		"{'number': 'H', 'currency': 'USD', 'signed_on': 19675, 'start_on': 19680, "
		"'terms': 't', 'status': 'signed', " CONTRACT "}");
	shop_has(f, "contract", id, "fx_rate_e8", 710000000);
	shop_has(f, "contract", id, "amount_base", 710);
}

static void it_amends_one_that_was_signed(void **state)
{
	store_fixture *f = *state;
	const int64_t id = sign(f);
	const int64_t draft = fixture_create(f, "contract", "{'number': 'I', " CONTRACT "}");
	shop_refuses_create(f, "contract", "{'number': 'J', 'amends': 2, " CONTRACT "}",
	                    "amends", "contract 2 was never signed");
	fixture_update(f, "contract", draft, "{'amends': 1}");
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "contract", id), CX_RESTRICTED);
	shop_refuses_create(f, "contract",
	                    "{'number': 'K', 'amends': 1, 'title': 'T', 'customer': 2, "
	                    "'amount': 1, 'owner': 1}",
	                    "amends", "contract 1 belongs to customer 1");
}

static void what_it_refers_to_is_the_customers(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "contract", "{'number': 'H', 'signatory': 2, " CONTRACT "}",
	                    "signatory", "contact 2 belongs to customer 2");
	shop_refuses_create(f, "contract", "{'number': 'H', 'opportunity': 2, " CONTRACT "}",
	                    "opportunity", "belongs to customer 2");
}

static void it_comes_back_as_it_was(void **state)
{
	store_fixture *f = *state;
	const int64_t id = sign(f);
	shop_draft(f);
	shop_update(f, "sales_order", 1, "{'contract': %lld}", (long long)id);
	shop_there_and_back(f, "contract", id);
	shop_has(f, "sales_order", 1, "contract", id);
}

static void a_phase_is_read_from_the_dates(void **state)
{
	(void)state;
	const crm__term term = { .start_on = 10, .end_on = 20, .has_end = true };
	assert_int_equal(crm__contract_phase(&term, 9), CRM__PHASE_PENDING);
	assert_int_equal(crm__contract_phase(&term, 10), CRM__PHASE_ACTIVE);
	assert_int_equal(crm__contract_phase(&term, 20), CRM__PHASE_ACTIVE);
	assert_int_equal(crm__contract_phase(&term, 21), CRM__PHASE_EXPIRED);
	const crm__term open = { .start_on = 10 };
	assert_int_equal(crm__contract_phase(&open, 9), CRM__PHASE_PENDING);
	assert_int_equal(crm__contract_phase(&open, INT64_MAX), CRM__PHASE_ACTIVE);
}

static void it_expires_soon_within_its_notice(void **state)
{
	(void)state;
	const crm__term term = { .start_on = 10, .end_on = 50, .has_end = true };
	assert_false(crm__contract_is_expiring(&term, 19, 30));
	assert_true(crm__contract_is_expiring(&term, 20, 30));
	assert_true(crm__contract_is_expiring(&term, 50, 0));
	assert_false(crm__contract_is_expiring(&term, 51, 30));
	assert_false(crm__contract_is_expiring(&term, 9, 100));
	assert_false(crm__contract_is_expiring(&term, 50, -1));
	const crm__term open = { .start_on = 10 };
	assert_false(crm__contract_is_expiring(&open, 20, 30));
	const crm__term far = { .start_on = INT64_MIN, .end_on = INT64_MAX, .has_end = true };
	assert_false(crm__contract_is_expiring(&far, INT64_MIN, 30));
	assert_true(crm__contract_is_expiring(&far, INT64_MAX, 0));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(it_goes_its_way_and_no_other),
		WITH(signing_needs_dates_and_terms),
		WITH(what_was_signed_stays_as_it_is),
		WITH(terminating_needs_a_date_and_a_reason),
		WITH(it_does_not_end_before_it_starts),
		WITH(the_rate_is_that_of_the_day_of_signing),
		WITH(it_amends_one_that_was_signed),
		WITH(what_it_refers_to_is_the_customers),
		WITH(it_comes_back_as_it_was),
		cmocka_unit_test(a_phase_is_read_from_the_dates),
		cmocka_unit_test(it_expires_soon_within_its_notice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
