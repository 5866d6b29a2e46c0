/* SPDX-License-Identifier: Apache-2.0 */
/* The law of queries: every plan returns what looking at every record does, in the order asked
 * for, and pages concatenate to the whole, whatever their size and direction, also while
 * records that do not matter change between them. */
#include "engine/query/plan.h"
#include "tests/property/random_query.h"
#include "tests/support/naive.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdlib.h>
#include <string.h>

enum {
	TEAMS = 4,
	RECORDS = 300, /* tried; unique indexes refuse some */
	ROUNDS = 40,   /* per type and law */
	PAGES_MAX = 2000,
};

typedef struct world {
	store_fixture store;
	dice dice;
	int64_t last[2]; /* ids given: thing, event */
} world;

static int plans_remembered;
static int gave_up;
static unsigned pages_run;
static int unions;
static int merged_unions;
static int intersections;
static int searched; /* the search index told the records of a match */
static int unsearched;
static int covered;

static const char *const type_names[] = { "thing", "event" };

/* ---- making records ---- */

static cx_status change_one(world *self, engine_write *write, int kind, int64_t id)
{
	const engine_type *type = fixture_type(&self->store, type_names[kind]);
	const engine_change change = { .author.now_ms = self->store.now_ms++ };
	engine_outcome outcome;
	if (id > 0 && dice_one_in(&self->dice, 3))
		return engine_delete(write, type, id, &change, &outcome, NULL);
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(1 << 20);
	random_fields(&self->dice, type, &fields);
	if (id > 0)
		return engine_update(write, type, id, cx_buf_slice(&fields), &change, &outcome,
		                     NULL);
	cx_status status =
		engine_create(write, type, cx_buf_slice(&fields), &change, &outcome, NULL);
	if (status == CX_OK && outcome.id > self->last[kind])
		self->last[kind] = outcome.id;
	return status;
}

static void change_some(world *self, engine_write *write, int kind, int times)
{
	for (int i = 0; i < times; i++) {
		const int64_t last = self->last[kind];
		const int64_t id =
			last > 0 && dice_one_in(&self->dice, 4)
				? 1 + (int64_t)dice_below(&self->dice, (uint64_t)last)
				: 0;
		cx_status status = change_one(self, write, kind, id);
		assert_true(status == CX_OK || status == CX_UNIQUE || status == CX_NOT_FOUND);
	}
}

static int setup(void **state)
{
	static world self;
	self = (world){ .dice = dice_init() };
	fixture_open(&self.store, random_schema);
	for (int i = 0; i < TEAMS; i++)
		fixture_create(&self.store, "team", "{}");
	fixture_begin(&self.store);
	for (int kind = 0; kind < 2; kind++)
		change_some(&self, self.store.write, kind, RECORDS);
	fixture_commit(&self.store);
	*state = &self;
	return 0;
}

static int teardown(void **state)
{
	world *self = *state;
	fixture_assert_sound(&self->store);
	fixture_close(&self->store);
	return 0;
}

/* ---- results ---- */

typedef struct result {
	int64_t *ids;
	size_t count;
	size_t room;
	const naive_table *table;  /* rows must be as they are here; NULL: not looked at */
	const engine_query *query; /* says of which fields; NULL: of all */
} result;

static cx_slice element(cx_slice array, uint16_t slot)
{
	cx_reader reader = cx_reader_of(array);
	const uint32_t count = cx_read_array(&reader);
	assert_true(slot < count);
	for (uint16_t i = 0; i < slot; i++)
		cx_read_skip(&reader);
	const cx_slice found = cx_read_skip(&reader);
	assert_false(reader.failed);
	return found;
}

static bool is_as_stored(const result *self, cx_slice stored, cx_slice row)
{
	if (self->query == NULL || self->query->only == NULL)
		return cx_slice_equal(stored, row);
	for (size_t i = 0; i < self->query->only_count; i++) {
		const uint16_t slot = self->query->only[i];
		if (!cx_slice_equal(element(stored, slot), element(row, slot)))
			return false;
	}
	return true;
}

static cx_status collect(void *context, const engine_row *row)
{
	result *self = context;
	if (self->count == self->room) {
		self->room = self->room > 0 ? 2 * self->room : 64;
		self->ids = realloc(self->ids, self->room * sizeof *self->ids);
	}
	self->ids[self->count++] = row->id;
	if (self->table != NULL) {
		const naive_record *record = naive_find(self->table, row->id);
		assert_non_null(record);
		assert_true(is_as_stored(self, record->bytes, row->array));
	}
	return CX_OK;
}

