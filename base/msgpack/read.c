/* SPDX-License-Identifier: Apache-2.0 */
/* The pull reader. Every read first looks at the first byte, then counts the bytes it
 * needs, then moves; so nothing is used before it is counted. */
#include "base/check.h"
#include "base/msgpack/form.h"

#include <string.h>

const char *cx_kind_name(cx_kind kind)
{
	switch (kind) {
	case CX_KIND_END:
		return "nothing";
	case CX_KIND_NIL:
		return "nil";
	case CX_KIND_BOOL:
		return "a boolean";
	case CX_KIND_INT:
		return "an integer";
	case CX_KIND_FLOAT:
		return "a float";
	case CX_KIND_STR:
		return "a string";
	case CX_KIND_BIN:
		return "a byte string";
	case CX_KIND_ARRAY:
		return "an array";
	case CX_KIND_MAP:
		return "a map";
	case CX_KIND_BAD:
		return "a value of an unsupported kind";
	}
	CX_UNREACHABLE();
}

cx_kind cx_reader_peek(const cx_reader *reader)
{
	if (reader->failed || reader->rest.size == 0)
		return CX_KIND_END;
	return (cx_kind)cx__form_of(reader->rest.data[0]).kind;
}

static bool has_next(const cx_reader *reader)
{
	return !reader->failed && reader->rest.size > 0;
}

static void advance(cx_reader *reader, size_t size)
{
	reader->rest.data += size;
	reader->rest.size -= size;
}

static void fail(cx_reader *reader)
{
	reader->failed = true;
}

/* Takes a value of `size` bytes that is all header, `kind` being asked for; NULL after
 * failing. */
static const uint8_t *take_scalar(cx_reader *reader, cx_kind kind)
{
	if (has_next(reader)) {
		const uint8_t *at = reader->rest.data;
		cx__form form = cx__form_of(*at);
		if (form.kind == kind && form.number < reader->rest.size) {
			advance(reader, 1u + form.number);
			return at;
		}
	}
	fail(reader);
	return NULL;
}

void cx_read_nil(cx_reader *reader)
{
	(void)take_scalar(reader, CX_KIND_NIL);
}

bool cx_read_if_nil(cx_reader *reader)
{
	if (!has_next(reader) || reader->rest.data[0] != 0xc0)
		return false;
	advance(reader, 1);
	return true;
}

bool cx_read_bool(cx_reader *reader)
{
	const uint8_t *at = take_scalar(reader, CX_KIND_BOOL);
	return at != NULL && *at == 0xc3;
}

/* Reading integers is most of what reading rows is, and gcc does not inline the two steps by
 * itself; a call costs more than they do. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* An integer as 64 bits in two's complement; `is_negative` tells -1 from 2^64-1. */
typedef struct integer {
	uint64_t bits;
	bool is_negative;
} integer;

ALWAYS_INLINE integer integer_at(const uint8_t *at, unsigned payload)
{
	if (payload == 0) {
		int64_t value = (int8_t)*at;
		return (integer){ .bits = (uint64_t)value, .is_negative = value < 0 };
	}
	uint64_t bits = cx__big_endian(at + 1, payload);
	if (*at < 0xd0)
		return (integer){ .bits = bits };
	uint64_t sign = UINT64_C(1) << (8 * payload - 1);
	return (integer){ .bits = (bits ^ sign) - sign, .is_negative = (bits & sign) != 0 };
}

/* Looks at an integer without taking it; `*ret_size` is its size. */
ALWAYS_INLINE bool peek_integer(const cx_reader *reader, integer *ret, size_t *ret_size)
{
	if (!has_next(reader))
		return false;
	const uint8_t *at = reader->rest.data;
	cx__form form = cx__form_of(*at);
	if (form.kind != CX_KIND_INT || form.number >= reader->rest.size)
		return false;
	*ret = integer_at(at, form.number);
	*ret_size = 1u + form.number;
	return true;
}

int64_t cx_read_int(cx_reader *reader)
{
	integer value;
	size_t size;
	if (peek_integer(reader, &value, &size) &&
	    (value.is_negative || value.bits <= INT64_MAX)) {
		advance(reader, size);
		return (int64_t)value.bits;
	}
	fail(reader);
	return 0;
}

uint64_t cx_read_uint(cx_reader *reader)
{
	integer value;
	size_t size;
	if (peek_integer(reader, &value, &size) && !value.is_negative) {
		advance(reader, size);
		return value.bits;
	}
	fail(reader);
	return 0;
}

