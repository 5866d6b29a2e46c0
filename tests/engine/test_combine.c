/* SPDX-License-Identifier: Apache-2.0 */
/* Plans of several indexes: unions and intersections, what they read, and statistics. */
#include "base/msgpack.h"
#include "engine/analyze.h"
#include "engine/query/plan.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

enum { ITEMS = 3000, COMMON = 2000 };

static const char SCHEMA[] = "type item {\n"
			     "  a int\n  b int\n  c int\n  d int\n  e int\n"
			     "  index (a)\n  index (b)\n  index (a, d)\n  index (b, d)\n"
			     "  index (c)\n  index (d)\n  index (e, c)\n"
			     "}\n";

static engine_read *snapshot;

/* a and b each 0..29, independent; c is 0 for most, otherwise its own; d counts down. */
static int setup(void **state)
{
	static store_fixture store;
	fixture_open(&store, SCHEMA);
	fixture_begin(&store);
	for (int i = 0; i < ITEMS; i++) {
		char fields[200];
		snprintf(fields, sizeof fields, "{'a': %d, 'b': %d, 'c': %d, 'd': %d, 'e': %d}",
		         i % 30, i / 30 % 30, i < COMMON ? 0 : i, ITEMS - i, i % 3);
		fixture_create(&store, "item", fields);
	}
	fixture_commit(&store);
	assert_int_equal(engine_read_begin(store.engine, &snapshot), CX_OK);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	engine_read_end(&snapshot);
	fixture_close(*state);
	return 0;
}

static engine_query query_of(const store_fixture *store, const char *filter)
{
	return (engine_query){ .type = fixture_type(store, "item"), .filter = wire(filter) };
}

static void order_by(engine_query *query, const char *name, bool descending)
{
	query->order[query->order_count++] = (engine_order){
		.field = engine_type_field(query->type, cx_slice_of(name)),
		.descending = descending,
	};
}

static const cx_value *explain(const engine_query *query, engine_explain_level level)
{
	static cx_buf out = { .limit = 1 << 16 };
	static cx_arena *arena;
	if (arena == NULL)
		assert_int_equal(cx_arena_new(1 << 24, &arena), CX_OK);
	cx_arena_clear(arena);
	cx_buf_clear(&out);
	cx_error error;
	assert_int_equal(engine_query_explain_at(snapshot, query, level, &out, &error), CX_OK);
	const cx_scan_limits limits = { .bytes = 1 << 16, .items = 1000, .depth = 5 };
	const cx_value *plan;
	assert_int_equal(cx_value_decode(cx_buf_slice(&out), limits, arena, &plan), CX_OK);
	return plan;
}

static void assert_text(const cx_value *plan, const char *key, const char *expected)
{
	const cx_value *value = cx_value_member(plan, key);
	assert_non_null(value);
	if (expected == NULL) {
		assert_int_equal(value->kind, CX_KIND_NIL);
		return;
	}
	if (!cx_slice_equal(value->as.bytes, cx_slice_of(expected)))
		fail_msg("%s: %.*s, not %s", key, CX_SLICE_ARG(value->as.bytes), expected);
}

static int64_t number(const cx_value *plan, const char *key)
{
	const cx_value *value = cx_value_member(plan, key);
	assert_non_null(value);
	assert_int_equal(value->kind, CX_KIND_INT);
	return value->as.integer;
}

static void assert_legs(const cx_value *plan, const char *first, const char *second)
{
	const cx_value *legs = cx_value_member(plan, "legs");
	assert_int_equal(legs->as.array.count, 2);
	assert_text(&legs->as.array.items[0], "index", first);
	assert_text(&legs->as.array.items[1], "index", second);
}

typedef struct rows {
	int64_t ids[ITEMS];
	size_t count;
} rows;

static cx_status collect(void *context, const engine_row *row)
{
	rows *self = context;
	for (size_t i = 0; i < self->count; i++)
		assert_true(self->ids[i] != row->id);
	self->ids[self->count++] = row->id;
	return CX_OK;
}

