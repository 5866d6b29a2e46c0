/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/unique.h"

#include "base/text.h"
#include "engine/core/snapshot.h"
#include "engine/index/key.h"
#include "engine/record/read.h"
#include "engine/row/row.h"

cx_status engine__entry_id(const engine_index *index, const engine__pair *entry, int64_t *ret)
{
	if (!index->unique)
		return engine__key_id(entry->key, ret);
	cx_slice rest = entry->key;
	for (uint16_t i = 0; i < index->column_count; i++) {
		const size_t size = engine__key_skip(&index->columns[i], rest);
		if (size == 0)
			return CX_CORRUPT;
		rest = cx_slice_from(rest, size);
	}
	if (rest.size == ENGINE__KEY_ID_BYTES)
		return engine__key_id(rest, ret);
	if (rest.size != 0 || entry->value.size < ENGINE__KEY_ID_BYTES)
		return CX_CORRUPT;
	const cx_slice id = { .data = entry->value.data, .size = ENGINE__KEY_ID_BYTES };
	return engine__key_id(id, ret);
}

void engine__unique_columns(const engine_index *index, const engine__value *record,
                            engine__value *ret_columns)
{
	for (uint16_t i = 0; i < index->column_count; i++)
		ret_columns[i] = record[index->columns[i].field->slot];
}

/* Whether a column's values are one for the index: equal, or equal when folded. */
static cx_status columns_equal(const engine_column *column, const engine__value *a,
                               const engine__value *b, bool *ret)
{
	*ret = engine__value_equal(a, b);
	if (*ret || !column->folded || a->shape != ENGINE__CHARS || b->shape != ENGINE__CHARS)
		return CX_OK;
	CX_SCOPED(cx_buf_release) cx_buf left = CX_BUF_INIT(16 * ENGINE_TEXT_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf right = CX_BUF_INIT(16 * ENGINE_TEXT_BYTES_MAX);
	cx_status status = cx_text_fold(a->bytes, &left);
	if (status == CX_OK)
		status = cx_text_fold(b->bytes, &right);
	if (status == CX_OK)
		*ret = cx_slice_equal(cx_buf_slice(&left), cx_buf_slice(&right));
	return status;
}

static cx_status record_has(engine_read *read, const engine_index *index,
                            const engine__value *columns, int64_t id, bool *ret,
                            cx_error *error)
{
	engine_row row;
	cx_status status = engine_get(read, index->type, id, &row, error);
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_CORRUPT : status;
	CX_UNSET engine__value record[ENGINE_SLOTS_MAX];
	status = engine__row_values(index->type, row.array, record);
	if (status != CX_OK)
		return status;
	*ret = true;
	for (uint16_t i = 0; i < index->column_count && status == CX_OK && *ret; i++) {
		const engine_column *column = &index->columns[i];
		status = columns_equal(column, &columns[i], &record[column->field->slot], ret);
	}
	return status;
}

/* Among the entries whose key begins with `prefix` (all of them inexact), the one whose record
 * really has these values. */
static cx_status find_inexact(engine_read *read, const engine_index *index, cx_slice prefix,
                              const engine__value *columns, int64_t *ret, cx_error *error)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = engine__cursor_open(read->view, engine__tree_of(index->tree),
	                                       ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, prefix);
	while (status == CX_OK) {
		engine__pair pair;
		size_t count;
		status = engine__cursor_next(cursor, &pair, 1, &count);
		if (status != CX_OK)
			return status;
		if (count == 0 || !cx_slice_starts_with(pair.key, prefix))
			return CX_NOT_FOUND;
		int64_t id;
		bool same = false;
		status = engine__entry_id(index, &pair, &id);
		if (status == CX_OK)
			status = record_has(read, index, columns, id, &same, error);
		if (status == CX_OK && same) {
			*ret = id;
			return CX_OK;
		}
	}
	return status;
}

static bool is_left_out(const engine_index *index, const engine__value *columns)
{
	for (uint16_t i = 0; i < index->column_count; i++)
		if (index->columns[i].field == index->present &&
		    columns[i].shape == ENGINE__NULL)
			return true;
	return false;
}

cx_status engine__unique_key(const engine_index *index, const engine__value *values,
                             cx_buf *key, bool *ret_inexact)
{
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(16 * ENGINE_TEXT_BYTES_MAX);
	*ret_inexact = false;
	for (uint16_t i = 0; i < index->column_count; i++) {
		cx_status status = engine__key_put(&index->columns[i], &values[i], key,
		                                   &scratch, ret_inexact);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status engine__unique_find(engine_read *read, const engine_index *index,
                              const engine__value *values, int64_t *ret, cx_error *error)
{
	if (is_left_out(index, values))
		return CX_NOT_FOUND;
	CX_UNSET engine__key_room room;
	cx_buf key = engine__key_in(&room);
	bool inexact;
	cx_status made = engine__unique_key(index, values, &key, &inexact);
	if (made != CX_OK)
		return made;
	if (inexact)
		return find_inexact(read, index, cx_buf_slice(&key), values, ret, error);

	engine__pair entry = { .key = cx_buf_slice(&key) };
	cx_status status = engine__view_get(read->view, engine__tree_of(index->tree), entry.key,
	                                    &entry.value);
	return status == CX_OK ? engine__entry_id(index, &entry, ret) : status;
}

cx_status engine__unique_read(const engine_index *index, cx_slice values, cx_arena *arena,
                              engine__value *columns, cx_error *error)
{
	cx_reader reader = cx_reader_of(values);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count != index->column_count)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "index %s of %s takes an array of %u values", index->name,
		               index->type->name, index->column_count);
	for (uint16_t i = 0; i < index->column_count; i++) {
		cx_status status = engine__value_read(index->columns[i].field, &reader, NULL,
		                                      arena, &columns[i], error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status engine__unique_check(const engine_index *index, cx_error *error)
{
	if (!index->unique)
		return cx_fail(error, CX_INVALID_ARGUMENT, "index %s of %s is not unique",
		               index->name, index->type->name);
	if (index->state != ENGINE_INDEX_READABLE)
		return cx_fail(error, CX_NO_INDEX, "index %s of %s is not complete: %s",
		               index->name, index->type->name,
		               engine_index_state_name(index->state));
	return CX_OK;
}

cx_status engine_lookup(engine_read *read, const engine_index *index, cx_slice values,
                        engine_row *ret, cx_error *error)
{
	cx_status status = engine__unique_check(index, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	status = engine__scratch_take(read, &scratch);
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	engine__value columns[ENGINE_COLUMNS_MAX];
	status = engine__unique_read(index, values, scratch.arena, columns, error);
	if (status != CX_OK)
		return status;
	int64_t id;
	status = engine__unique_find(read, index, columns, &id, error);
	if (status == CX_NOT_FOUND)
		return cx_fail(error, CX_NOT_FOUND, "%s: no such record by %s",
		               index->type->name, index->name);
	if (status != CX_OK)
		return status;
	return engine_get(read, index->type, id, ret, error);
}
