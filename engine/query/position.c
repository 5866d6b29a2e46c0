/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/position.h"

#include "base/check.h"
#include "base/hash.h"

#include <string.h>

enum { BACKWARD = 0x80 };

static void put_big_endian(uint8_t *to, uint64_t number, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		to[i] = (uint8_t)(number >> 8 * (size - 1 - i));
}

static uint64_t big_endian(const uint8_t *from, unsigned size)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < size; i++)
		number = number << 8 | from[i];
	return number;
}

uint64_t engine__fingerprint(const engine_query *query)
{
	uint8_t bytes[2 + 3 * ENGINE_ORDER_MAX];
	put_big_endian(bytes, query->type->id, 2);
	size_t size = 2;
	for (size_t i = 0; i < query->order_count; i++) {
		put_big_endian(bytes + size, query->order[i].field->id, 2);
		bytes[size + 2] = query->order[i].descending;
		size += 3;
	}
	const cx_slice shape = { .data = bytes, .size = size };
	return cx_hash64(query->filter, cx_hash64(shape, ENGINE__POSITION_VERSION));
}

void engine__position_write(const engine__position *position, engine_page *page)
{
	CX_ASSERT(position->key.size <= ENGINE__POSITION_KEY_MAX);
	uint8_t *at = page->position;
	at[0] = ENGINE__POSITION_VERSION;
	at[1] = (uint8_t)(position->ordering | (position->reverse ? BACKWARD : 0));
	put_big_endian(at + 2, position->index_id, 2);
	put_big_endian(at + 4, position->fingerprint, 8);
	put_big_endian(at + 12, position->range, 2);
	if (position->key.size > 0)
		memcpy(at + ENGINE__POSITION_HEADER, position->key.data, position->key.size);
	page->position_size = ENGINE__POSITION_HEADER + position->key.size;
}

cx_status engine__position_refuse(cx_error *error)
{
	return cx_fail(error, CX_CURSOR_STALE,
	               "the continuation does not fit this query; begin anew");
}

cx_status engine__position_read(const engine_query *query, engine__position *ret,
                                cx_error *error)
{
	const cx_slice bytes = query->after;
	if (bytes.size <= ENGINE__POSITION_HEADER || bytes.size > ENGINE_POSITION_BYTES_MAX ||
	    bytes.data[0] != ENGINE__POSITION_VERSION)
		return engine__position_refuse(error);
	const unsigned ordering = bytes.data[1] & ~(unsigned)BACKWARD;
	const engine__position position = {
		.ordering = (engine__ordering)ordering,
		.reverse = (bytes.data[1] & BACKWARD) != 0,
		.index_id = (uint16_t)big_endian(bytes.data + 2, 2),
		.fingerprint = big_endian(bytes.data + 4, 8),
		.range = (uint16_t)big_endian(bytes.data + 12, 2),
		.key = cx_slice_from(bytes, ENGINE__POSITION_HEADER),
	};
	if (ordering > ENGINE__SORTED || position.fingerprint != engine__fingerprint(query))
		return engine__position_refuse(error);
	*ret = position;
	return CX_OK;
}