static void release(result *self)
{
	free(self->ids);
	*self = (result){ 0 };
}

static void print_query(const engine_query *query)
{
	print_message("%s %s, index %s", query->type->name, wire_show(query->filter),
	              query->use_index != NULL ? query->use_index->name : "-");
	for (size_t i = 0; i < query->order_count; i++)
		print_message(", %s%s", query->order[i].field->name,
		              query->order[i].descending ? " desc" : "");
	print_message("\n");
}

/* States a claim about a query; what fails is shown. */
static void claim(bool holds, const char *what, const engine_query *query)
{
	if (holds)
		return;
	print_query(query);
	fail_msg("%s", what);
}

/* The ids of `touched` (may be NULL) may be missing or too many. */
static void check(const naive_table *table, const engine_query *query, const result *found,
                  const bool *touched)
{
	const naive_record *before = NULL;
	for (size_t i = 0; i < found->count; i++) {
		if (touched != NULL && touched[found->ids[i]])
			continue;
		const naive_record *record = naive_find(table, found->ids[i]);
		claim(record != NULL, "a row that is no record", query);
		claim(naive_matches(table, record, query->filter), "a row that does not match",
		      query);
		claim(before == NULL || naive_compare(before, record, query->order,
		                                      query->order_count) <= 0,
		      "rows out of order", query);
		for (size_t j = 0; j < i; j++)
			claim(found->ids[j] != record->id, "a row twice", query);
		before = record;
	}
	size_t expected = 0;
	size_t got = 0;
	for (size_t i = 0; i < table->count; i++) {
		const naive_record *record = &table->records[i];
		const bool counts = touched == NULL || !touched[record->id];
		expected += counts && naive_matches(table, record, query->filter);
	}
	for (size_t i = 0; i < found->count; i++)
		got += touched == NULL || !touched[found->ids[i]];
	if (got != expected)
		print_message("%zu rows, %zu expected\n", got, expected);
	claim(got == expected, "rows are missing", query);
}

/* ---- pages ---- */

/* What happens between two pages. */
typedef struct between {
	void (*act)(void *context);
	void *context;
} between;

static cx_status run_page(world *self, engine_read *read, engine_query query, size_t limit_max,
                          result *found, engine_page *page)
{
	query.limit = 1 + dice_below(&self->dice, limit_max);
	query.deadline_ns = dice_one_in(&self->dice, 4) ? 1 : 0;
	query.max_scan = dice_one_in(&self->dice, 4) ? 1 + dice_below(&self->dice, 40) : 0;
	query.give_up_keys = query.max_scan == 0 ? 1 + ++pages_run % 20 : 0;
	const size_t before = found->count;
	cx_error error;
	cx_status status = engine_query_run(read, &query, collect, found, page, &error);
	if (status == CX_DEADLINE || (status == CX_SORT_LIMIT && query.max_scan > 0)) {
		assert_int_equal(found->count, before);
		query.deadline_ns = 0;
		query.max_scan = 0;
		status = engine_query_run(read, &query, collect, found, page, &error);
	}
	if (status != CX_OK) {
		assert_int_equal(error.status, status);
		assert_int_equal(found->count, before);
		return status;
	}
	gave_up += page->gave_up;
	assert_int_equal(page->rows, found->count - before);
	assert_true(page->rows <= query.limit);
	assert_true((page->position_size == 0) == (page->reason == ENGINE_REASON_DONE));
	return CX_OK;
}

/* Pages of random sizes to the end. */
static cx_status run_pages(world *self, engine_read *read, engine_query query, result *found,
                           const between *pause)
{
	const size_t limit_max = dice_one_in(&self->dice, 2) ? 7 : 500;
	engine_page page = { 0 };
	for (int pages = 0; pages < PAGES_MAX; pages++) {
		cx_status status = run_page(self, read, query, limit_max, found, &page);
		if (status != CX_OK || page.reason == ENGINE_REASON_DONE)
			return status;
		query.after = wire_exact(
			(cx_slice){ .data = page.position, .size = page.position_size });
		if (pause != NULL) {
			pause->act(pause->context);
			assert_int_equal(engine_read_renew(read), CX_OK);
		}
	}
	fail_msg("the pages do not end");
	return CX_INTERNAL;
}

