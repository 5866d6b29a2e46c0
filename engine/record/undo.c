/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/undo.h"

#include "base/msgpack.h"

enum { DELETED_KEY_BYTES = 10, UNDO_KEY_BYTES = 12, VALUE_BYTES_MAX = 64 };

static void put_big_endian(uint8_t *bytes, size_t size, uint64_t value)
{
	for (size_t i = size; i > 0; i--, value >>= 8)
		bytes[i - 1] = (uint8_t)value;
}

static cx_slice deleted_key(uint8_t bytes[DELETED_KEY_BYTES], const engine_type *type,
                            int64_t id)
{
	put_big_endian(bytes, 2, type->id);
	put_big_endian(bytes + 2, 8, (uint64_t)id);
	return (cx_slice){ .data = bytes, .size = DELETED_KEY_BYTES };
}

static cx_slice undo_key(uint8_t bytes[UNDO_KEY_BYTES], uint64_t delete_id, uint32_t number)
{
	put_big_endian(bytes, 8, delete_id);
	put_big_endian(bytes + 8, 4, number);
	return (cx_slice){ .data = bytes, .size = UNDO_KEY_BYTES };
}

static const engine_type *type_of_id(const engine_read *read, int64_t id)
{
	const engine_schema *schema = read->generation->schema;
	for (uint16_t i = 0; i < schema->type_count; i++)
		if (schema->types[i].id == id)
			return &schema->types[i];
	return NULL;
}

static const engine_field *field_of_id(const engine_type *type, int64_t id)
{
	for (uint16_t i = 0; i < type->field_count; i++)
		if (type->fields[i].id == id && !type->fields[i].dropped)
			return &type->fields[i];
	return NULL;
}

cx_status engine__deletion_put(engine_write *write, const engine_type *type, int64_t id,
                               const engine__deletion *deletion)
{
	CX_SCOPED(cx_buf_release) cx_buf value = CX_BUF_INIT(VALUE_BYTES_MAX);
	cx_write_array(&value, 3);
	cx_write_uint(&value, deletion->delete_id);
	cx_write_uint(&value, deletion->type->id);
	cx_write_int(&value, deletion->id);
	cx_status status = cx_buf_status(&value);
	if (status != CX_OK)
		return status;
	uint8_t key[DELETED_KEY_BYTES];
	return engine__txn_put(write->txn, write->engine->deleted, deleted_key(key, type, id),
	                       cx_buf_slice(&value));
}

cx_status engine__deletion_get(engine_read *read, const engine_type *type, int64_t id,
                               engine__deletion *ret)
{
	uint8_t key[DELETED_KEY_BYTES];
	cx_slice value;
	cx_status status = engine__view_get(read->view, read->engine->deleted,
	                                    deleted_key(key, type, id), &value);
	if (status != CX_OK)
		return status;
	cx_reader reader = cx_reader_of(value);
	const uint32_t count = cx_read_array(&reader);
	engine__deletion deletion = { .delete_id = cx_read_uint(&reader) };
	deletion.type = type_of_id(read, cx_read_int(&reader));
	deletion.id = cx_read_int(&reader);
	if (reader.failed || count != 3 || deletion.type == NULL)
		return CX_CORRUPT;
	*ret = deletion;
	return CX_OK;
}

cx_status engine__deletion_remove(engine_write *write, const engine_type *type, int64_t id)
{
	uint8_t key[DELETED_KEY_BYTES];
	return engine__txn_remove(write->txn, write->engine->deleted,
	                          deleted_key(key, type, id));
}

cx_status engine__step_put(engine_write *write, uint64_t delete_id, uint32_t number,
                           const engine__step *step)
{
	const bool cleared = step->kind == ENGINE__STEP_CLEARED;
	CX_SCOPED(cx_buf_release) cx_buf value = CX_BUF_INIT(VALUE_BYTES_MAX);
	cx_write_array(&value, cleared ? 5 : 3);
	cx_write_int(&value, step->kind);
	cx_write_uint(&value, step->type->id);
	cx_write_int(&value, step->id);
	if (cleared) {
		cx_write_uint(&value, step->field->id);
		cx_write_int(&value, step->target);
	}
	cx_status status = cx_buf_status(&value);
	if (status != CX_OK)
		return status;
	uint8_t key[UNDO_KEY_BYTES];
	return engine__txn_put(write->txn, write->engine->undo,
	                       undo_key(key, delete_id, number), cx_buf_slice(&value));
}

static cx_status read_step(const engine_read *read, cx_slice value, engine__step *ret)
{
	cx_reader reader = cx_reader_of(value);
	const uint32_t count = cx_read_array(&reader);
	const int64_t kind = cx_read_int(&reader);
	engine__step step = { .kind = (engine__step_kind)kind };
	step.type = type_of_id(read, cx_read_int(&reader));
	step.id = cx_read_int(&reader);
	const bool deleted = kind == ENGINE__STEP_DELETED && count == 3;
	if (reader.failed || !(deleted || (kind == ENGINE__STEP_CLEARED && count == 5)))
		return CX_CORRUPT;
	if (!deleted) {
		const int64_t field_id = cx_read_int(&reader);
		step.field = step.type == NULL ? NULL : field_of_id(step.type, field_id);
		step.target = cx_read_int(&reader);
		if (reader.failed)
			return CX_CORRUPT;
	}
	if (step.type == NULL || (!deleted && step.field == NULL))
		step = (engine__step){ .kind = ENGINE__STEP_GONE };
	*ret = step;
	return CX_OK;
}

cx_status engine__step_get(engine_read *read, uint64_t delete_id, uint32_t number,
                           engine__step *ret)
{
	uint8_t key[UNDO_KEY_BYTES];
	cx_slice value;
	cx_status status = engine__view_get(read->view, read->engine->undo,
	                                    undo_key(key, delete_id, number), &value);
	return status == CX_OK ? read_step(read, value, ret) : status;
}

cx_status engine__step_remove(engine_write *write, uint64_t delete_id, uint32_t number)
{
	uint8_t key[UNDO_KEY_BYTES];
	return engine__txn_remove(write->txn, write->engine->undo,
	                          undo_key(key, delete_id, number));
}
