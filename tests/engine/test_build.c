/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregates that come to a store with records: what is in their groups while they are built,
 * what may read them, how they end, are given up and go. */
#include "engine/build/builder.h"
#include "engine/summary.h"
#include "tests/support/evolve_fixture.h"
#include "tests/support/groups.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_NS = 1 /* one record a slice */ };

static const char plain[] = "type deal { stage enum(new, won) amount money }";
static const char summed[] = "type deal { stage enum(new, won) amount money }\n"
			     "aggregate board on deal group by (stage) count, sum(amount)";

static void create_deals(store_fixture *store, int count)
{
	char fields[64];
	for (int i = 1; i <= count; i++) {
		snprintf(fields, sizeof fields, "{'stage': '%s', 'amount': %d}",
		         i % 2 == 1 ? "new" : "won", i);
		fixture_create(store, "deal", fields);
	}
}

static void open_with_deals(store_fixture *store, int count)
{
	fixture_open(store, plain);
	create_deals(store, count);
}

static void build_two(store_fixture *store)
{
	evolve_step(store, SHORT_NS);
	evolve_step(store, SHORT_NS);
}

static void close_sound(store_fixture *store)
{
	fixture_assert_sound(store);
	fixture_close(store);
}

/* Of the groups as they are, ready or not. */
static uint64_t records_in_groups(store_fixture *store, uint16_t id)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	engine__pair pair;
	size_t count;
	uint64_t records = 0;
	assert_int_equal(
		engine__cursor_open(read->view, read->engine->groups, ENGINE__FORWARD, &cursor),
		CX_OK);
	for (;;) {
		assert_int_equal(engine__cursor_next(cursor, &pair, 1, &count), CX_OK);
		if (count == 0)
			return records;
		if ((pair.key.data[0] << 8 | pair.key.data[1]) == id)
			records += pair.value.data[7];
	}
}

static cx_status read_board(store_fixture *store)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	engine_group group;
	return engine_aggregate_read(read, groups_aggregate(store, "board"), wire("['new']"),
	                             &group, &store->error);
}

/* Asked for by name. */
static cx_status sum_up_board(store_fixture *store)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(10000);
	const engine_summary_query query = { .records = { .type = fixture_type(store, "deal") },
		                             .aggregate = groups_aggregate(store, "board") };
	engine_summary_page page;
	return engine_summary_run(read, &query, &out, &page, &store->error);
}

/* As schema.get tells it. */
static bool is_described_as(store_fixture *store, const char *state)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(100000);
	char member[40];
	snprintf(member, sizeof member, "'state': '%s', 'where'", state);
	engine_type_describe(fixture_type(store, "deal"), &out);
	return strstr(wire_show(cx_buf_slice(&out)), member) != NULL;
}

static bool counts_by_board(store_fixture *store)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(10000);
	const engine_query query = { .type = fixture_type(store, "deal"),
		                     .filter = wire("['=', 'stage', 'new']"),
		                     .allow_scan = true };
	uint64_t count = 0;
	assert_int_equal(engine_query_count(read, &query, &count, NULL), CX_OK);
	assert_int_equal(count, 2);
	assert_int_equal(engine_count_explain(read, &query, &out, NULL), CX_OK);
	return strstr(wire_show(cx_buf_slice(&out)), "'aggregate': 'board'") != NULL;
}

static void one_that_is_built_is_not_read_until_it_is_ready(void **state)
{
	(void)state;
	store_fixture store;
	open_with_deals(&store, 4);
	assert_string_equal(evolve_plan(&store, summed), "rebuild deal.board: new aggregate\n");
	evolve_apply(&store, summed);
	assert_string_equal(evolve_state(&store, "deal", "board"), "building: 0 of 4");
	assert_true(evolve_step(&store, SHORT_NS));
	assert_string_equal(evolve_state(&store, "deal", "board"), "building: 1 of 4");
	assert_int_equal(read_board(&store), CX_BUSY);
	assert_int_equal(sum_up_board(&store), CX_BUSY);
	assert_true(is_described_as(&store, "building"));
	assert_false(counts_by_board(&store));
	fixture_assert_sound(&store);
	fixture_reopen(&store);
	assert_string_equal(evolve_state(&store, "deal", "board"), "building: 1 of 4");
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "deal", "board"), "readable");
	assert_string_equal(groups_show(&store, "board", 0), "['new'] 2 4; ['won'] 2 6");
	assert_true(counts_by_board(&store));
	assert_int_equal(sum_up_board(&store), CX_OK);
	assert_true(is_described_as(&store, "readable"));
	fixture_reopen(&store);
	assert_string_equal(groups_show(&store, "board", 0), "['new'] 2 4; ['won'] 2 6");
	close_sound(&store);
}

