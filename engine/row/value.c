/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/row/value.h"

#include "base/check.h"

engine__shape engine__shape_of(const engine_field *field)
{
	switch (field->kind) {
	case ENGINE_BOOL:
	case ENGINE_INT:
	case ENGINE_MONEY:
	case ENGINE_DATE:
	case ENGINE_TS:
	case ENGINE_ENUM:
	case ENGINE_REF:
		return ENGINE__INTEGER;
	case ENGINE_STRING:
	case ENGINE_TEXT:
	case ENGINE_BYTES:
		return ENGINE__CHARS;
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		return ENGINE__ITEMS;
	}
	CX_UNREACHABLE();
}

static engine__value integer(int64_t number)
{
	return (engine__value){ .shape = ENGINE__INTEGER, .integer = number };
}

static engine__value chars(cx_slice bytes)
{
	return (engine__value){ .shape = ENGINE__CHARS, .bytes = bytes };
}

/* An unknown label fails the reader, like an element of another kind. */
static engine__value take_label(const engine_field *field, cx_reader *reader)
{
	cx_slice label = cx_read_str(reader);
	int position = reader->failed ? -1 : engine_field_label(field, label);
	if (position < 0)
		reader->failed = true;
	return integer(position);
}

static engine__value take_items(cx_reader *reader)
{
	if (cx_reader_peek(reader) != CX_KIND_ARRAY)
		reader->failed = true;
	return (engine__value){ .shape = ENGINE__ITEMS, .bytes = cx_read_skip(reader) };
}

static engine__value take_present(const engine_field *field, cx_reader *reader)
{
	switch (field->kind) {
	case ENGINE_BOOL:
		return integer(cx_read_bool(reader));
	case ENGINE_INT:
	case ENGINE_MONEY:
	case ENGINE_DATE:
	case ENGINE_TS:
	case ENGINE_REF:
		return integer(cx_read_int(reader));
	case ENGINE_ENUM:
		return take_label(field, reader);
	case ENGINE_STRING:
	case ENGINE_TEXT:
		return chars(cx_read_str(reader));
	case ENGINE_BYTES:
		return chars(cx_read_bin(reader));
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		return take_items(reader);
	}
	CX_UNREACHABLE();
}

cx_status engine__value_take(const engine_field *field, cx_reader *reader, engine__value *ret)
{
	engine__value value = { 0 };
	if (!cx_read_if_nil(reader))
		value = take_present(field, reader);
	if (reader->failed)
		return CX_CORRUPT;
	*ret = value;
	return CX_OK;
}

cx_status engine__value_of_row(const engine_field *field, cx_slice element, engine__value *ret)
{
	cx_reader reader = cx_reader_of(element);
	engine__value value;
	cx_status status = engine__value_take(field, &reader, &value);
	if (status != CX_OK)
		return status;
	if (reader.rest.size > 0)
		return CX_CORRUPT;
	*ret = value;
	return CX_OK;
}

static void write_label(const engine_field *field, int64_t position, cx_buf *out)
{
	CX_ASSERT(position >= 0);
	CX_ASSERT(position < field->label_count);
	cx_write_text(out, field->labels[position]);
}

void engine__value_write(const engine_field *field, const engine__value *value, cx_buf *out)
{
	if (value->shape == ENGINE__NULL) {
		cx_write_nil(out);
		return;
	}
	CX_ASSERT(value->shape == engine__shape_of(field));
	switch (field->kind) {
	case ENGINE_BOOL:
		cx_write_bool(out, value->integer != 0);
		return;
	case ENGINE_INT:
	case ENGINE_MONEY:
	case ENGINE_DATE:
	case ENGINE_TS:
	case ENGINE_REF:
		cx_write_int(out, value->integer);
		return;
	case ENGINE_ENUM:
		write_label(field, value->integer, out);
		return;
	case ENGINE_STRING:
	case ENGINE_TEXT:
		cx_write_str(out, value->bytes);
		return;
	case ENGINE_BYTES:
		cx_write_bin(out, value->bytes);
		return;
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		cx_write_raw(out, value->bytes);
		return;
	}
	CX_UNREACHABLE();
}

bool engine__value_equal(const engine__value *a, const engine__value *b)
{
	return engine__value_compare(a, b) == 0;
}

int engine__value_compare(const engine__value *a, const engine__value *b)
{
	if (a->shape == ENGINE__NULL || b->shape == ENGINE__NULL)
		return (a->shape != ENGINE__NULL) - (b->shape != ENGINE__NULL);
	CX_ASSERT(a->shape == b->shape);
	if (a->shape == ENGINE__INTEGER)
		return (a->integer > b->integer) - (a->integer < b->integer);
	return cx_slice_compare(a->bytes, b->bytes);
}
