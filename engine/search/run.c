/* SPDX-License-Identifier: Apache-2.0 */
/* A search: candidates from the index, the most promising first; each read and looked at; the
 * best kept. */
#include "base/check.h"
#include "base/clock.h"
#include "engine/core/search_state.h"
#include "engine/core/snapshot.h"
#include "engine/row/row.h"
#include "engine/search/gather.h"
#include "engine/search/match.h"

#include <string.h>

enum { PROMISES = 3, ROWS_SLICE = 16, ROW_ARENA_BYTES_MAX = 32 * 1024 * 1024 };

/* A record that matched. */
typedef struct ranked {
	engine_row row;
	engine_match match;
	int64_t recent_ms;
} ranked;

typedef struct searching {
	engine_read *read;
	const engine_search *search;
	cx_arena *arena; /* of the search */
	cx_arena *of_row;
	engine__types types;
	engine__wanted wanted;
	engine__budget budget;
	size_t limit;
	uint64_t rows_max;
	uint64_t bytes;
	ranked *best; /* in order; `limit` places */
	size_t best_count;
	engine_search_report report;
	cx_error *error;
} searching;

const char *engine_match_name(engine_match match)
{
	static const char *const names[] = {
#define NAME(name, text) text,
		ENGINE_MATCHES(NAME)
#undef NAME
	};
	return names[match];
}

const char *engine_search_end_name(engine_search_end end)
{
	static const char *const names[] = {
#define NAME(name, text) text,
		ENGINE_SEARCH_ENDS(NAME)
#undef NAME
	};
	return names[end];
}

/* ---- types ---- */

static cx_status make_types(searching *self, size_t most)
{
	const engine_schema *schema = self->read->generation->schema;
	size_t last = 0;
	for (uint16_t i = 0; i < schema->type_count; i++)
		last = schema->types[i].id > last ? schema->types[i].id : last;
	self->types.of_id_count = last + 1;
	self->types.of_id =
		cx_arena_zalloc(self->arena, (last + 1) * sizeof(const engine_type *));
	self->types.each =
		cx_arena_zalloc(self->arena, (most + 1) * sizeof(const engine_type *));
	return self->types.of_id == NULL || self->types.each == NULL ? CX_NO_MEMORY : CX_OK;
}

/* Keeps them in descending order of their ids; one that is named twice is one. */
static void add_type(engine__types *types, const engine_type *type)
{
	if (types->of_id[type->id] != NULL)
		return;
	types->of_id[type->id] = type;
	size_t at = types->count++;
	for (; at > 0 && types->each[at - 1]->id < type->id; at--)
		types->each[at] = types->each[at - 1];
	types->each[at] = type;
}

static cx_status take_types(searching *self)
{
	const engine_search *search = self->search;
	const engine_schema *schema = self->read->generation->schema;
	self->types.all = search->type_count == 0;
	cx_status status =
		make_types(self, self->types.all ? schema->type_count : search->type_count);
	if (status != CX_OK)
		return status;
	for (uint16_t i = 0; self->types.all && i < schema->type_count; i++)
		if (engine__is_searched(&schema->types[i]))
			add_type(&self->types, &schema->types[i]);
	for (size_t i = 0; i < search->type_count; i++) {
		if (!engine__is_searched(search->types[i]))
			return cx_fail(self->error, CX_INVALID_ARGUMENT,
			               "search: no field of %s is searched",
			               search->types[i]->name);
		add_type(&self->types, search->types[i]);
	}
	if (self->types.count == 0)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "search: no field of the schema is searched");
	return CX_OK;
}

/* ---- the best ---- */

static int compare(const ranked *a, const ranked *b)
{
	if (a->match != b->match)
		return a->match < b->match ? -1 : 1;
	if (a->recent_ms != b->recent_ms)
		return a->recent_ms > b->recent_ms ? -1 : 1;
	if (a->row.type != b->row.type)
		return a->row.type->id < b->row.type->id ? -1 : 1;
	return (a->row.id < b->row.id) - (a->row.id > b->row.id);
}

