/* SPDX-License-Identifier: Apache-2.0 */
/* Towers of up to ENGINE__LEVELS_MAX, each level a quarter of the one below. Links are set from
 * the lowest level up. */
#include "engine/store/skiplist.h"

#include "base/check.h"

#include <endian.h>
#include <string.h>

static engine__node *next_of(const engine__node *node, unsigned level)
{
	return atomic_load_explicit(&node->next[level], memory_order_acquire);
}

static uint64_t head_of(cx_slice key)
{
	uint64_t head = 0;
	if (key.size >= sizeof head)
		memcpy(&head, key.data, sizeof head);
	else if (key.size > 0)
		memcpy(&head, key.data, key.size);
	return be64toh(head);
}

/* A place among the nodes. `tree` is wider than a tree number, so that the place behind the
 * last tree can be named. */
typedef struct place {
	uint32_t tree;
	uint64_t head;
	cx_slice key;
} place;

static place place_of(uint32_t tree, cx_slice key)
{
	return (place){ .tree = tree, .head = head_of(key), .key = key };
}

static int compare(const engine__node *node, const place *at)
{
	if (node->tree != at->tree)
		return node->tree < at->tree ? -1 : 1;
	if (node->head != at->head)
		return node->head < at->head ? -1 : 1;
	return cx_slice_compare(engine__node_key(node), at->key);
}

static bool is_below(const engine__node *node, const place *at)
{
	return node != NULL && compare(node, at) < 0;
}

static engine__node *new_node(cx_arena *arena, uint16_t tree, cx_slice key, unsigned levels)
{
	size_t size = sizeof(engine__node) + levels * sizeof(engine__node *);
	engine__node *node = cx_arena_alloc(arena, size + key.size);
	if (node == NULL)
		return NULL;
	memset(node, 0, size);
	node->head = head_of(key);
	node->tree = tree;
	node->key_size = (uint16_t)key.size;
	node->levels = (uint16_t)levels;
	if (key.size > 0)
		memcpy(&node->next[levels], key.data, key.size);
	return node;
}

static cx_status begin(engine__skiplist *list)
{
	list->first = new_node(list->arena, 0, (cx_slice){ 0 }, ENGINE__LEVELS_MAX);
	list->random = 0x9e3779b97f4a7c15;
	atomic_store_explicit(&list->levels, 1, memory_order_relaxed);
	return list->first == NULL ? CX_NO_MEMORY : CX_OK;
}

cx_status engine__skiplist_init(engine__skiplist *list, size_t bytes_max)
{
	*list = (engine__skiplist){ 0 };
	cx_status status = cx_arena_new(bytes_max, &list->arena);
	return status == CX_OK ? begin(list) : status;
}

void engine__skiplist_release(engine__skiplist *list)
{
	cx_arena_free(&list->arena);
	list->first = NULL;
}

cx_status engine__skiplist_clear(engine__skiplist *list)
{
	cx_arena_clear(list->arena);
	return begin(list);
}

/* ---- adding ---- */

static unsigned random_levels(engine__skiplist *list)
{
	uint64_t x = list->random; /* xorshift64 */
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	list->random = x;
	unsigned levels = 1;
	while (levels < ENGINE__LEVELS_MAX && (x & 3) == 0) {
		levels++;
		x >>= 2;
	}
	return levels;
}

/* Moves the path forward to the place. From a path that lies a little before it, only the
 * lowest levels have to be walked: those on which the next node is still below the place. */
static void find_path(const engine__skiplist *list, const place *at, engine__path *path)
{
	unsigned levels = atomic_load_explicit(&list->levels, memory_order_relaxed);
	unsigned top = 0;
	if (path->fresh) {
		for (unsigned level = 0; level < ENGINE__LEVELS_MAX; level++)
			path->before[level] = list->first;
		path->fresh = false;
		top = levels;
	}
	while (top < levels && is_below(next_of(path->before[top], top), at))
		top++;
	engine__node *before = top > 0 ? path->before[top - 1] : NULL;
	for (unsigned level = top; level-- > 0;) {
		for (engine__node *next; is_below(next = next_of(before, level), at);)
			before = next;
		path->before[level] = before;
	}
}

static void link_node(engine__skiplist *list, engine__node *node, engine__path *path)
{
	for (unsigned level = 0; level < node->levels; level++) {
		engine__node *before = path->before[level];
		atomic_store_explicit(&node->next[level], next_of(before, level),
		                      memory_order_relaxed);
		atomic_store_explicit(&before->next[level], node, memory_order_release);
		path->before[level] = node;
	}
	if (node->levels > atomic_load_explicit(&list->levels, memory_order_relaxed))
		atomic_store_explicit(&list->levels, node->levels, memory_order_release);
}