/* A filter that means the same and tells the planner nothing. */
static void disguise(cx_slice filter, cx_buf *out)
{
	for (int i = 0; i < 2; i++) {
		cx_write_array(out, 2);
		cx_write_text(out, "not");
	}
	cx_write_raw(out, filter);
}

static void check_count(engine_read *read, const naive_table *table, const engine_query *query)
{
	size_t expected = 0;
	for (size_t i = 0; i < table->count; i++)
		expected += naive_matches(table, &table->records[i], query->filter);
	uint64_t count;
	assert_int_equal(engine_query_count(read, query, &count, NULL), CX_OK);
	claim(count == expected, "counted wrong", query);
}

static void check_explain(engine_read *read, const engine_query *query)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 16);
	assert_int_equal(engine_query_explain(read, query, &out, NULL), CX_OK);
	const cx_scan_limits limits = { .bytes = 1 << 16, .items = 1000, .depth = 4 };
	assert_int_equal(cx_scan_whole(cx_buf_slice(&out), limits), CX_OK);
}

static void make_plan(engine_read *read, const engine_query *query, engine__purpose purpose,
                      cx_arena *arena, engine__plan *ret)
{
	assert_int_equal(engine__plan_of(read, query, purpose, arena, ret, NULL), CX_OK);
}

/* The choice a handle remembers is the one that looking at every path makes. */
static void check_memory(engine_read *read, const engine_query *query)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 26, &arena), CX_OK);
	engine__plan known, looked;
	make_plan(read, query, ENGINE__PURPOSE_RUN, arena, &known);
	make_plan(read, query, ENGINE__PURPOSE_EXPLAIN, arena, &looked);
	const engine__candidate *a = known.chosen;
	const engine__candidate *b = looked.chosen;
	claim(known.form == looked.form, "another form was remembered", query);
	claim(a->path.index == b->path.index && a->ordering == b->ordering &&
	              a->reverse == b->reverse && a->equal_count == b->equal_count &&
	              a->ranges == b->ranges && memcmp(a->used, b->used, sizeof a->used) == 0,
	      "another plan was remembered", query);
	plans_remembered += query->use_index == NULL && known.candidate_count == 1;
}

/* Counts what was tried, so that it can be claimed to be enough. */
static void note_form(engine_read *read, const engine_query *query)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 26, &arena), CX_OK);
	engine__plan plan;
	make_plan(read, query, ENGINE__PURPOSE_RUN, arena, &plan);
	unions += plan.form == ENGINE__UNION;
	merged_unions += plan.form == ENGINE__UNION && plan.chosen->ordering == ENGINE__MERGED;
	intersections += plan.form == ENGINE__INTERSECTION;
	searched += plan.searched;
	unsearched += plan.matches && !plan.searched;
	for (uint16_t i = 0; i < plan.leg_count; i++)
		covered += plan.legs[i].covers && !plan.legs[i].fetches;
}

/* Some fields, mostly of one index and the id. */
typedef struct some_fields {
	uint16_t slots[ENGINE_COLUMNS_MAX + 1];
	size_t count;
} some_fields;

/* Of the index that is used, or would be. */
static some_fields pick_fields(world *self, engine_read *read, const engine_query *query)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 26, &arena), CX_OK);
	engine__plan plan;
	const engine_index *index = query->use_index;
	if (index == NULL &&
	    engine__plan_of(read, query, ENGINE__PURPOSE_RUN, arena, &plan, NULL) == CX_OK)
		index = plan.chosen->path.index;
	some_fields fields = { .count = 1, .slots = { ENGINE_SLOT_ID } };
	for (uint16_t i = 0; index != NULL && i < index->column_count; i++)
		if (dice_one_in(&self->dice, 2))
			fields.slots[fields.count++] = index->columns[i].field->slot;
	if (dice_one_in(&self->dice, 8))
		fields.slots[0] = (uint16_t)dice_below(&self->dice, query->type->field_count);
	return fields;
}

/* By one plan, which may be one that cannot be used. */
static void try_plan(world *self, engine_read *read, const naive_table *table,
                     const engine_query *query)
{
	const some_fields fields = pick_fields(self, read, query);
	engine_query asked = *query;
	if (dice_one_in(&self->dice, 2)) {
		asked.only = fields.slots;
		asked.only_count = fields.count;
	}
	query = &asked;
	CX_SCOPED(release) result found = { .table = table, .query = query };
	cx_status status = run_pages(self, read, *query, &found, NULL);
	const bool forced = query->use_index != NULL || query->combine > ENGINE_COMBINE_NEVER;
	if (forced && status == CX_INVALID_ARGUMENT)
		return;
	claim(status == CX_OK, cx_status_text(status), query);
	note_form(read, query);
	check(table, query, &found, NULL);
	check_count(read, table, query);
	check_explain(read, query);
	check_memory(read, query);
}

