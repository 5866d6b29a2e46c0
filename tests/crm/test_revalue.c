/* SPDX-License-Identifier: Apache-2.0 */
/* Open opportunities take the rates of a day. */
#include "tests/crm/trade.h"

enum { TODAY = 19676 }; /* the day of the fixture's first change, in China */

static int setup(void **state)
{
	static store_fixture fixture;
	trade_open(&fixture, NULL);
	trade_customer(&fixture, "华东");
	trade_create(&fixture, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 700000000}",
	             TODAY - 10);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	trade_close(*state);
	return 0;
}

static void add(store_fixture *f, const char *currency, int stage)
{
	trade_create(f, "opportunity",
	             "{'title': 'T', 'customer': 1, 'stage': %d, 'amount': 100, 'currency': "
	             "'%s', 'close_on': 20000, 'owner': 1}",
	             stage, currency);
}

static cx_status revalue(store_fixture *f, const crm_revaluation *what, crm_revalued *ret)
{
	const engine_author author = trade_author(f);
	fixture_begin(f);
	cx_status status = crm_revalue(f->write, &author, what, ret, &f->error);
	fixture_commit(f);
	return status;
}

static int64_t base_of(store_fixture *f, int64_t id)
{
	return fixture_int(f, "opportunity", id, "amount_base");
}

static void open_ones_take_todays_rate(void **state)
{
	store_fixture *f = *state;
	add(f, "USD", TRADE_PROPOSAL);
	add(f, "CNY", TRADE_PROPOSAL);
	add(f, "USD", TRADE_WON);
	trade_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 750000000}",
	             TODAY);
	assert_int_equal(base_of(f, 1), 700); /* frozen when it was written */
	crm_revalued done;
	assert_ends(f, revalue(f, &(crm_revaluation){ 0 }, &done), CX_OK);
	assert_int_equal(done.looked, 1);
	assert_int_equal(done.revalued, 1);
	assert_int_equal(done.next, 0);
	assert_int_equal(base_of(f, 1), 750);
	assert_int_equal(base_of(f, 2), 100);
	assert_int_equal(base_of(f, 3), 700);

	const uint64_t before = fixture_state_hash(f);
	assert_ends(f, revalue(f, &(crm_revaluation){ 0 }, &done), CX_OK);
	assert_int_equal(done.revalued, 0);
	assert_true(fixture_state_hash(f) == before);
}

static void the_history_says_why(void **state)
{
	store_fixture *f = *state;
	add(f, "USD", TRADE_PROPOSAL);
	trade_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 750000000}",
	             TODAY);
	crm_revalued done;
	assert_ends(f, revalue(f, &(crm_revaluation){ 0 }, &done), CX_OK);
	assert_string_equal(fixture_text(f, "stage_history", 2, "cause"), "revalue");
	assert_int_equal(fixture_int(f, "stage_history", 2, "amount_base"), 750);
	trade_assert_replays(f, NULL);
}

static void or_those_of_an_earlier_day(void **state)
{
	store_fixture *f = *state;
	trade_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 750000000}",
	             TODAY - 3);
	add(f, "USD", TRADE_PROPOSAL);
	assert_int_equal(base_of(f, 1), 750);
	crm_revalued done;
	const crm_revaluation earlier = { .has_day = true, .day = TODAY - 5 };
	assert_ends(f, revalue(f, &earlier, &done), CX_OK);
	assert_int_equal(base_of(f, 1), 700);
	const crm_revaluation before_all = { .has_day = true, .day = TODAY - 20 };
	assert_int_equal(revalue(f, &before_all, &done), CX_CHECK);
	const crm_revaluation tomorrow = { .has_day = true, .day = TODAY + 1 };
	assert_int_equal(revalue(f, &tomorrow, &done), CX_CHECK);
	assert_string_equal(f->error.field, "on");
	assert_int_equal(base_of(f, 1), 700);
}

static void in_slices_each_is_looked_at_once(void **state)
{
	store_fixture *f = *state;
	for (int i = 0; i < 25; i++)
		add(f, i % 2 ? "USD" : "CNY", TRADE_PROPOSAL);
	trade_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 750000000}",
	             TODAY);
	crm_revaluation what = { .limit = 10 };
	crm_revalued done = { .next = 1 };
	uint32_t calls = 0, revalued = 0;
	for (; done.next > 0; calls++) {
		what.from = done.next;
		assert_ends(f, revalue(f, &what, &done), CX_OK);
		revalued += done.revalued;
	}
	assert_int_equal(revalued, 12);
	assert_int_equal(calls, 3);
	what.limit = CRM_SLICE_MAX + 1;
	assert_int_equal(revalue(f, &what, &done), CX_INVALID_ARGUMENT);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(open_ones_take_todays_rate),
		WITH(the_history_says_why),
		WITH(or_those_of_an_earlier_day),
		WITH(in_slices_each_is_looked_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