static double float_at(const uint8_t *at)
{
	if (*at == 0xca) {
		uint32_t bits = (uint32_t)cx__big_endian(at + 1, 4);
		float value;
		memcpy(&value, &bits, sizeof value);
		return (double)value;
	}
	uint64_t bits = cx__big_endian(at + 1, 8);
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

double cx_read_float(cx_reader *reader)
{
	integer value;
	size_t size;
	if (peek_integer(reader, &value, &size)) {
		advance(reader, size);
		return value.is_negative ? (double)(int64_t)value.bits : (double)value.bits;
	}
	const uint8_t *at = take_scalar(reader, CX_KIND_FLOAT);
	return at == NULL ? 0 : float_at(at);
}

/* Takes a str or bin when its kind is `kind` or `other`. */
static cx_slice take_bytes(cx_reader *reader, cx_kind kind, cx_kind other)
{
	if (has_next(reader)) {
		const uint8_t *at = reader->rest.data;
		size_t room = reader->rest.size;
		cx__form form = cx__form_of(*at);
		size_t header = 1u + form.length_bytes;
		if ((form.kind == kind || form.kind == other) && header <= room) {
			uint64_t size = cx__form_number(form, at);
			if (size <= room - header) {
				advance(reader, header + (size_t)size);
				return (cx_slice){ .data = at + header, .size = (size_t)size };
			}
		}
	}
	fail(reader);
	return (cx_slice){ 0 };
}

cx_slice cx_read_str(cx_reader *reader)
{
	return take_bytes(reader, CX_KIND_STR, CX_KIND_STR);
}

cx_slice cx_read_bin(cx_reader *reader)
{
	return take_bytes(reader, CX_KIND_BIN, CX_KIND_BIN);
}

cx_slice cx_read_str_or_bin(cx_reader *reader)
{
	return take_bytes(reader, CX_KIND_STR, CX_KIND_BIN);
}

/* Takes the header of an array or map. A count that the bytes left cannot hold fails
 * here, so that a caller may allocate by it. */
static uint32_t take_count(cx_reader *reader, cx_kind kind)
{
	if (has_next(reader)) {
		const uint8_t *at = reader->rest.data;
		size_t room = reader->rest.size;
		cx__form form = cx__form_of(*at);
		size_t header = 1u + form.length_bytes;
		if (form.kind == kind && header <= room) {
			uint64_t count = cx__form_number(form, at);
			if (count * form.values <= room - header) {
				advance(reader, header);
				return (uint32_t)count;
			}
		}
	}
	fail(reader);
	return 0;
}

uint32_t cx_read_array(cx_reader *reader)
{
	return take_count(reader, CX_KIND_ARRAY);
}

uint32_t cx_read_map(cx_reader *reader)
{
	return take_count(reader, CX_KIND_MAP);
}

/* The end of `count` whole values from `at` on; NULL when they are not all there. Each
 * value still to come is at least one byte, which bounds `count` by the bytes left. */
static const uint8_t *pass_values(const uint8_t *at, const uint8_t *end, uint64_t count)
{
	while (count > 0) {
		uint64_t room = (uint64_t)(end - at);
		if (count > room)
			return NULL;
		count--;
		const uint64_t size = cx__sizes[*at];
		if (size > 0 && size <= room) {
			at += size;
			continue;
		}
		cx__form form = cx__form_of(*at);
		uint64_t header = 1u + form.length_bytes;
		if (form.kind == CX_KIND_BAD || header > room)
			return NULL;
		uint64_t number = cx__form_number(form, at);
		at += header;
		if (form.values > 0) {
			count += number * form.values; /* < 2^63 + 2^33 */
			continue;
		}
		if (number > room - header)
			return NULL;
		at += number;
	}
	return at;
}

cx_slice cx_read_skip(cx_reader *reader)
{
	cx_slice from = reader->rest;
	cx_read_skip_many(reader, 1);
	if (reader->failed)
		return (cx_slice){ 0 };
	return (cx_slice){ .data = from.data, .size = from.size - reader->rest.size };
}

void cx_read_skip_many(cx_reader *reader, size_t count)
{
	if (reader->failed || count == 0)
		return;
	const uint8_t *at = reader->rest.data;
	const uint8_t *end = NULL;
	if (reader->rest.size > 0)
		end = pass_values(at, at + reader->rest.size, count);
	if (end == NULL) {
		fail(reader);
		return;
	}
	advance(reader, (size_t)(end - at));
}
