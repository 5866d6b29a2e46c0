/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a campaign. */
#include "crm/crm.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

static int setup(void **state)
{
	static store_fixture fixture;
	const engine_options options = { .rules = crm_rules() };
	fixture_open_with(&fixture, (const char *)crm_schema_text().data, &options);
	fixture_create(&fixture, "team", "{'name': 'Sales'}");
	fixture_create(&fixture, "user", "{'login': 'a', 'name': 'A', 'team': 1}");
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

#define BARE_CAMPAIGN "'kind': 'email', 'start_on': 10, 'owner': 1"
#define CAMPAIGN      "'name': 'N', 'kind': 'email', 'start_on': 10, 'owner': 1"

static void a_campaign_goes_its_way_and_no_other(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "campaign", "{'code': 'C', " CAMPAIGN "}");
	assert_int_equal(fixture_try_update(f, "campaign", id, "{'status': 'done'}", 0),
	                 CX_CHECK);
	assert_string_equal(f->error.text, "campaign 1 cannot go from planned to done: from "
	                                   "planned it may go to running, cancelled");
	assert_string_equal(f->error.field, "status");
	fixture_update(f, "campaign", id, "{'status': 'running'}");
	fixture_update(f, "campaign", id, "{'status': 'done'}");
	assert_int_equal(fixture_try_update(f, "campaign", id, "{'status': 'running'}", 0),
	                 CX_CHECK);
	fixture_update(f, "campaign", id, "{'status': 'cancelled'}");
	assert_int_equal(fixture_try_update(f, "campaign", id, "{'status': 'planned'}", 0),
	                 CX_CHECK);
	assert_string_equal(f->error.text,
	                    "campaign 1 cannot go from cancelled to planned: from "
	                    "cancelled it may go to nothing else");
}

static void a_new_one_is_not_cancelled(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(fixture_try_create(f, "campaign",
	                                    "{'code': 'C', 'status': 'cancelled', " CAMPAIGN
	                                    "}"),
	                 CX_CHECK);
	assert_string_equal(f->error.text,
	                    "a new campaign cannot begin as cancelled: status may be "
	                    "planned, running, done");
}

static void it_has_a_code_a_name_and_a_currency(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(fixture_try_create(f, "campaign", "{'code': ' ', " CAMPAIGN "}"),
	                 CX_CHECK);
	assert_string_equal(f->error.field, "code");
	assert_int_equal(fixture_try_create(f, "campaign",
	                                    "{'code': 'C', 'name': '　', " BARE_CAMPAIGN "}"),
	                 CX_CHECK);
	assert_string_equal(f->error.field, "name");
	assert_int_equal(fixture_try_create(f, "campaign",
	                                    "{'code': 'C', 'currency': 'usd', " CAMPAIGN "}"),
	                 CX_CHECK);
	assert_string_equal(f->error.field, "currency");
	fixture_create(f, "org", "{'base_currency': 'EUR'}");
	const int64_t id = fixture_create(f, "campaign", "{'code': 'C', " CAMPAIGN "}");
	assert_string_equal(fixture_text(f, "campaign", id, "currency"), "EUR");
}

static void it_ends_after_it_starts(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(
		fixture_try_create(f, "campaign", "{'code': 'C', 'end_on': 9, " CAMPAIGN "}"),
		CX_CHECK);
	assert_string_equal(f->error.field, "end_on");
	fixture_create(f, "campaign", "{'code': 'C', 'end_on': 10, " CAMPAIGN "}");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_campaign_goes_its_way_and_no_other),
		WITH(a_new_one_is_not_cancelled),
		WITH(it_has_a_code_a_name_and_a_currency),
		WITH(it_ends_after_it_starts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
