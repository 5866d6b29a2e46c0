/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/apply.h"

#include "base/check.h"
#include "engine/aggregate/maintain.h"
#include "engine/core/meta.h"
#include "engine/index/diff.h"
#include "engine/log/log.h"
#include "engine/record/partial.h"
#include "engine/record/read.h"
#include "engine/record/rollup.h"
#include "engine/record/unique.h"
#include "engine/search/posting.h"

#include <stdio.h>

/* ---- entries ---- */

typedef struct editing {
	engine_write *write;
	const engine_type *type;
	const engine__value *after;
	cx_error *error;
} editing;

static cx_status count_inexact(engine_write *write, const engine__entry *entry, int delta)
{
	if (!entry->inexact || entry->index == NULL)
		return CX_OK;
	return engine__index_inexact_add(write, entry->index, delta);
}

static cx_status remove_entry(void *context, const engine__entry *entry)
{
	editing *self = context;
	if (engine__entry_is_partial(entry))
		return engine__partial_remove(self->write, entry);
	cx_status status =
		engine__txn_remove(self->write->txn, engine__tree_of(entry->tree), entry->key);
	return status == CX_OK ? count_inexact(self->write, entry, -1) : status;
}

static cx_status fail_unique(editing *self, const engine_index *index, int64_t other)
{
	cx_status status = cx_fail(
		self->error, CX_UNIQUE, "%s: another record has these values of %s: %s %lld",
		self->type->name, index->name, self->type->name, (long long)other);
	if (self->error != NULL)
		snprintf(self->error->index, sizeof self->error->index, "%s", index->name);
	return status;
}

/* Refuses the entry when another record has its values. The record's own old entries are gone
 * already, so whatever is found is another's. */
static cx_status check_unique(editing *self, const engine_index *index)
{
	engine__value columns[ENGINE_COLUMNS_MAX];
	engine__unique_columns(index, self->after, columns);
	int64_t other;
	cx_status status =
		engine__unique_find(&self->write->read, index, columns, &other, self->error);
	if (status == CX_NOT_FOUND)
		return CX_OK;
	return status == CX_OK ? fail_unique(self, index, other) : status;
}

static cx_status insert_unique(editing *self, const engine__entry *entry)
{
	cx_status status = entry->inexact ? check_unique(self, entry->index) : CX_OK;
	if (status != CX_OK)
		return status;
	status = engine__txn_put_new(self->write->txn, engine__tree_of(entry->tree), entry->key,
	                             entry->value);
	if (status != CX_UNIQUE)
		return status;
	status = check_unique(self, entry->index);
	/* An entry of a record that is not there: only damage leaves one. */
	return status == CX_OK ? CX_CORRUPT : status;
}

/* The id in the key of an entry that is not unique makes it the record's own, so nothing has to
 * be looked up. */
static cx_status insert_entry(void *context, const engine__entry *entry)
{
	editing *self = context;
	const bool unique = entry->index != NULL && entry->index->unique;
	cx_status status =
		unique ? insert_unique(self, entry)
		       : engine__txn_put(self->write->txn, engine__tree_of(entry->tree),
	                                 entry->key, entry->value);
	return status == CX_OK ? count_inexact(self->write, entry, +1) : status;
}

/* The record has moved in its cluster. */
static cx_status change_partial(editing *self, const engine__entry *entry)
{
	bool added;
	int64_t other;
	cx_status status =
		engine__partial_insert(self->write, entry, self->after, &added, &other);
	/* It had the values before, so the write is not to blame: the build will fail. */
	return status == CX_OK && other > 0
	               ? engine__index_met_duplicate(self->write, entry->index)
	               : status;
}

static cx_status change_entry(void *context, const engine__entry *entry)
{
	editing *self = context;
	if (engine__entry_is_partial(entry))
		return change_partial(self, entry);
	return engine__txn_put(self->write->txn, engine__tree_of(entry->tree), entry->key,
	                       entry->value);
}

static cx_status entries_of(engine_write *write, const engine_type *type,
                            const engine__value *values, engine__entry *entries, size_t *count)
{
	*count = 0;
	if (values == NULL)
		return CX_OK;
	return engine__entries_of(type, values, write->engine->backref.number, write->arena,
	                          entries, count);
}

static cx_status apply_entries(engine_write *write, const engine_type *type,
                               const engine__value *before, const engine__value *after,
                               cx_error *error)
{
	CX_UNSET engine__entry old[ENGINE__ENTRIES_MAX], new[ENGINE__ENTRIES_MAX];
	size_t old_count, new_count;
	cx_status status = entries_of(write, type, before, old, &old_count);
	if (status == CX_OK)
		status = entries_of(write, type, after, new, &new_count);
	if (status != CX_OK)
		return status;
	editing self = { .write = write, .type = type, .after = after, .error = error };
	const engine__edits edits = { .context = &self,
		                      .remove = remove_entry,
		                      .insert = insert_entry,
		                      .change = change_entry };
	return engine__diff(old, old_count, new, new_count, &edits);
}

/* ---- row ---- */

static cx_status put_chunks(engine_write *write, const engine_type *type, int64_t id,
                            cx_slice array)
{
	uint16_t number = 0;
	while (array.size > 0) {
		uint8_t bytes[ENGINE__CHUNK_KEY_BYTES];
		engine__chunk_key(type, id, number++, bytes);
		cx_slice piece = array;
		if (piece.size > ENGINE__ROW_CHUNK_BYTES)
			piece.size = ENGINE__ROW_CHUNK_BYTES;
		const cx_slice key = { .data = bytes, .size = sizeof bytes };
		cx_status status =
			engine__txn_put(write->txn, write->engine->chunks, key, piece);
		if (status != CX_OK)
			return status;
		array = cx_slice_from(array, piece.size);
	}
	return CX_OK;
}

