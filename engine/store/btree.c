/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/btree.h"

enum { CACHE_LINE_BYTES = 64, LINES_OF_OFFSETS = 3 };

/* ---- where the map begins ---- */

static bool has_value_at(const uint8_t *page, uint32_t page_bytes, const uint8_t *value)
{
	if (engine__page_flags(page) != ENGINE__PAGE_LEAF)
		return false;
	const uint16_t lower = engine__u16(page + 12);
	if (lower < ENGINE__PAGE_HEADER_BYTES || lower > page_bytes)
		return false;
	for (size_t i = 0; i < engine__page_count(page); i++) {
		const uint16_t offset = engine__u16(page + ENGINE__PAGE_HEADER_BYTES + 2 * i);
		if (offset <= page_bytes - ENGINE__NODE_HEADER_BYTES &&
		    engine__node_value(page + offset) == value)
			return true;
	}
	return false;
}

/* The page in which the value lies. In a file of larger pages than the system's there are
 * several places where it may begin; that one has the value tells it, and two would be a lie.
 */
static const uint8_t *page_of(const uint8_t *value, uint32_t page_bytes,
                              size_t system_page_bytes)
{
	const uint8_t *nearest = value - (uintptr_t)value % system_page_bytes;
	const uint8_t *found = NULL;
	size_t count = 0;
	for (size_t before = 0; before < page_bytes; before += system_page_bytes) {
		if (!has_value_at(nearest - before, page_bytes, value))
			continue;
		found = nearest - before;
		count++;
	}
	return count == 1 ? found : NULL;
}

cx_status engine__btree_of(const uint8_t *record, uint32_t page_bytes, size_t system_page_bytes,
                           engine__btree *ret)
{
	const uint8_t *page = page_of(record, page_bytes, system_page_bytes);
	if (page == NULL)
		return CX_CORRUPT;
	const engine__tree_record tree = engine__tree_record_read(record);
	if (tree.depth > ENGINE__TREE_DEPTH_MAX)
		return CX_CORRUPT;
	*ret = (engine__btree){
		.map = page - engine__page_number(page) * page_bytes,
		.page_bytes = page_bytes,
		.depth = tree.depth,
		.root = tree.root,
	};
	return CX_OK;
}

/* ---- going down ---- */

static const uint8_t *page_at(const engine__btree *tree, uint64_t number)
{
	return tree->map + number * tree->page_bytes;
}

/* Its header and offsets are what a search looks at first. */
static const uint8_t *fetch(const uint8_t *page)
{
	for (size_t i = 0; i < LINES_OF_OFFSETS; i++)
		__builtin_prefetch(page + i * CACHE_LINE_BYTES);
	return page;
}

/* The first node of low..high-1 whose key is not below (or, with `or_at`, above) `key`; `high`
 * when there is none. Of the nodes that may come next both are fetched. */
static size_t find(const uint8_t *page, size_t low, size_t high, cx_slice key, bool or_at)
{
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const size_t above = middle + 1 + (high - middle - 1) / 2;
		__builtin_prefetch(engine__page_node(page, low + (middle - low) / 2));
		__builtin_prefetch(engine__page_node(page, above < high ? above : middle));
		const int order = cx_slice_compare(
			engine__page_key(engine__page_node(page, middle)), key);
		if (order < 0 || (order == 0 && or_at))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void enter(engine__btree_cursor *cursor, unsigned level, const uint8_t *page)
{
	cursor->pages[level] = page;
	cursor->slots[level] = 0;
}

static const uint8_t *child_of(const engine__btree_cursor *cursor, unsigned level)
{
	const uint8_t *node = engine__page_node(cursor->pages[level], cursor->slots[level]);
	return fetch(page_at(&cursor->tree, engine__node_child(node)));
}

typedef enum edge { FIRST, LAST } edge;

static void go_to_edge(engine__btree_cursor *cursor, unsigned level, edge to)
{
	if (to == LAST)
		cursor->slots[level] = engine__page_count(cursor->pages[level]) - 1;
}

/* Down from a place in a branch page to the edge of what is below it. */
static void descend(engine__btree_cursor *cursor, unsigned level, edge to)
{
	for (; level + 1 < cursor->tree.depth; level++) {
		enter(cursor, level + 1, child_of(cursor, level));
		go_to_edge(cursor, level + 1, to);
	}
}

static bool at_edge(engine__btree_cursor *cursor, edge to)
{
	if (cursor->tree.depth == 0)
		return false;
	enter(cursor, 0, page_at(&cursor->tree, cursor->tree.root));
	go_to_edge(cursor, 0, to);
	descend(cursor, 0, to);
	return true;
}

bool engine__btree_first(engine__btree_cursor *cursor)
{
	return at_edge(cursor, FIRST);
}

bool engine__btree_last(engine__btree_cursor *cursor)
{
	return at_edge(cursor, LAST);
}

/* ---- moving ---- */

static bool move_on(engine__btree_cursor *cursor)
{
	for (unsigned level = cursor->tree.depth - 1; level-- > 0;) {
		if (cursor->slots[level] + 1 < engine__page_count(cursor->pages[level])) {
			cursor->slots[level]++;
			descend(cursor, level, FIRST);
			return true;
		}
	}
	return false;
}

static bool move_back(engine__btree_cursor *cursor)
{
	for (unsigned level = cursor->tree.depth - 1; level-- > 0;) {
		if (cursor->slots[level] > 0) {
			cursor->slots[level]--;
			descend(cursor, level, LAST);
			return true;
		}
	}
	return false;
}

bool engine__btree_next(engine__btree_cursor *cursor)
{
	const unsigned leaf = cursor->tree.depth - 1;
	if (cursor->slots[leaf] + 1 >= engine__page_count(cursor->pages[leaf]))
		return move_on(cursor);
	cursor->slots[leaf]++;
	return true;
}

bool engine__btree_previous(engine__btree_cursor *cursor)
{
	const unsigned leaf = cursor->tree.depth - 1;
	if (cursor->slots[leaf] == 0)
		return move_back(cursor);
	cursor->slots[leaf]--;
	return true;
}

bool engine__btree_seek(engine__btree_cursor *cursor, cx_slice key)
{
	const unsigned depth = cursor->tree.depth;
	if (depth == 0)
		return false;
	const uint8_t *page = page_at(&cursor->tree, cursor->tree.root);
	for (unsigned level = 0;; level++) {
		const size_t count = engine__page_count(page);
		enter(cursor, level, page);
		if (level + 1 == depth) {
			cursor->slots[level] = find(page, 0, count, key, false);
			return cursor->slots[level] < count || move_on(cursor);
		}
		cursor->slots[level] = find(page, 1, count, key, true) - 1;
		page = child_of(cursor, level);
	}
}

/* ---- the pair ---- */

const uint8_t *engine__btree_leaf(const engine__btree_cursor *cursor)
{
	return cursor->pages[cursor->tree.depth - 1];
}

engine__pair engine__btree_pair(const engine__btree_cursor *cursor)
{
	const unsigned leaf = cursor->tree.depth - 1;
	const uint8_t *node = engine__page_node(cursor->pages[leaf], cursor->slots[leaf]);
	const uint8_t *value = engine__node_value(node);
	if ((engine__node_flags(node) & ENGINE__NODE_BIG) != 0)
		value = page_at(&cursor->tree, engine__u64(value)) + ENGINE__PAGE_HEADER_BYTES;
	return (engine__pair){
		.key = engine__page_key(node),
		.value = { .data = value, .size = engine__node_value_bytes(node) },
	};
}
