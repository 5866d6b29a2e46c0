/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/entries.h"

#include "base/check.h"
#include "engine/store/store.h"

enum {
	BACKREF_KEY_BYTES = 22,
	FOLDED_BYTES_MAX =
		16 * ENGINE_TEXT_BYTES_MAX, /* folding makes at most 11 bytes of one */
};

/* A key being built on the stack. The buffer never grows, so it is never released; beside the
 * limit it has the spare byte that cx_buf wants. */
typedef struct key_room {
	uint8_t bytes[ENGINE__KEY_BYTES_MAX + 1];
} key_room;

static cx_buf key_in(key_room *room)
{
	return (cx_buf){ .data = room->bytes,
		         .capacity = sizeof room->bytes,
		         .limit = ENGINE__KEY_BYTES_MAX };
}

/* What the steps share. */
typedef struct work {
	const engine_type *type;
	const engine__value *values;
	cx_arena *arena;
	cx_buf scratch;      /* of folding */
	cx_slice record_key; /* of a clustered type, otherwise empty */
	engine__entry *entries;
	size_t count;
} work;

static void release(work *self)
{
	cx_buf_release(&self->scratch);
}

static int64_t id_of(const engine__value *values)
{
	CX_ASSERT(values[ENGINE_SLOT_ID].shape == ENGINE__INTEGER);
	CX_ASSERT(values[ENGINE_SLOT_ID].integer > 0);
	return values[ENGINE_SLOT_ID].integer;
}

