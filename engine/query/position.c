/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/position.h"

#include "base/big_endian.h"
#include "base/check.h"
#include "base/hash.h"

#include <string.h>

enum { BACKWARD = 0x80 };

uint64_t engine__fingerprint(const engine_query *query)
{
	uint8_t bytes[2 + 3 * ENGINE_ORDER_MAX];
	cx_big_endian_put(bytes, 2, query->type->id);
	size_t size = 2;
	for (size_t i = 0; i < query->order_count; i++) {
		cx_big_endian_put(bytes + size, 2, query->order[i].field->id);
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
	cx_big_endian_put(at + 2, 2, position->index_id);
	cx_big_endian_put(at + 4, 8, position->fingerprint);
	cx_big_endian_put(at + 12, 2, position->range);
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
		.index_id = (uint16_t)cx_big_endian_get(bytes.data + 2, 2),
		.fingerprint = cx_big_endian_get(bytes.data + 4, 8),
		.range = (uint16_t)cx_big_endian_get(bytes.data + 12, 2),
		.key = cx_slice_from(bytes, ENGINE__POSITION_HEADER),
	};
	if (ordering > ENGINE__SORTED || position.fingerprint != engine__fingerprint(query))
		return engine__position_refuse(error);
	*ret = position;
	return CX_OK;
}
