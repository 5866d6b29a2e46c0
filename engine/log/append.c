/* SPDX-License-Identifier: Apache-2.0 */
#include "base/big_endian.h"
#include "base/check.h"
#include "engine/log/log.h"
#include "engine/row/row.h"

#include <string.h>

cx_slice engine__log_key(uint8_t bytes[ENGINE__LOG_KEY_BYTES], uint64_t seq, uint32_t part,
                         uint16_t piece)
{
	cx_big_endian_put(bytes, 8, seq);
	cx_big_endian_put(bytes + 8, 4, part);
	cx_big_endian_put(bytes + 12, 2, piece);
	return (cx_slice){ .data = bytes, .size = ENGINE__LOG_KEY_BYTES };
}

cx_slice engine__history_key(uint8_t bytes[ENGINE__HISTORY_KEY_BYTES], uint16_t type_id,
                             int64_t id, uint64_t seq, uint32_t part)
{
	cx_big_endian_put(bytes, 2, type_id);
	cx_big_endian_put(bytes + 2, 8, (uint64_t)id);
	cx_big_endian_put(bytes + 10, 8, seq);
	cx_big_endian_put(bytes + 18, 4, part);
	return (cx_slice){ .data = bytes, .size = ENGINE__HISTORY_KEY_BYTES };
}

/* ---- what the change is ---- */

static bool is_deleted(const engine__value *values)
{
	return values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL;
}

static engine_change_kind kind_of(const engine__value *before, const engine__value *after)
{
	if (before == NULL)
		return ENGINE_CHANGED_CREATE;
	if (after == NULL)
		return ENGINE_CHANGED_PURGE;
	if (is_deleted(before) == is_deleted(after))
		return ENGINE_CHANGED_UPDATE;
	return is_deleted(after) ? ENGINE_CHANGED_DELETE : ENGINE_CHANGED_UNDELETE;
}

static bool is_logged(const engine__value *before, const engine__value *after)
{
	return before == NULL || after == NULL ||
	       before[ENGINE_SLOT_REV].integer != after[ENGINE_SLOT_REV].integer;
}

static bool is_of_every_change(uint16_t slot)
{
	return slot == ENGINE_SLOT_REV || slot == ENGINE_SLOT_UPDATED_AT ||
	       slot == ENGINE_SLOT_UPDATED_BY || slot == ENGINE_SLOT_DELETED_AT;
}

/* ---- bytes ---- */

/* Whether entries of the kind have values, which a purge takes. */
static bool has_values(engine_change_kind kind)
{
	return kind == ENGINE_CHANGED_CREATE || kind == ENGINE_CHANGED_UPDATE;
}

/* What every entry begins with. */
typedef struct entry_head {
	engine_change_kind kind;
	uint16_t type_id;
	int64_t id;
	int64_t rev;
	engine_author author;
} entry_head;

static void write_head(const entry_head *head, uint32_t elements, cx_buf *out)
{
	cx_write_array(out, elements);
	cx_write_int(out, head->kind);
	cx_write_uint(out, head->type_id);
	cx_write_int(out, head->id);
	cx_write_int(out, head->rev);
	cx_write_int(out, head->author.now_ms);
	cx_write_int(out, head->author.user);
}

/* An entry of the kind without what a purge takes. */
static void write_bare(const entry_head *head, cx_buf *out)
{
	const bool redacted = has_values(head->kind);
	write_head(head, redacted ? 7 : 6, out);
	if (redacted)
		cx_write_nil(out);
}

static void write_fields(const engine_type *type, const engine__value *before,
                         const engine__value *after, cx_buf *out)
{
	uint16_t slots[ENGINE_SLOTS_MAX];
	size_t count = 0;
	for (uint16_t slot = 0; slot < type->field_count; slot++)
		if (!is_of_every_change(slot) &&
		    !engine__value_equal(&before[slot], &after[slot]))
			slots[count++] = slot;
	cx_write_array(out, count);
	for (size_t i = 0; i < count; i++) {
		const engine_field *field = &type->fields[slots[i]];
		cx_write_array(out, 3);
		cx_write_uint(out, slots[i]);
		engine__value_write(field, &before[slots[i]], out);
		engine__value_write(field, &after[slots[i]], out);
	}
}

static void write_entry(const engine_write *write, const engine_type *type, int64_t id,
                        const engine__value *before, const engine__value *after, cx_slice row,
                        cx_buf *out)
{
	const entry_head head = { .kind = kind_of(before, after),
		                  .type_id = type->id,
		                  .id = id,
		                  .rev = after == NULL ? 0 : after[ENGINE_SLOT_REV].integer,
		                  .author = write->logging.author };
	switch (head.kind) {
	case ENGINE_CHANGED_CREATE:
		write_head(&head, 8, out);
		cx_write_uint(out, type->layout);
		cx_write_raw(out, row);
		return;
	case ENGINE_CHANGED_UPDATE:
		write_head(&head, 7, out);
		write_fields(type, before, after, out);
		return;
	case ENGINE_CHANGED_DELETE:
	case ENGINE_CHANGED_UNDELETE:
	case ENGINE_CHANGED_PURGE:
		write_head(&head, 6, out);
		return;
	}
	CX_UNREACHABLE();
}

