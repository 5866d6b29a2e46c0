/* SPDX-License-Identifier: Apache-2.0 */
/* Groups follow every change of a record, in its transaction. Every test ends with a check of
 * the whole store, which computes them anew. */
#include "engine/aggregate/maintain.h"
#include "engine/row/row.h"
#include "tests/support/groups.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static const char SCHEMA[] =
	"type org \"Org\" keep single { offset int = 480 note string(9) }\n"
	"type deal \"Deal\" {\n"
	"  stage enum(new, offer, won, lost) required  owner int  amount money  bp int\n"
	"  at ts  on date  until ts  title string(20)\n"
	"  index (stage, amount) }\n"
	"time zone org.offset\n"
	"aggregate board on deal where stage in [new, offer] group by (stage, owner)\n"
	"  count, sum(amount), sum(amount * bp) \"Board\" \"看板\"\n"
	"aggregate by_month on deal where at notnull group by (month(at), stage)\n"
	"  count, sum(until - at)\n"
	"aggregate by_day on deal group by (day(at)) count\n"
	"aggregate late on deal where at > until group by (owner) count\n"
	"aggregate by_title on deal group by (title, month(on)) count\n";

static int setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, SCHEMA);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static void a_group_is_there_while_it_has_records(void **state)
{
	store_fixture *f = *state;
	assert_string_equal(groups_show(f, "board", 0), "");
	const int64_t a = fixture_create(f, "deal", "{'stage': 'new', 'amount': 5, 'bp': 100}");
	fixture_create(f, "deal", "{'stage': 'new', 'owner': 3, 'amount': 7, 'bp': 1000}");
	fixture_create(f, "deal", "{'stage': 'won', 'owner': 3, 'amount': 9}");
	assert_string_equal(groups_show(f, "board", 0),
	                    "['new', nil] 1 5 500; ['new', 3] 1 7 7000");
	fixture_update(f, "deal", a, "{'owner': 3, 'amount': -2}");
	assert_string_equal(groups_show(f, "board", 0), "['new', 3] 2 5 6800");
	fixture_update(f, "deal", a, "{'stage': 'lost'}");
	assert_string_equal(groups_show(f, "board", 0), "['new', 3] 1 7 7000");
	assert_string_equal(groups_show_one(f, "board", "['new', 3]"), "1 7 7000");
	assert_string_equal(groups_show_one(f, "board", "['new', nil]"), "0 0 0");
}

static void a_sum_leaves_null_out_and_the_count_does_not(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "deal", "{'stage': 'new', 'amount': 5}");
	fixture_create(f, "deal", "{'stage': 'new', 'bp': 5}");
	fixture_create(f, "deal", "{'stage': 'new', 'amount': 3, 'bp': 5}");
	assert_string_equal(groups_show(f, "board", 0), "['new', nil] 3 8 15");
}

static void deleted_records_are_in_no_group_until_they_come_back(void **state)
{
	store_fixture *f = *state;
	const int64_t a = fixture_create(f, "deal", "{'stage': 'new', 'amount': 5, 'bp': 1}");
	const int64_t b = fixture_create(f, "deal", "{'stage': 'new', 'amount': 6, 'bp': 1}");
	fixture_do(f, FIXTURE_DELETE, "deal", a);
	assert_string_equal(groups_show(f, "board", 0), "['new', nil] 1 6 6");
	fixture_do(f, FIXTURE_UNDELETE, "deal", a);
	assert_string_equal(groups_show(f, "board", 0), "['new', nil] 2 11 11");
	fixture_do(f, FIXTURE_DELETE, "deal", a);
	fixture_do(f, FIXTURE_DELETE, "deal", b);
	assert_string_equal(groups_show(f, "board", 0), "");
	fixture_do(f, FIXTURE_PURGE, "deal", a);
	assert_string_equal(groups_show(f, "board", 0), "");
	fixture_reopen(f);
	fixture_do(f, FIXTURE_UNDELETE, "deal", b);
	assert_string_equal(groups_show(f, "board", 0), "['new', nil] 1 6 6");
}

static void what_fails_leaves_the_groups_as_they_were(void **state)
{
	store_fixture *f = *state;
	const int64_t a = fixture_create(f, "deal", "{'stage': 'new', 'amount': 5, 'bp': 1}");
	fixture_begin(f);
	fixture_create(f, "deal", "{'stage': 'new', 'amount': 1, 'bp': 1}");
	assert_int_equal(fixture_try_update(f, "deal", a, "{'amount': 9}", 7), CX_CONFLICT_REV);
	/* 2^62 * 2^62 passes what a sum over records takes. */
	assert_int_equal(fixture_try_update(f, "deal", a,
	                                    "{'amount': 4611686018427387904, 'bp': "
	                                    "4611686018427387904}",
	                                    0),
	                 CX_INVALID_ARGUMENT);
	assert_non_null(strstr(f->error.text, "amount * bp"));
	assert_string_equal(groups_show(f, "board", 0), "['new', nil] 2 6 6");
	fixture_commit(f);
	assert_string_equal(groups_show(f, "board", 0), "['new', nil] 2 6 6");
}

