/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/row.h"

#include "base/hash.h"
#include "base/msgpack.h"
#include "engine/core/meta.h"
#include "tests/support/unit.h"

#include <string.h>

static int64_t hash_of(cx_slice text)
{
	return (int64_t)(cx_hash64(text, 1) >> 1);
}

int64_t row_number_of_text(const engine_field *field, const char *text)
{
	if (field->kind == ENGINE_ENUM)
		return engine_field_label(field, cx_slice_of(text));
	return hash_of(cx_slice_of(text));
}

int64_t row_number(const engine_field *field, cx_slice value)
{
	cx_reader reader = cx_reader_of(value);
	if (value.size == 0 || cx_read_if_nil(&reader))
		return ROW_NULL;
	switch (field->kind) {
	case ENGINE_BOOL:
		return cx_read_bool(&reader);
	case ENGINE_INT:
	case ENGINE_MONEY:
	case ENGINE_DATE:
	case ENGINE_TS:
	case ENGINE_REF:
		return cx_read_int(&reader);
	case ENGINE_ENUM:
		return engine_field_label(field, cx_read_str(&reader));
	case ENGINE_STRING:
	case ENGINE_TEXT:
		return hash_of(cx_read_str(&reader));
	case ENGINE_BYTES:
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		break;
	}
	return hash_of(value);
}

bool row_find_any(store_fixture *f, const engine_type *type, int64_t id, engine_row *ret)
{
	const cx_status status =
		engine_get_any(engine_write_view(f->write), type, id, ret, NULL);
	assert_true(status == CX_OK || status == CX_NOT_FOUND);
	return status == CX_OK;
}

bool row_find(store_fixture *f, const char *type, int64_t id, engine_row *ret)
{
	const cx_status status =
		engine_get(engine_write_view(f->write), fixture_type(f, type), id, ret, NULL);
	assert_true(status == CX_OK || status == CX_NOT_FOUND);
	return status == CX_OK;
}

static cx_slice value_at(const engine_row *self, uint16_t slot)
{
	cx_reader reader = cx_reader_of(self->array);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, slot);
	const cx_slice value = cx_read_skip(&reader);
	assert_false(reader.failed);
	return value;
}

static const engine_field *field_of(const engine_row *self, const char *name)
{
	const engine_field *field = engine_type_field(self->type, cx_slice_of(name));
	if (field == NULL)
		fail_msg("%s has no field %s", self->type->name, name);
	return field;
}

int64_t row_int(const engine_row *self, const char *field)
{
	const engine_field *found = field_of(self, field);
	return row_number(found, value_at(self, found->slot));
}

bool row_is_null(const engine_row *self, const char *field)
{
	return row_int(self, field) == ROW_NULL;
}

bool row_is(const engine_row *self, const char *field, const char *text)
{
	const int64_t wanted = row_number_of_text(field_of(self, field), text);
	assert_true(wanted >= 0);
	return row_int(self, field) == wanted;
}

void row_numbers(const engine_row *self, int64_t *ret)
{
	cx_reader reader = cx_reader_of(self->array);
	const uint32_t count = cx_read_array(&reader);
	assert_int_equal(count, self->type->field_count);
	for (uint32_t slot = 0; slot < count; slot++)
		ret[slot] = row_number(&self->type->fields[slot], cx_read_skip(&reader));
	assert_false(reader.failed);
}

int64_t row_last_id(store_fixture *f, const engine_type *type)
{
	int64_t last = 0;
	assert_int_equal(engine__meta_last_id(engine_write_view(f->write), type, &last), CX_OK);
	return last;
}

static uint64_t hash_of_row(const engine_row *row, uint64_t hash)
{
	cx_reader reader = cx_reader_of(row->array);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t slot = 0; slot < count; slot++) {
		const cx_slice bytes = cx_read_skip(&reader);
		if (slot != ENGINE_SLOT_REV && slot != ENGINE_SLOT_UPDATED_AT &&
		    slot != ENGINE_SLOT_UPDATED_BY)
			hash = cx_hash64(bytes, hash);
	}
	return hash;
}

uint64_t row_state_hash(store_fixture *f, bool history)
{
	const engine_schema *schema = engine_schema_of(f->engine);
	uint64_t hash = 1;
	for (uint16_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		if (!history && strcmp(type->name, "stage_history") == 0)
			continue;
		const int64_t last = row_last_id(f, type);
		for (int64_t id = 1; id <= last; id++) {
			engine_row row;
			if (row_find_any(f, type, id, &row))
				hash = hash_of_row(&row, hash ^ (uint64_t)t << 48);
		}
	}
	return hash;
}
