/* SPDX-License-Identifier: Apache-2.0 */
/* Which plan the planner takes, seen through engine_query_explain. */
#include "base/msgpack.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

enum { DEALS = 1200, OWNERS = 12, TOUCHES = 3000, NOTES = 40 };

static const char SCHEMA[] = "type person keep { name string(20) }\n"
			     "type deal {\n"
			     "  owner  ref(person) on delete restrict\n"
			     "  stage  enum(lead, won, lost)\n"
			     "  open   bool\n"
			     "  amount int\n"
			     "  at     ts\n"
			     "  number string(20) unique\n"
			     "  title  string(60)\n"
			     "  mail   string(40)\n"
			     "  rare   int\n"
			     "  words  list<string(5)>(3)\n"
			     "  index (owner, stage, at desc)\n"
			     "  index (stage, amount)\n"
			     "  index (at)\n"
			     "  index titles (title folded)\n"
			     "  index mails (mail, at) where mail\n"
			     "  index (rare)\n"
			     "}\n"
			     "type call {\n"
			     "  deal ref(deal) on delete cascade\n"
			     "  at   ts\n"
			     "  kind enum(in, out)\n"
			     "  cluster by (deal, at desc)\n"
			     "  index (at)\n"
			     "}\n"
			     "type touch {\n"
			     "  lot    int\n"
			     "  status enum(sent, seen, answered)\n"
			     "  at     ts\n"
			     "  cluster by (lot, at)\n"
			     "  index (lot, status, at desc)\n"
			     "}\n"
			     "type memo { body text  index (body) }\n"
			     "type place { x int  y int  z int  unique spot (x, y) }\n";

static engine_read *snapshot;

static void make_deals(store_fixture *store)
{
	static const char *const stages[] = { "lead", "won", "lost" };
	for (int i = 0; i < DEALS; i++) {
		char fields[400];
		snprintf(fields, sizeof fields,
		         "{'owner': %d, 'stage': '%s', 'open': %s, 'amount': %d, 'at': %d, "
		         "'number': 'N%d', 'title': 'Deal %d', 'mail': %s, 'rare': %d}",
		         1 + i % OWNERS, stages[i / 7 % 3], i % 2 == 0 ? "true" : "false", i,
		         1000 * i, i, i % 50, i % 3 == 0 ? "'a@b.c'" : "nil", i / 5);
		fixture_create(store, "deal", fields);
		snprintf(fields, sizeof fields, "{'deal': %d, 'at': %d, 'kind': 'in'}",
		         1 + i / 10, i);
		fixture_create(store, "call", fields);
	}
}

static void make_touches(store_fixture *store)
{
	for (int i = 0; i < TOUCHES; i++) {
		char fields[100];
		snprintf(fields, sizeof fields, "{'lot': %d, 'status': '%s', 'at': %d}", i % 2,
		         i % 20 < 2 ? "answered" : "sent", i);
		fixture_create(store, "touch", fields);
	}
}