static void sums_go_past_64_bits_and_back(void **state)
{
	store_fixture *f = *state;
	int64_t ids[3];
	for (int i = 0; i < 3; i++)
		ids[i] = fixture_create(f, "deal",
		                        "{'stage': 'new', 'amount': 9223372036854775807, "
		                        "'bp': -200}");
	assert_string_equal(groups_show(f, "board", 0),
	                    "['new', nil] 3 27670116110564327421 -5534023222112865484200");
	fixture_do(f, FIXTURE_DELETE, "deal", ids[0]);
	fixture_update(f, "deal", ids[1], "{'amount': 1}");
	fixture_update(f, "deal", ids[2], "{'amount': -1}");
	assert_string_equal(groups_show(f, "board", 0), "['new', nil] 2 0 0");
}

/* 2026-02-01T00:00+08:00 is 2026-01-31T16:00Z, 1769875200 s. */
static void a_month_begins_at_midnight_of_the_time_zone(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "deal",
	               "{'stage': 'won', 'at': 1769875199999, 'until': 1769875200009}");
	fixture_create(f, "deal", "{'stage': 'won', 'at': 1769875200000}");
	fixture_create(f, "deal", "{'stage': 'new', 'at': -1}");        /* 1970-01-01 in +480 */
	fixture_create(f, "deal", "{'stage': 'new', 'at': -28800001}"); /* 1969-12-31 */
	/* Dates of the first day: 2026-01-01 is 20454, 2026-02-01 20485, 1969-12-01 -31. */
	assert_string_equal(groups_show(f, "by_month", 0),
	                    "[-31, 'new'] 1 0; [0, 'new'] 1 0; [20454, 'won'] 1 10; "
	                    "[20485, 'won'] 1 0");
	assert_string_equal(groups_show(f, "by_day", 0), "[-1] 1; [0] 1; [20484] 1; [20485] 1");
}

/* 2026-03-01T00:00-05:30 is 2026-03-01T05:30Z, 1772343000 s. */
static void the_time_zone_is_taken_from_its_record(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "org", "{'offset': -330}");
	fixture_create(f, "deal", "{'stage': 'won', 'at': 1772342999999}");
	fixture_create(f, "deal", "{'stage': 'won', 'at': 1772343000000}");
	assert_string_equal(groups_show(f, "by_month", 0),
	                    "[20485, 'won'] 1 0; [20513, 'won'] 1 0");
}

static void the_time_zone_stays_once_there_are_groups_by_it(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "org", "{'offset': -330}");
	fixture_update(f, "org", 1, "{'offset': 60}");
	assert_int_equal(fixture_try_update(f, "org", 1, "{'offset': 1441}", 0),
	                 CX_INVALID_ARGUMENT);
	const int64_t a = fixture_create(f, "deal", "{'stage': 'won', 'at': 0}");
	assert_int_equal(fixture_try_update(f, "org", 1, "{'offset': 0}", 0), CX_RESTRICTED);
	assert_non_null(strstr(f->error.text, "by_month"));
	fixture_update(f, "org", 1, "{'note': 'same'}");
	fixture_do(f, FIXTURE_DELETE, "deal", a);
	fixture_update(f, "org", 1, "{'offset': 0}");
}

static void a_zone_rolled_back_is_forgotten(void **state)
{
	store_fixture *f = *state;
	fixture_begin(f);
	const engine_mark mark = engine_write_mark(f->write);
	fixture_create(f, "org", "{'offset': -330}");
	fixture_create(f, "deal", "{'stage': 'won', 'at': 0}");
	assert_string_equal(groups_show(f, "by_day", 0), "[-1] 1");
	engine_write_rollback(f->write, mark);
	fixture_create(f, "deal", "{'stage': 'won', 'at': 0}");
	assert_string_equal(groups_show(f, "by_day", 0), "[0] 1");
	fixture_commit(f);
}

static void fields_can_be_compared_with_each_other(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "deal", "{'stage': 'won', 'at': 5, 'until': 5}");
	fixture_create(f, "deal", "{'stage': 'won', 'at': 6, 'until': 5, 'owner': 1}");
	fixture_create(f, "deal", "{'stage': 'won', 'at': 6}");
	assert_string_equal(groups_show(f, "late", 0), "[1] 1");
}

