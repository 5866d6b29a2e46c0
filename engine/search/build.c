/* SPDX-License-Identifier: Apache-2.0 */
/* Clearing the index and building it, slice by slice. */
#include "base/check.h"
#include "engine/core/search_state.h"
#include "engine/row/row.h"
#include "engine/search/posting.h"

#include <string.h>

enum { PAIRS = 64, PLACE_BYTES = 10, ID_BYTES = 8 };

typedef struct building {
	engine_write *write;
	uint32_t work;
	engine__search_state state;
	cx_error *error;
} building;

const char *engine_search_state_name(engine_search_state state)
{
	static const char *const names[] = {
#define NAME(name, text) text,
		ENGINE_SEARCH_STATES(NAME)
#undef NAME
	};
	return names[state];
}

cx_status engine_search_state_get(engine_read *read, engine_search_state *ret)
{
	engine__search_state state;
	cx_status status = engine__search_state_read(read->engine, read->generation->schema,
	                                             read->view, &state, NULL);
	if (status == CX_OK)
		*ret = state.state;
	return status;
}

cx_status engine_search_rebuild(engine_write *write)
{
	const engine__search_state state = { .state = ENGINE_SEARCH_CLEARING };
	write->maintains = true;
	return engine__search_state_put(write->engine, write->read.generation->schema,
	                                write->txn, &state);
}

static void set_place(building *self, cx_slice place)
{
	CX_ASSERT(place.size <= sizeof self->state.place);
	self->state.place_size = place.size;
	if (place.size > 0)
		memcpy(self->state.place, place.data, place.size);
}

/* ---- clearing ---- */

static cx_status clear_pairs(building *self, const engine__pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cx_status status = engine__txn_remove(
			self->write->txn, self->write->engine->search, pairs[i].key);
		if (status != CX_OK)
			return status;
	}
	if (count > 0)
		set_place(self, pairs[count - 1].key);
	return CX_OK;
}

static cx_status clear_some(building *self, engine__cursor *cursor, bool *ret_end)
{
	CX_UNSET engine__pair pairs[PAIRS];
	const size_t max = self->work < PAIRS ? self->work : (size_t)PAIRS;
	size_t got = 0;
	cx_status status = engine__cursor_next(cursor, pairs, max, &got);
	if (status == CX_OK)
		status = clear_pairs(self, pairs, got);
	self->work -= (uint32_t)got;
	*ret_end = got < max;
	return status;
}

static cx_status clear(building *self)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = engine__cursor_open(
		self->write->read.view, self->write->engine->search, ENGINE__FORWARD, &cursor);
	const cx_slice place = { .data = self->state.place, .size = self->state.place_size };
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, place);
	bool end = false;
	while (status == CX_OK && self->work > 0 && !end)
		status = clear_some(self, cursor, &end);
	if (status == CX_OK && end)
		self->state = (engine__search_state){ .state = ENGINE_SEARCH_BUILDING };
	return status;
}

/* ---- building ---- */

static uint64_t big_endian(const uint8_t *bytes, size_t size)
{
	uint64_t number = 0;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | bytes[i];
	return number;
}

static cx_status add_record(building *self, const engine_type *type, int64_t id)
{
	engine_write *write = self->write;
	engine_row row;
	cx_status status = engine_get_any(&write->read, type, id, &row, self->error);
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	if (status == CX_OK)
		status = engine__row_values(type, row.array, values);
	if (status == CX_OK)
		status = engine__search_apply(write, type, id, NULL, values);
	cx_arena_clear(write->read.assembled);
	return status;
}

/* The place is behind this record. */
static void set_record_place(building *self, const engine_type *type, const uint8_t *id)
{
	uint8_t place[PLACE_BYTES] = { (uint8_t)(type->id >> 8), (uint8_t)type->id };
	memcpy(place + 2, id, ID_BYTES);
	set_place(self, (cx_slice){ .data = place, .size = sizeof place });
}