static void a_write_counts_where_the_build_has_been(void **state)
{
	(void)state;
	store_fixture store;
	open_with_deals(&store, 6);
	fixture_do(&store, FIXTURE_DELETE, "deal", 2);
	fixture_do(&store, FIXTURE_DELETE, "deal", 6);
	evolve_apply(&store, summed);
	const uint16_t id = groups_aggregate(&store, "board")->id;
	for (int i = 0; i < 3; i++)
		evolve_step(&store, SHORT_NS);
	assert_int_equal(records_in_groups(&store, id), 2); /* 1 and 3 */
	fixture_do(&store, FIXTURE_UNDELETE, "deal", 2);
	assert_int_equal(records_in_groups(&store, id), 3);
	fixture_do(&store, FIXTURE_UNDELETE, "deal", 6);
	fixture_do(&store, FIXTURE_DELETE, "deal", 5);
	fixture_create(&store, "deal", "{'stage': 'won', 'amount': 70}");
	assert_int_equal(records_in_groups(&store, id), 3);
	fixture_do(&store, FIXTURE_DELETE, "deal", 1);
	fixture_update(&store, "deal", 3, "{'stage': 'won', 'amount': 30}");
	fixture_update(&store, "deal", 4, "{'amount': 40}");
	fixture_do(&store, FIXTURE_PURGE, "deal", 1);
	assert_int_equal(records_in_groups(&store, id), 2);
	fixture_assert_sound(&store);
	evolve_build(&store);
	/* 2: 2, 3: 30, 4: 40, 6: 6, 7: 70 */
	assert_string_equal(groups_show(&store, "board", 0), "['won'] 5 148");
	close_sound(&store);
}

/* Records lie by c, and c is no field of the aggregate. */
static void a_record_that_moves_across_the_frontier_is_counted_once(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { c int n int cluster by (c) }");
	for (int i = 1; i <= 4; i++) {
		char fields[48];
		snprintf(fields, sizeof fields, "{'c': %d, 'n': %d}", 10 * i, i);
		fixture_create(&store, "a", fields);
	}
	evolve_apply(&store, "type a { c int n int k int = 1 cluster by (c) }\n"
	                     "aggregate sums on a group by (k) count, sum(n)");
	const uint16_t id = groups_aggregate(&store, "sums")->id;
	build_two(&store);
	fixture_update(&store, "a", 1, "{'c': 50}");
	assert_int_equal(records_in_groups(&store, id), 1);
	fixture_update(&store, "a", 4, "{'c': 5}");
	assert_int_equal(records_in_groups(&store, id), 2);
	fixture_update(&store, "a", 2, "{'c': 20, 'n': 200}"); /* where the frontier is */
	fixture_assert_sound(&store);
	evolve_build(&store);
	assert_string_equal(groups_show(&store, "sums", 0), "[1] 4 208");
	close_sound(&store);
}

static void what_has_gone_before_its_end_leaves_no_group(void **state)
{
	(void)state;
	store_fixture store;
	open_with_deals(&store, 4);
	evolve_apply(&store, summed);
	const uint16_t id = groups_aggregate(&store, "board")->id;
	build_two(&store);
	assert_string_equal(evolve_plan(&store, plain),
	                    "instant deal.board: aggregate dropped\n");
	evolve_apply(&store, plain);
	assert_string_equal(evolve_state(&store, "deal", "board"), "dropping");
	assert_int_equal(records_in_groups(&store, id), 2);
	fixture_do(&store, FIXTURE_DELETE, "deal", 1);
	fixture_assert_sound(&store);
	fixture_reopen(&store);
	evolve_build(&store);
	assert_int_equal(records_in_groups(&store, id), 0);
	assert_string_equal(evolve_state(&store, "deal", "board"), "");
	close_sound(&store);
}

