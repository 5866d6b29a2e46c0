/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/covering.h"

#include "engine/index/key.h"

#include <string.h>

_Static_assert(ENGINE_COLUMNS_MAX <= 32, "a bit for each column");

/* The column that holds a field as it was written, -1 when none does. */
static int column_of(const engine__path *path, uint16_t slot)
{
	for (uint16_t i = 0; i < path->column_count; i++)
		if (engine__path_field(path, i)->slot == slot && !engine__path_folds(path, i))
			return i;
	return -1;
}

bool engine__path_covers(const engine__path *path, const engine_query *query,
                         uint32_t *ret_columns)
{
	uint32_t columns = 0;
	if (query->only == NULL || path->index == NULL || path->holds_rows)
		return false;
	for (size_t i = 0; i < query->only_count; i++) {
		const int column = column_of(path, query->only[i]);
		if (column >= 0)
			columns |= UINT32_C(1) << column;
		else if (query->only[i] != ENGINE_SLOT_ID)
			return false;
	}
	if (ret_columns != NULL)
		*ret_columns = columns;
	return true;
}

/* A value and where it belongs; those of a row are kept by slot. */
typedef struct cell {
	const engine_field *field;
	engine__value value;
} cell;

typedef struct cells {
	cell items[ENGINE_COLUMNS_MAX + 1];
	size_t count;
} cells;

static void add(cells *self, const engine_field *field, const engine__value *value)
{
	size_t at = self->count++;
	for (; at > 0 && self->items[at - 1].field->slot > field->slot; at--)
		self->items[at] = self->items[at - 1];
	self->items[at] = (cell){ .field = field, .value = *value };
}

static cx_status take_columns(const engine__path *path, uint32_t columns, cx_slice key,
                              cx_buf *scratch, cells *ret, bool *ret_exact)
{
	for (uint16_t i = 0; columns >> i != 0 && *ret_exact; i++) {
		const engine_column *column = &path->index->columns[i];
		engine__value value;
		if ((columns >> i & 1) == 0) {
			const size_t size = engine__key_skip(column, key);
			if (size == 0)
				return CX_CORRUPT;
			key = cx_slice_from(key, size);
			continue;
		}
		cx_status status = engine__key_take(column, &key, scratch, &value, ret_exact);
		if (status != CX_OK)
			return status;
		add(ret, column->field, &value);
	}
	return CX_OK;
}

static void write_nils(size_t count, cx_buf *out)
{
	while (count-- > 0)
		cx_write_nil(out);
}

cx_status engine__covering_row(const engine__path *path, uint32_t columns, cx_slice key,
                               int64_t id, cx_buf *scratch, cx_buf *out, bool *ret_exact)
{
	CX_UNSET cells row;
	row.count = 0;
	*ret_exact = true;
	cx_buf_clear(scratch);
	cx_buf_clear(out);
	cx_status status = take_columns(path, columns, key, scratch, &row, ret_exact);
	if (status != CX_OK || !*ret_exact)
		return status;
	const engine__value id_value = { .shape = ENGINE__INTEGER, .integer = id };
	const int id_column = column_of(path, ENGINE_SLOT_ID);
	if (id_column < 0 || (columns >> id_column & 1) == 0)
		add(&row, &path->type->fields[ENGINE_SLOT_ID], &id_value);
	cx_write_array(out, path->type->field_count);
	uint16_t slot = 0;
	for (size_t i = 0; i < row.count; i++) {
		const engine_field *field = row.items[i].field;
		write_nils((size_t)(field->slot - slot), out);
		engine__value_write(field, &row.items[i].value, out);
		slot = (uint16_t)(field->slot + 1);
	}
	write_nils((size_t)(path->type->field_count - slot), out);
	return cx_buf_status(out);
}
