/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded trees: msgpack-c's objects, copied into an arena. Recursion is bounded by
 * CX_SCAN_DEPTH_MAX, which the scanner has checked before. */
#include "base/check.h"
#include "base/msgpack.h"

#include <msgpack.h>

static cx_status convert(const msgpack_object *from, cx_arena *arena, cx_value *to);

static cx_slice slice_of(const char *data, uint32_t size)
{
	return (cx_slice){ .data = (const uint8_t *)data, .size = size };
}

static cx_status convert_array(const msgpack_object_array *from, cx_arena *arena, cx_value *to)
{
	cx_value *items = cx_arena_zalloc(arena, from->size * sizeof *items);
	if (items == NULL)
		return CX_NO_MEMORY;
	for (uint32_t i = 0; i < from->size; i++) {
		cx_status status = convert(&from->ptr[i], arena, &items[i]);
		if (status != CX_OK)
			return status;
	}
	to->kind = CX_KIND_ARRAY;
	to->as.array.items = items;
	to->as.array.count = from->size;
	return CX_OK;
}

static cx_status convert_map(const msgpack_object_map *from, cx_arena *arena, cx_value *to)
{
	cx_member *members = cx_arena_zalloc(arena, from->size * sizeof *members);
	if (members == NULL)
		return CX_NO_MEMORY;
	for (uint32_t i = 0; i < from->size; i++) {
		cx_status status = convert(&from->ptr[i].key, arena, &members[i].key);
		if (status == CX_OK)
			status = convert(&from->ptr[i].val, arena, &members[i].value);
		if (status != CX_OK)
			return status;
	}
	to->kind = CX_KIND_MAP;
	to->as.map.items = members;
	to->as.map.count = from->size;
	return CX_OK;
}

static cx_status convert(const msgpack_object *from, cx_arena *arena, cx_value *to)
{
	switch (from->type) {
	case MSGPACK_OBJECT_NIL:
		*to = (cx_value){ .kind = CX_KIND_NIL };
		return CX_OK;
	case MSGPACK_OBJECT_BOOLEAN:
		*to = (cx_value){ .kind = CX_KIND_BOOL, .as.boolean = from->via.boolean };
		return CX_OK;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		if (from->via.u64 > INT64_MAX)
			return CX_MALFORMED;
		*to = (cx_value){ .kind = CX_KIND_INT, .as.integer = (int64_t)from->via.u64 };
		return CX_OK;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		*to = (cx_value){ .kind = CX_KIND_INT, .as.integer = from->via.i64 };
		return CX_OK;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		*to = (cx_value){ .kind = CX_KIND_FLOAT, .as.number = from->via.f64 };
		return CX_OK;
	case MSGPACK_OBJECT_STR:
		*to = (cx_value){ .kind = CX_KIND_STR,
			          .as.bytes = slice_of(from->via.str.ptr, from->via.str.size) };
		return CX_OK;
	case MSGPACK_OBJECT_BIN:
		*to = (cx_value){ .kind = CX_KIND_BIN,
			          .as.bytes = slice_of(from->via.bin.ptr, from->via.bin.size) };
		return CX_OK;
	case MSGPACK_OBJECT_ARRAY:
		return convert_array(&from->via.array, arena, to);
	case MSGPACK_OBJECT_MAP:
		return convert_map(&from->via.map, arena, to);
	case MSGPACK_OBJECT_EXT:
		return CX_MALFORMED; /* the scanner lets none pass */
	}
	CX_UNREACHABLE();
}

enum { ZONE_CHUNK_BYTES = 8192 };

static cx_status decode_in_zone(cx_slice bytes, msgpack_zone *zone, cx_arena *arena,
                                const cx_value **ret)
{
	msgpack_object object;
	size_t offset = 0;
	const char *data = (const char *)bytes.data;
	/* The zone is the caller's and is not kept between calls; what follows the value
	 * would be EXTRA_BYTES, and the scanner has seen that nothing does. */
	if (msgpack_unpack(data, bytes.size, &offset, zone, &object) != MSGPACK_UNPACK_SUCCESS)
		return CX_NO_MEMORY;
	CX_ASSERT(offset == bytes.size);

	cx_value *root = cx_arena_zalloc(arena, sizeof *root);
	if (root == NULL)
		return CX_NO_MEMORY;
	cx_status status = convert(&object, arena, root);
	if (status == CX_OK)
		*ret = root;
	return status;
}

cx_status cx_value_decode(cx_slice bytes, cx_scan_limits limits, cx_arena *arena,
                          const cx_value **ret)
{
	cx_status status = cx_scan_whole(bytes, limits);
	if (status != CX_OK)
		return status;
	msgpack_zone zone;
	if (!msgpack_zone_init(&zone, ZONE_CHUNK_BYTES))
		return CX_NO_MEMORY;
	status = decode_in_zone(bytes, &zone, arena, ret);
	msgpack_zone_destroy(&zone);
	return status;
}

const cx_value *cx_value_member(const cx_value *map, const char *key)
{
	if (map->kind != CX_KIND_MAP)
		return NULL;
	cx_slice wanted = cx_slice_of(key);
	for (uint32_t i = 0; i < map->as.map.count; i++) {
		const cx_member *member = &map->as.map.items[i];
		if (member->key.kind == CX_KIND_STR &&
		    cx_slice_equal(member->key.as.bytes, wanted))
			return &member->value;
	}
	return NULL;
}