static void keep(searching *self, const ranked *found)
{
	size_t low = 0, high = self->best_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (compare(found, &self->best[middle]) < 0)
			high = middle;
		else
			low = middle + 1;
	}
	if (low == self->limit)
		return;
	if (self->best_count < self->limit)
		self->best_count++;
	memmove(&self->best[low + 1], &self->best[low],
	        (self->best_count - 1 - low) * sizeof *found);
	self->best[low] = *found;
}

/* ---- records ---- */

static int64_t recency_of(const engine_type *type, const engine__value *values)
{
	enum { MS_OF_DAY = 24 * 60 * 60 * 1000 };
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++) {
		const engine_field *field = &type->fields[i];
		if (field->search_as != ENGINE_SEARCH_RECENCY ||
		    values[i].shape != ENGINE__INTEGER)
			continue;
		return field->kind == ENGINE_DATE ? values[i].integer * MS_OF_DAY
		                                  : values[i].integer;
	}
	return values[ENGINE_SLOT_UPDATED_AT].integer;
}

static cx_status look_at(searching *self, const engine__prospect *candidate)
{
	ranked found;
	const engine_type *type = self->types.of_id[candidate->type];
	cx_status status = engine_get(self->read, type, candidate->id, &found.row, self->error);
	if (status == CX_NOT_FOUND)
		return cx_fail(self->error, CX_CORRUPT,
		               "the search index has %s %lld, which is not there; run check",
		               type->name, (long long)candidate->id);
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	if (status == CX_OK)
		status = engine__row_values(type, found.row.array, values);
	CX_UNSET engine__record_text text;
	cx_arena_clear(self->of_row);
	if (status == CX_OK)
		status = engine__record_text_of(type, values, self->of_row, &text);
	if (status != CX_OK)
		return status;
	self->report.rows_fetched++;
	self->bytes += found.row.array.size;
	if (!engine__matches(&self->wanted, &text, &found.match))
		return CX_OK;
	self->report.found++;
	found.recent_ms = recency_of(type, values);
	keep(self, &found);
	return CX_OK;
}

/* 0 for what may be the query as a whole, 1 for what may begin with it. */
static int promise_of(const engine__prospect *candidate)
{
	if ((candidate->flags & ENGINE__TOKEN_START) == 0)
		return 2;
	return (candidate->flags & ENGINE__TOKEN_END) != 0 ? 0 : 1;
}

static bool may_go_on(searching *self)
{
	engine__budget *budget = &self->budget;
	if (self->report.rows_fetched >= self->rows_max ||
	    self->bytes >= ENGINE_SEARCH_BYTES_MAX)
		budget->ended = true;
	else if (self->report.rows_fetched % ROWS_SLICE == 0 && budget->deadline_ns != 0 &&
	         cx_clock_monotonic_ns() >= budget->deadline_ns)
		budget->is_late = true;
	else
		return true;
	return false;
}

/* Also after the keys were not enough: what was gathered until then is worth its rows. */
static cx_status look_at_all(searching *self, const engine__prospects *all)
{
	for (int promise = 0; promise < PROMISES; promise++)
		for (size_t i = 0; i < all->count; i++) {
			if (promise_of(&all->items[i]) != promise)
				continue;
			if (!may_go_on(self))
				return CX_OK;
			cx_status status = look_at(self, &all->items[i]);
			if (status != CX_OK)
				return status;
		}
	return CX_OK;
}

/* ---- hits ---- */

static cx_status find_spans(searching *self, const ranked *found,
                            engine_span spans[ENGINE_SEARCH_SPANS_MAX], size_t *ret_count)
{
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	CX_UNSET engine__record_text text;
	cx_arena_clear(self->of_row);
	cx_status status = engine__row_values(found->row.type, found->row.array, values);
	if (status == CX_OK)
		status = engine__record_text_of(found->row.type, values, self->of_row, &text);
	return status == CX_OK ? engine__match_spans(&self->wanted, &text, spans, ret_count)
	                       : status;
}

static cx_status hand_out(searching *self, engine_hit_sink *sink, void *context)
{
	for (size_t i = 0; i < self->best_count; i++) {
		const ranked *found = &self->best[i];
		engine_span spans[ENGINE_SEARCH_SPANS_MAX];
		engine_hit hit = { .row = found->row,
			           .match = found->match,
			           .recent_ms = found->recent_ms,
			           .spans = spans };
		cx_status status = self->search->spans
		                           ? find_spans(self, found, spans, &hit.span_count)
		                           : CX_OK;
		if (status == CX_OK)
			status = sink(context, &hit);
		if (status != CX_OK)
			return status;
		self->report.hits++;
	}
	return CX_OK;
}