/* All pages of `limit` rows; returns the most keys that one has cost. */
static uint64_t run(engine_query query, size_t limit, rows *ret)
{
	engine_page page = { 0 };
	uint64_t most = 0;
	query.limit = limit;
	ret->count = 0;
	do {
		cx_error error;
		assert_int_equal(
			engine_query_run(snapshot, &query, collect, ret, &page, &error), CX_OK);
		most = page.keys_scanned > most ? page.keys_scanned : most;
		query.after = wire_exact(
			(cx_slice){ .data = page.position, .size = page.position_size });
	} while (page.reason != ENGINE_REASON_DONE);
	return most;
}

static void analyze(store_fixture *store)
{
	CX_SCOPED(engine_analysis_free) engine_analysis *analysis = NULL;
	assert_int_equal(engine_analysis_new(store->engine, &analysis), CX_OK);
	for (bool done = false; !done;) {
		assert_int_equal(engine_read_renew(snapshot), CX_OK);
		assert_int_equal(engine_analysis_step(analysis, snapshot, &done), CX_OK);
	}
	const uint64_t before = engine_analysis_epoch(store->engine);
	uint64_t epoch = 0;
	assert_int_equal(engine_analysis_commit(&analysis, &epoch), CX_OK);
	assert_int_equal(epoch, before + 1);
	assert_int_equal(engine_read_renew(snapshot), CX_OK);
}

/* ---- unions ---- */

static void an_or_of_two_indexes_reads_both_and_nothing_else(void **state)
{
	const engine_query query = query_of(*state, "['or', ['=', 'a', 3], ['=', 'b', 4]]");
	const cx_value *plan = explain(&query, ENGINE_EXPLAIN_REJECTED);
	assert_text(plan, "plan", "union");
	assert_text(plan, "index", NULL);
	assert_legs(plan, "a", "b");
	static rows found;
	assert_true(run(query, 1000, &found) <= 100 + 120);
	assert_int_equal(found.count, 100 + 120 - 4);
}

static void a_union_keeps_an_order_that_its_indexes_share(void **state)
{
	engine_query query = query_of(*state, "['or', ['=', 'a', 3], ['=', 'b', 4]]");
	order_by(&query, "d", false);
	const cx_value *plan = explain(&query, ENGINE_EXPLAIN_REJECTED);
	assert_text(plan, "plan", "union");
	assert_text(plan, "order", "index");
	assert_true(cx_value_member(plan, "merge")->as.boolean);
	assert_legs(plan, "a,d", "b,d");
	static rows found;
	(void)run(query, 7, &found);
	assert_int_equal(found.count, 216);
	for (size_t i = 1; i < found.count; i++)
		assert_true(found.ids[i] < found.ids[i - 1]); /* d counts down */
}

static void a_later_page_of_a_union_costs_what_the_first_does(void **state)
{
	engine_query query = query_of(*state, "['or', ['=', 'a', 3], ['=', 'b', 4]]");
	static rows found;
	assert_true(run(query, 5, &found) <= 5 + 1 + 4); /* and those that both have */
	order_by(&query, "d", true);
	assert_true(run(query, 5, &found) <= 5 + 1 + 4);
	assert_int_equal(found.count, 216);
}

static void conditions_beside_the_or_hold_in_every_part(void **state)
{
	const engine_query query = query_of(
		*state, "['and', ['or', ['=', 'a', 3], ['=', 'b', 4]], ['>', 'd', 1500]]");
	static rows found;
	(void)run(query, 9, &found);
	assert_text(explain(&query, ENGINE_EXPLAIN_PLAN), "plan", "union");
	for (size_t i = 0; i < found.count; i++)
		assert_true(found.ids[i] < ITEMS - 1500 + 1);
	assert_true(found.count > 50);
}

static void a_part_without_an_index_makes_no_union(void **state)
{
	engine_query query = query_of(*state, "['or', ['=', 'a', 3], ['!=', 'b', 4]]");
	query.allow_scan = true;
	assert_text(explain(&query, ENGINE_EXPLAIN_PLAN), "plan", "scan");
	query.combine = ENGINE_COMBINE_UNITE;
	cx_error error;
	engine_page page = { .rows = 77 };
	static rows found;
	found.count = 0;
	assert_int_equal(engine_query_run(snapshot, &query, collect, &found, &page, &error),
	                 CX_INVALID_ARGUMENT);
	assert_int_equal(page.rows, 77);
	assert_int_equal(found.count, 0);
}