engine__node *engine__skiplist_add(engine__skiplist *list, engine__tree tree, cx_slice key,
                                   engine__version *version, engine__path *path)
{
	CX_ASSERT(key.size > 0 && key.size <= ENGINE__KEY_BYTES_MAX);
	const place at = place_of(tree.number, key);
	find_path(list, &at, path);
	engine__node *node = next_of(path->before[0], 0);
	if (node != NULL && compare(node, &at) == 0) {
		version->older = atomic_load_explicit(&node->newest, memory_order_relaxed);
		atomic_store_explicit(&node->newest, version, memory_order_release);
		return node;
	}
	node = new_node(list->arena, tree.number, key, random_levels(list));
	if (node == NULL)
		return NULL;
	version->older = NULL;
	atomic_store_explicit(&node->newest, version, memory_order_relaxed);
	link_node(list, node, path);
	return node;
}

engine__version *engine__skiplist_version(engine__skiplist *list, cx_slice value, bool removed)
{
	engine__version *version = cx_arena_alloc(list->arena, sizeof *version + value.size);
	if (version == NULL)
		return NULL;
	*version = (engine__version){ .size = (uint32_t)value.size, .removed = removed };
	if (value.size > 0)
		memcpy(version->bytes, value.data, value.size);
	return version;
}

engine__node *engine__skiplist_node(const engine__skiplist *list, engine__tree tree,
                                    cx_slice key)
{
	const place at = place_of(tree.number, key);
	engine__path path = { .fresh = true };
	find_path(list, &at, &path);
	engine__node *node = next_of(path.before[0], 0);
	return node != NULL && compare(node, &at) == 0 ? node : NULL;
}

void engine__skiplist_take_back(engine__node *node)
{
	engine__version *newest = atomic_load_explicit(&node->newest, memory_order_relaxed);
	CX_ASSERT(newest != NULL);
	atomic_store_explicit(&node->newest, newest->older, memory_order_release);
}

/* ---- reading ---- */

/* The nodes on both sides of the place; NULL where there is none. */
static const engine__node *node_below(const engine__skiplist *list, const place *at,
                                      const engine__node **ret_not_below)
{
	const engine__node *below = list->first;
	const engine__node *next = NULL;
	unsigned levels = atomic_load_explicit(&list->levels, memory_order_acquire);
	for (unsigned level = levels; level-- > 0;)
		while (is_below(next = next_of(below, level), at))
			below = next;
	*ret_not_below = next;
	return below == list->first ? NULL : below;
}

const engine__version *engine__layer_find(const engine__layer *layer, engine__tree tree,
                                          cx_slice key)
{
	const place at = place_of(tree.number, key);
	const engine__node *node;
	(void)node_below(layer->list, &at, &node);
	if (node == NULL || compare(node, &at) != 0)
		return NULL;
	return engine__layer_version(layer, node);
}

/* The node itself or the next behind it that has a version. */
static const engine__node *seen_from(const engine__layer *layer, const engine__node *node)
{
	while (node != NULL && engine__layer_version(layer, node) == NULL)
		node = next_of(node, 0);
	return node;
}

static const engine__node *of_tree(const engine__node *node, uint16_t tree)
{
	return node != NULL && node->tree == tree ? node : NULL;
}

/* The last node of the tree below the place that has a version. */
static const engine__node *seen_below(const engine__layer *layer, uint16_t tree, place at)
{
	const engine__node *behind;
	const engine__node *node = node_below(layer->list, &at, &behind);
	while (node != NULL && engine__layer_version(layer, node) == NULL) {
		at = place_of(node->tree, engine__node_key(node));
		node = node_below(layer->list, &at, &behind);
	}
	return of_tree(node, tree);
}

const engine__node *engine__layer_seek(const engine__layer *layer, engine__tree tree,
                                       cx_slice key, engine__direction direction)
{
	const place at = place_of(tree.number, key);
	if (direction == ENGINE__BACKWARD)
		return seen_below(layer, tree.number, at);
	const engine__node *node;
	(void)node_below(layer->list, &at, &node);
	return of_tree(seen_from(layer, node), tree.number);
}

const engine__node *engine__layer_last(const engine__layer *layer, engine__tree tree)
{
	return seen_below(layer, tree.number,
	                  place_of((uint32_t)tree.number + 1, (cx_slice){ 0 }));
}

const engine__node *engine__layer_neighbour(const engine__layer *layer,
                                            const engine__node *node,
                                            engine__direction direction)
{
	if (direction == ENGINE__BACKWARD)
		return seen_below(layer, node->tree,
		                  place_of(node->tree, engine__node_key(node)));
	return of_tree(seen_from(layer, next_of(node, 0)), node->tree);
}

const engine__node *engine__layer_next(const engine__layer *layer, const engine__node *node)
{
	return seen_from(layer, next_of(node == NULL ? layer->list->first : node, 0));
}