static int setup(void **state)
{
	static store_fixture store;
	fixture_open(&store, SCHEMA);
	fixture_begin(&store);
	for (int i = 0; i < OWNERS; i++)
		fixture_create(&store, "person", "{}");
	make_deals(&store);
	make_touches(&store);
	for (int i = 0; i < NOTES; i++)
		fixture_create(&store, "memo", "{'body': 'short'}");
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

/* ---- explaining ---- */

/* "owner,-at" */
static void set_order(engine_query *query, const char *order)
{
	while (*order != '\0') {
		const bool descending = *order == '-';
		order += descending;
		const size_t size = strcspn(order, ",");
		const cx_slice name = { .data = (const uint8_t *)order, .size = size };
		const engine_field *field = engine_type_field(query->type, name);
		assert_non_null(field);
		query->order[query->order_count++] =
			(engine_order){ .field = field, .descending = descending };
		order += size + (order[size] == ',');
	}
}

static engine_query query_of(store_fixture *store, const char *type, const char *filter,
                             const char *order)
{
	engine_query query = { .type = fixture_type(store, type), .filter = wire(filter) };
	set_order(&query, order);
	return query;
}

static cx_value explain(const engine_query *query, cx_error *error, cx_status *ret)
{
	static cx_buf out = { .limit = 1 << 16 };
	static cx_arena *arena;
	if (arena == NULL)
		assert_int_equal(cx_arena_new(1 << 24, &arena), CX_OK);
	cx_arena_clear(arena);
	cx_buf_clear(&out);
	*ret = engine_query_explain(snapshot, query, &out, error);
	if (*ret != CX_OK)
		return (cx_value){ 0 };
	const cx_scan_limits limits = { .bytes = 1 << 16, .items = 1000, .depth = 4 };
	const cx_value *plan;
	assert_int_equal(cx_value_decode(cx_buf_slice(&out), limits, arena, &plan), CX_OK);
	return *plan;
}

static const char *text_of(const cx_value *plan, const char *key)
{
	static char text[4][80];
	static int next;
	const cx_value *value = cx_value_member(plan, key);
	assert_non_null(value);
	if (value->kind == CX_KIND_NIL)
		return "-";
	char *to = text[next++ % 4];
	snprintf(to, sizeof text[0], "%.*s", CX_SLICE_ARG(value->as.bytes));
	return to;
}

static bool flag_of(const cx_value *plan, const char *key)
{
	const cx_value *value = cx_value_member(plan, key);
	assert_non_null(value);
	assert_int_equal(value->kind, CX_KIND_BOOL);
	return value->as.boolean;
}

/* "index owner,stage,at ranges 1 equal 2 range - order index" and the flags that are set. */
static const char *summary(const engine_query *query)
{
	static char text[400];
	cx_error error;
	cx_status status;
	const cx_value plan = explain(query, &error, &status);
	if (status != CX_OK) {
		snprintf(text, sizeof text, "%s", cx_status_name(status));
		return text;
	}
	snprintf(text, sizeof text, "%s %s ranges %d equal %d range %s order %s%s%s%s%s",
	         text_of(&plan, "plan"), text_of(&plan, "index"),
	         (int)cx_value_member(&plan, "ranges")->as.integer,
	         (int)cx_value_member(&plan, "equal")->as.array.count, text_of(&plan, "range"),
	         text_of(&plan, "order"), flag_of(&plan, "reverse") ? " reverse" : "",
	         flag_of(&plan, "merge") ? " merge" : "",
	         flag_of(&plan, "filter_in_index") ? " filter" : "",
	         flag_of(&plan, "recheck") ? " recheck" : "");
	return text;
}

static int64_t rows_of_type(const engine_query *query)
{
	cx_status status;
	const cx_value plan = explain(query, NULL, &status);
	assert_int_equal(status, CX_OK);
	return cx_value_member(&plan, "rows_of_type")->as.integer;
}

typedef struct expectation {
	const char *filter;
	const char *order;
	const char *plan;
} expectation;

static void assert_plans(store_fixture *store, const char *type, const expectation *cases,
                         size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const engine_query query =
			query_of(store, type, cases[i].filter, cases[i].order);
		const char *found = summary(&query);
		if (strcmp(found, cases[i].plan) != 0)
			fail_msg("%s, order %s:\n  %s\nnot\n  %s", cases[i].filter,
			         cases[i].order, found, cases[i].plan);
	}
}
#define ASSERT_PLANS(store, type, cases) assert_plans(store, type, cases, CX_COUNT_OF(cases))

/* ---- paths ---- */

