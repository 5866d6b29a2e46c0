/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/fields.h"

#include <string.h>

cx_status engine__fields_defaults(const engine_type *type, engine__value *values)
{
	for (uint16_t i = 0; i < type->field_count; i++) {
		values[i] = (engine__value){ .shape = ENGINE__NULL };
		const engine_field *field = &type->fields[i];
		if (field->default_value.size == 0)
			continue;
		cx_status status =
			engine__value_of_row(field, field->default_value, &values[i]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* Fields a client may set: those of the schema that are not read-only, and ext_id. */
static bool is_settable(const engine_field *field, const engine_change *change)
{
	if (field->slot < ENGINE_SYSTEM_SLOTS)
		return field->slot == ENGINE_SLOT_EXT_ID;
	return !field->readonly || (change->internal && field->rollup == NULL);
}

static cx_status read_member(const engine_type *type, cx_reader *reader,
                             const engine_change *change, cx_arena *arena, bool *seen,
                             engine__value *values, cx_error *error)
{
	const cx_slice name = cx_read_str(reader);
	if (reader->failed)
		return cx_fail(error, CX_MALFORMED, "%s: a field name must be a string",
		               type->name);
	const engine_field *field = engine_type_field(type, name);
	if (field == NULL)
		return cx_fail(error, CX_NO_FIELD, "%s has no field \"%.*s\"", type->name,
		               (int)(name.size < ENGINE_NAME_MAX ? name.size : ENGINE_NAME_MAX),
		               (const char *)name.data);
	if (!is_settable(field, change))
		return cx_fail_field(error, CX_READ_ONLY_FIELD, field->name,
		                     "%s.%s is written by the store; leave it out", type->name,
		                     field->name);
	if (seen[field->slot])
		return cx_fail_field(error, CX_INVALID_ARGUMENT, field->name,
		                     "%s.%s is given twice", type->name, field->name);
	seen[field->slot] = true;
	return engine__value_read(field, reader, &change->references, arena,
	                          &values[field->slot], error);
}

cx_status engine__fields_read(const engine_type *type, cx_slice map,
                              const engine_change *change, cx_arena *arena,
                              engine__value *values, engine__given *given, cx_error *error)
{
	*given = (engine__given){ 0 };
	cx_reader reader = cx_reader_of(map);
	const uint32_t count = cx_read_map(&reader);
	if (reader.failed)
		return cx_fail(error, CX_MALFORMED, "%s: the fields must be one map",
		               type->name);
	for (uint32_t i = 0; i < count; i++) {
		cx_status status =
			read_member(type, &reader, change, arena, given->slots, values, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status engine__fields_required(const engine_type *type, const engine__value *values,
                                  cx_error *error)
{
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++) {
		const engine_field *field = &type->fields[i];
		if (field->required && values[i].shape == ENGINE__NULL)
			return cx_fail_field(error, CX_REQUIRED, field->name,
			                     "%s.%s is required", type->name, field->name);
	}
	return CX_OK;
}

static engine__value integer_or_null(int64_t integer)
{
	return (engine__value){ .shape = integer != 0 ? ENGINE__INTEGER : ENGINE__NULL,
		                .integer = integer };
}

void engine__fields_stamp(const engine_author *author, bool created, engine__value *values)
{
	const engine__value at = { .shape = ENGINE__INTEGER, .integer = author->now_ms };
	const engine__value by = integer_or_null(author->user);
	if (created) {
		values[ENGINE_SLOT_CREATED_AT] =
			(engine__value){ .shape = ENGINE__INTEGER,
			                 .integer = engine_author_at(author) };
		values[ENGINE_SLOT_CREATED_BY] = by;
	}
	values[ENGINE_SLOT_UPDATED_AT] = at;
	values[ENGINE_SLOT_UPDATED_BY] = by;
}
