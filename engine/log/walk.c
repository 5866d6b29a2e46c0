/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the log, one after the other, and by the history of a record. */
#include "base/big_endian.h"
#include "base/check.h"
#include "base/clock.h"
#include "engine/log/log.h"

#include <string.h>

static const engine_type *type_of_id(const engine_read *read, uint64_t id)
{
	const engine_schema *schema = engine_read_schema(read);
	for (uint16_t i = 0; i < schema->type_count; i++)
		if (schema->types[i].id == id)
			return &schema->types[i];
	return NULL;
}

/* ---- entries ---- */

static bool read_values(cx_reader *reader, uint32_t count, engine_logged *entry)
{
	if (count == 6)
		return true;
	if (count == 7 && cx_read_if_nil(reader)) {
		entry->redacted = true;
		return true;
	}
	if (count == 7 && entry->kind == ENGINE_CHANGED_UPDATE) {
		entry->fields = cx_read_skip(reader);
		return true;
	}
	if (count != 8 || entry->kind != ENGINE_CHANGED_CREATE)
		return false;
	const uint64_t layout = cx_read_uint(reader);
	entry->layout = layout <= UINT16_MAX ? (uint16_t)layout : 0;
	entry->row = cx_read_skip(reader);
	return entry->layout > 0;
}

static cx_status decode(engine_read *read, cx_slice bytes, engine_logged *ret,
                        uint16_t *ret_type_id)
{
	cx_reader reader = cx_reader_of(bytes);
	const uint32_t count = cx_read_array(&reader);
	const int64_t kind = cx_read_int(&reader);
	const uint64_t type_id = cx_read_uint(&reader);
	engine_logged entry = { .id = cx_read_int(&reader) };
	entry.rev = cx_read_int(&reader);
	entry.at_ms = cx_read_int(&reader);
	entry.by = cx_read_int(&reader);
	if (reader.failed || kind < ENGINE_CHANGED_CREATE || kind > ENGINE_CHANGED_PURGE ||
	    type_id > UINT16_MAX)
		return CX_CORRUPT;
	entry.kind = (engine_change_kind)kind;
	entry.type = type_of_id(read, type_id);
	if (!read_values(&reader, count, &entry) || reader.failed || reader.rest.size > 0)
		return CX_CORRUPT;
	*ret = entry;
	*ret_type_id = (uint16_t)type_id;
	return CX_OK;
}

/* ---- in order ---- */

static cx_status take(engine__log_walk *walk)
{
	size_t count;
	cx_status status = engine__cursor_next(walk->cursor, &walk->next, 1, &count);
	if (status != CX_OK || count == 0)
		walk->next = (engine__pair){ 0 };
	if (status == CX_OK && count > 0 && walk->next.key.size != ENGINE__LOG_KEY_BYTES)
		return CX_CORRUPT;
	walk->keys += status == CX_OK && count > 0;
	walk->bytes += walk->next.key.size + walk->next.value.size;
	return status;
}

static cx_status begin_at(engine_read *read, cx_slice key, engine__log_walk *ret)
{
	*ret = (engine__log_walk){ .read = read };
	cx_status status = engine__cursor_open(read->view, read->engine->changes,
	                                       ENGINE__FORWARD, &ret->cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(ret->cursor, key);
	return status == CX_OK ? take(ret) : status;
}

cx_status engine__log_walk_begin(engine_read *read, uint64_t from, engine__log_walk *ret)
{
	uint8_t bytes[ENGINE__LOG_KEY_BYTES];
	return begin_at(read, engine__log_key(bytes, from, 0, 0), ret);
}

cx_status engine__log_walk_begin_at(engine_read *read, engine_place place,
                                    engine__log_walk *ret)
{
	uint8_t bytes[ENGINE__LOG_KEY_BYTES];
	return begin_at(read, engine__log_key(bytes, place.seq, place.part, 0), ret);
}

void engine__log_walk_end(engine__log_walk *walk)
{
	if (walk->cursor != NULL)
		engine__cursor_close(&walk->cursor);
}

enum { SEQ_BYTES = 8, PLACE_BYTES = 12 };

static bool same(cx_slice a, cx_slice b, size_t bytes)
{
	return a.size >= bytes && b.size >= bytes && memcmp(a.data, b.data, bytes) == 0;
}

/* Appends the pieces that follow to `*entry`, which is the first. */
static cx_status put_together(engine__log_walk *walk, cx_slice key, cx_slice *entry)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(ENGINE__LOG_ENTRY_BYTES_MAX);
	uint64_t piece = 0;
	cx_buf_append_slice(&out, *entry);
	while (same(walk->next.key, key, PLACE_BYTES)) {
		if (cx_big_endian_get(walk->next.key.data + PLACE_BYTES, 2) != ++piece)
			return CX_CORRUPT;
		cx_buf_append_slice(&out, walk->next.value);
		cx_status status = take(walk);
		if (status != CX_OK)
			return status;
	}
	cx_status status = cx_buf_status(&out);
	if (status != CX_OK)
		return status == CX_TOO_LARGE ? CX_CORRUPT : status;
	*entry = cx_arena_copy(walk->read->assembled, cx_buf_slice(&out));
	return entry->data == NULL ? CX_NO_MEMORY : CX_OK;
}

