/* SPDX-License-Identifier: Apache-2.0 */
/* Answers against what one pass over every record of the type finds for all its questions. */
#include "tests/support/naive.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"
#include "tests/trade/question.h"

#include <stdlib.h>

enum { SLACK = 2 /* keys, for each range of each page */ };

/* The place of a record in the order asked for. */
typedef struct place {
	cx_value keys[ENGINE_ORDER_MAX];
} place;

typedef struct expected {
	const trade_question *asked;
	engine_query query;
	const cx_value *filter;
	const cx_value *range; /* NULL: the filter */
	size_t matching;       /* live records that the filter holds for, … */
	size_t in_range;       /* … that the range does, … */
	size_t deleted;        /* … and deleted ones that the filter holds for */
	place *best;           /* up to twice the limit, the first of all among them */
	size_t best_count;
} expected;

static const engine_query *sorting;

static int compare_places(const void *a, const void *b)
{
	const place *x = a, *y = b;
	for (size_t i = 0; i < sorting->order_count; i++) {
		const engine_order *order = &sorting->order[i];
		const int result = naive_compare_values(order->field, &x->keys[i], &y->keys[i]);
		if (result != 0)
			return order->descending ? -result : result;
	}
	return 0;
}

static void sort_best(expected *self)
{
	sorting = &self->query;
	qsort(self->best, self->best_count, sizeof *self->best, compare_places);
	if (self->best_count > self->query.limit)
		self->best_count = self->query.limit;
}

static place place_of(const engine_query *query, const cx_value *row)
{
	place made = { 0 };
	for (size_t i = 0; i < query->order_count; i++)
		made.keys[i] = row->as.array.items[query->order[i].field->slot];
	return made;
}

static void look_at(expected *self, const trade_record *record)
{
	const bool matches =
		naive_holds(record->type, record->row, self->filter, record->arena);
	self->deleted += matches && record->deleted;
	if (record->deleted)
		return;
	if (self->range != NULL)
		self->in_range +=
			naive_holds(record->type, record->row, self->range, record->arena);
	if (!matches)
		return;
	self->matching++;
	self->best[self->best_count++] = place_of(&self->query, record->row);
	if (self->best_count == 2 * self->query.limit)
		sort_best(self);
}

/* The questions about one type. */
typedef struct examination {
	expected items[32];
	size_t count;
	cx_arena *arena; /* the filters */
} examination;

static void visit(void *context, const trade_record *record)
{
	examination *self = context;
	for (size_t i = 0; i < self->count; i++)
		look_at(&self->items[i], record);
}

static const cx_value *decode(cx_slice bytes, cx_arena *arena)
{
	const cx_scan_limits limits = { .bytes = bytes.size, .items = 10000, .depth = 16 };
	const cx_value *value;
	assert_int_equal(cx_value_decode(bytes, limits, arena, &value), CX_OK);
	return value;
}

static void add_question(examination *self, const trade_world *world,
                         const trade_question *asked)
{
	assert_true(self->count < CX_COUNT_OF(self->items));
	expected *to = &self->items[self->count++];
	*to = (expected){ .asked = asked, .query = trade_query_of(world, asked) };
	to->filter = decode(to->query.filter, self->arena);
	if (asked->range != NULL)
		to->range = decode(wire(asked->range), self->arena);
	to->best = calloc(2 * asked->limit, sizeof *to->best);
	assert_non_null(to->best);
}

/* ---- what the engine says ---- */

typedef struct got {
	const trade_world *world;
	const expected *wanted;
	cx_arena *arena;
	size_t rows, pages;
	uint64_t keys, fetched;
	int64_t ids[ENGINE_PAGE_RECORDS_MAX];
	bool good;
} got;

/* A row is a live record that the filter holds for, and lies where the pass has one. Which of
 * several that are equal in the order comes first is the plan's affair. */