/* Without the indexes that were chosen so far, until reading every record is what is left. */
static void try_without(world *self, engine_read *read, const naive_table *table,
                        engine_query query)
{
	for (;;) {
		CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
		assert_int_equal(cx_arena_new(1 << 26, &arena), CX_OK);
		engine__plan plan;
		make_plan(read, &query, ENGINE__PURPOSE_RUN, arena, &plan);
		const engine_index *chosen = plan.chosen->path.index;
		if (chosen == NULL || query.no_index_count == ENGINE_NO_INDEX_MAX)
			return;
		for (size_t i = 0; i < query.no_index_count; i++)
			claim(query.no_index[i] != chosen, "an excluded index", &query);
		query.no_index[query.no_index_count++] = chosen;
		try_plan(self, read, table, &query);
	}
}

static void try_every_plan(world *self, engine_read *read, const naive_table *table,
                           engine_query query)
{
	query.allow_scan = true;
	try_plan(self, read, table, &query);
	try_without(self, read, table, query);
	for (int combine = ENGINE_COMBINE_NEVER; combine <= ENGINE_COMBINE_INTERSECT;
	     combine++) {
		query.combine = (engine_combine)combine;
		try_plan(self, read, table, &query);
	}
	engine_query by_id = query;
	by_id.order[0] = (engine_order){ .field = &query.type->fields[ENGINE_SLOT_ID],
		                         .descending = dice_one_in(&self->dice, 2) };
	by_id.order_count = 1;
	for (int combine = ENGINE_COMBINE_UNITE; combine <= ENGINE_COMBINE_INTERSECT;
	     combine++) {
		by_id.combine = (engine_combine)combine;
		try_plan(self, read, table, &by_id);
	}
	engine_query by_day = by_id; /* which follows some columns in several indexes */
	by_day.order[0].field = engine_type_field(query.type, CX_SLICE_LITERAL("day"));
	by_day.combine = ENGINE_COMBINE_UNITE;
	try_plan(self, read, table, &by_day);
	query.combine = ENGINE_COMBINE_AS_CHEAPEST;
	for (uint16_t i = 0; i < query.type->index_count; i++) {
		query.use_index = &query.type->indexes[i];
		try_plan(self, read, table, &query);
	}
	if (query.filter.data[0] == 0xc0)
		return;
	CX_SCOPED(cx_buf_release) cx_buf disguised = CX_BUF_INIT(1 << 20);
	disguise(query.filter, &disguised);
	query.filter = cx_buf_slice(&disguised);
	query.use_index = NULL;
	try_plan(self, read, table, &query);
}

static void try_rounds(world *self, engine_read *read, int kind, int rounds)
{
	const engine_type *type = fixture_type(&self->store, type_names[kind]);
	CX_SCOPED(naive_release) naive_table table;
	naive_read(&table, read, type, self->last[kind]);
	assert_true(table.count > RECORDS / 4);
	for (int i = 0; i < rounds; i++) {
		CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(1 << 20);
		random_filter(&self->dice, type, &filter);
		engine_query query = { .type = type,
			               .filter = wire_exact(cx_buf_slice(&filter)) };
		random_order(&self->dice, type, &query);
		try_every_plan(self, read, &table, query);
	}
	/* By chance this comes too seldom. */
	try_every_plan(self, read, &table,
	               (engine_query){ .type = type,
	                               .filter = wire("['or', ['=', 'who', 2], "
	                                              "['=', 'stage', 'mid']]") });
	try_every_plan(self, read, &table,
	               (engine_query){ .type = type,
	                               .filter = wire("['and', ['match', 'a'], ['or', "
	                                              "['=', 'who', 2], "
	                                              "['=', 'stage', 'mid']]]") });
}

/* ---- laws ---- */

static void every_plan_returns_what_looking_at_every_record_does(void **state)
{
	world *self = *state;
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	for (int kind = 0; kind < 2; kind++)
		try_rounds(self, read, kind, ROUNDS);
	engine_read_end(&read);
}