static void pages_concatenate_and_ranges_add_up(void **state)
{
	store_fixture *f = *state;
	for (int i = 0; i < 7; i++) {
		char fields[100];
		snprintf(fields, sizeof fields,
		         "{'stage': '%s', 'owner': %d, 'amount': %d, 'bp': 1}",
		         i % 2 == 0 ? "new" : "offer", i, i);
		fixture_create(f, "deal", fields);
	}
	fixture_create(f, "deal", "{'stage': 'offer', 'amount': 50, 'bp': 1}");
	char whole[2048];
	snprintf(whole, sizeof whole, "%s", groups_show(f, "board", 0));
	for (size_t limit = 1; limit < 9; limit++)
		assert_string_equal(groups_show(f, "board", limit), whole);
	assert_string_equal(groups_show_range(f, "board", "['offer']", "", ""),
	                    "['offer', nil] 1 50 50; ['offer', 1] 1 1 1; ['offer', 3] 1 3 3; "
	                    "['offer', 5] 1 5 5 = ; 4 59 59");
	assert_string_equal(groups_show_range(f, "board", "['offer']", "2", ""),
	                    "['offer', 3] 1 3 3; ['offer', 5] 1 5 5 = ; 2 8 8");
	assert_string_equal(groups_show_range(f, "board", "['offer']", "", "3"),
	                    "['offer', 1] 1 1 1; ['offer', 3] 1 3 3 = ; 2 4 4");
	assert_string_equal(groups_show_range(f, "board", "['offer']", "4", "2"), " = ; 0 0 0");
	assert_string_equal(groups_show_range(f, "board", "", "'offer'", ""),
	                    "['offer', nil] 1 50 50; ['offer', 1] 1 1 1; ['offer', 3] 1 3 3; "
	                    "['offer', 5] 1 5 5 = ; 4 59 59");
}

static void a_position_of_another_query_is_stale(void **state)
{
	store_fixture *f = *state;
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	engine_group_page page = { .groups = 77 };
	engine_group_query query = { .aggregate = groups_aggregate(f, "board"),
		                     .after = wire_exact(cx_slice_of("\1\2\3")) };
	cx_error error = { 0 };
	assert_int_equal(engine_aggregate_groups(read, &query, NULL, NULL, &page, &error),
	                 CX_CURSOR_STALE);
	query.after = (cx_slice){ 0 };
	query.limit = ENGINE_GROUPS_MAX + 1;
	assert_int_equal(engine_aggregate_groups(read, &query, NULL, NULL, &page, &error),
	                 CX_INVALID_ARGUMENT);
	query.limit = 0;
	query.prefix = wire("['new', 1, 2]");
	assert_int_equal(engine_aggregate_groups(read, &query, NULL, NULL, &page, &error),
	                 CX_INVALID_ARGUMENT);
	query.prefix = wire("['no']");
	assert_int_not_equal(engine_aggregate_groups(read, &query, NULL, NULL, &page, &error),
	                     CX_OK);
	assert_int_equal(page.groups, 77);
}

static void the_plan_of_a_count_names_the_aggregate(void **state)
{
	store_fixture *f = *state;
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(10000);
	engine_query query = {
		.type = fixture_type(f, "deal"),
		.filter = wire("['and', ['in', 'stage', ['offer', 'new']], ['=', 'owner', 1]]"),
	};
	assert_int_equal(engine_count_explain(read, &query, &out, NULL), CX_OK);
	assert_string_equal(wire_show(cx_buf_slice(&out)),
	                    "{'plan': 'aggregate', 'aggregate': 'board', "
	                    "'equal': ['stage', 'owner'], 'range': nil}");
	/* A stage beyond those of the aggregate, or a condition it knows nothing of. */
	static const char *const others[] = {
		"['in', 'stage', ['new', 'won']]",
		"['and', ['=', 'stage', 'new'], ['>', 'amount', 1]]",
		"['=', 'owner', 1]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(others); i++) {
		cx_buf_clear(&out);
		query.filter = wire(others[i]);
		assert_int_equal(engine_count_explain(read, &query, &out, NULL), CX_OK);
		assert_null(strstr(wire_show(cx_buf_slice(&out)), "'aggregate'"));
	}
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_group_is_there_while_it_has_records),
		WITH(a_sum_leaves_null_out_and_the_count_does_not),
		WITH(deleted_records_are_in_no_group_until_they_come_back),
		WITH(what_fails_leaves_the_groups_as_they_were),
		WITH(sums_go_past_64_bits_and_back),
		WITH(a_month_begins_at_midnight_of_the_time_zone),
		WITH(the_time_zone_is_taken_from_its_record),
		WITH(the_time_zone_stays_once_there_are_groups_by_it),
		WITH(a_zone_rolled_back_is_forgotten),
		WITH(fields_can_be_compared_with_each_other),
		WITH(pages_concatenate_and_ranges_add_up),
		WITH(a_position_of_another_query_is_stale),
		WITH(the_plan_of_a_count_names_the_aggregate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