static cx_status add_pairs(building *self, const engine_type *type, const engine__pair *pairs,
                           size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pairs[i].key.size != ID_BYTES)
			return CX_CORRUPT;
		const uint64_t id = big_endian(pairs[i].key.data, ID_BYTES);
		cx_status status = id == 0 || id > INT64_MAX
		                           ? CX_CORRUPT
		                           : add_record(self, type, (int64_t)id);
		if (status != CX_OK)
			return status;
		set_record_place(self, type, pairs[i].key.data);
	}
	return CX_OK;
}

/* The records of a type in order of their ids, behind `after`. */
static cx_status add_type(building *self, const engine_type *type, uint64_t after,
                          bool *ret_end)
{
	const uint16_t tree = type->cluster != NULL ? type->cluster_tree : type->record_tree;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	uint8_t first[ID_BYTES];
	for (int i = 0; i < ID_BYTES; i++)
		first[i] = (uint8_t)((after + 1) >> (56 - 8 * i));
	cx_status status = engine__cursor_open(self->write->read.view, engine__tree_of(tree),
	                                       ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor,
		                             (cx_slice){ .data = first, .size = sizeof first });
	*ret_end = false;
	while (status == CX_OK && self->work > 0 && !*ret_end) {
		CX_UNSET engine__pair pairs[PAIRS];
		const size_t max = self->work < PAIRS ? self->work : (size_t)PAIRS;
		size_t got = 0;
		status = engine__cursor_next(cursor, pairs, max, &got);
		if (status == CX_OK)
			status = add_pairs(self, type, pairs, got);
		self->work -= (uint32_t)got;
		*ret_end = got < max;
	}
	return status;
}

/* The searched type with the least id not below `least`; NULL when there is none. */
static const engine_type *next_type(const engine_schema *schema, uint32_t least)
{
	const engine_type *next = NULL;
	for (uint16_t i = 0; i < schema->type_count; i++) {
		const engine_type *type = &schema->types[i];
		if (type->id >= least && engine__is_searched(type) &&
		    (next == NULL || type->id < next->id))
			next = type;
	}
	return next;
}

static cx_status build(building *self)
{
	if (self->state.place_size != 0 && self->state.place_size != PLACE_BYTES)
		return CX_CORRUPT;
	uint32_t least = 0;
	uint64_t after = 0;
	if (self->state.place_size > 0) {
		least = (uint32_t)big_endian(self->state.place, 2);
		after = big_endian(self->state.place + 2, ID_BYTES);
	}
	while (self->work > 0) {
		const engine_type *type =
			next_type(self->write->read.generation->schema, least);
		if (type == NULL) {
			self->state = (engine__search_state){ .state = ENGINE_SEARCH_READY };
			return CX_OK;
		}
		bool end;
		cx_status status = add_type(self, type, type->id == least ? after : 0, &end);
		if (status != CX_OK)
			return status;
		if (end) {
			least = (uint32_t)type->id + 1;
			after = 0;
			set_record_place(self, type,
			                 (const uint8_t[ID_BYTES]){ 0x7f, 0xff, 0xff, 0xff,
			                                            0xff, 0xff, 0xff, 0xff });
		}
	}
	return CX_OK;
}

cx_status engine_search_build(engine_write *write, uint32_t work_max,
                              engine_search_state *ret_state, cx_error *error)
{
	CX_ASSERT(work_max > 0);
	write->maintains = true;
	building self = { .write = write, .work = work_max, .error = error };
	cx_status status =
		engine__search_state_read(write->engine, write->read.generation->schema,
	                                  write->read.view, &self.state, NULL);
	if (status == CX_OK && self.state.state == ENGINE_SEARCH_READY) {
		*ret_state = ENGINE_SEARCH_READY;
		return CX_OK;
	}
	if (status == CX_OK && self.state.state == ENGINE_SEARCH_CLEARING)
		status = clear(&self);
	if (status == CX_OK && self.state.state == ENGINE_SEARCH_BUILDING)
		status = build(&self);
	if (status == CX_OK)
		status = engine__search_state_put(write->engine, write->read.generation->schema,
		                                  write->txn, &self.state);
	if (status == CX_OK)
		*ret_state = self.state.state;
	else
		cx_fail(error, status, "the search index cannot be built: %s",
		        cx_status_text(status));
	return status;
}