/* Removes the chunks of the row stored under `key`, when it has any. */
static cx_status remove_chunks(engine_write *write, const engine_type *type, int64_t id,
                               cx_slice key)
{
	cx_slice stored;
	cx_status status = engine__view_get(write->read.view,
	                                    engine__tree_of(type->record_tree), key, &stored);
	engine__row_header header = { 0 };
	if (status == CX_OK)
		status = engine__row_header_read(stored, &header);
	for (uint16_t i = 0; i < header.chunks && status == CX_OK; i++) {
		uint8_t bytes[ENGINE__CHUNK_KEY_BYTES];
		engine__chunk_key(type, id, i, bytes);
		const cx_slice chunk = { .data = bytes, .size = sizeof bytes };
		status = engine__txn_remove(write->txn, write->engine->chunks, chunk);
	}
	return status;
}

/* Makes the array of the row, in write->row. */
static cx_status make_array(engine_write *write, const engine_type *type,
                            const engine__value *values, cx_error *error)
{
	cx_buf_clear(&write->row);
	if (values == NULL)
		return CX_OK;
	engine__row_array_write(type, values, &write->row);
	cx_status status = cx_buf_status(&write->row);
	if (status == CX_TOO_LARGE)
		return cx_fail(error, CX_TOO_LARGE, "%s: the record is over %d bytes",
		               type->name, ENGINE_RECORD_BYTES_MAX);
	return status;
}

static cx_status put_row(engine_write *write, const engine_type *type, int64_t id, cx_slice key)
{
	CX_SCOPED(cx_buf_release)
	cx_buf row = CX_BUF_INIT(ENGINE__ROW_HEADER + ENGINE__ROW_CHUNK_BYTES);
	const cx_slice bytes = cx_buf_slice(&write->row);
	cx_status status = CX_OK;
	engine__row_header_write(type, id, bytes, &row);
	if (bytes.size <= ENGINE__ROW_CHUNK_BYTES)
		cx_buf_append_slice(&row, bytes);
	else
		status = put_chunks(write, type, id, bytes);
	if (status == CX_OK)
		status = cx_buf_status(&row);
	if (status != CX_OK)
		return status;
	return engine__txn_put(write->txn, engine__tree_of(type->record_tree), key,
	                       cx_buf_slice(&row));
}

static cx_status record_key(engine_write *write, const engine_type *type,
                            const engine__value *values, cx_slice *ret)
{
	*ret = (cx_slice){ 0 };
	if (values == NULL)
		return CX_OK;
	return engine__entries_record_key(type, values, write->arena, ret);
}

/* Keeps the id → cluster key tree in step. */
static cx_status apply_cluster_key(engine_write *write, const engine_type *type, int64_t id,
                                   cx_slice new)
{
	uint8_t bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
	const cx_slice key = { .data = bytes, .size = sizeof bytes };
	const engine__tree tree = engine__tree_of(type->cluster_tree);
	if (new.size == 0)
		return engine__txn_remove(write->txn, tree, key);
	return engine__txn_put(write->txn, tree, key, new);
}

static cx_status apply_row(engine_write *write, const engine_type *type, int64_t id,
                           const engine__value *before, const engine__value *after)
{
	cx_slice old, new;
	cx_status status = record_key(write, type, before, &old);
	if (status == CX_OK)
		status = record_key(write, type, after, &new);
	if (status == CX_OK && before != NULL)
		status = remove_chunks(write, type, id, old);
	if (status != CX_OK)
		return status;

	const bool moves = !cx_slice_equal(old, new);
	if (moves && before != NULL)
		status =
			engine__txn_remove(write->txn, engine__tree_of(type->record_tree), old);
	if (status == CX_OK && moves && type->cluster != NULL)
		status = apply_cluster_key(write, type, id, new);
	if (status == CX_OK && after != NULL)
		status = put_row(write, type, id, new);
	return status;
}

/* What is kept over the records comes last: it looks them up as they stand by then. */
static cx_status apply_all(engine_write *write, const engine_type *type, int64_t id,
                           const engine__value *before, const engine__value *after,
                           cx_error *error)
{
	CX_ASSERT(before != NULL || after != NULL);
	cx_status status = apply_entries(write, type, before, after, error);
	if (status == CX_OK)
		status = engine__search_apply(write, type, id, before, after);
	if (status == CX_OK)
		status = make_array(write, type, after, error);
	if (status == CX_OK)
		status = apply_row(write, type, id, before, after);
	if (status == CX_OK)
		status = engine__log_append(write, type, id, before, after,
		                            cx_buf_slice(&write->row));
	if (status == CX_OK)
		status = engine__aggregates_apply(write, type, before, after, error);
	return status == CX_OK ? engine__rollups_apply(write, type, before, after, error)
	                       : status;
}

cx_status engine__apply_stored(engine_write *write, const engine_type *type, int64_t id,
                               const engine__value *before, const engine__value *after,
                               cx_error *error)
{
	return apply_all(write, type, id, before, after, error);
}

cx_status engine__apply(engine_write *write, const engine_type *type, int64_t id,
                        const engine__value *before, const engine__value *after,
                        cx_error *error)
{
	return apply_all(write, type, id, before, after, error);
}