/* The columns of a record, without the id. Keys that the schema has shared out always fit. */
static cx_status put_columns(const engine_index *index, const engine__value *values,
                             cx_buf *key, cx_buf *scratch, bool *inexact)
{
	for (size_t i = 0; i < index->column_count; i++) {
		const engine_column *column = &index->columns[i];
		cx_status status = engine__key_put(column, &values[column->field->slot], key,
		                                   scratch, inexact);
		CX_ASSERT(status != CX_TOO_LARGE);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status keep(cx_arena *arena, const cx_buf *bytes, cx_slice *ret)
{
	CX_ASSERT(cx_buf_status(bytes) == CX_OK);
	cx_slice copy = cx_arena_copy(arena, cx_buf_slice(bytes));
	if (copy.size != bytes->size)
		return CX_NO_MEMORY;
	*ret = copy;
	return CX_OK;
}

static void append(work *self, const engine__entry *entry)
{
	CX_ASSERT(self->count < ENGINE__ENTRIES_MAX);
	size_t at = self->count++;
	while (at > 0 && engine__entry_compare(entry, &self->entries[at - 1]) < 0) {
		self->entries[at] = self->entries[at - 1];
		at--;
	}
	CX_ASSERT(at == 0 || engine__entry_compare(entry, &self->entries[at - 1]) > 0);
	self->entries[at] = *entry;
}

/* In an exact entry of a unique index the id is the value, so that putting it finds the
 * record that has the key already. */
static cx_status add_value(work *self, bool id_in_value, engine__entry *entry)
{
	if (!id_in_value) {
		entry->value = self->record_key;
		return CX_OK;
	}
	uint8_t bytes[ENGINE__KEY_ID_BYTES + ENGINE__KEY_BYTES_MAX + 1];
	cx_buf value = { .data = bytes, .capacity = sizeof bytes, .limit = sizeof bytes - 1 };
	engine__key_put_id(&value, id_of(self->values));
	cx_buf_append_slice(&value, self->record_key);
	return keep(self->arena, &value, &entry->value);
}

static cx_status add_index(work *self, const engine_index *index)
{
	if (index->present != NULL && self->values[index->present->slot].shape == ENGINE__NULL)
		return CX_OK;

	engine__entry entry = { .tree = index->tree, .index = index };
	key_room room;
	cx_buf key = key_in(&room);
	cx_status status =
		put_columns(index, self->values, &key, &self->scratch, &entry.inexact);
	if (status != CX_OK)
		return status;
	bool id_in_value = index->unique && !entry.inexact;
	if (!id_in_value)
		engine__key_put_id(&key, id_of(self->values));
	status = keep(self->arena, &key, &entry.key);
	if (status == CX_OK)
		status = add_value(self, id_in_value, &entry);
	if (status == CX_OK)
		append(self, &entry);
	return status;
}

static bool has_backref(const engine_field *field, const engine__value *value)
{
	return field->kind == ENGINE_REF && !field->target->keep && field->ref_index == NULL &&
	       value->shape != ENGINE__NULL;
}

static void put_u16(cx_buf *key, uint16_t number)
{
	cx_buf_append_byte(key, (uint8_t)(number >> 8));
	cx_buf_append_byte(key, (uint8_t)number);
}

static cx_status add_backref(work *self, const engine_field *field, uint16_t tree)
{
	key_room room;
	cx_buf key = key_in(&room);
	put_u16(&key, field->target->id);
	engine__key_put_id(&key, self->values[field->slot].integer);
	put_u16(&key, self->type->id);
	put_u16(&key, field->id);
	engine__key_put_id(&key, id_of(self->values));
	CX_ASSERT(key.size == BACKREF_KEY_BYTES);

	engine__entry entry = { .tree = tree };
	cx_status status = keep(self->arena, &key, &entry.key);
	if (status == CX_OK)
		append(self, &entry);
	return status;
}

static cx_status add_all(work *self, uint16_t backref_tree)
{
	const engine_type *type = self->type;
	for (size_t i = 0; i < type->index_count; i++) {
		if (type->indexes[i].cluster || type->indexes[i].state == ENGINE_INDEX_FAILED)
			continue;
		cx_status status = add_index(self, &type->indexes[i]);
		if (status != CX_OK)
			return status;
	}
	for (size_t slot = 0; slot < type->field_count; slot++) {
		if (!has_backref(&type->fields[slot], &self->values[slot]))
			continue;
		cx_status status = add_backref(self, &type->fields[slot], backref_tree);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status record_key(work *self, cx_slice *ret)
{
	key_room room;
	cx_buf key = key_in(&room);
	const engine_index *cluster = self->type->cluster;
	bool inexact = false; /* no matter: the id makes the key the record's own */
	if (cluster != NULL) {
		cx_status status =
			put_columns(cluster, self->values, &key, &self->scratch, &inexact);
		if (status != CX_OK)
			return status;
	}
	engine__key_put_id(&key, id_of(self->values));
	return keep(self->arena, &key, ret);
}

cx_status engine__entries_of(const engine_type *type, const engine__value *values,
                             uint16_t backref_tree, cx_arena *arena, engine__entry *entries,
                             size_t *ret_count)
{
	if (values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL) {
		*ret_count = 0;
		return CX_OK;
	}
	CX_SCOPED(release)
	work self = { .type = type,
		      .values = values,
		      .arena = arena,
		      .scratch = CX_BUF_INIT(FOLDED_BYTES_MAX),
		      .entries = entries };
	cx_status status = CX_OK;
	if (type->cluster != NULL)
		status = record_key(&self, &self.record_key);
	if (status == CX_OK)
		status = add_all(&self, backref_tree);
	if (status == CX_OK)
		*ret_count = self.count;
	return status;
}

cx_status engine__entries_of_index(const engine_index *index, const engine__value *values,
                                   cx_arena *arena, engine__entry *ret, size_t *ret_count)
{
	*ret_count = 0;
	if (values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL)
		return CX_OK;
	CX_SCOPED(release)
	work self = { .type = index->type,
		      .values = values,
		      .arena = arena,
		      .scratch = CX_BUF_INIT(FOLDED_BYTES_MAX),
		      .entries = ret };
	cx_status status = CX_OK;
	if (index->type->cluster != NULL)
		status = record_key(&self, &self.record_key);
	if (status == CX_OK)
		status = add_index(&self, index);
	if (status == CX_OK)
		*ret_count = self.count;
	return status;
}

cx_status engine__entries_record_key(const engine_type *type, const engine__value *values,
                                     cx_arena *arena, cx_slice *ret)
{
	CX_SCOPED(release)
	work self = { .type = type,
		      .values = values,
		      .arena = arena,
		      .scratch = CX_BUF_INIT(FOLDED_BYTES_MAX) };
	return record_key(&self, ret);
}

int engine__entry_compare(const engine__entry *a, const engine__entry *b)
{
	if (a->tree != b->tree)
		return a->tree < b->tree ? -1 : 1;
	return cx_slice_compare(a->key, b->key);
}
