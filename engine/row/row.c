/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/row/row.h"

#include "base/check.h"
#include "base/hash.h"

static const uint8_t nil_byte = 0xc0; /* the element of a slot the array does not reach */

static uint32_t little_endian(const uint8_t *at, unsigned size)
{
	uint32_t number = 0;
	for (unsigned i = 0; i < size; i++)
		number |= (uint32_t)at[i] << 8 * i;
	return number;
}

static void put_little_endian(uint8_t *at, uint32_t number, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

uint32_t engine__row_checksum(const engine_type *type, uint16_t layout, int64_t id,
                              cx_slice array)
{
	uint64_t seed = (uint64_t)type->id << 48 ^ (uint64_t)layout << 32 ^ (uint64_t)id;
	return (uint32_t)cx_hash64(array, seed);
}

static cx_status read_chunked(cx_slice stored, engine__row_header *header)
{
	if (stored.size != ENGINE__ROW_CHUNKED_SIZE)
		return CX_CORRUPT;
	header->array_bytes = little_endian(stored.data + ENGINE__ROW_HEADER, 4);
	header->chunks = (uint16_t)little_endian(stored.data + ENGINE__ROW_HEADER + 4, 2);
	if (header->array_bytes > ENGINE_RECORD_BYTES_MAX || header->chunks == 0 ||
	    header->chunks > header->array_bytes)
		return CX_CORRUPT;
	return CX_OK;
}

cx_status engine__row_header_read(cx_slice stored, engine__row_header *ret)
{
	if (stored.size <= ENGINE__ROW_HEADER)
		return CX_CORRUPT;
	engine__row_header header = {
		.format = stored.data[0],
		.layout = (uint16_t)little_endian(stored.data + 1, 2),
		.checksum = little_endian(stored.data + 3, 4),
	};
	if (header.layout == 0)
		return CX_CORRUPT;
	if (header.format == ENGINE__ROW_WHOLE)
		header.array = cx_slice_from(stored, ENGINE__ROW_HEADER);
	else if (header.format != ENGINE__ROW_CHUNKED || read_chunked(stored, &header) != CX_OK)
		return CX_CORRUPT;
	*ret = header;
	return CX_OK;
}

void engine__row_header_write(const engine_type *type, int64_t id, cx_slice array, cx_buf *out)
{
	CX_ASSERT(array.size > 0);
	CX_ASSERT(array.size <= ENGINE_RECORD_BYTES_MAX);
	bool chunked = array.size > ENGINE__ROW_CHUNK_BYTES;
	size_t chunks = (array.size + ENGINE__ROW_CHUNK_BYTES - 1) / ENGINE__ROW_CHUNK_BYTES;

	uint8_t bytes[ENGINE__ROW_CHUNKED_SIZE];
	bytes[0] = chunked ? ENGINE__ROW_CHUNKED : ENGINE__ROW_WHOLE;
	put_little_endian(bytes + 1, type->layout, 2);
	put_little_endian(bytes + 3, engine__row_checksum(type, type->layout, id, array), 4);
	put_little_endian(bytes + ENGINE__ROW_HEADER, (uint32_t)array.size, 4);
	put_little_endian(bytes + ENGINE__ROW_HEADER + 4, (uint32_t)chunks, 2);
	cx_buf_append(out, bytes, chunked ? ENGINE__ROW_CHUNKED_SIZE : ENGINE__ROW_HEADER);
}

void engine__row_array_write(const engine_type *type, const engine__value *values, cx_buf *out)
{
	cx_write_array(out, type->field_count);
	for (uint16_t slot = 0; slot < type->field_count; slot++)
		engine__value_write(&type->fields[slot], &values[slot], out);
}

/* Enters an array that may have at most `count` elements. */
static cx_status begin_array(cx_reader *reader, uint16_t count, uint32_t *ret_present)
{
	uint32_t present = cx_read_array(reader);
	if (reader->failed || present > count)
		return CX_CORRUPT;
	*ret_present = present;
	return CX_OK;
}

bool engine__row_is_plain(const engine_type *type, cx_slice stored)
{
	return stored.size > ENGINE__ROW_HEADER && stored.data[0] == ENGINE__ROW_WHOLE &&
	       little_endian(stored.data + 1, 2) == type->layout;
}

/* At most so many bytes more than before. */
static size_t growth(const engine_type *type)
{
	enum { HEAD_BYTES = 6 };
	size_t size = HEAD_BYTES + type->field_count; /* a nil each */
	for (uint16_t slot = 0; slot < type->field_count; slot++)
		size += type->fields[slot].fill.size;
	return size;
}

cx_status engine__row_complete(const engine_type *type, cx_slice array, cx_arena *arena,
                               cx_slice *ret)
{
	cx_reader reader = cx_reader_of(array);
	uint32_t present;
	if (begin_array(&reader, type->field_count, &present) != CX_OK)
		return CX_CORRUPT;
	const size_t room = array.size + growth(type);
	cx_buf out = { .data = cx_arena_alloc(arena, room),
		       .capacity = room,
		       .limit = room - 1 };
	if (out.data == NULL)
		return CX_NO_MEMORY;
	cx_write_array(&out, type->field_count);
	for (uint16_t slot = 0; slot < type->field_count; slot++) {
		const engine_field *field = &type->fields[slot];
		const bool stored = slot < present;
		const cx_slice element = stored ? cx_read_skip(&reader) : field->fill;
		if (reader.failed)
			return CX_CORRUPT;
		if (field->dropped || element.size == 0)
			cx_write_nil(&out);
		else
			cx_write_raw(&out, element);
	}
	if (reader.rest.size > 0)
		return CX_CORRUPT;
	CX_ASSERT(cx_buf_status(&out) == CX_OK);
	*ret = cx_buf_slice(&out);
	return CX_OK;
}

cx_status engine__row_split(cx_slice array, uint16_t count, cx_slice *elements)
{
	cx_reader reader = cx_reader_of(array);
	uint32_t present;
	if (begin_array(&reader, count, &present) != CX_OK)
		return CX_CORRUPT;
	for (uint32_t slot = 0; slot < present; slot++)
		elements[slot] = cx_read_skip(&reader);
	if (reader.failed || reader.rest.size > 0)
		return CX_CORRUPT;
	for (uint32_t slot = present; slot < count; slot++)
		elements[slot] = (cx_slice){ .data = &nil_byte, .size = 1 };
	return CX_OK;
}

cx_status engine__row_values(const engine_type *type, cx_slice array, engine__value *values)
{
	cx_reader reader = cx_reader_of(array);
	uint32_t present;
	if (begin_array(&reader, type->field_count, &present) != CX_OK)
		return CX_CORRUPT;
	for (uint32_t slot = 0; slot < present; slot++) {
		if (engine__value_take(&type->fields[slot], &reader, &values[slot]) != CX_OK)
			return CX_CORRUPT;
	}
	if (reader.rest.size > 0)
		return CX_CORRUPT;
	for (uint32_t slot = present; slot < type->field_count; slot++)
		values[slot] = (engine__value){ 0 };
	return CX_OK;
}