/* ---- the whole ---- */

static cx_status check_state(searching *self)
{
	engine__search_state state;
	cx_status status =
		engine__search_state_read(self->read->engine, self->read->generation->schema,
	                                  self->read->view, &state, NULL);
	if (status != CX_OK)
		return cx_fail(self->error, status, "the state of the search index is damaged");
	if (state.state == ENGINE_SEARCH_READY)
		return CX_OK;
	return cx_fail(self->error, CX_BUSY,
	               "search: the index is being built (%s); ask again later",
	               engine_search_state_name(state.state));
}

static cx_status prepare(searching *self)
{
	const engine_search *search = self->search;
	if (search->limit > ENGINE_SEARCH_HITS_MAX)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "search: limit must lie between 1 and %d",
		               ENGINE_SEARCH_HITS_MAX);
	self->limit = search->limit > 0 ? search->limit : (size_t)ENGINE_SEARCH_HITS_DEFAULT;
	self->rows_max = search->rows_max > 0 ? search->rows_max : ENGINE_SEARCH_ROWS_DEFAULT;
	self->budget = (engine__budget){
		.deadline_ns = search->deadline_ns,
		.keys_max = search->keys_max > 0 ? search->keys_max
		                                 : (uint64_t)ENGINE_SEARCH_KEYS_DEFAULT,
	};
	self->best = cx_arena_alloc(self->arena, self->limit * sizeof *self->best);
	if (self->best == NULL)
		return CX_NO_MEMORY;
	cx_status status = take_types(self);
	if (status == CX_OK)
		status = engine__wanted_read(search->text, self->arena, &self->wanted,
		                             self->error);
	return status == CX_OK ? check_state(self) : status;
}

static cx_status gather(searching *self, engine__prospects *ret)
{
	*ret = (engine__prospects){ 0 };
	for (size_t i = 0; i < self->wanted.reading_count; i++) {
		engine__prospects more = { 0 };
		cx_status status =
			engine__gather(self->read, &self->types, &self->wanted.readings[i],
		                       &self->budget, self->arena, &more);
		if (status == CX_OK && i > 0)
			status = engine__prospects_join(ret, &more, self->arena);
		else if (status == CX_OK)
			*ret = more;
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static engine_search_end end_of(const searching *self)
{
	if (self->budget.is_late)
		return ENGINE_SEARCH_TIME;
	if (self->budget.ended)
		return ENGINE_SEARCH_SCAN;
	return self->report.found > self->limit ? ENGINE_SEARCH_LIMIT : ENGINE_SEARCH_DONE;
}

static cx_status run(searching *self, engine_hit_sink *sink, void *context)
{
	engine__prospects all;
	cx_status status = prepare(self);
	if (status == CX_OK)
		status = gather(self, &all);
	if (status == CX_OK)
		status = look_at_all(self, &all);
	if (status == CX_OK)
		status = hand_out(self, sink, context);
	if (status != CX_OK)
		return status;
	self->report.end = end_of(self);
	self->report.keys_scanned = self->budget.keys;
	return CX_OK;
}

cx_status engine_search_run(engine_read *read, const engine_search *search,
                            engine_hit_sink *sink, void *context, engine_search_report *ret,
                            cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	CX_SCOPED(cx_arena_free) cx_arena *of_row = NULL;
	cx_error why;
	cx_error_clear(&why);
	searching self = { .read = read, .search = search, .error = &why };
	cx_status status = engine__scratch_take(read, &scratch);
	if (status == CX_OK)
		status = cx_arena_new(ROW_ARENA_BYTES_MAX, &of_row);
	self.arena = scratch.arena;
	self.of_row = of_row;
	if (status == CX_OK)
		status = run(&self, sink, context);
	if (status == CX_OK) {
		*ret = self.report;
		return CX_OK;
	}
	if (why.status != status)
		return cx_fail(error, status, "search: %s", cx_status_text(status));
	if (error != NULL)
		*error = why;
	return status;
}