/* The keys of each page of one row, of 3000 of them. */
static void the_last_page_of_a_long_list_costs_what_the_first_does(void **state)
{
	static const char *const filters[] = { "['>=', 'd', 0]", "['in', 'e', [0, 1, 2]]",
		                               "['or', ['<', 'd', 1600], ['>', 'd', 1500]]" };
	for (size_t i = 0; i < CX_COUNT_OF(filters); i++) {
		engine_query query = query_of(*state, filters[i]);
		static rows found;
		/* The row and the one after it; behind rows that both parts of the "or" find,
		 * as many as a full page looks ahead. */
		const uint64_t most = run(query, 1, &found);
		assert_int_equal(found.count, ITEMS);
		assert_true(most <= (i == 2 ? 2 + 64 : 2));
	}
}

/* ---- intersections ---- */

static void equalities_of_two_indexes_meet_by_id(void **state)
{
	engine_query query = query_of(*state, "['and', ['=', 'a', 3], ['=', 'b', 4]]");
	const cx_value *plan = explain(&query, ENGINE_EXPLAIN_EXECUTED);
	assert_text(plan, "plan", "intersection");
	const cx_value *executed = cx_value_member(plan, "executed");
	assert_int_equal(number(executed, "rows"), 4);
	static rows found;
	(void)run(query, 1, &found);
	assert_int_equal(found.count, 4);
	for (size_t i = 1; i < found.count; i++)
		assert_true(found.ids[i] > found.ids[i - 1]);
	order_by(&query, "id", true);
	assert_text(explain(&query, ENGINE_EXPLAIN_PLAN), "order", "index");
	(void)run(query, 1, &found);
	assert_int_equal(found.count, 4);
	for (size_t i = 1; i < found.count; i++)
		assert_true(found.ids[i] < found.ids[i - 1]);
}

static void an_intersection_fetches_only_what_matches(void **state)
{
	const engine_query query = query_of(*state, "['and', ['=', 'a', 3], ['=', 'b', 4]]");
	const cx_value *plan = explain(&query, ENGINE_EXPLAIN_EXECUTED);
	const cx_value *nodes = cx_value_member(cx_value_member(plan, "executed"), "nodes");
	assert_int_equal(number(&nodes->as.array.items[1], "fetched"), 4);
	assert_int_equal(number(&nodes->as.array.items[1], "rechecks_failed"), 0);
	assert_true(number(&nodes->as.array.items[1], "bytes") > 0);
}

static void a_common_value_is_not_worth_an_intersection(void **state)
{
	analyze(*state);
	const engine_query query = query_of(*state, "['and', ['=', 'a', 3], ['=', 'c', 0]]");
	assert_text(explain(&query, ENGINE_EXPLAIN_PLAN), "plan", "index");
}

/* ---- hints and limits ---- */

static void an_excluded_index_is_not_used_and_explain_says_so(void **state)
{
	engine_query query = query_of(*state, "['=', 'a', 3]");
	query.no_index[query.no_index_count++] = fixture_index(*state, "item", "a");
	const cx_value *plan = explain(&query, ENGINE_EXPLAIN_REJECTED);
	assert_text(plan, "index", "a,d");
	assert_text(plan, "hint", "no_index");
	const cx_value *rejected = cx_value_member(plan, "rejected");
	bool told = false;
	for (uint32_t i = 0; i < rejected->as.array.count; i++)
		told = told ||
		       cx_slice_equal(
			       cx_value_member(&rejected->as.array.items[i], "why")->as.bytes,
			       CX_SLICE_LITERAL("no_index excludes it"));
	assert_true(told);
	query.no_index[query.no_index_count++] = fixture_index(*state, "item", "a,d");
	cx_error error;
	static rows found;
	engine_page page;
	assert_int_equal(engine_query_run(snapshot, &query, collect, &found, &page, &error),
	                 CX_FULL_SCAN_REFUSED);
}

