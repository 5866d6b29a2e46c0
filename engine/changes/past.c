/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/changes/past.h"

#include "engine/core/meta.h"

static void set_integer(engine__past *past, uint16_t slot, int64_t integer)
{
	past->values[slot] = (engine__value){ .shape = ENGINE__INTEGER, .integer = integer };
}

static void forget_rollups(engine__past *past)
{
	for (uint16_t slot = 0; slot < past->type->field_count; slot++)
		if (past->type->fields[slot].rollup != NULL)
			past->values[slot] = (engine__value){ 0 };
}

cx_status engine__past_begin(engine_read *read, const engine_type *type, int64_t id,
                             engine__past *ret, cx_error *error)
{
	engine_row row;
	ret->read = read;
	ret->type = type;
	ret->id = id;
	cx_status status = engine_get_any(read, type, id, &row, error);
	ret->is_there = status == CX_OK;
	if (status == CX_OK)
		return engine__row_values(type, row.array, ret->values);
	int64_t last;
	if (status != CX_NOT_FOUND || engine__meta_last_id(read, type, &last) != CX_OK ||
	    id > last)
		return status;
	for (uint16_t slot = 0; slot < type->field_count; slot++)
		ret->values[slot] = (engine__value){ 0 };
	return CX_OK; /* purged: the walk meets that first, when it is kept */
}

/* Sets the fields back to their old values. */
static cx_status take_back_fields(engine__past *past, const engine_logged *change)
{
	cx_reader reader = cx_reader_of(change->fields);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t parts = cx_read_array(&reader);
		const uint64_t slot = cx_read_uint(&reader);
		if (reader.failed || parts != 3 || slot >= past->type->field_count)
			return CX_CORRUPT;
		if (past->type->fields[slot].dropped) {
			cx_read_skip_many(&reader, 2); /* its values are of no kind any more */
			continue;
		}
		cx_status status = engine__value_take(&past->type->fields[slot], &reader,
		                                      &past->values[slot]);
		if (status != CX_OK)
			return status;
		cx_read_skip(&reader);
	}
	return reader.failed ? CX_CORRUPT : CX_OK;
}

cx_status engine__past_take_back(engine__past *past, const engine_logged *change)
{
	if (change->redacted)
		return CX_COMPACTED;
	switch (change->kind) {
	case ENGINE_CHANGED_CREATE:
		return CX_NOT_FOUND;
	case ENGINE_CHANGED_UPDATE:
		return take_back_fields(past, change);
	case ENGINE_CHANGED_DELETE:
		past->values[ENGINE_SLOT_DELETED_AT] = (engine__value){ 0 };
		return CX_OK;
	case ENGINE_CHANGED_UNDELETE:
		/* What it was is in the delete before, and it was not there then. */
		set_integer(past, ENGINE_SLOT_DELETED_AT, change->at_ms);
		return CX_OK;
	case ENGINE_CHANGED_PURGE:
		return CX_COMPACTED;
	}
	return CX_CORRUPT;
}

void engine__past_sign(engine__past *past, const engine_logged *change)
{
	set_integer(past, ENGINE_SLOT_REV, change->rev);
	set_integer(past, ENGINE_SLOT_UPDATED_AT, change->at_ms);
	if (change->by != 0)
		set_integer(past, ENGINE_SLOT_UPDATED_BY, change->by);
	else
		past->values[ENGINE_SLOT_UPDATED_BY] = (engine__value){ 0 };
}

cx_status engine__past_write(engine__past *past, cx_buf *out)
{
	forget_rollups(past);
	engine__row_array_write(past->type, past->values, out);
	return cx_buf_status(out);
}
