/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/layout.h"

#include "base/check.h"

#include <stdlib.h>

enum { NAMES_BYTES_MAX = ENGINE_SLOTS_MAX * (ENGINE_NAME_MAX + 5) + 5 };

struct daemon__layouts {
	size_t count;
	cx_buf names[]; /* by number of the type; an array of field names each */
};

cx_status daemon__layouts_new(const engine_schema *schema, daemon__layouts **ret)
{
	CX_SCOPED(daemon__layouts_free)
	daemon__layouts *layouts =
		calloc(1, sizeof *layouts + schema->type_count * sizeof *layouts->names);
	if (layouts == NULL)
		return CX_NO_MEMORY;

	layouts->count = schema->type_count;
	for (size_t i = 0; i < layouts->count; i++) {
		const engine_type *type = &schema->types[i];
		cx_buf *names = &layouts->names[i];
		*names = CX_BUF_INIT(NAMES_BYTES_MAX);
		cx_write_array(names, type->field_count);
		for (uint16_t slot = 0; slot < type->field_count; slot++)
			cx_write_text(names, type->fields[slot].name);
		if (cx_buf_status(names) != CX_OK)
			return cx_buf_status(names);
	}
	*ret = layouts;
	layouts = NULL; /* now the caller's */
	return CX_OK;
}

void daemon__layouts_free(daemon__layouts **layouts)
{
	if (*layouts != NULL)
		for (size_t i = 0; i < (*layouts)->count; i++)
			cx_buf_release(&(*layouts)->names[i]);
	free(*layouts);
	*layouts = NULL;
}

uint32_t daemon__layout_number(const engine_type *type)
{
	return (uint32_t)type->id << 16 | type->layout;
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
	ret->whole = (options->given & PROTO_BIT(ONLY)) == 0;
	if (!ret->whole) {
		ret->names = true;
		return read_slots(type, options->only, ret, error);
	}
	ret->names = (options->given & PROTO_BIT(LAYOUT)) == 0 ||
	             options->layout != daemon__layout_number(type);
	return CX_OK;
}

void daemon__projection_write_number(const daemon__projection *projection, cx_buf *out)
{
	cx_write_uint(out, daemon__layout_number(projection->type));
}

void daemon__projection_write_names(const daemon__projection *projection,
                                    const daemon__layouts *layouts, cx_buf *out)
{
	const engine_type *type = projection->type;
	CX_ASSERT(type->number < layouts->count);
	if (projection->whole) {
		cx_write_raw(out, cx_buf_slice(&layouts->names[type->number]));
		return;
	}
	cx_write_array(out, projection->count);
	for (uint16_t i = 0; i < projection->count; i++)
		cx_write_text(out, type->fields[projection->slots[i]].name);
}

void daemon__projection_write_head(const daemon__projection *projection,
                                   const daemon__layouts *layouts, cx_buf *out)
{
	daemon__projection_write_number(projection, out);
	if (projection->names)
		daemon__projection_write_names(projection, layouts, out);
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
		/* A row written under an older layout ends before the fields added since. */
		if (slot < stored)
			cx_write_raw(out, values[slot]);
		else
			cx_write_nil(out);
	}
	return CX_OK;
}