/* ---- trees ---- */

static cx_status put_entry(engine_write *write, uint64_t seq, uint32_t part, cx_slice entry)
{
	uint16_t piece = 0;
	do {
		uint8_t bytes[ENGINE__LOG_KEY_BYTES];
		cx_slice head = entry;
		if (head.size > ENGINE__LOG_PIECE_BYTES)
			head.size = ENGINE__LOG_PIECE_BYTES;
		cx_status status =
			engine__txn_put(write->txn, write->engine->changes,
		                        engine__log_key(bytes, seq, part, piece++), head);
		if (status != CX_OK)
			return status;
		write->log_bytes += ENGINE__LOG_KEY_BYTES + head.size;
		entry = cx_slice_from(entry, head.size);
	} while (entry.size > 0);
	return CX_OK;
}

static cx_status append(engine_write *write, uint16_t type_id, int64_t id)
{
	cx_status status = cx_buf_status(&write->log_entry);
	const uint64_t seq = write->logging.seq;
	const uint32_t part = write->logging.part++;
	if (status == CX_OK)
		status = put_entry(write, seq, part, cx_buf_slice(&write->log_entry));
	if (status != CX_OK)
		return status;
	uint8_t bytes[ENGINE__HISTORY_KEY_BYTES];
	return engine__txn_put(write->txn, write->engine->history,
	                       engine__history_key(bytes, type_id, id, seq, part),
	                       (cx_slice){ 0 });
}

cx_status engine__log_append(engine_write *write, const engine_type *type, int64_t id,
                             const engine__value *before, const engine__value *after,
                             cx_slice row)
{
	if (!is_logged(before, after))
		return CX_OK;
	cx_buf_clear(&write->log_entry);
	write_entry(write, type, id, before, after, row, &write->log_entry);
	return append(write, type->id, id);
}

cx_status engine__log_append_bare(engine_write *write, const engine_logged *change)
{
	/* No type has the id 0: whoever reads it takes it for one that was dropped. */
	const uint16_t type_id = change->type != NULL ? change->type->id : 0;
	const entry_head head = { .kind = change->kind,
		                  .type_id = type_id,
		                  .id = change->id,
		                  .rev = change->rev,
		                  .author = write->logging.author };
	cx_buf_clear(&write->log_entry);
	write_bare(&head, &write->log_entry);
	return append(write, type_id, change->id);
}

/* ---- redaction ---- */

cx_status engine__log_remove(engine_write *write, uint64_t seq, uint32_t part)
{
	for (uint16_t piece = 0;; piece++) {
		uint8_t bytes[ENGINE__LOG_KEY_BYTES];
		const cx_slice key = engine__log_key(bytes, seq, part, piece);
		cx_slice value;
		cx_status status =
			engine__view_get(write->read.view, write->engine->changes, key, &value);
		if (status == CX_NOT_FOUND)
			return CX_OK;
		if (status == CX_OK)
			status = engine__txn_remove(write->txn, write->engine->changes, key);
		if (status != CX_OK)
			return status;
		write->log_bytes -= ENGINE__LOG_KEY_BYTES + value.size;
	}
}

static cx_status redact(engine_write *write, uint64_t seq, uint32_t part)
{
	engine_logged entry;
	cx_status status = engine__log_get(&write->read, seq, part, &entry);
	if (status != CX_OK || entry.redacted || !has_values(entry.kind))
		return status;
	const entry_head head = { .kind = entry.kind,
		                  .type_id = entry.type->id,
		                  .id = entry.id,
		                  .rev = entry.rev,
		                  .author = { .now_ms = entry.at_ms, .user = entry.by } };
	cx_buf *out = &write->log_entry;
	cx_buf_clear(out);
	write_bare(&head, out);
	status = engine__log_remove(write, seq, part);
	if (status == CX_OK)
		status = cx_buf_status(out);
	return status == CX_OK ? put_entry(write, seq, part, cx_buf_slice(out)) : status;
}

cx_status engine__log_redact(engine_write *write, const engine_type *type, int64_t id)
{
	CX_SCOPED(engine__history_walk_end) engine__history_walk walk = { 0 };
	cx_status status =
		engine__history_walk_begin(&write->read, type, id, UINT64_MAX, &walk);
	while (status == CX_OK) {
		uint64_t seq;
		uint32_t part;
		status = engine__history_walk_next(&walk, &seq, &part);
		if (status == CX_NOT_FOUND)
			return CX_OK;
		if (status == CX_OK)
			status = redact(write, seq, part);
	}
	return status == CX_NOT_FOUND ? CX_CORRUPT : status;
}
