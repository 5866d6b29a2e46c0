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
static const uint8_t *page_of(const engine__btree_file *file, const uint8_t *value)
{
	const uint8_t *nearest = value - (uintptr_t)value % file->system_page_bytes;
	const uint8_t *found = NULL;
	size_t count = 0;
	for (size_t before = 0; before < file->page_bytes; before += file->system_page_bytes) {
		if (!has_value_at(nearest - before, file->page_bytes, value))
			continue;
		found = nearest - before;
		count++;
	}
	return count == 1 ? found : NULL;
}

cx_status engine__btree_of(const engine__btree_file *file, const uint8_t *record,
                           engine__btree *ret)
{
	const uint8_t *page = page_of(file, record);
	if (page == NULL)
		return CX_CORRUPT;
	const engine__tree_record tree = engine__tree_record_read(record);
	if (engine__tree_record_fault(&tree, file->last_page) != NULL)
		return CX_CORRUPT;
	*ret = (engine__btree){
		.map = page - engine__page_number(page) * file->page_bytes,
		.page_bytes = file->page_bytes,
		.depth = tree.depth,
		.root = tree.root,
		.last_page = file->last_page,
	};
	return CX_OK;
}

/* ---- going down ---- */

static const uint8_t *page_at(const engine__btree *tree, uint64_t number)
{
	return tree->map + number * tree->page_bytes;
}

static bool is_page(engine__btree_cursor *cursor, uint64_t number)
{
	if (number < ENGINE__PAGE_FIRST || number > cursor->tree.last_page)
		cursor->damaged = true;
	return !cursor->damaged;
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

/* NULL: there is no such page. */
static const uint8_t *child_of(engine__btree_cursor *cursor, unsigned level)
{
	const uint8_t *node = engine__page_node(cursor->pages[level], cursor->slots[level]);
	const uint64_t number = engine__node_child(node);
	return is_page(cursor, number) ? fetch(page_at(&cursor->tree, number)) : NULL;
}

/* NULL: the tree is empty. */
static const uint8_t *root_of(const engine__btree *tree)
{
	return tree->depth > 0 ? page_at(tree, tree->root) : NULL;
}

typedef enum edge { FIRST, LAST } edge;

static void go_to_edge(engine__btree_cursor *cursor, unsigned level, edge to)
{
	if (to == LAST)
		cursor->slots[level] = engine__page_count(cursor->pages[level]) - 1;
}

/* Down from a place in a branch page to the edge of what is below it. */
static bool descend(engine__btree_cursor *cursor, unsigned level, edge to)
{
	for (; level + 1 < cursor->tree.depth; level++) {
		const uint8_t *child = child_of(cursor, level);
		if (child == NULL)
			return false;
		enter(cursor, level + 1, child);
		go_to_edge(cursor, level + 1, to);
	}
	return true;
}

static bool at_edge(engine__btree_cursor *cursor, edge to)
{
	const uint8_t *root = root_of(&cursor->tree);
	if (root == NULL)
		return false;
	enter(cursor, 0, root);
	go_to_edge(cursor, 0, to);
	return descend(cursor, 0, to);
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
			return descend(cursor, level, FIRST);
		}
	}
	return false;
}

static bool move_back(engine__btree_cursor *cursor)
{
	for (unsigned level = cursor->tree.depth - 1; level-- > 0;) {
		if (cursor->slots[level] > 0) {
			cursor->slots[level]--;
			return descend(cursor, level, LAST);
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
	const uint8_t *page = root_of(&cursor->tree);
	for (unsigned level = 0; page != NULL; level++) {
		const size_t count = engine__page_count(page);
		enter(cursor, level, page);
		if (level + 1 == depth) {
			cursor->slots[level] = find(page, 0, count, key, false);
			return cursor->slots[level] < count || move_on(cursor);
		}
		cursor->slots[level] = find(page, 1, count, key, true) - 1;
		page = child_of(cursor, level);
	}
	return false;
}

/* ---- the pair ---- */

const uint8_t *engine__btree_leaf(const engine__btree_cursor *cursor)
{
	return cursor->pages[cursor->tree.depth - 1];
}

engine__pair engine__btree_pair(engine__btree_cursor *cursor)
{
	const unsigned leaf = cursor->tree.depth - 1;
	const uint8_t *node = engine__page_node(cursor->pages[leaf], cursor->slots[leaf]);
	engine__pair pair = {
		.key = engine__page_key(node),
		.value = { .data = engine__node_value(node),
		           .size = engine__node_value_bytes(node) },
	};
	if ((engine__node_flags(node) & ENGINE__NODE_BIG) == 0)
		return pair;
	const uint64_t number = engine__u64(pair.value.data);
	if (is_page(cursor, number))
		pair.value.data = page_at(&cursor->tree, number) + ENGINE__PAGE_HEADER_BYTES;
	else
		pair.value = (cx_slice){ 0 };
	return pair;
}
