/* SPDX-License-Identifier: Apache-2.0 */
/* The state hash: each record's row and what deletes have written down, one after the other,
 * each hashed with what came before as the seed. A reference that a delete cleared in a record
 * that was purged since is left out, as nothing can come of it any more. */
#include "base/hash.h"

#include "base/clock.h"
#include "engine/changes.h"
#include "engine/core/handle.h"
#include "engine/record/read.h"
#include "engine/record/undo.h"

enum { KEYS_PER_CLOCK = 1024, PAIRS = 64 };

typedef struct hashing {
	engine_read *read;
	const engine_type *type; /* of rows; NULL otherwise */
	bool steps;              /* of deletes */
	uint64_t deadline_ns;
	uint64_t keys;
	uint64_t hash;
} hashing;

/* Long rows are put together in an arena of ours, so that they do not pile up. */
static cx_status add_row(hashing *self, const engine__pair *pair, cx_arena *pieces)
{
	engine_row row;
	cx_arena *assembled = self->read->assembled;
	self->read->assembled = pieces;
	cx_status status =
		engine__read_row(self->read, self->type, pair->key, pair->value, &row, NULL);
	self->read->assembled = assembled;
	if (status == CX_OK)
		self->hash = cx_hash64(row.array, self->hash ^ (uint64_t)row.id);
	cx_arena_clear(pieces);
	return status;
}

static void add_pair(hashing *self, const engine__pair *pair)
{
	self->hash = cx_hash64(pair->key, self->hash);
	self->hash = cx_hash64(pair->value, self->hash);
}

static uint64_t big_endian(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Their numbers do not count, only their order. */
static cx_status add_step(hashing *self, const engine__pair *pair)
{
	if (pair->key.size != 12)
		return CX_CORRUPT;
	const uint64_t delete_id = big_endian(pair->key.data, 8);
	const uint32_t number = (uint32_t)big_endian(pair->key.data + 8, 4);
	engine__step step;
	cx_status status = engine__step_get(self->read, delete_id, number, &step);
	engine_row row;
	if (status == CX_OK && step.kind == ENGINE__STEP_CLEARED)
		status = engine_get_any(self->read, step.type, step.id, &row, NULL);
	if (status == CX_OK)
		self->hash = cx_hash64(pair->value, self->hash ^ delete_id);
	return status == CX_NOT_FOUND ? CX_OK : status;
}

static cx_status add(hashing *self, const engine__pair *pair, cx_arena *pieces)
{
	if (self->type != NULL)
		return add_row(self, pair, pieces);
	if (self->steps)
		return add_step(self, pair);
	add_pair(self, pair);
	return CX_OK;
}

static bool is_late(const hashing *self)
{
	return self->deadline_ns != 0 && cx_clock_monotonic_ns() >= self->deadline_ns;
}

static cx_status add_tree(hashing *self, engine__tree tree)
{
	CX_SCOPED(cx_arena_free) cx_arena *pieces = NULL;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = cx_arena_new((size_t)2 * ENGINE_RECORD_BYTES_MAX, &pieces);
	if (status == CX_OK)
		status = engine__cursor_open(self->read->view, tree, ENGINE__FORWARD, &cursor);
	for (;;) {
		engine__pair pairs[PAIRS];
		size_t count = 0;
		if (status == CX_OK)
			status = engine__cursor_next(cursor, pairs, PAIRS, &count);
		if (status != CX_OK || count == 0)
			return status;
		for (size_t i = 0; i < count && status == CX_OK; i++) {
			status = add(self, &pairs[i], pieces);
			if (++self->keys % KEYS_PER_CLOCK == 0 && is_late(self))
				return CX_DEADLINE;
		}
	}
}

cx_status engine_state_hash(engine_read *read, uint64_t deadline_ns, uint64_t *ret)
{
	const engine *store = read->engine;
	const engine_schema *schema = engine_read_schema(read);
	hashing self = { .read = read, .deadline_ns = deadline_ns };
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < schema->type_count && status == CX_OK; i++) {
		self.type = &schema->types[i];
		self.hash = cx_hash64(cx_slice_of(self.type->name), self.hash);
		status = add_tree(&self, engine__tree_of(self.type->record_tree));
	}
	self.type = NULL;
	if (status == CX_OK)
		status = add_tree(&self, store->deleted);
	self.steps = true;
	if (status == CX_OK)
		status = add_tree(&self, store->undo);
	if (status == CX_OK)
		*ret = self.hash;
	return status;
}
