/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/btree.h"

enum { CACHE_LINE_BYTES = 64, LINES_OF_OFFSETS = 3, LINES_OF_NODE_MAX = 8 };

cx_status engine__btree_take(engine__btree *tree, const uint8_t record[ENGINE__TREE_BYTES])
{
	const engine__tree_record said = engine__tree_record_read(record);
	if (engine__tree_record_fault(&said, tree->last_page) != NULL)
		return CX_CORRUPT;
	tree->depth = said.depth;
	tree->root = said.root;
	return CX_OK;
}

/* ---- going down ---- */

static const uint8_t *page_at(const engine__btree *tree, uint64_t number)
{
	return tree->map + number * tree->page_bytes;
}

static bool is_number(const engine__btree *tree, uint64_t number)
{
	return number >= ENGINE__PAGE_FIRST && number <= tree->last_page;
}

/* Its header and offsets are what a search looks at first. */
static void fetch(const uint8_t *page)
{
	for (size_t i = 0; i < LINES_OF_OFFSETS; i++)
		__builtin_prefetch(page + i * CACHE_LINE_BYTES);
}

static bool is_sound(const engine__btree *tree, const uint8_t *page, uint64_t number,
                     unsigned level)
{
	const uint16_t kind = level + 1 < tree->depth ? ENGINE__PAGE_BRANCH : ENGINE__PAGE_LEAF;
	const uint16_t lower = engine__u16(page + 12);
	return engine__page_number(page) == number && engine__page_flags(page) == kind &&
	       lower >= ENGINE__PAGE_HEADER_BYTES + 2 && lower <= tree->page_bytes;
}

/* Makes the page that of the level, before its first node; false when it is damaged. */
static bool enter(engine__btree_cursor *cursor, unsigned level, uint64_t number)
{
	const engine__btree *tree = &cursor->tree;
	const uint8_t *page = is_number(tree, number) ? page_at(tree, number) : NULL;
	if (page != NULL)
		fetch(page);
	if (page == NULL || !is_sound(tree, page, number, level)) {
		cursor->damaged = true;
		return false;
	}
	cursor->pages[level] = page;
	cursor->slots[level] = 0;
	return true;
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

/* The page below the slot of the level. */
static bool enter_below(engine__btree_cursor *cursor, unsigned level)
{
	const uint8_t *node = engine__page_node(cursor->pages[level], cursor->slots[level]);
	return enter(cursor, level + 1, engine__node_child(node));
}

static bool enter_root(engine__btree_cursor *cursor)
{
	return cursor->tree.depth > 0 && enter(cursor, 0, cursor->tree.root);
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
		if (!enter_below(cursor, level))
			return false;
		go_to_edge(cursor, level + 1, to);
	}
	return true;
}

static bool at_edge(engine__btree_cursor *cursor, edge to)
{
	if (!enter_root(cursor))
		return false;
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
	const unsigned leaf = cursor->tree.depth - 1;
	bool entered = enter_root(cursor);
	for (unsigned level = 0; entered; level++) {
		const uint8_t *page = cursor->pages[level];
		const size_t count = engine__page_count(page);
		if (level == leaf) {
			cursor->slots[level] = find(page, 0, count, key, false);
			return cursor->slots[level] < count || move_on(cursor);
		}
		cursor->slots[level] = find(page, 1, count, key, true) - 1;
		entered = enter_below(cursor, level);
	}
	return false;
}

/* ---- the pair ---- */

size_t engine__btree_fetch(const engine__btree_cursor *cursor, engine__direction direction,
                           size_t count)
{
	const unsigned leaf = cursor->tree.depth - 1;
	const uint8_t *page = cursor->pages[leaf];
	const size_t slot = cursor->slots[leaf];
	const size_t there =
		direction == ENGINE__FORWARD ? engine__page_count(page) - slot : slot + 1;
	const size_t wanted = count < there ? count : there;
	const size_t first = direction == ENGINE__FORWARD ? slot : slot + 1 - wanted;
	const size_t each =
		cursor->tree.page_bytes / engine__page_count(page) / CACHE_LINE_BYTES;
	const size_t lines = each < LINES_OF_NODE_MAX ? each + 1 : LINES_OF_NODE_MAX;
	for (size_t i = 0; i < wanted; i++) {
		const uint8_t *node = engine__page_node(page, first + i);
		for (size_t line = 0; line < lines; line++)
			__builtin_prefetch(node + line * CACHE_LINE_BYTES);
	}
	return wanted;
}

/* The first page of an overflow run that holds so many bytes; NULL when it is damaged. */
static const uint8_t *run_of(const engine__btree *tree, uint64_t number, size_t bytes)
{
	if (!is_number(tree, number))
		return NULL;
	const uint8_t *page = page_at(tree, number);
	const uint64_t pages = engine__page_run(page);
	return engine__page_number(page) == number &&
	                       engine__page_flags(page) == ENGINE__PAGE_OVERFLOW &&
	                       pages <= tree->last_page + 1 - number &&
	                       ENGINE__PAGE_HEADER_BYTES + bytes <= pages * tree->page_bytes
	               ? page
	               : NULL;
}

engine__pair engine__btree_pair(engine__btree_cursor *cursor)
{
	const uint8_t *leaf = cursor->pages[cursor->tree.depth - 1];
	const uint8_t *node = engine__page_node(leaf, cursor->slots[cursor->tree.depth - 1]);
	engine__pair pair = {
		.key = engine__page_key(node),
		.value = { .data = engine__node_value(node),
		           .size = engine__node_value_bytes(node) },
	};
	if ((engine__node_flags(node) & ENGINE__NODE_BIG) == 0)
		return pair;
	const uint8_t *run =
		run_of(&cursor->tree, engine__u64(pair.value.data), pair.value.size);
	cursor->damaged |= run == NULL;
	pair.value = run == NULL ? (cx_slice){ 0 }
	                         : (cx_slice){ .data = run + ENGINE__PAGE_HEADER_BYTES,
		                               .size = pair.value.size };
	return pair;
}
