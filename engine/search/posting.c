/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/search/posting.h"

#include "base/check.h"
#include "engine/core/snapshot.h"

#include <string.h>

engine__pair engine__posting_write(const engine_type *type, int64_t id,
                                   const engine__token *token, engine__posting_room *room)
{
	const size_t size = token->bytes.size;
	CX_ASSERT(size > 0);
	CX_ASSERT(size <= ENGINE__TOKEN_BYTES_MAX);
	memcpy(room->key, token->bytes.data, size);
	uint8_t *tail = room->key + size;
	tail[0] = 0;
	tail[1] = (uint8_t)(type->id >> 8);
	tail[2] = (uint8_t)type->id;
	for (int i = 0; i < 8; i++)
		tail[3 + i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
	room->value[0] = token->flags;
	return (engine__pair){
		.key = { .data = room->key, .size = size + ENGINE__POSTING_TAIL_BYTES },
		.value = { .data = room->value, .size = token->flags != 0 },
	};
}

cx_status engine__posting_read(const engine__pair *pair, engine__posting *ret)
{
	if (pair->key.size <= ENGINE__POSTING_TAIL_BYTES ||
	    pair->key.size > ENGINE__POSTING_KEY_MAX || pair->value.size > 1)
		return CX_CORRUPT;
	const size_t size = pair->key.size - ENGINE__POSTING_TAIL_BYTES;
	const uint8_t *tail = pair->key.data + size;
	uint64_t id = 0;
	for (int i = 0; i < 8; i++)
		id = id << 8 | tail[3 + i];
	if (tail[0] != 0 || id == 0 || id > INT64_MAX)
		return CX_CORRUPT;
	*ret = (engine__posting){
		.token = { .data = pair->key.data, .size = size },
		.id = (int64_t)id,
		.type = (uint16_t)(tail[1] << 8 | tail[2]),
		.flags = pair->value.size == 1 ? pair->value.data[0] : 0,
	};
	return CX_OK;
}

/* What a change works on. */
typedef struct editing {
	engine_write *write;
	const engine_type *type;
	int64_t id;
} editing;

static cx_status put(const editing *self, const engine__token *token)
{
	engine__posting_room room;
	const engine__pair pair = engine__posting_write(self->type, self->id, token, &room);
	return engine__txn_put(self->write->txn, self->write->engine->search, pair.key,
	                       pair.value);
}

static cx_status take(const editing *self, const engine__token *token)
{
	engine__posting_room room;
	const engine__pair pair = engine__posting_write(self->type, self->id, token, &room);
	return engine__txn_remove(self->write->txn, self->write->engine->search, pair.key);
}

/* Goes through both lists side by side. */
static cx_status apply(const editing *self, const engine__tokens *before,
                       const engine__tokens *after)
{
	size_t i = 0, j = 0;
	cx_status status = CX_OK;
	while (status == CX_OK && (i < before->count || j < after->count)) {
		const engine__token *old = i < before->count ? &before->items[i] : NULL;
		const engine__token *new = j < after->count ? &after->items[j] : NULL;
		const int order = old == NULL   ? 1
		                  : new == NULL ? -1
		                                : engine__token_compare(old, new);
		if (order < 0)
			status = take(self, old);
		else if (order > 0 || old->flags != new->flags)
			status = put(self, new);
		i += order <= 0;
		j += order >= 0;
	}
	return status;
}

static cx_status tokens_of(const engine_type *type, const engine__value *values,
                           cx_arena *arena, engine__tokens *ret)
{
	*ret = (engine__tokens){ 0 };
	return values == NULL ? CX_OK : engine__tokens_of(type, values, arena, ret);
}

cx_status engine__search_apply(engine_write *write, const engine_type *type, int64_t id,
                               const engine__value *before, const engine__value *after)
{
	if (!engine__is_searched(type))
		return CX_OK;
	if (before != NULL && after != NULL && engine__searched_equal(type, before, after))
		return CX_OK;
	/* Not in the arena of the operation: a delete may take along thousands of records. */
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(&write->read, &scratch);
	engine__tokens old = { 0 }, new = { 0 };
	if (status == CX_OK)
		status = tokens_of(type, before, scratch.arena, &old);
	if (status == CX_OK)
		status = tokens_of(type, after, scratch.arena, &new);
	const editing self = { .write = write, .type = type, .id = id };
	return status == CX_OK ? apply(&self, &old, &new) : status;
}