static void inside_a_transaction_too(void **state)
{
	world *self = *state;
	engine_write *write = NULL;
	assert_int_equal(engine_write_begin(self->store.engine, &write), CX_OK);
	const int64_t before[2] = { self->last[0], self->last[1] };
	for (int kind = 0; kind < 2; kind++) {
		change_some(self, write, kind, 80);
		try_rounds(self, engine_write_view(write), kind, ROUNDS / 4);
	}
	engine_write_abort(&write);
	memcpy(self->last, before, sizeof before);
}

/* ---- changes between pages ---- */

typedef struct changes {
	world *owner;
	int kind;
	bool *touched; /* by id */
	size_t room;
} changes;

static void change_between(void *context)
{
	changes *self = context;
	world *owner = self->owner;
	fixture_begin(&owner->store);
	for (int i = 0; i < 3; i++) {
		const uint64_t last = (uint64_t)owner->last[self->kind];
		int64_t id = dice_one_in(&owner->dice, 2)
		                     ? 1 + (int64_t)dice_below(&owner->dice, last)
		                     : 0;
		cx_status status = change_one(owner, owner->store.write, self->kind, id);
		assert_true(status == CX_OK || status == CX_UNIQUE || status == CX_NOT_FOUND);
		if (id == 0)
			id = owner->last[self->kind];
		assert_true((size_t)id < self->room);
		if (status == CX_OK)
			self->touched[id] = true;
	}
	fixture_commit(&owner->store);
}

static bool orders_by_text(const engine_query *query)
{
	for (size_t i = 0; i < query->order_count; i++)
		if (query->order[i].field->kind == ENGINE_TEXT ||
		    query->order[i].field->kind == ENGINE_BYTES)
			return true;
	return false;
}

/* Returns false when the continuation was refused. */
static bool try_while_changing(world *self, const engine_query *query, int kind)
{
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	CX_SCOPED(naive_release) naive_table table;
	naive_read(&table, read, query->type, self->last[kind]);
	changes made = { .owner = self, .kind = kind, .room = 100000 };
	made.touched = calloc(made.room, 1);
	const between pause = { change_between, &made };
	CX_SCOPED(release) result found = { 0 };
	cx_status status = run_pages(self, read, *query, &found, &pause);
	const bool refused = status == CX_CURSOR_STALE;
	claim(!refused || orders_by_text(query), "a continuation was refused", query);
	const bool forced = query->use_index != NULL || query->combine > ENGINE_COMBINE_NEVER;
	if (!refused && !(forced && status == CX_INVALID_ARGUMENT)) {
		claim(status == CX_OK, cx_status_text(status), query);
		check(&table, query, &found, made.touched);
	}
	free(made.touched);
	engine_read_end(&read);
	return !refused;
}

static void rows_that_do_not_change_come_once_while_others_do(void **state)
{
	world *self = *state;
	int refused = 0;
	for (int i = 0; i < ROUNDS; i++) {
		const int kind = i % 2;
		const engine_type *type = fixture_type(&self->store, type_names[kind]);
		CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(1 << 20);
		random_filter(&self->dice, type, &filter);
		engine_query query = { .type = type,
			               .filter = wire_exact(cx_buf_slice(&filter)),
			               .allow_scan = true };
		random_order(&self->dice, type, &query);
		if (dice_one_in(&self->dice, 2))
			query.use_index =
				&type->indexes[dice_below(&self->dice, type->index_count)];
		else
			query.combine = (engine_combine)dice_below(&self->dice, 4);
		refused += !try_while_changing(self, &query, kind);
	}
	assert_true(refused < ROUNDS / 4);
}

/* By default all of them come many times. */
static void every_form_was_tried(void **state)
{
	(void)state;
	print_message(
		"%d remembered, %d unions, %d of them merged, %d intersections, %d covered, "
		"%d of records that a search told, %d not told, %d given up\n",
		plans_remembered, unions, merged_unions, intersections, covered, searched,
		unsearched, gave_up);
	assert_true(plans_remembered > 0);
	assert_true(unions > 0);
	assert_true(merged_unions > 0);
	assert_true(intersections > 0);
	assert_true(searched > 100 && unsearched > 0);
	assert_true(covered > 0);
	assert_true(gave_up > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_plan_returns_what_looking_at_every_record_does),
		cmocka_unit_test(inside_a_transaction_too),
		cmocka_unit_test(rows_that_do_not_change_come_once_while_others_do),
		cmocka_unit_test(every_form_was_tried),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
