/* SPDX-License-Identifier: Apache-2.0 */
/* What is closed is opened again. */
#include "tests/crm/trade.h"

static int setup(void **state)
{
	static store_fixture fixture;
	trade_open(&fixture, NULL);
	trade_customer(&fixture, "华东");
	trade_opportunity(&fixture, 1);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	trade_close(*state);
	return 0;
}

static cx_status reopen_by(store_fixture *f, int64_t user, const char *type, int64_t id,
                           const char *fields, engine_outcome *ret)
{
	engine_author author = trade_author(f);
	author.user = user;
	fixture_begin(f);
	cx_status status =
		crm_reopen(f->write, &author, fixture_type(f, type), id,
	                   fields == NULL ? (cx_slice){ 0 } : wire(fields), 0, ret, &f->error);
	fixture_commit(f);
	return status;
}

static cx_status reopen(store_fixture *f, const char *type, int64_t id, const char *fields,
                        engine_outcome *ret)
{
	return reopen_by(f, TRADE_MANAGER, type, id, fields, ret);
}

static void lose(store_fixture *f)
{
	fixture_update(f, "opportunity", 1, "{'stage': 4, 'lost_reason': 'price'}");
}

static void an_opportunity_is_open_again(void **state)
{
	store_fixture *f = *state;
	engine_outcome done;
	lose(f);
	assert_ends(f, reopen(f, "opportunity", 1, NULL, &done), CX_OK);
	assert_int_equal(done.affected, 1);
	/* In the stage it was in last. */
	assert_int_equal(fixture_int(f, "opportunity", 1, "stage"), TRADE_PROPOSAL);
	assert_string_equal(fixture_text(f, "opportunity", 1, "state"), "open");
	assert_int_equal(fixture_int(f, "opportunity", 1, "reopen_count"), 1);

	/* Once more changes nothing. */
	const uint64_t before = fixture_state_hash(f);
	assert_ends(f, reopen(f, "opportunity", 1, NULL, &done), CX_OK);
	assert_int_equal(done.affected, 0);
	assert_true(fixture_state_hash(f) == before);
}

static void the_stage_may_be_named(void **state)
{
	store_fixture *f = *state;
	engine_outcome done;
	lose(f);
	assert_int_equal(reopen(f, "opportunity", 1, "{'stage': 3}", &done), CX_CHECK);
	assert_string_equal(f->error.field, "stage");
	assert_ends(f, reopen(f, "opportunity", 1, "{'stage': 1, 'next_step': '再谈'}", &done),
	            CX_OK);
	assert_int_equal(fixture_int(f, "opportunity", 1, "stage"), TRADE_PROSPECTING);
	assert_string_equal(fixture_text(f, "opportunity", 1, "next_step"), "再谈");
}

static void a_manager_does_it(void **state)
{
	store_fixture *f = *state;
	engine_outcome done = { .id = -7 };
	lose(f);
	const uint64_t before = fixture_state_hash(f);
	assert_int_equal(reopen_by(f, TRADE_USER, "opportunity", 1, NULL, &done), CX_DENIED);
	assert_int_equal(done.id, -7);
	assert_true(fixture_state_hash(f) == before);
}

static void a_request_is_in_progress_again(void **state)
{
	store_fixture *f = *state;
	engine_outcome done;
	fixture_create(f, "service_request", "{'title': 't', 'content': 'c', 'customer': 1}");
	assert_ends(f, reopen(f, "service_request", 1, NULL, &done), CX_OK);
	assert_int_equal(done.affected, 0);
	static const char *const way[] = { "assigned", "in_progress", "resolved" };
	for (size_t i = 0; i < CX_COUNT_OF(way); i++) {
		char fields[96];
		snprintf(fields, sizeof fields,
		         "{'status': '%s', 'handler': 1, 'resolution': 'solved'}", way[i]);
		fixture_update(f, "service_request", 1, fields);
	}
	assert_ends(f, reopen(f, "service_request", 1, "{'handler': 2}", &done), CX_OK);
	assert_string_equal(fixture_text(f, "service_request", 1, "status"), "in_progress");
	assert_int_equal(fixture_int(f, "service_request", 1, "reopen_count"), 1);
	assert_int_equal(fixture_int(f, "service_request", 1, "handler"), 2);
}

static void nothing_else_can_be(void **state)
{
	store_fixture *f = *state;
	engine_outcome done = { .id = -7 };
	assert_int_equal(reopen(f, "customer", 1, NULL, &done), CX_INVALID_ARGUMENT);
	assert_int_equal(reopen(f, "opportunity", 9, NULL, &done), CX_NOT_FOUND);
	assert_int_equal(done.id, -7);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(an_opportunity_is_open_again),
		WITH(the_stage_may_be_named),
		WITH(a_manager_does_it),
		WITH(a_request_is_in_progress_again),
		WITH(nothing_else_can_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