static void one_record_is_got_by_id_or_by_unique_key(void **state)
{
	static const expectation cases[] = {
		{ "['=', 'id', 7]", "", "get - ranges 1 equal 1 range - order none" },
		{ "['and', ['=', 'id', 7], ['=', 'owner', 1]]", "title",
		  "get - ranges 1 equal 1 range - order sort recheck" },
		{ "['in', 'id', [7, 9, 8]]", "", "get - ranges 3 equal 1 range - order none" },
		{ "['in', 'id', [7, -9, 0]]", "", "get - ranges 1 equal 1 range - order none" },
		{ "['=', 'number', 'N7']", "",
		  "unique number ranges 1 equal 1 range - order none" },
		{ "['and', ['=', 'number', 'N7'], ['=', 'owner', 1]]", "-amount",
		  "unique number ranges 1 equal 1 range - order index recheck" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

static void equalities_come_first_then_one_range_then_order(void **state)
{
	static const expectation cases[] = {
		{ "['=', 'owner', 3]", "",
		  "index owner,stage,at ranges 1 equal 1 range - order none" },
		{ "['and', ['=', 'owner', 3], ['=', 'stage', 'won']]", "-at",
		  "index owner,stage,at ranges 1 equal 2 range - order index" },
		{ "['and', ['=', 'owner', 3], ['=', 'stage', 'won']]", "at",
		  "index owner,stage,at ranges 1 equal 2 range - order index reverse" },
		{ "['and', ['=', 'owner', 3], ['=', 'stage', 'won'], ['>', 'at', 5]]", "at",
		  "index owner,stage,at ranges 1 equal 2 range at order index reverse" },
		{ "['and', ['=', 'owner', 3], ['>=', 'stage', 'won']]", "",
		  "index owner,stage,at ranges 1 equal 1 range stage order none" },
		{ "['and', ['=', 'owner', 3], ['>=', 'stage', 'won']]", "at",
		  "index owner,stage,at ranges 1 equal 1 range stage order sort" },
		{ "['and', ['>', 'at', 3000], ['<', 'at', 9000]]", "at",
		  "index at ranges 1 equal 0 range at order index" },
		{ "['and', ['>', 'at', 9000], ['<', 'at', 3000]]", "at",
		  "index at ranges 0 equal 0 range at order index" },
		{ "['null', 'owner']", "",
		  "index owner,stage,at ranges 1 equal 1 range - order none" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

static void columns_fixed_by_equality_do_not_count_for_order(void **state)
{
	static const expectation cases[] = {
		{ "['=', 'owner', 3]", "owner,stage,-at",
		  "index owner,stage,at ranges 1 equal 1 range - order index" },
		{ "['=', 'owner', 3]", "-owner,-stage,at",
		  "index owner,stage,at ranges 1 equal 1 range - order index reverse" },
		{ "['=', 'owner', 3]", "-stage,-owner,at,-id",
		  "index owner,stage,at ranges 1 equal 1 range - order index reverse" },
		{ "['=', 'owner', 3]", "stage,at",
		  "index owner,stage,at ranges 1 equal 1 range - order sort" },
		/* the whole order is fixed */
		{ "['and', ['=', 'owner', 3], ['null', 'amount']]", "owner,-amount",
		  "index owner,stage,at ranges 1 equal 1 range - order none recheck" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

static void the_id_is_the_last_column(void **state)
{
	static const expectation cases[] = {
		{ "nil", "", "scan - ranges 1 equal 0 range - order none" },
		{ "nil", "id", "scan - ranges 1 equal 0 range - order index" },
		{ "nil", "-id", "scan - ranges 1 equal 0 range - order index reverse" },
		{ "['>', 'id', 100]", "-id",
		  "scan - ranges 1 equal 0 range id order index reverse" },
		{ "['<', 'id', -4]", "", "scan - ranges 0 equal 0 range id order none" },
		{ "['>', 'id', -4]", "", "scan - ranges 1 equal 0 range id order none" },
		{ "['and', ['=', 'rare', 3], ['>', 'id', 5]]", "id",
		  "index rare ranges 1 equal 1 range id order index" },
		{ "nil", "at,id", "index at ranges 1 equal 0 range - order index" },
		{ "nil", "-at,-id", "index at ranges 1 equal 0 range - order index reverse" },
		{ "nil", "at,-id", "FULL_SCAN_REFUSED" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

static void choices_are_read_as_ranges_and_merged_to_keep_order(void **state)
{
	static const expectation cases[] = {
		{ "['in', 'owner', [1, 2, 3]]", "",
		  "index owner,stage,at ranges 3 equal 1 range - order none" },
		{ "['or', ['=', 'owner', 1], ['=', 'owner', 5]]", "",
		  "index owner,stage,at ranges 2 equal 1 range - order none" },
		{ "['in', 'owner', [1, 2, 3]]", "stage,-at",
		  "index owner,stage,at ranges 3 equal 1 range - order index merge" },
		{ "['in', 'owner', [1, 2, 3]]", "owner,stage",
		  "index owner,stage,at ranges 3 equal 1 range - order index" },
		{ "['and', ['in', 'owner', [1, 2]], ['in', 'stage', ['won', 'lost']]]", "at",
		  "index owner,stage,at ranges 4 equal 2 range - order index reverse merge" },
		{ "['and', ['in', 'owner', [1, 2]], ['=', 'stage', 'won'], ['>', 'at', 9]]",
		  "-at", "index owner,stage,at ranges 2 equal 2 range at order index merge" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

static void beyond_a_whole_unique_key_there_is_no_order_left_to_ask_for(void **state)
{
	static const struct {
		const char *filter;
		const char *order;
		const char *plan;
	} cases[] = {
		{ "['=', 'x', 1]", "y,z", "index spot ranges 1 equal 1 range - order index" },
		{ "['in', 'x', [1, 2]]", "x,y,-z",
		  "index spot ranges 2 equal 1 range - order index" },
		{ "['in', 'x', [1, 2]]", "y",
		  "index spot ranges 2 equal 1 range - order index merge" },
		/* two with the same y, of different x */
		{ "['in', 'x', [1, 2]]", "y,z",
		  "index spot ranges 2 equal 1 range - order sort" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		engine_query query = query_of(*state, "place", cases[i].filter, cases[i].order);
		query.use_index = fixture_index(*state, "place", "spot");
		assert_string_equal(summary(&query), cases[i].plan);
	}
}

/* "['in', field, [1, 2 … count]]" */
static const char *numbers(const char *field, int count)
{
	static char text[8000];
	int used = snprintf(text, sizeof text, "['in', '%s', [1", field);
	for (int i = 2; i <= count; i++)
		used += snprintf(text + used, sizeof text - (size_t)used, ", %d", i);
	snprintf(text + used, sizeof text - (size_t)used, "]]");
	return text;
}

static void all_the_ranges_there_may_be_are_merged(void **state)
{
	engine_query query = query_of(*state, "deal", numbers("rare", 64), "id");
	query.use_index = fixture_index(*state, "deal", "rare");
	assert_string_equal(summary(&query),
	                    "index rare ranges 64 equal 1 range - order index merge");
	query = query_of(*state, "deal", numbers("rare", 1000), "id");
	query.use_index = fixture_index(*state, "deal", "rare");
	assert_string_equal(summary(&query),
	                    "index rare ranges 1000 equal 1 range - order index merge");
	query = query_of(*state, "deal", numbers("rare", 1000), "");
	query.use_index = fixture_index(*state, "deal", "rare");
	assert_string_equal(summary(&query),
	                    "index rare ranges 1000 equal 1 range - order none");
}

static void columns_that_would_make_too_many_ranges_are_not_fixed(void **state)
{
	static const struct {
		int times;
		const char *plan;
	} cases[] = {
		{ 33, "index owner,stage,at ranges 990 equal 3 range - order none" },
		{ 34, "index owner,stage,at ranges 30 equal 2 range - order none filter" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		char filter[1000];
		snprintf(filter, sizeof filter,
		         "['and', ['in', 'owner', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], "
		         "['in', 'stage', ['lead', 'won', 'lost']], %s]",
		         numbers("at", cases[i].times));
		engine_query query = query_of(*state, "deal", filter, "");
		query.use_index = fixture_index(*state, "deal", "owner,stage,at");
		assert_string_equal(summary(&query), cases[i].plan);
	}
}

static void what_an_index_holds_is_decided_there(void **state)
{
	static const expectation cases[] = {
		{ "['and', ['=', 'owner', 3], ['>', 'at', 500]]", "",
		  "index owner,stage,at ranges 1 equal 1 range - order none filter" },
		{ "['and', ['=', 'owner', 3], ['or', ['!=', 'at', 500], ['!=', 'stage', "
		  "'won']]]",
		  "", "index owner,stage,at ranges 1 equal 1 range - order none filter" },
		{ "['and', ['=', 'owner', 3], ['or', ['<', 'at', 500], ['=', 'amount', 1]]]",
		  "", "index owner,stage,at ranges 1 equal 1 range - order none recheck" },
		{ "['and', ['=', 'owner', 3], ['>', 'at', 500], ['=', 'open', true]]", "",
		  "index owner,stage,at ranges 1 equal 1 range - order none filter recheck" },
		{ "['and', ['=', 'owner', 3], ['has', 'words', 'x']]", "",
		  "index owner,stage,at ranges 1 equal 1 range - order none recheck" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

static void folded_columns_serve_folded_comparisons_only(void **state)
{
	static const expectation cases[] = {
		{ "['=~', 'title', 'DEAL 7']", "",
		  "index titles ranges 1 equal 1 range - order none" },
		{ "['prefix~', 'title', 'DEAL 7']", "",
		  "index titles ranges 1 equal 0 range title order none" },
		{ "['null', 'title']", "", "index titles ranges 1 equal 1 range - order none" },
		{ "['=', 'title', 'Deal 7']", "", "FULL_SCAN_REFUSED" },
		{ "['prefix', 'title', 'Deal']", "", "FULL_SCAN_REFUSED" },
		{ "['=~', 'number', 'n7']", "", "FULL_SCAN_REFUSED" },
		{ "nil", "title", "FULL_SCAN_REFUSED" },
		{ "['prefix', 'number', 'N11']", "number",
		  "index number ranges 1 equal 0 range number order index" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

static void an_index_that_leaves_null_out_needs_a_filter_that_does(void **state)
{
	static const expectation cases[] = {
		{ "['=', 'mail', 'a@b.c']", "at",
		  "index mails ranges 1 equal 1 range - order index" },
		{ "['notnull', 'mail']", "mail",
		  "index mails ranges 1 equal 0 range mail order index" },
		{ "['null', 'mail']", "", "FULL_SCAN_REFUSED" },
		{ "nil", "mail", "FULL_SCAN_REFUSED" },
		{ "['not', ['=', 'mail', 'a@b.c']]", "", "FULL_SCAN_REFUSED" },
	};
	ASSERT_PLANS(*state, "deal", cases);
	engine_query query = query_of(*state, "deal", "nil", "mail");
	query.use_index = fixture_index(*state, "deal", "mails");
	assert_string_equal(summary(&query), "INVALID_ARGUMENT");
}

static void deleted_records_are_found_in_the_record_tree_only(void **state)
{
	static const expectation cases[] = {
		{ "['and', ['=', 'owner', 3], ['notnull', 'deleted_at']]", "",
		  "FULL_SCAN_REFUSED" },
		{ "['and', ['=', 'id', 3], ['notnull', 'deleted_at']]", "",
		  "get - ranges 1 equal 1 range - order none recheck" },
	};
	ASSERT_PLANS(*state, "deal", cases);
	static const expectation calls[] = {
		{ "['and', ['=', 'deal', 3], ['notnull', 'deleted_at']]", "-at",
		  "cluster deal,at ranges 1 equal 1 range - order index recheck" },
	};
	ASSERT_PLANS(*state, "call", calls);
}

static void a_cluster_is_read_in_its_order(void **state)
{
	static const expectation cases[] = {
		{ "['=', 'deal', 3]", "-at",
		  "cluster deal,at ranges 1 equal 1 range - order index" },
		{ "['and', ['=', 'deal', 3], ['=', 'kind', 'in']]", "at",
		  "cluster deal,at ranges 1 equal 1 range - order index reverse recheck" },
		{ "['=', 'id', 3]", "", "get - ranges 1 equal 1 range - order none" },
		{ "nil", "id", "scan - ranges 1 equal 0 range - order index" },
		{ "nil", "", "cluster deal,at ranges 1 equal 0 range - order none" },
		{ "['>', 'at', 3]", "at", "index at ranges 1 equal 0 range at order index" },
	};
	ASSERT_PLANS(*state, "call", cases);
}

/* ---- choosing ---- */

static void a_small_limit_does_not_buy_an_unselective_order(void **state)
{
	/* 5 deals have this number; the index that gives the order would be read through. */
	engine_query query = query_of(
		*state, "deal", "['and', ['=', 'rare', 200], ['<', 'at', 5000000]]", "at");
	query.limit = 1;
	assert_string_equal(summary(&query),
	                    "index rare ranges 1 equal 1 range - order sort recheck");
	/* Half of them match: the order is worth more. */
	query = query_of(*state, "deal", "['and', ['=', 'open', true], ['>', 'at', 0]]", "at");
	query.limit = 10;
	assert_string_equal(summary(&query),
	                    "index at ranges 1 equal 0 range at order index recheck");
}

static void the_more_selective_index_is_taken(void **state)
{
	static const expectation cases[] = {
		{ "['and', ['=', 'stage', 'won'], ['=', 'rare', 7]]", "",
		  "index rare ranges 1 equal 1 range - order none recheck" },
		{ "['and', ['=', 'owner', 2], ['=', 'rare', 7]]", "",
		  "index rare ranges 1 equal 1 range - order none recheck" },
		{ "['and', ['=', 'owner', 2], ['>', 'rare', 200]]", "",
		  "index owner,stage,at ranges 1 equal 1 range - order none recheck" },
	};
	ASSERT_PLANS(*state, "deal", cases);
}

/* A walk of 128 keys does not show how long a range is; a lot has 1500 touches, 150 of them
 * answered. The first 50 of those are 500 keys of the cluster. */
static void a_range_of_many_keys_is_not_taken_for_short(void **state)
{
	engine_query query =
		query_of(*state, "touch",
	                 "['and', ['=', 'lot', 1], ['=', 'status', 'answered']]", "-at");
	query.limit = 50;
	assert_string_equal(summary(&query),
	                    "index lot,status,at ranges 1 equal 2 range - order index");
}

static void small_types_are_scanned(void **state)
{
	static const expectation cases[] = {
		{ "['=', 'name', 'Ann']", "",
		  "scan - ranges 1 equal 0 range - order none recheck" },
		{ "nil", "-name", "scan - ranges 1 equal 0 range - order sort" },
	};
	ASSERT_PLANS(*state, "person", cases);
}

static void a_refused_scan_names_the_index_that_would_help(void **state)
{
	static const struct {
		const char *filter;
		const char *order;
		const char *text;
	} cases[] = {
		{ "['and', ['>', 'amount', 5], ['=', 'open', true], ['=', 'title', 'x']]", "",
		  "(open, title, amount)" },
		{ "['=', 'open', true]", "-amount,at", "(open, amount desc, at)" },
		{ "['not', ['=', 'open', true]]", "", "no index can serve this filter" },
		{ "['has', 'words', 'x']", "", "about 1200 records of deal" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		engine_query query = query_of(*state, "deal", cases[i].filter, cases[i].order);
		cx_error error;
		cx_status status;
		explain(&query, &error, &status);
		assert_int_equal(status, CX_FULL_SCAN_REFUSED);
		if (strstr(error.text, cases[i].text) == NULL)
			fail_msg("%s", error.text);
		query.allow_scan = true;
		explain(&query, &error, &status);
		assert_int_equal(status, CX_OK);
	}
}

/* What is changed lies in LMDB and, until a merge, in a memtable: the record is still one. */
static void changes_do_not_make_a_type_large(void **state)
{
	(void)state;
	enum { FEW = 600, LARGE = 1000 };
	store_fixture store;
	fixture_open(&store, "type word { text string(20) }\n");
	fixture_begin(&store);
	for (int i = 0; i < FEW; i++)
		fixture_create(&store, "word", "{'text': 'old'}");
	fixture_commit(&store);
	fixture_reopen(&store);
	fixture_begin(&store);
	for (int i = 1; i <= FEW; i++)
		fixture_update(&store, "word", i, "{'text': 'new'}");
	fixture_commit(&store);
	engine_read *outer = snapshot;
	assert_int_equal(engine_read_begin(store.engine, &snapshot), CX_OK);

	engine_query query = query_of(&store, "word", "['=', 'text', 'new']", "");
	assert_string_equal(summary(&query),
	                    "scan - ranges 1 equal 0 range - order none recheck");
	assert_int_equal(rows_of_type(&query), FEW);

	fixture_begin(&store);
	for (int i = FEW; i < LARGE; i++)
		fixture_create(&store, "word", "{'text': 'new'}");
	fixture_commit(&store);
	assert_int_equal(engine_read_renew(snapshot), CX_OK);
	assert_string_equal(summary(&query), "FULL_SCAN_REFUSED");
	engine_read_end(&snapshot);
	snapshot = outer;
	fixture_close(&store);
}

static void an_index_asked_for_is_taken_or_refused(void **state)
{
	engine_query query = query_of(*state, "deal", "['=', 'rare', 3]", "");
	query.allow_scan = true;
	query.use_index = fixture_index(*state, "deal", "at");
	assert_string_equal(summary(&query),
	                    "index at ranges 1 equal 0 range - order none recheck");
	query.allow_scan = false;
	assert_string_equal(summary(&query), "FULL_SCAN_REFUSED");
	query.use_index = fixture_index(*state, "call", "at");
	assert_string_equal(summary(&query), "INVALID_ARGUMENT");
}

static void rejected_candidates_have_a_reason_each(void **state)
{
	const engine_query query = query_of(*state, "deal", "['=', 'owner', 3]", "amount");
	cx_status status;
	const cx_value plan = explain(&query, NULL, &status);
	assert_int_equal(status, CX_OK);
	const cx_value *rejected = cx_value_member(&plan, "rejected");
	/* all indexes but the one taken, and by id */
	assert_int_equal(rejected->as.array.count, query.type->index_count);
	for (uint32_t i = 0; i < rejected->as.array.count; i++) {
		const cx_value *why = cx_value_member(&rejected->as.array.items[i], "why");
		assert_true(why->as.bytes.size > 10);
		assert_non_null(cx_value_member(&rejected->as.array.items[i], "index"));
	}
	assert_int_equal(rows_of_type(&query), DEALS);
}

/* ---- order that is not exact ---- */

static void cut_texts_take_the_order_from_their_index(void **state)
{
	store_fixture *store = *state;
	engine_query query = query_of(store, "memo", "['>', 'body', 'a']", "body");
	query.use_index = fixture_index(store, "memo", "body");
	assert_string_equal(summary(&query),
	                    "index body ranges 1 equal 0 range body order index");

	char body[601];
	memset(body, 'z', sizeof body - 1);
	body[sizeof body - 1] = '\0';
	char fields[700];
	snprintf(fields, sizeof fields, "{'body': '%s'}", body);
	const int64_t id = fixture_create(store, "memo", fields);
	assert_int_equal(engine_read_renew(snapshot), CX_OK);
	assert_string_equal(summary(&query),
	                    "index body ranges 1 equal 0 range body order sort");
	/* A text that is cut itself has to be looked at again. */
	snprintf(fields, sizeof fields, "['=', 'body', '%s']", body);
	query = query_of(store, "memo", fields, "");
	query.use_index = fixture_index(store, "memo", "body");
	assert_string_equal(summary(&query),
	                    "index body ranges 1 equal 1 range - order none filter");

	fixture_do(store, FIXTURE_DELETE, "memo", id);
	assert_int_equal(engine_read_renew(snapshot), CX_OK);
	query = query_of(store, "memo", "['>', 'body', 'a']", "body");
	query.use_index = fixture_index(store, "memo", "body");
	assert_string_equal(summary(&query),
	                    "index body ranges 1 equal 0 range body order index");
}

static void what_cannot_be_asked_is_refused(void **state)
{
	engine_query query = query_of(*state, "deal", "nil", "words");
	assert_string_equal(summary(&query), "TYPE");
	query = query_of(*state, "deal", "nil", "");
	query.limit = ENGINE_PAGE_RECORDS_MAX;
	assert_string_equal(summary(&query), "scan - ranges 1 equal 0 range - order none");
	query.limit++;
	assert_string_equal(summary(&query), "INVALID_ARGUMENT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_record_is_got_by_id_or_by_unique_key),
		cmocka_unit_test(equalities_come_first_then_one_range_then_order),
		cmocka_unit_test(columns_fixed_by_equality_do_not_count_for_order),
		cmocka_unit_test(the_id_is_the_last_column),
		cmocka_unit_test(choices_are_read_as_ranges_and_merged_to_keep_order),
		cmocka_unit_test(beyond_a_whole_unique_key_there_is_no_order_left_to_ask_for),
		cmocka_unit_test(all_the_ranges_there_may_be_are_merged),
		cmocka_unit_test(columns_that_would_make_too_many_ranges_are_not_fixed),
		cmocka_unit_test(what_an_index_holds_is_decided_there),
		cmocka_unit_test(folded_columns_serve_folded_comparisons_only),
		cmocka_unit_test(an_index_that_leaves_null_out_needs_a_filter_that_does),
		cmocka_unit_test(deleted_records_are_found_in_the_record_tree_only),
		cmocka_unit_test(a_cluster_is_read_in_its_order),
		cmocka_unit_test(a_small_limit_does_not_buy_an_unselective_order),
		cmocka_unit_test(the_more_selective_index_is_taken),
		cmocka_unit_test(a_range_of_many_keys_is_not_taken_for_short),
		cmocka_unit_test(small_types_are_scanned),
		cmocka_unit_test(a_refused_scan_names_the_index_that_would_help),
		cmocka_unit_test(changes_do_not_make_a_type_large),
		cmocka_unit_test(an_index_asked_for_is_taken_or_refused),
		cmocka_unit_test(rejected_candidates_have_a_reason_each),
		cmocka_unit_test(cut_texts_take_the_order_from_their_index),
		cmocka_unit_test(what_cannot_be_asked_is_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