static void a_page_ends_when_it_has_looked_at_max_scan_keys(void **state)
{
	engine_query query = query_of(*state, "['and', ['=', 'e', 1], ['=', 'd', 1]]");
	query.use_index = fixture_index(*state, "item", "e,c");
	query.max_scan = 10;
	engine_page page = { 0 };
	static rows found;
	found.count = 0;
	unsigned pages = 0;
	do {
		cx_error error;
		assert_int_equal(
			engine_query_run(snapshot, &query, collect, &found, &page, &error),
			CX_OK);
		assert_true(page.keys_scanned <= 10);
		if (page.reason != ENGINE_REASON_DONE) {
			assert_int_equal(page.reason, ENGINE_REASON_SCAN);
			assert_int_equal(page.keys_scanned, 10);
			assert_true(page.position_size > 0);
		}
		query.after = wire_exact(
			(cx_slice){ .data = page.position, .size = page.position_size });
		pages++;
	} while (page.reason != ENGINE_REASON_DONE);
	assert_int_equal(pages, 1000 / 10 + 1);
	order_by(&query, "a", false);
	query.after = (cx_slice){ 0 };
	cx_error error;
	page.rows = 77;
	assert_int_equal(engine_query_run(snapshot, &query, collect, &found, &page, &error),
	                 CX_SORT_LIMIT);
	assert_int_equal(page.rows, 77);
}

static void a_sorted_page_goes_on_though_its_index_is_excluded(void **state)
{
	engine_query query = query_of(*state, "['=', 'a', 3]");
	order_by(&query, "e", false);
	order_by(&query, "d", false);
	query.limit = 10;
	engine_page page = { 0 };
	static rows found;
	found.count = 0;
	cx_error error;
	assert_int_equal(engine_query_run(snapshot, &query, collect, &found, &page, &error),
	                 CX_OK);
	query.after =
		wire_exact((cx_slice){ .data = page.position, .size = page.position_size });
	query.no_index[query.no_index_count++] = fixture_index(*state, "item", "a");
	query.limit = 1000;
	assert_int_equal(engine_query_run(snapshot, &query, collect, &found, &page, &error),
	                 CX_OK);
	assert_int_equal(found.count, 100);
}

static void levels_of_explain_add_keys(void **state)
{
	const engine_query query = query_of(*state, "['=', 'a', 3]");
	const cx_value *plan = explain(&query, ENGINE_EXPLAIN_PLAN);
	assert_null(cx_value_member(plan, "rejected"));
	assert_null(cx_value_member(plan, "executed"));
	plan = explain(&query, ENGINE_EXPLAIN_REJECTED);
	assert_non_null(cx_value_member(plan, "rejected"));
	assert_null(cx_value_member(plan, "executed"));
	plan = explain(&query, ENGINE_EXPLAIN_EXECUTED);
	assert_non_null(cx_value_member(plan, "rejected"));
	assert_text(cx_value_member(plan, "executed"), "reason", "done");
}

/* ---- statistics ---- */

static int64_t estimate(const store_fixture *store, const char *filter, const char *index)
{
	engine_query query = query_of(store, filter);
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 24, &arena), CX_OK);
	engine__filter bound;
	assert_int_equal(engine__filter_read(query.type, query.filter, arena, &bound, NULL),
	                 CX_OK);
	engine__candidate candidate =
		engine__candidate_of(&bound, NULL, 0, fixture_index(store, "item", index));
	assert_int_equal(engine__estimate(snapshot, &bound, arena, &candidate), CX_OK);
	return (int64_t)candidate.estimate;
}

static void assert_near(int64_t found, int64_t expected)
{
	if (found < expected / 2 || found > expected * 2)
		fail_msg("%lld estimated, %lld are there", (long long)found,
		         (long long)expected);
}

