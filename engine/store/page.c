/* SPDX-License-Identifier: Apache-2.0 */
/* What one page says, without a look at any other. It runs over every page of a file at each
 * open, so a node is read once. */
#include "engine/store/page.h"

engine__tree_record engine__tree_record_read(const uint8_t bytes[ENGINE__TREE_BYTES])
{
	return (engine__tree_record){
		.flags = engine__u16(bytes + 4),
		.depth = engine__u16(bytes + 6),
		.branch_pages = engine__u64(bytes + 8),
		.leaf_pages = engine__u64(bytes + 16),
		.overflow_pages = engine__u64(bytes + 24),
		.entries = engine__u64(bytes + 32),
		.root = engine__u64(bytes + 40),
	};
}

const char *engine__tree_record_fault(const engine__tree_record *record, uint64_t last_page)
{
	if (record->root == ENGINE__PAGE_NONE)
		return record->depth == 0 && record->branch_pages == 0 &&
		                       record->leaf_pages == 0 && record->overflow_pages == 0 &&
		                       record->entries == 0
		               ? NULL
		               : "an empty tree counts pages";
	if (record->root < ENGINE__PAGE_FIRST || record->root > last_page)
		return "the root of a tree is out of range";
	if (record->depth < 1 || record->depth > ENGINE__TREE_DEPTH_MAX)
		return "the depth of a tree is out of range";
	return NULL;
}

static int compare(engine__key_order order, cx_slice a, cx_slice b)
{
	if (order == ENGINE__ORDER_NUMBERS) {
		uint64_t left = engine__u64(a.data);
		uint64_t right = engine__u64(b.data);
		return (left > right) - (left < right);
	}
	int common = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
	return common != 0 ? common : (a.size > b.size) - (a.size < b.size);
}

/* The bytes a node takes: more than a page has when what it says cannot be. */
static size_t size_of(const uint8_t *node, bool leaf)
{
	size_t size = ENGINE__NODE_HEADER_BYTES + (size_t)engine__u16(node + 6);
	if (leaf)
		size += (engine__node_flags(node) & ENGINE__NODE_BIG) != 0
		                ? sizeof(uint64_t)
		                : engine__node_value_bytes(node);
	return (size + 1) & ~(size_t)1;
}

static bool flags_are_valid(uint16_t flags)
{
	return flags == 0 || flags == ENGINE__NODE_BIG || flags == ENGINE__NODE_TREE;
}

static bool key_size_is_valid(engine__key_order order, size_t size)
{
	if (order == ENGINE__ORDER_NUMBERS)
		return size == sizeof(uint64_t);
	return size >= 1 && size <= ENGINE__NODE_KEY_BYTES_MAX;
}

static const char *header_fault(const uint8_t *page, const engine__page_place *place)
{
	if (engine__page_number(page) != place->number)
		return "is not where it belongs";
	if (engine__page_flags(page) != place->kind)
		return "is of the wrong kind";
	size_t lower = engine__u16(page + 12);
	size_t upper = engine__u16(page + 14);
	if (lower % 2 != 0 || upper % 2 != 0 || lower <= ENGINE__PAGE_HEADER_BYTES ||
	    lower > upper || upper >= place->page_bytes)
		return "has bounds that cannot be";
	/* LMDB may leave a branch page of its free pages with one node. */
	if (place->kind == ENGINE__PAGE_BRANCH && place->order == ENGINE__ORDER_BYTES &&
	    engine__page_count(page) < 2)
		return "is a branch with one node";
	return NULL;
}

/* A page whose nodes are read one after the other. */
typedef struct reading {
	const engine__page_place *place;
	const uint8_t *page;
	uint16_t *tiles; /* the size of the node that begins there, by half the offset */
	size_t upper;
	bool leaf;
	cx_slice before; /* the key before, at first the lower bound */
	bool is_first;   /* no key was compared yet */
	uint16_t flags;  /* of all nodes */
} reading;

static const char *key_fault(reading *self, cx_slice key)
{
	const engine__key_order order = self->place->order;
	if (!key_size_is_valid(order, key.size))
		return "has a key of a wrong size";
	if (self->before.data != NULL) {
		int difference = compare(order, self->before, key);
		if (difference > 0 || (difference == 0 && !self->is_first))
			return "has keys out of order";
	}
	self->before = key;
	self->is_first = false;
	return NULL;
}

static const char *node_fault(reading *self, size_t i)
{
	const size_t end = self->place->page_bytes;
	const size_t offset = engine__u16(self->page + ENGINE__PAGE_HEADER_BYTES + 2 * i);
	if (offset % 2 != 0 || offset < self->upper || offset > end - ENGINE__NODE_HEADER_BYTES)
		return "has a node out of its bounds";
	const uint8_t *node = self->page + offset;
	const size_t size = size_of(node, self->leaf);
	if (size > end - offset)
		return "has a node that is too long";
	if (self->tiles[offset / 2] != 0)
		return "has nodes that overlap";
	self->tiles[offset / 2] = (uint16_t)size;

	const cx_slice key = engine__page_key(node);
	if (!self->leaf && i == 0)
		return key.size <= ENGINE__NODE_KEY_BYTES_MAX ? NULL
		                                              : "has a key of a wrong size";
	if (self->leaf && !flags_are_valid(engine__node_flags(node)))
		return "has a node of an unknown kind";
	self->flags |= self->leaf ? engine__node_flags(node) : 0;
	return key_fault(self, key);
}

/* Whether `count` tiles cover the page from `at` to its end; takes them away. */
static bool nodes_are_packed(uint16_t *tiles, size_t at, size_t end, size_t count)
{
	for (; count > 0 && at < end; count--) {
		size_t size = tiles[at / 2];
		if (size == 0)
			return false;
		tiles[at / 2] = 0;
		at += size;
	}
	return count == 0 && at == end;
}

const char *engine__page_fault(const uint8_t *page, const engine__page_place *place,
                               uint16_t *tiles, uint16_t *ret_flags)
{
	const char *fault = header_fault(page, place);
	if (fault != NULL)
		return fault;
	const size_t count = engine__page_count(page);
	reading self = {
		.place = place,
		.page = page,
		.tiles = tiles,
		.upper = engine__u16(page + 14),
		.leaf = place->kind == ENGINE__PAGE_LEAF,
		.before = place->low,
		.is_first = true,
	};
	for (size_t i = 0; i < count; i++) {
		fault = node_fault(&self, i);
		if (fault != NULL)
			return fault;
	}
	if (place->high.data != NULL && !self.is_first &&
	    compare(place->order, self.before, place->high) >= 0)
		return "has keys out of order";
	if (!nodes_are_packed(tiles, self.upper, place->page_bytes, count))
		return "has nodes that overlap";
	*ret_flags = self.flags;
	return NULL;
}
