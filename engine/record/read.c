/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/read.h"

#include "engine/index/key.h"

#include <stdlib.h>
#include <string.h>

cx_status engine__fail_not_found(const engine_type *type, int64_t id, cx_error *error)
{
	return cx_fail(error, CX_NOT_FOUND, "%s %lld: no such record", type->name,
	               (long long)id);
}

static cx_status fail_corrupt(const engine_type *type, int64_t id, const char *what,
                              cx_error *error)
{
	return cx_fail(error, CX_CORRUPT, "%s %lld: %s; run check and restore from a backup",
	               type->name, (long long)id, what);
}

cx_status engine__record_key_id(cx_slice record_key, int64_t *ret)
{
	return engine__key_id(record_key, ret);
}

cx_slice engine__id_key(int64_t id, uint8_t bytes[8])
{
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
	return (cx_slice){ .data = bytes, .size = 8 };
}

cx_status engine__read_record_key(engine_read *read, const engine_type *type, int64_t id,
                                  uint8_t id_bytes[8], cx_slice *ret)
{
	const cx_slice key = engine__id_key(id, id_bytes);
	if (type->cluster == NULL) {
		*ret = key;
		return CX_OK;
	}
	return engine__view_get(read->view, engine__tree_of(type->cluster_tree), key, ret);
}

void engine__chunk_key(const engine_type *type, int64_t id, uint16_t number,
                       uint8_t bytes[ENGINE__CHUNK_KEY_BYTES])
{
	bytes[0] = (uint8_t)(type->id >> 8);
	bytes[1] = (uint8_t)type->id;
	for (int i = 0; i < 8; i++)
		bytes[2 + i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
	bytes[10] = (uint8_t)(number >> 8);
	bytes[11] = (uint8_t)number;
}

static cx_status get_chunk(engine_read *read, const engine_type *type, int64_t id,
                           uint16_t number, cx_slice *ret)
{
	uint8_t bytes[ENGINE__CHUNK_KEY_BYTES];
	engine__chunk_key(type, id, number, bytes);
	const cx_slice key = { .data = bytes, .size = sizeof bytes };
	return engine__view_get(read->view, read->engine->chunks, key, ret);
}

/* Puts the pieces of a row together; `bytes` has place for header->array_bytes. */
static cx_status assemble(engine_read *read, const engine_type *type, int64_t id,
                          const engine__row_header *header, uint8_t *bytes)
{
	size_t size = 0;
	for (uint16_t i = 0; i < header->chunks; i++) {
		cx_slice chunk;
		cx_status status = get_chunk(read, type, id, i, &chunk);
		if (status != CX_OK)
			return status == CX_NOT_FOUND ? CX_CORRUPT : status;
		if (chunk.size > header->array_bytes - size)
			return CX_CORRUPT;
		memcpy(bytes + size, chunk.data, chunk.size);
		size += chunk.size;
	}
	return size == header->array_bytes ? CX_OK : CX_CORRUPT;
}

cx_status engine__read_row(engine_read *read, const engine_type *type, cx_slice record_key,
                           cx_slice stored, engine_row *ret, cx_error *error)
{
	int64_t id;
	if (engine__record_key_id(record_key, &id) != CX_OK)
		return cx_fail(error, CX_CORRUPT, "%s: a record key is damaged", type->name);
	engine__row_header header;
	if (engine__row_header_read(stored, &header) != CX_OK)
		return fail_corrupt(type, id, "the row header is damaged", error);
	if (header.layout == 0 || header.layout > type->layout)
		return fail_corrupt(type, id, "the row names an unknown layout", error);

	cx_slice array = header.array;
	if (header.format == ENGINE__ROW_CHUNKED) {
		uint8_t *bytes = cx_arena_alloc(read->assembled, header.array_bytes);
		cx_status status =
			bytes == NULL ? CX_NO_MEMORY : assemble(read, type, id, &header, bytes);
		if (status == CX_CORRUPT)
			return fail_corrupt(type, id, "a piece of the row is missing", error);
		if (status != CX_OK)
			return cx_fail(error, status, "%s", cx_status_text(status));
		array = (cx_slice){ .data = bytes, .size = header.array_bytes };
	}
	if (engine__row_checksum(type, header.layout, id, array) != header.checksum)
		return fail_corrupt(type, id, "the row's checksum does not match", error);
	if (header.layout != type->layout) {
		cx_status status = engine__row_complete(type, array, read->assembled, &array);
		if (status == CX_CORRUPT)
			return fail_corrupt(type, id, "the row does not fit its layout", error);
		if (status != CX_OK)
			return cx_fail(error, status, "%s", cx_status_text(status));
	}
	*ret = (engine_row){ .type = type, .array = array, .id = id, .layout = header.layout };
	return CX_OK;
}

bool engine__row_is_deleted(cx_slice array)
{
	cx_reader reader = cx_reader_of(array);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, ENGINE_SLOT_DELETED_AT);
	return !cx_read_if_nil(&reader);
}

static cx_status fetch(engine_read *read, const engine_type *type, int64_t id,
                       cx_slice *ret_key, uint8_t id_bytes[8], cx_slice *ret)
{
	if (id < 1)
		return CX_NOT_FOUND;
	cx_status status = engine__read_record_key(read, type, id, id_bytes, ret_key);
	if (status != CX_OK)
		return status;
	return engine__view_get(read->view, engine__tree_of(type->record_tree), *ret_key, ret);
}

static void free_bytes(uint8_t **bytes)
{
	free(*bytes);
}

/* Not by engine__read_row(), as what that puts together is kept until the snapshot ends, and a
 * group of writes may refer to the same long record many times. */
cx_status engine__read_exists(engine_read *read, const engine_type *type, int64_t id)
{
	uint8_t id_bytes[8];
	cx_slice key, stored;
	cx_status status = fetch(read, type, id, &key, id_bytes, &stored);
	if (status != CX_OK)
		return status;
	engine__row_header header;
	status = engine__row_header_read(stored, &header);
	if (status != CX_OK)
		return status;
	CX_SCOPED(free_bytes) uint8_t *pieces = NULL;
	if (header.format == ENGINE__ROW_CHUNKED) {
		pieces = malloc(header.array_bytes);
		status = pieces == NULL ? CX_NO_MEMORY
		                        : assemble(read, type, id, &header, pieces);
		if (status != CX_OK)
			return status;
		header.array = (cx_slice){ .data = pieces, .size = header.array_bytes };
	}
	if (engine__row_checksum(type, header.layout, id, header.array) != header.checksum)
		return CX_CORRUPT;
	return engine__row_is_deleted(header.array) ? CX_NOT_FOUND : CX_OK;
}

cx_status engine_get_any(engine_read *read, const engine_type *type, int64_t id,
                         engine_row *ret, cx_error *error)
{
	uint8_t id_bytes[8];
	cx_slice key, stored;
	cx_status status = fetch(read, type, id, &key, id_bytes, &stored);
	if (status == CX_NOT_FOUND)
		return engine__fail_not_found(type, id, error);
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	return engine__read_row(read, type, key, stored, ret, error);
}

cx_status engine_get(engine_read *read, const engine_type *type, int64_t id, engine_row *ret,
                     cx_error *error)
{
	engine_row row;
	cx_status status = engine_get_any(read, type, id, &row, error);
	if (status != CX_OK)
		return status;
	if (engine__row_is_deleted(row.array))
		return engine__fail_not_found(type, id, error);
	*ret = row;
	return CX_OK;
}