static void another_definition_is_another_aggregate(void **state)
{
	(void)state;
	static const char other[] = "type deal { stage enum(new, won) amount money }\n"
				    "aggregate board on deal where amount > 1\n"
				    " group by (stage) count, sum(amount)";
	store_fixture store;
	open_with_deals(&store, 4);
	evolve_apply(&store, summed);
	evolve_build(&store);
	const uint16_t id = groups_aggregate(&store, "board")->id;
	assert_string_equal(evolve_plan(&store, other),
	                    "rebuild deal.board: changed aggregate\n");
	evolve_apply(&store, other);
	assert_true(groups_aggregate(&store, "board")->id > id);
	assert_int_equal(records_in_groups(&store, id), 4);
	fixture_assert_sound(&store);
	evolve_build(&store);
	assert_int_equal(records_in_groups(&store, id), 0);
	assert_string_equal(groups_show(&store, "board", 0), "['new'] 1 3; ['won'] 2 6");
	/* A text that changes nothing about it leaves it alone. */
	assert_string_equal(evolve_plan(&store, other), "");
	close_sound(&store);
}

/* Labels are compared by position: another order is another position. */
static void another_order_of_labels_builds_anew_what_compares_them(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type deal { k int = 1 stage enum(new, won) }\n"
	                     "aggregate board on deal where stage = new group by (k) count");
	for (int i = 0; i < 3; i++)
		fixture_create(&store, "deal",
		               i == 0 ? "{'stage': 'won'}" : "{'stage': 'new'}");
	assert_string_equal(groups_show(&store, "board", 0), "[1] 2");
	evolve_apply(&store, "type deal { k int = 1 stage enum(won, new) }\n"
	                     "aggregate board on deal where stage = won group by (k) count");
	evolve_build(&store);
	assert_string_equal(groups_show(&store, "board", 0), "[1] 1");
	close_sound(&store);
}

static void one_given_up_is_neither_kept_nor_read_and_can_be_built_anew(void **state)
{
	(void)state;
	store_fixture store;
	const cx_slice deal = cx_slice_of("deal");
	const cx_slice board = cx_slice_of("board");
	open_with_deals(&store, 4);
	evolve_apply(&store, summed);
	const uint16_t id = groups_aggregate(&store, "board")->id;
	build_two(&store);
	assert_int_equal(engine_build_cancel(store.engine, deal, board, &store.error), CX_OK);
	assert_string_equal(evolve_state(&store, "deal", "board"), "failed: cancelled");
	assert_int_equal(engine_build_cancel(store.engine, deal, board, &store.error),
	                 CX_INVALID_ARGUMENT);
	fixture_do(&store, FIXTURE_DELETE, "deal", 1);
	assert_int_equal(read_board(&store), CX_INVALID_ARGUMENT);
	assert_int_equal(sum_up_board(&store), CX_INVALID_ARGUMENT);
	assert_true(is_described_as(&store, "failed"));
	fixture_assert_sound(&store);
	fixture_reopen(&store);
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "deal", "board"), "failed: cancelled");
	assert_int_equal(records_in_groups(&store, id), 0);
	assert_string_equal(evolve_plan(&store, summed),
	                    "rebuild deal.board: aggregate whose build failed\n");
	evolve_apply(&store, summed);
	evolve_build(&store);
	assert_string_equal(groups_show(&store, "board", 0), "['new'] 1 3; ['won'] 2 6");
	assert_string_equal(evolve_state(&store, "deal", "board"), "readable");
	close_sound(&store);
}

