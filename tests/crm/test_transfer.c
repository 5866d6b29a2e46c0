/* SPDX-License-Identifier: Apache-2.0 */
/* Records get another owner, and nothing else of them changes. */
#include "tests/crm/trade.h"

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

static cx_status run(store_fixture *f, const crm_transfer *what, crm_transferred *ret)
{
	const engine_author author = trade_author(f);
	fixture_begin(f);
	cx_status status = crm_transfer_owner(f->write, &author, what, ret, &f->error);
	fixture_commit(f);
	return status;
}

static cx_status try_run(store_fixture *f, const crm_transfer *what)
{
	crm_transferred done = { .total = 77 };
	const uint64_t before = fixture_state_hash(f);
	cx_status status = run(f, what, &done);
	if (status != CX_OK) {
		assert_int_equal(done.total, 77);
		assert_true(fixture_state_hash(f) == before);
	}
	return status;
}

static uint64_t owned(store_fixture *f, const char *type, int64_t owner)
{
	char filter[64];
	snprintf(filter, sizeof filter, "['=', 'owner', %lld]", (long long)owner);
	engine_read *read = fixture_read(f);
	const engine_query query = { .type = fixture_type(f, type),
		                     .filter = wire(filter),
		                     .allow_scan = true };
	uint64_t count;
	assert_int_equal(engine_query_count(read, &query, &count, &f->error), CX_OK);
	engine_read_end(&read);
	return count;
}

static void the_named_ones_and_no_other(void **state)
{
	store_fixture *f = *state;
	for (int i = 0; i < 4; i++)
		trade_customer(f, "A");
	const engine_type *type = fixture_type(f, "customer");
	const int64_t ids[] = { 1, 3, 4 };
	fixture_update(f, "customer", 4, "{'owner': 2}");
	crm_transferred done;
	const crm_transfer what = {
		.to = 2, .types = &type, .type_count = 1, .ids = ids, .id_count = 3
	};
	assert_ends(f, run(f, &what, &done), CX_OK);
	assert_int_equal(done.total, 2); /* one was his already */
	assert_int_equal(done.counts[type->number], 2);
	assert_false(done.more);
	assert_int_equal(owned(f, "customer", 2), 3);
	assert_int_equal(fixture_int(f, "customer", 2, "owner"), 1);
	assert_string_equal(fixture_text(f, "customer", 1, "name"), "A");
}

static void all_of_a_user_in_slices(void **state)
{
	store_fixture *f = *state;
	for (int i = 0; i < 25; i++)
		trade_customer(f, "A");
	for (int i = 0; i < 12; i++)
		trade_opportunity(f, 1);
	fixture_do(f, FIXTURE_DELETE, "opportunity", 12);
	crm_transferred done = { .more = true };
	const crm_transfer what = { .to = 2, .from = 1, .limit = 10 };
	uint32_t total = 0, calls = 0;
	while (done.more) {
		assert_ends(f, run(f, &what, &done), CX_OK);
		assert_in_range(done.total, 0, 10);
		total += done.total;
		calls++;
	}
	assert_int_equal(total, 36); /* not the deleted one */
	assert_in_range(calls, 4, 5);
	assert_int_equal(owned(f, "customer", 1) + owned(f, "opportunity", 1), 0);
	assert_ends(f, run(f, &what, &done), CX_OK);
	assert_int_equal(done.total, 0);
}

static void a_filter_says_which(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	for (int i = 0; i < 6; i++)
		trade_create(
			f, "activity",
			"{'kind': 'task', 'subject': 's', 'at': 5, 'customer': 1, 'owner': 1, "
			"'status': '%s'}",
			i % 2 ? "planned" : "done");
	const engine_type *type = fixture_type(f, "activity");
	crm_transferred done;
	const crm_transfer what = { .to = 2,
		                    .from = 1,
		                    .types = &type,
		                    .type_count = 1,
		                    .filter = wire("['=', 'status', 'planned']") };
	assert_ends(f, run(f, &what, &done), CX_OK);
	assert_int_equal(done.total, 3);
	assert_int_equal(owned(f, "activity", 1), 3);
}

static void what_makes_no_sense_is_refused(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	fixture_create(f, "user", "{'login': 'c', 'name': 'C', 'team': 1, 'active': false}");
	const engine_type *customer = fixture_type(f, "customer");
	const engine_type *contact = fixture_type(f, "contact");
	static int64_t ids[CRM_SLICE_MAX + 1];
	for (size_t i = 0; i < CX_COUNT_OF(ids); i++)
		ids[i] = 1;
	const struct {
		crm_transfer what;
		cx_status status;
		const char *field;
	} rows[] = {
		{ { .to = 2 }, CX_INVALID_ARGUMENT, "" },
		{ { .to = 2,
		    .from = 1,
		    .types = &customer,
		    .type_count = 1,
		    .ids = ids,
		    .id_count = 1 },
		  CX_INVALID_ARGUMENT,
		  "" },
		{ { .to = 2, .ids = ids, .id_count = 1 }, CX_INVALID_ARGUMENT, "types" },
		{ { .to = 2, .from = 1, .types = &contact, .type_count = 1 },
		  CX_INVALID_ARGUMENT,
		  "types" },
		{ { .to = 3, .from = 1 }, CX_CHECK, "to" },
		{ { .to = 9, .from = 1 }, CX_NOT_FOUND, "" },
		{ { .to = 2, .from = 9 }, CX_NOT_FOUND, "" },
		{ { .to = 1, .from = 1 }, CX_INVALID_ARGUMENT, "to" },
		{ { .to = 2, .from = 1, .limit = CRM_SLICE_MAX + 1 },
		  CX_INVALID_ARGUMENT,
		  "limit" },
		{ { .to = 2, .from = 1, .filter = wire("['null', 'city']") },
		  CX_INVALID_ARGUMENT,
		  "filter" },
		{ { .to = 2,
		    .types = &customer,
		    .type_count = 1,
		    .ids = ids,
		    .id_count = CRM_SLICE_MAX + 1 },
		  CX_TOO_LARGE,
		  "ids" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		cx_status status = try_run(f, &rows[i].what);
		if (status != rows[i].status)
			fail_msg("row %zu: %s", i, cx_status_name(status));
		assert_string_equal(f->error.field, rows[i].field);
	}
	const int64_t some[] = { 1, 99 };
	const crm_transfer half = {
		.to = 2, .types = &customer, .type_count = 1, .ids = some, .id_count = 2
	};
	assert_int_equal(try_run(f, &half), CX_NOT_FOUND); /* all or none */
	const crm_transfer most = { .to = 2,
		                    .types = &customer,
		                    .type_count = 1,
		                    .ids = ids,
		                    .id_count = CRM_SLICE_MAX };
	assert_int_equal(try_run(f, &most), CX_OK);
}

static void records_may_leave_one_who_is_gone(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	fixture_update(f, "user", 1, "{'active': false}");
	crm_transferred done;
	const crm_transfer what = { .to = 2, .from = 1 };
	assert_ends(f, run(f, &what, &done), CX_OK);
	assert_int_equal(done.total, 1);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_named_ones_and_no_other),
		WITH(all_of_a_user_in_slices),
		WITH(a_filter_says_which),
		WITH(what_makes_no_sense_is_refused),
		WITH(records_may_leave_one_who_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
