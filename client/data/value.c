/* SPDX-License-Identifier: Apache-2.0 */
#include "client/data/value.h"

#include <string.h>

typedef struct decoder {
	cx_reader reader;
	uint8_t *bytes;
	size_t size;
	cx_arena *arena;
	uint8_t *end_of_text; /* where the last text's zero byte is still to be written */
	cx_status failed;
} decoder;

/* The header that stood behind the last text has been read. */
static void end_text(decoder *from)
{
	if (from->end_of_text != NULL)
		*from->end_of_text = '\0';
	from->end_of_text = NULL;
}

static void fail(decoder *from, cx_status why)
{
	if (from->failed == CX_OK)
		from->failed = why;
	from->reader.failed = true;
}

static const char *take_bytes(decoder *from, cx_slice bytes)
{
	end_text(from);
	uint8_t *end = from->bytes + (from->size - from->reader.rest.size);
	from->end_of_text = end;
	return (const char *)(end - bytes.size);
}

static void decode(decoder *from, cardex_value *to);

static void decode_items(decoder *from, uint64_t count, cardex_value *to)
{
	end_text(from);
	if (from->reader.failed || count == 0)
		return;
	cardex_value *items = cx_arena_alloc(from->arena, (size_t)count * sizeof *items);
	if (items == NULL) {
		fail(from, CX_NO_MEMORY);
		return;
	}
	to->as.items = items;
	for (uint64_t i = 0; i < count && !from->reader.failed; i++)
		decode(from, &items[i]);
}

static void decode(decoder *from, cardex_value *to)
{
	*to = (cardex_value){ .kind = CARDEX_VALUE_NULL };
	cx_slice bytes;
	switch (cx_reader_peek(&from->reader)) {
	case CX_KIND_NIL:
		cx_read_nil(&from->reader);
		break;
	case CX_KIND_BOOL:
		to->kind = CARDEX_VALUE_BOOL;
		to->as.boolean = cx_read_bool(&from->reader);
		break;
	case CX_KIND_INT:
		to->kind = CARDEX_VALUE_INT;
		to->as.integer = cx_read_int(&from->reader);
		break;
	case CX_KIND_FLOAT:
		to->kind = CARDEX_VALUE_FLOAT;
		to->as.number = cx_read_float(&from->reader);
		break;
	case CX_KIND_STR:
	case CX_KIND_BIN:
		to->kind = cx_reader_peek(&from->reader) == CX_KIND_STR ? CARDEX_VALUE_TEXT
		                                                        : CARDEX_VALUE_BYTES;
		bytes = cx_read_str_or_bin(&from->reader);
		to->count = (uint32_t)bytes.size;
		to->as.bytes = take_bytes(from, bytes);
		return;
	case CX_KIND_ARRAY:
		to->kind = CARDEX_VALUE_LIST;
		to->count = cx_read_array(&from->reader);
		decode_items(from, to->count, to);
		return;
	case CX_KIND_MAP:
		to->kind = CARDEX_VALUE_MAP;
		to->count = cx_read_map(&from->reader);
		decode_items(from, 2 * (uint64_t)to->count, to);
		return;
	case CX_KIND_END:
	case CX_KIND_BAD:
		fail(from, CX_MALFORMED);
		break;
	}
	end_text(from);
}

cx_status cardex__value_decode(uint8_t *bytes, size_t size, cx_arena *arena,
                               const cardex_value **ret)
{
	cardex_value *root = cx_arena_alloc(arena, sizeof *root);
	if (root == NULL)
		return CX_NO_MEMORY;
	decoder from = { .bytes = bytes, .size = size, .arena = arena };
	from.reader = cx_reader_of((cx_slice){ .data = bytes, .size = size });
	decode(&from, root);
	end_text(&from);
	if (from.failed != CX_OK)
		return from.failed;
	if (from.reader.failed || from.reader.rest.size > 0)
		return CX_MALFORMED;
	*ret = root;
	return CX_OK;
}

static bool is(const cardex_value *value, cardex_value_kind kind)
{
	return cardex_value_kind_of(value) == kind;
}

cardex_value_kind cardex_value_kind_of(const cardex_value *value)
{
	return value == NULL ? CARDEX_VALUE_NULL : (cardex_value_kind)value->kind;
}

bool cardex_value_bool(const cardex_value *value)
{
	return is(value, CARDEX_VALUE_BOOL) && value->as.boolean;
}

int64_t cardex_value_int(const cardex_value *value)
{
	return is(value, CARDEX_VALUE_INT) ? value->as.integer : 0;
}

double cardex_value_float(const cardex_value *value)
{
	if (is(value, CARDEX_VALUE_INT))
		return (double)value->as.integer;
	return is(value, CARDEX_VALUE_FLOAT) ? value->as.number : 0;
}

const char *cardex_value_text(const cardex_value *value)
{
	return is(value, CARDEX_VALUE_TEXT) ? value->as.bytes : NULL;
}

const void *cardex_value_bytes(const cardex_value *value, size_t *ret_size)
{
	bool has = is(value, CARDEX_VALUE_TEXT) || is(value, CARDEX_VALUE_BYTES);
	if (ret_size != NULL)
		*ret_size = has ? value->count : 0;
	return has ? value->as.bytes : NULL;
}

size_t cardex_value_count(const cardex_value *value)
{
	bool has = is(value, CARDEX_VALUE_LIST) || is(value, CARDEX_VALUE_MAP);
	return has ? value->count : 0;
}

const cardex_value *cardex_value_at(const cardex_value *value, size_t i)
{
	if (i >= cardex_value_count(value))
		return NULL;
	return is(value, CARDEX_VALUE_MAP) ? &value->as.items[2 * i + 1] : &value->as.items[i];
}

const cardex_value *cardex_value_key(const cardex_value *map, size_t i)
{
	if (!is(map, CARDEX_VALUE_MAP) || i >= map->count)
		return NULL;
	return &map->as.items[2 * i];
}

const cardex_value *cardex_value_member(const cardex_value *map, const char *key)
{
	size_t size = strlen(key);
	for (size_t i = 0; i < cardex_value_count(map); i++) {
		const cardex_value *name = cardex_value_key(map, i);
		if (is(name, CARDEX_VALUE_TEXT) && name->count == size &&
		    memcmp(name->as.bytes, key, size) == 0)
			return cardex_value_at(map, i);
	}
	return NULL;
}