static void a_term_beyond_the_limit_fails_the_build_and_new_ones_are_refused(void **state)
{
	(void)state;
	static const char type[] = "type deal { stage enum(new, won) amount int }";
	static const char squares[] = "type deal { stage enum(new, won) amount int }\n"
				      "aggregate board on deal group by (stage) count,\n"
				      " sum(amount * amount)";
	store_fixture store;
	fixture_open(&store, type);
	create_deals(&store, 2);
	fixture_create(&store, "deal", "{'amount': 9000000000000000000}");
	fixture_create(&store, "deal", "{'amount': 9000000000000000000}");
	evolve_apply(&store, squares);
	evolve_step(&store, SHORT_NS);
	/* On both sides of the frontier; the ones that are there can be put right. */
	assert_int_equal(fixture_try_create(&store, "deal", "{'amount': 9000000000000000000}"),
	                 CX_INVALID_ARGUMENT);
	assert_int_equal(
		fixture_try_update(&store, "deal", 1, "{'amount': 9000000000000000000}", 0),
		CX_INVALID_ARGUMENT);
	fixture_update(&store, "deal", 3, "{'amount': 3, 'stage': 'won'}");
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "deal", "board"),
	                    "failed: a term of record 4 is beyond the limit");
	fixture_assert_sound(&store);
	fixture_update(&store, "deal", 4, "{'amount': 4, 'stage': 'won'}");
	evolve_apply(&store, squares);
	evolve_build(&store);
	assert_string_equal(groups_show(&store, "board", 0), "['new'] 1 1; ['won'] 3 29");
	close_sound(&store);
}

static void the_time_zone_stays_once_the_build_has_made_groups_by_it(void **state)
{
	(void)state;
	static const char zoned[] = "type org keep single { zone int = 60 }\n"
				    "type deal { at ts } time zone org.zone\n";
	char text[256];
	store_fixture store;
	fixture_open(&store, zoned);
	fixture_create(&store, "org", "{}");
	for (int i = 0; i < 3; i++)
		fixture_create(&store, "deal", "{'at': 82800000}"); /* 23:00 UTC */
	snprintf(text, sizeof text, "%saggregate days on deal group by (day(at)) count", zoned);
	evolve_apply(&store, text);
	fixture_update(&store, "org", 1, "{'zone': 0}"); /* there is no group yet */
	evolve_step(&store, SHORT_NS);
	assert_int_equal(fixture_try_update(&store, "org", 1, "{'zone': 120}", 0),
	                 CX_RESTRICTED);
	evolve_build(&store);
	assert_string_equal(groups_show(&store, "days", 0), "[0] 3");
	assert_int_equal(fixture_try_update(&store, "org", 1, "{'zone': 120}", 0),
	                 CX_RESTRICTED);
	evolve_apply(&store, zoned);
	fixture_update(&store, "org", 1, "{'zone': 120}");
	fixture_assert_sound(&store);
	evolve_build(&store);
	evolve_apply(&store, text);
	evolve_build(&store);
	assert_string_equal(groups_show(&store, "days", 0), "[1] 3");
	close_sound(&store);
}

static void rows_of_an_older_layout_are_built_with_the_value_they_read_as(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int }");
	fixture_create(&store, "a", "{'x': 1}");
	fixture_create(&store, "a", "{'x': 2}");
	evolve_apply(&store, "type a { x int  y int = 7 }\n"
	                     "aggregate n on a group by (y) count, sum(x * y)");
	evolve_build(&store);
	fixture_create(&store, "a", "{'x': 3, 'y': 1}");
	assert_string_equal(groups_show(&store, "n", 0), "[1] 1 3; [7] 2 21");
	close_sound(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_built_is_not_read_until_it_is_ready),
		cmocka_unit_test(a_write_counts_where_the_build_has_been),
		cmocka_unit_test(a_record_that_moves_across_the_frontier_is_counted_once),
		cmocka_unit_test(what_has_gone_before_its_end_leaves_no_group),
		cmocka_unit_test(another_definition_is_another_aggregate),
		cmocka_unit_test(another_order_of_labels_builds_anew_what_compares_them),
		cmocka_unit_test(one_given_up_is_neither_kept_nor_read_and_can_be_built_anew),
		cmocka_unit_test(
			a_term_beyond_the_limit_fails_the_build_and_new_ones_are_refused),
		cmocka_unit_test(the_time_zone_stays_once_the_build_has_made_groups_by_it),
		cmocka_unit_test(rows_of_an_older_layout_are_built_with_the_value_they_read_as),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