static void estimates_are_near_on_skewed_data(void **state)
{
	analyze(*state);
	assert_near(estimate(*state, "['=', 'c', 0]", "c"), COMMON);
	assert_int_equal(estimate(*state, "['=', 'c', 2500]", "c"), 1);
	assert_int_equal(estimate(*state, "['=', 'c', 77]", "c"), 0);
	assert_near(estimate(*state, "['=', 'e', 1]", "e,c"), ITEMS / 3);
	assert_near(estimate(*state, "['and', ['=', 'e', 1], ['=', 'c', 0]]", "e,c"),
	            COMMON / 3);
	assert_near(estimate(*state, "['<', 'd', 600]", "d"), 600);
	assert_near(estimate(*state, "['between', 'd', 1000, 2500]", "d"), 1500);
	assert_near(estimate(*state, "['in', 'a', [1, 2, 3]]", "a"), 300);
}

static void statistics_survive_a_restart_and_explain_names_their_epoch(void **state)
{
	store_fixture *store = *state;
	analyze(store);
	const uint64_t epoch = engine_analysis_epoch(store->engine);
	assert_true(epoch > 0);
	engine_read_end(&snapshot);
	fixture_reopen(store);
	assert_int_equal(engine_read_begin(store->engine, &snapshot), CX_OK);
	assert_int_equal(engine_analysis_epoch(store->engine), epoch);
	const engine_query query = query_of(store, "['=', 'a', 3]");
	assert_int_equal(number(explain(&query, ENGINE_EXPLAIN_PLAN), "stats_epoch"), epoch);
	assert_near(estimate(store, "['=', 'c', 0]", "c"), COMMON);
	fixture_assert_sound(store);
}

static void statistics_are_due_after_a_fifth_has_changed(void **state)
{
	store_fixture *store = *state;
	analyze(store);
	bool due;
	assert_int_equal(engine_analysis_is_due(snapshot, &due), CX_OK);
	assert_false(due);
	fixture_begin(store);
	for (int i = 0; i <= ITEMS / 5; i++)
		fixture_create(store, "item", "{'a': 100, 'b': 100, 'd': 0, 'e': 100}");
	fixture_commit(store);
	assert_int_equal(engine_settle(store->engine), CX_OK);
	assert_int_equal(engine_read_renew(snapshot), CX_OK);
	assert_int_equal(engine_analysis_is_due(snapshot, &due), CX_OK);
	assert_true(due);
}

static void a_small_limit_does_not_lure_the_planner_to_a_hopeless_order(void **state)
{
	analyze(*state);
	engine_query query = query_of(*state, "['=', 'c', 2500]");
	order_by(&query, "d", false);
	query.limit = 1;
	const cx_value *plan = explain(&query, ENGINE_EXPLAIN_PLAN);
	assert_text(plan, "index", "c");
	assert_text(plan, "order", "sort");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_or_of_two_indexes_reads_both_and_nothing_else),
		cmocka_unit_test(a_union_keeps_an_order_that_its_indexes_share),
		cmocka_unit_test(a_later_page_of_a_union_costs_what_the_first_does),
		cmocka_unit_test(the_last_page_of_a_long_list_costs_what_the_first_does),
		cmocka_unit_test(conditions_beside_the_or_hold_in_every_part),
		cmocka_unit_test(a_part_without_an_index_makes_no_union),
		cmocka_unit_test(equalities_of_two_indexes_meet_by_id),
		cmocka_unit_test(an_intersection_fetches_only_what_matches),
		cmocka_unit_test(a_common_value_is_not_worth_an_intersection),
		cmocka_unit_test(an_excluded_index_is_not_used_and_explain_says_so),
		cmocka_unit_test(a_page_ends_when_it_has_looked_at_max_scan_keys),
		cmocka_unit_test(a_sorted_page_goes_on_though_its_index_is_excluded),
		cmocka_unit_test(levels_of_explain_add_keys),
		cmocka_unit_test(estimates_are_near_on_skewed_data),
		cmocka_unit_test(statistics_survive_a_restart_and_explain_names_their_epoch),
		cmocka_unit_test(a_small_limit_does_not_lure_the_planner_to_a_hopeless_order),
		cmocka_unit_test(statistics_are_due_after_a_fifth_has_changed),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