static cx_status take(void *context, const engine_row *row)
{
	got *self = context;
	const expected *wanted = self->wanted;
	engine_row stored;
	cx_arena_clear(self->arena);
	const cx_value *values = decode(row->array, self->arena);
	const place at = place_of(&wanted->query, values);
	sorting = &wanted->query;
	self->good =
		self->good && self->rows < wanted->best_count &&
		engine_get(self->world->read, row->type, row->id, &stored, NULL) == CX_OK &&
		cx_slice_equal(stored.array, row->array) &&
		naive_holds(row->type, values, wanted->filter, self->arena) &&
		compare_places(&at, &wanted->best[self->rows]) == 0;
	self->ids[self->rows++ % ENGINE_PAGE_RECORDS_MAX] = row->id;
	return CX_OK;
}

static int compare_ids(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool are_different(int64_t *ids, size_t count)
{
	qsort(ids, count, sizeof *ids, compare_ids);
	for (size_t i = 1; i < count; i++)
		if (ids[i] == ids[i - 1])
			return false;
	return true;
}

/* Reads `limit` rows, in as many pages as their bytes ask for. */
static void ask(got *self)
{
	engine_query query = self->wanted->query;
	engine_page page = { .position_size = 0 };
	uint8_t after[ENGINE_POSITION_BYTES_MAX];
	do {
		cx_error error = { 0 };
		query.limit = self->wanted->query.limit - self->rows;
		query.after = (cx_slice){ after, page.position_size };
		if (engine_query_run(self->world->read, &query, take, self, &page, &error) !=
		    CX_OK)
			fail_msg("%s: %s", self->wanted->asked->what, error.text);
		memcpy(after, page.position, page.position_size);
		self->pages++;
		self->keys += page.keys_scanned;
		self->fetched += page.rows_fetched;
	} while (page.reason == ENGINE_REASON_BYTES);
}

static void check_cost(const got *self)
{
	const expected *wanted = self->wanted;
	const trade_question *asked = wanted->asked;
	size_t keys = asked->range != NULL ? wanted->in_range : self->rows;
	/* A deleted record stays where its cluster has it, so a range read passes it. */
	if (strcmp(asked->plan, "cluster") == 0)
		keys += wanted->deleted;
	const size_t ends = asked->ranges * self->pages;
	if (self->keys > keys + SLACK * ends || self->fetched > keys + ends)
		trade_complain(asked->number, asked->what, "%llu keys and %llu rows for %zu",
		               (unsigned long long)self->keys,
		               (unsigned long long)self->fetched, keys);
}

static void check_answer(const trade_world *world, expected *wanted)
{
	static got answer;
	answer = (got){ .world = world, .wanted = wanted, .good = true };
	assert_int_equal(cx_arena_new(1 << 22, &answer.arena), CX_OK);
	const trade_question *asked = wanted->asked;
	sort_best(wanted);
	ask(&answer);
	cx_arena_free(&answer.arena);
	if (wanted->matching == 0)
		trade_complain(asked->number, asked->what,
		               "nothing is found, so nothing shown");
	if (answer.rows != wanted->best_count)
		trade_complain(asked->number, asked->what, "%zu rows, not %zu", answer.rows,
		               wanted->best_count);
	if (!answer.good || !are_different(answer.ids, answer.rows))
		trade_complain(asked->number, asked->what, "not the rows of the pass");
	check_cost(&answer);
}

static void examine(const trade_world *world, const char *type)
{
	static examination all;
	all = (examination){ .count = 0 };
	assert_int_equal(cx_arena_new(1 << 22, &all.arena), CX_OK);
	for (size_t i = 0; i < trade_question_count; i++)
		if (strcmp(trade_questions[i].type, type) == 0)
			add_question(&all, world, &trade_questions[i]);
	trade_pass(world, type, visit, &all);
	for (size_t i = 0; i < all.count; i++) {
		check_answer(world, &all.items[i]);
		free(all.items[i].best);
	}
	cx_arena_free(&all.arena);
}

static bool was_before(size_t question)
{
	for (size_t i = 0; i < question; i++)
		if (strcmp(trade_questions[i].type, trade_questions[question].type) == 0)
			return true;
	return false;
}

void trade_check_answers(const trade_world *world)
{
	for (size_t i = 0; i < trade_question_count; i++)
		if (!was_before(i))
			examine(world, trade_questions[i].type);
}
