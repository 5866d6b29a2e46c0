/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the order: out of a row, into a position and back. */
#include "engine/query/sort_value.h"

#include "base/check.h"
#include "base/hash.h"
#include "engine/index/key.h"

enum { LEFT_OUT = 0xffff };

cx_status engine__sort_values(const engine__plan *plan, cx_slice array, engine__value *values)
{
	for (size_t i = 0; i < plan->order_count; i++) {
		const engine_field *field = plan->order[i].field;
		cx_reader reader = cx_reader_of(array);
		values[i] = (engine__value){ 0 };
		if (cx_read_array(&reader) <= field->slot && !reader.failed)
			continue; /* a row of an older layout */
		cx_read_skip_many(&reader, field->slot);
		cx_status status = engine__value_take(field, &reader, &values[i]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static uint64_t hash_values(const engine__plan *plan, const engine__value *values)
{
	uint64_t hash = plan->order_count;
	for (size_t i = 0; i < plan->order_count; i++) {
		const engine__value *value = &values[i];
		hash = cx_hash64(value->bytes, hash ^ (uint64_t)value->shape << 56);
		hash = hash * 31 + (uint64_t)value->integer;
	}
	return hash;
}

static void put_value(const engine__value *value, cx_buf *out)
{
	cx_buf_append_byte(out, (uint8_t)value->shape);
	if (value->shape == ENGINE__INTEGER)
		engine__key_put_id(out, value->integer);
	if (value->shape != ENGINE__CHARS)
		return;
	const bool whole = value->bytes.size <= ENGINE__SORT_TEXT_MAX;
	const size_t size = whole ? value->bytes.size : LEFT_OUT;
	cx_buf_append_byte(out, (uint8_t)(size >> 8));
	cx_buf_append_byte(out, (uint8_t)size);
	if (whole)
		cx_buf_append_slice(out, value->bytes);
}

void engine__sort_position(const engine__plan *plan, const engine__sort_row *row, cx_buf *out)
{
	engine__key_put_id(out, row->id);
	engine__key_put_id(out, (int64_t)hash_values(plan, row->values));
	for (size_t i = 0; i < plan->order_count; i++)
		put_value(&row->values[i], out);
}

/* ---- back ---- */

typedef struct input {
	cx_slice rest;
	bool failed;
} input;

static cx_slice take(input *in, size_t size)
{
	if (in->failed || in->rest.size < size) {
		in->failed = true;
		return (cx_slice){ 0 };
	}
	const cx_slice head = { .data = in->rest.data, .size = size };
	in->rest = cx_slice_from(in->rest, size);
	return head;
}

static uint64_t take_number(input *in, size_t size)
{
	const cx_slice bytes = take(in, size);
	uint64_t number = 0;
	for (size_t i = 0; i < bytes.size; i++)
		number = number << 8 | bytes.data[i];
	return number;
}

/* False when the text was left out. */
static bool take_value(input *in, const engine_field *field, engine__value *ret)
{
	const uint64_t shape = take_number(in, 1);
	engine__value value = { 0 };
	bool whole = true;
	if (shape == ENGINE__NULL)
		value.shape = ENGINE__NULL;
	else if (shape != (uint64_t)engine__shape_of(field))
		in->failed = true;
	else if (shape == ENGINE__INTEGER)
		value = (engine__value){ .shape = ENGINE__INTEGER,
			                 .integer = (int64_t)take_number(in, 8) };
	else {
		const size_t size = (size_t)take_number(in, 2);
		whole = size != LEFT_OUT;
		value.shape = ENGINE__CHARS;
		if (whole)
			value.bytes = take(in, size);
	}
	*ret = value;
	return whole;
}

/* Gets the values from the record the page ended with. */
static cx_status look_up(engine__sort *sort, engine_read *read, uint64_t hash, cx_error *error)
{
	engine__sort_row *after = &sort->after;
	if (after->id < 1)
		return engine__position_refuse(error);
	engine_row row;
	cx_status status =
		engine_get_any(read, sort->plan->query->type, after->id, &row, error);
	if (status == CX_NOT_FOUND)
		return engine__position_refuse(error);
	if (status == CX_OK)
		status = engine__sort_values(sort->plan, row.array, after->values);
	if (status == CX_OK && hash_values(sort->plan, after->values) != hash)
		return engine__position_refuse(error);
	return status;
}

cx_status engine__sort_continue(engine__sort *sort, engine_read *read, cx_slice position,
                                cx_error *error)
{
	const engine__plan *plan = sort->plan;
	input in = { .rest = position };
	sort->after = (engine__sort_row){ .id = (int64_t)take_number(&in, 8) };
	const uint64_t hash = take_number(&in, 8);
	bool whole = true;
	for (size_t i = 0; i < plan->order_count; i++)
		whole = take_value(&in, plan->order[i].field, &sort->after.values[i]) && whole;
	if (in.failed || in.rest.size > 0)
		return engine__position_refuse(error);
	sort->continued = true;
	return whole ? CX_OK : look_up(sort, read, hash, error);
}
