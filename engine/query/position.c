/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/position.h"

#include "base/big_endian.h"
#include "base/check.h"
#include "base/hash.h"

#include <string.h>

enum { BACKWARD = 0x80, FORM_SHIFT = 4, FORM_MASK = 0x30, ORDERING_MASK = 0x0f };

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

static size_t write_legs(const engine__position *position, uint8_t *to)
{
	if (position->leg_count == 0)
		return 0;
	CX_ASSERT(position->leg_count <= ENGINE__POSITION_LEGS_MAX);
	cx_big_endian_put(to, 2, position->or_node);
	to[2] = position->leg_count;
	for (size_t i = 0; i < position->leg_count; i++)
		cx_big_endian_put(to + 3 + 2 * i, 2, position->legs[i]);
	return 3 + 2U * position->leg_count;
}

void engine__position_write(const engine__position *position, engine_page *page)
{
	CX_ASSERT(position->key.size <= ENGINE__POSITION_KEY_MAX);
	uint8_t *at = page->position;
	at[0] = ENGINE__POSITION_VERSION;
	at[1] = (uint8_t)(position->ordering | (position->reverse ? BACKWARD : 0) |
	                  (unsigned)position->form << FORM_SHIFT);
	cx_big_endian_put(at + 2, 2, position->index_id);
	cx_big_endian_put(at + 4, 8, position->fingerprint);
	cx_big_endian_put(at + 12, 2, position->range);
	size_t size =
		ENGINE__POSITION_HEADER + write_legs(position, at + ENGINE__POSITION_HEADER);
	if (position->key.size > 0)
		memcpy(at + size, position->key.data, position->key.size);
	page->position_size = size + position->key.size;
}

/* False when they are cut, or too many. */
static bool read_legs(cx_slice bytes, engine__position *ret)
{
	if (bytes.size < 3 || bytes.data[2] == 0 || bytes.data[2] > ENGINE__POSITION_LEGS_MAX ||
	    bytes.size < 3 + 2U * bytes.data[2])
		return false;
	ret->or_node = (uint16_t)cx_big_endian_get(bytes.data, 2);
	ret->leg_count = bytes.data[2];
	for (size_t i = 0; i < ret->leg_count; i++)
		ret->legs[i] = (uint16_t)cx_big_endian_get(bytes.data + 3 + 2 * i, 2);
	ret->key = cx_slice_from(bytes, 3 + 2U * ret->leg_count);
	return ret->key.size > 0;
}

bool engine__position_index(const engine_type *type, uint16_t id, const engine_index **ret)
{
	*ret = NULL;
	for (uint16_t i = 0; i < type->index_count && id != 0; i++)
		if (type->indexes[i].id == id)
			*ret = &type->indexes[i];
	return id == 0 || *ret != NULL;
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
	const unsigned ordering = bytes.data[1] & ORDERING_MASK;
	engine__position position = {
		.form = (bytes.data[1] & FORM_MASK) >> FORM_SHIFT,
		.ordering = (engine__ordering)ordering,
		.reverse = (bytes.data[1] & BACKWARD) != 0,
		.index_id = (uint16_t)cx_big_endian_get(bytes.data + 2, 2),
		.fingerprint = cx_big_endian_get(bytes.data + 4, 8),
		.range = (uint16_t)cx_big_endian_get(bytes.data + 12, 2),
		.key = cx_slice_from(bytes, ENGINE__POSITION_HEADER),
	};
	if (ordering > ENGINE__SORTED ||
	    (bytes.data[1] & ~(BACKWARD | FORM_MASK | ORDERING_MASK)) ||
	    position.fingerprint != engine__fingerprint(query) ||
	    (position.form > 0 && !read_legs(position.key, &position)))
		return engine__position_refuse(error);
	*ret = position;
	return CX_OK;
}