cx_status engine__log_walk_next(engine__log_walk *walk, engine_logged *ret)
{
	if (walk->next.key.size == 0)
		return CX_NOT_FOUND;
	const cx_slice key = walk->next.key;
	cx_slice entry = walk->next.value;
	if (cx_big_endian_get(key.data + PLACE_BYTES, 2) != 0)
		return CX_CORRUPT; /* not the first piece */
	cx_status status = take(walk);
	if (status == CX_OK && same(walk->next.key, key, PLACE_BYTES))
		status = put_together(walk, key, &entry);
	engine_logged logged;
	if (status == CX_OK)
		status = decode(walk->read, entry, &logged, &walk->type_id);
	if (status != CX_OK)
		return status;
	logged.seq = cx_big_endian_get(key.data, SEQ_BYTES);
	logged.part = (uint32_t)cx_big_endian_get(key.data + SEQ_BYTES, 4);
	logged.last = !same(walk->next.key, key, SEQ_BYTES);
	*ret = logged;
	return CX_OK;
}

cx_status engine__log_get(engine_read *read, uint64_t seq, uint32_t part, engine_logged *ret)
{
	CX_SCOPED(engine__log_walk_end) engine__log_walk walk = { 0 };
	uint8_t bytes[ENGINE__LOG_KEY_BYTES];
	const cx_slice key = engine__log_key(bytes, seq, part, 0);
	cx_status status = begin_at(read, key, &walk);
	if (status == CX_OK && !cx_slice_equal(walk.next.key, key))
		return CX_NOT_FOUND;
	return status == CX_OK ? engine__log_walk_next(&walk, ret) : status;
}

/* ---- of one record ---- */

cx_status engine__history_walk_begin(engine_read *read, const engine_type *type, int64_t id,
                                     uint64_t before, engine__history_walk *ret)
{
	*ret = (engine__history_walk){ .type = type, .id = id };
	cx_status status = engine__cursor_open(read->view, read->engine->history,
	                                       ENGINE__BACKWARD, &ret->cursor);
	uint8_t bytes[ENGINE__HISTORY_KEY_BYTES];
	if (status == CX_OK)
		status = engine__cursor_seek(
			ret->cursor, engine__history_key(bytes, type->id, id, before, 0));
	return status;
}

void engine__history_walk_end(engine__history_walk *walk)
{
	if (walk->cursor != NULL)
		engine__cursor_close(&walk->cursor);
}

bool engine__history_walk_is_late(const engine__history_walk *walk, uint64_t deadline_ns)
{
	enum { STEPS_PER_CLOCK = 32 };
	return deadline_ns != 0 && walk->steps % STEPS_PER_CLOCK == 0 &&
	       cx_clock_monotonic_ns() >= deadline_ns;
}

cx_status engine__history_walk_next(engine__history_walk *walk, uint64_t *ret_seq,
                                    uint32_t *ret_part)
{
	enum { RECORD_BYTES = 10 };
	engine__pair pair;
	size_t count;
	cx_status status = engine__cursor_next(walk->cursor, &pair, 1, &count);
	walk->steps++;
	if (status != CX_OK)
		return status;
	uint8_t bytes[ENGINE__HISTORY_KEY_BYTES];
	const cx_slice mine = engine__history_key(bytes, walk->type->id, walk->id, 0, 0);
	if (count == 0 || !same(pair.key, mine, RECORD_BYTES))
		return CX_NOT_FOUND;
	if (pair.key.size != ENGINE__HISTORY_KEY_BYTES)
		return CX_CORRUPT;
	*ret_seq = cx_big_endian_get(pair.key.data + RECORD_BYTES, 8);
	*ret_part = (uint32_t)cx_big_endian_get(pair.key.data + RECORD_BYTES + 8, 4);
	return CX_OK;
}
