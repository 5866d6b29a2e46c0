/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/entry.h"

#include "base/check.h"
#include "base/hash.h"

#include <endian.h>
#include <string.h>

enum {
	AT_TAG = 0,
	AT_CHECKSUM = 8,
	AT_PREVIOUS = 16,
	AT_NUMBER = 24,
	AT_SYNCED = 32,
	AT_SIZE = 40,
	AT_OPERATIONS = 44,
	AT_KIND = 48,
};

static void put_u64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof value);
}

static void put_u32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof value);
}

static void put_u16(uint8_t *at, size_t value)
{
	uint16_t small = htole16((uint16_t)value);
	memcpy(at, &small, sizeof small);
}

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof value);
	return le64toh(value);
}

static uint32_t get_u32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return le32toh(value);
}

static uint16_t get_u16(const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, sizeof value);
	return le16toh(value);
}

static uint64_t checksum_of(const uint8_t *entry, size_t size, uint64_t tag)
{
	cx_slice rest = { .data = entry + AT_PREVIOUS, .size = size - AT_PREVIOUS };
	return cx_hash64(rest, tag);
}

void engine__entry_begin(cx_buf *out)
{
	CX_ASSERT(out->size % ENGINE__ENTRY_ALIGNMENT == 0);
	uint8_t *at = cx_buf_reserve(out, ENGINE__ENTRY_HEADER_BYTES);
	if (at == NULL)
		return;
	memset(at, 0, ENGINE__ENTRY_HEADER_BYTES);
	out->size += ENGINE__ENTRY_HEADER_BYTES;
}

void engine__entry_add(cx_buf *out, const engine__operation *operation)
{
	const cx_slice key = operation->key;
	const cx_slice value = operation->value;
	CX_ASSERT(key.data != NULL && key.size > 0);
	uint8_t *at =
		cx_buf_reserve(out, ENGINE__OPERATION_HEADER_BYTES + key.size + value.size);
	if (at == NULL)
		return;
	at[0] = (uint8_t)operation->kind;
	put_u16(at + 1, operation->tree);
	put_u16(at + 3, key.size);
	put_u32(at + 5, (uint32_t)value.size);
	at += ENGINE__OPERATION_HEADER_BYTES;
	memcpy(at, key.data, key.size);
	if (value.size > 0)
		memcpy(at + key.size, value.data, value.size);
	out->size += ENGINE__OPERATION_HEADER_BYTES + key.size + value.size;
}

void engine__entry_add_name(cx_buf *out, uint16_t tree, const char *name)
{
	const engine__operation operation = {
		.kind = ENGINE__OPERATION_NAME,
		.tree = tree,
		.key = cx_slice_of(name),
	};
	engine__entry_add(out, &operation);
}

void engine__entry_add_version(cx_buf *out, const engine__node *node,
                               const engine__version *version)
{
	const engine__operation operation = {
		.kind = version->removed ? ENGINE__OPERATION_REMOVE : ENGINE__OPERATION_PUT,
		.tree = node->tree,
		.key = engine__node_key(node),
		.value = engine__version_value(version),
	};
	engine__entry_add(out, &operation);
}

uint64_t engine__entry_end(cx_buf *out, size_t from, const engine__entry *entry)
{
	static const uint8_t zeros[ENGINE__ENTRY_ALIGNMENT];
	size_t beyond = (out->size - from) % ENGINE__ENTRY_ALIGNMENT;
	if (beyond > 0)
		cx_buf_append(out, zeros, ENGINE__ENTRY_ALIGNMENT - beyond);
	if (cx_buf_status(out) != CX_OK)
		return 0;
	uint8_t *at = out->data + from;
	size_t size = out->size - from;
	CX_ASSERT(size >= ENGINE__ENTRY_HEADER_BYTES && size <= UINT32_MAX);
	put_u64(at + AT_TAG, entry->tag);
	put_u64(at + AT_PREVIOUS, entry->previous);
	put_u64(at + AT_NUMBER, entry->number);
	put_u64(at + AT_SYNCED, entry->synced);
	put_u32(at + AT_SIZE, (uint32_t)size);
	put_u32(at + AT_OPERATIONS, entry->operations);
	at[AT_KIND] = (uint8_t)entry->kind;
	uint64_t checksum = checksum_of(at, size, entry->tag);
	put_u64(at + AT_CHECKSUM, checksum);
	return checksum;
}

bool engine__entry_parse(cx_slice bytes, uint64_t tag, engine__entry *ret)
{
	const uint8_t *at = bytes.data;
	if (bytes.size < ENGINE__ENTRY_HEADER_BYTES || get_u64(at + AT_TAG) != tag)
		return false;
	const engine__entry entry = {
		.kind = at[AT_KIND],
		.tag = tag,
		.checksum = get_u64(at + AT_CHECKSUM),
		.previous = get_u64(at + AT_PREVIOUS),
		.number = get_u64(at + AT_NUMBER),
		.synced = get_u64(at + AT_SYNCED),
		.size = get_u32(at + AT_SIZE),
		.operations = get_u32(at + AT_OPERATIONS),
		.body = { .data = at + ENGINE__ENTRY_HEADER_BYTES,
		          .size = get_u32(at + AT_SIZE) - (size_t)ENGINE__ENTRY_HEADER_BYTES },
	};
	if (entry.size < ENGINE__ENTRY_HEADER_BYTES || entry.size > bytes.size ||
	    entry.size % ENGINE__ENTRY_ALIGNMENT != 0 || entry.kind < ENGINE__ENTRY_COMMIT ||
	    entry.kind > ENGINE__ENTRY_TAKEN_UP ||
	    checksum_of(at, entry.size, tag) != entry.checksum)
		return false;
	*ret = entry;
	return true;
}

bool engine__entry_next(cx_slice *rest, engine__operation *ret)
{
	const uint8_t *at = rest->data;
	if (rest->size < ENGINE__OPERATION_HEADER_BYTES)
		return false;
	size_t key_size = get_u16(at + 3);
	size_t value_size = get_u32(at + 5);
	size_t left = rest->size - ENGINE__OPERATION_HEADER_BYTES;
	bool named = at[0] == ENGINE__OPERATION_NAME;
	if (at[0] < ENGINE__OPERATION_PUT || at[0] > ENGINE__OPERATION_NAME || key_size == 0 ||
	    key_size > (named ? ENGINE__TREE_NAME_MAX : ENGINE__KEY_BYTES_MAX) ||
	    value_size > ENGINE__VALUE_BYTES_MAX || key_size + value_size > left)
		return false;
	const uint8_t *key = at + ENGINE__OPERATION_HEADER_BYTES;
	*ret = (engine__operation){
		.kind = at[0],
		.tree = get_u16(at + 1),
		.key = { .data = key, .size = key_size },
		.value = { .data = key + key_size, .size = value_size },
	};
	*rest = cx_slice_from(*rest, ENGINE__OPERATION_HEADER_BYTES + key_size + value_size);
	return true;
}
