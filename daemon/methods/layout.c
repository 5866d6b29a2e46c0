/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/layout.h"

uint32_t daemon__layout_number(const engine_type *type)
{
	return (uint32_t)type->id << 16 | type->layout;
}

/* Slots of dropped fields are holes, which are not sent. */
static void take_shown(const engine_type *type, daemon__projection *ret)
{
	ret->whole = type->shown_count == type->field_count;
	ret->count = 0;
	for (uint16_t slot = 0; !ret->whole && slot < type->field_count; slot++)
		if (!type->fields[slot].dropped)
			ret->slots[ret->count++] = slot;
}

static cx_status read_slots(const engine_type *type, cx_slice only, daemon__projection *ret,
                            cx_error *error)
{
	cx_reader reader = cx_reader_of(only);
	uint32_t count = cx_read_array(&reader);
	if (reader.failed || count == 0 || count > PROTO_FIELDS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "fields: an array of 1 to %d field names", PROTO_FIELDS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		cx_slice name = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "fields: element %u is no name", i);
		const engine_field *field = engine_type_field(type, name);
		if (field == NULL)
			return cx_fail(error, CX_NO_FIELD, "%s has no field %.*s", type->name,
			               CX_SLICE_ARG(name));
		ret->slots[i] = field->slot;
	}
	ret->count = (uint16_t)count;
	return CX_OK;
}

cx_status daemon__projection_of(const engine_type *type, const proto_options *options,
                                daemon__projection *ret, cx_error *error)
{
	ret->type = type;
	ret->given = options->given;
	if ((options->given & PROTO_BIT(ONLY)) != 0) {
		ret->whole = false;
		ret->names = true;
		return read_slots(type, options->only, ret, error);
	}
	take_shown(type, ret);
	ret->names = (options->given & PROTO_BIT(LAYOUT)) == 0 ||
	             options->layout != daemon__layout_number(type);
	return CX_OK;
}

void daemon__projection_write_number(const daemon__projection *projection, cx_buf *out)
{
	cx_write_uint(out, daemon__layout_number(projection->type));
}

void daemon__projection_write_names(const daemon__projection *projection, cx_buf *out)
{
	const engine_type *type = projection->type;
	if ((projection->given & PROTO_BIT(ONLY)) == 0) {
		cx_write_raw(out, type->shown_names);
		return;
	}
	cx_write_array(out, projection->count);
	for (uint16_t i = 0; i < projection->count; i++)
		cx_write_text(out, type->fields[projection->slots[i]].name);
}

void daemon__projection_write_head(const daemon__projection *projection, cx_buf *out)
{
	daemon__projection_write_number(projection, out);
	if (projection->names)
		daemon__projection_write_names(projection, out);
	else
		cx_write_nil(out);
}

cx_status daemon__projection_write_row(const daemon__projection *projection,
                                       const engine_row *row, cx_buf *out)
{
	if (projection->whole) {
		cx_write_raw(out, row->array);
		return CX_OK;
	}

	cx_slice values[ENGINE_SLOTS_MAX];
	cx_reader reader = cx_reader_of(row->array);
	uint32_t stored = cx_read_array(&reader);
	if (reader.failed || stored > ENGINE_SLOTS_MAX)
		return CX_CORRUPT;
	for (uint32_t slot = 0; slot < stored; slot++)
		values[slot] = cx_read_skip(&reader);
	if (reader.failed)
		return CX_CORRUPT;

	cx_write_array(out, projection->count);
	for (uint16_t i = 0; i < projection->count; i++) {
		uint16_t slot = projection->slots[i];
		if (slot >= stored)
			return CX_CORRUPT;
		cx_write_raw(out, values[slot]);
	}
	return CX_OK;
}
