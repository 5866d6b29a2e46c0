/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/map.h"

#include "base/check.h"

#include <string.h>

static engine__node *next_of(const engine__node *node)
{
	return atomic_load_explicit(&node->next, memory_order_acquire);
}

static engine__node *new_node(cx_arena *arena, uint16_t tree, cx_slice key)
{
	engine__node *node = cx_arena_alloc(arena, sizeof *node + key.size);
	if (node == NULL)
		return NULL;
	atomic_init(&node->newest, NULL);
	atomic_init(&node->next, NULL);
	node->tree = tree;
	node->key_size = (uint16_t)key.size;
	if (key.size > 0)
		memcpy(node->key, key.data, key.size);
	return node;
}

static cx_status begin(engine__map *map)
{
	map->first = new_node(map->arena, 0, (cx_slice){ 0 });
	return map->first == NULL ? CX_NO_MEMORY
	                          : engine__guide_init(&map->guide, map->arena, map->first);
}

cx_status engine__map_init(engine__map *map, size_t bytes_max)
{
	*map = (engine__map){ 0 };
	cx_status status = cx_arena_new(bytes_max, &map->arena);
	return status == CX_OK ? begin(map) : status;
}

void engine__map_release(engine__map *map)
{
	cx_arena_free(&map->arena);
	map->first = NULL;
}

cx_status engine__map_clear(engine__map *map)
{
	cx_arena_clear(map->arena);
	return begin(map);
}

void engine__map_rewind(engine__map *map)
{
	cx_arena_rewind(map->arena);
	cx_status status = begin(map);
	CX_ASSERT(status == CX_OK); /* a block is kept at least */
}

/* ---- searching ---- */

/* From where a search ended to the last node before the place, or at it; the one before all
 * when there is none. What the guide says is where to begin: the list is the truth. */
static engine__node *go_on(const engine__map *map, engine__node *node, const engine__place *at,
                           bool or_at, const engine__trail *trail)
{
	if (!engine__node_is_before(node, at, or_at))
		node = engine__guide_back(trail);
	if (!engine__node_is_before(node, at, or_at))
		node = map->first;
	for (engine__node *next = next_of(node);
	     next != NULL && engine__node_is_before(next, at, or_at); next = next_of(node))
		node = next;
	return node;
}

static engine__node *last_before(const engine__map *map, const engine__place *at,
                                 engine__guide_hint *hint)
{
	engine__trail trail;
	engine__node *node = engine__guide_find(&map->guide, at, false, &trail);
	*hint = engine__guide_hint_of(&trail);
	return go_on(map, node, at, false, &trail);
}

static bool is_at(const engine__node *node, const engine__place *at)
{
	return node->tree == at->tree && cx_slice_equal(engine__node_key(node), at->key);
}

engine__node *engine__map_node(const engine__map *map, engine__tree tree, cx_slice key)
{
	const engine__place at = engine__place_of(tree.number, key);
	engine__trail trail;
	engine__node *node = engine__guide_find(&map->guide, &at, true, &trail);
	if (!is_at(node, &at))
		node = go_on(map, node, &at, true, &trail);
	return is_at(node, &at) ? node : NULL;
}

/* ---- adding ---- */

/* A node behind the one at which the trail ends. */
static engine__node *add_node(engine__map *map, const engine__place *at, engine__node *before,
                              engine__version *version, engine__trail *trail)
{
	engine__node *node = new_node(map->arena, (uint16_t)at->tree, at->key);
	if (node == NULL || engine__guide_reserve(trail, map->arena) != CX_OK)
		return NULL;
	version->older = NULL;
	atomic_store_explicit(&node->newest, version, memory_order_relaxed);
	atomic_store_explicit(&node->next, next_of(before), memory_order_relaxed);
	atomic_store_explicit(&before->next, node, memory_order_release);
	engine__guide_add(&map->guide, trail, at, node);
	return node;
}

engine__node *engine__map_add(engine__map *map, engine__tree tree, cx_slice key,
                              engine__version *version)
{
	CX_ASSERT(key.size > 0 && key.size <= ENGINE__KEY_BYTES_MAX);
	const engine__place at = engine__place_of(tree.number, key);
	engine__trail trail;
	engine__node *node = engine__guide_find(&map->guide, &at, true, &trail);
	if (!is_at(node, &at))
		return add_node(map, &at, node, version, &trail);
	version->older = atomic_load_explicit(&node->newest, memory_order_relaxed);
	atomic_store_explicit(&node->newest, version, memory_order_release);
	return node;
}

engine__version *engine__map_version(engine__map *map, cx_slice value, bool removed)
{
	engine__version *version = cx_arena_alloc(map->arena, sizeof *version + value.size);
	if (version == NULL)
		return NULL;
	*version = (engine__version){ .size = (uint32_t)value.size, .removed = removed };
	if (value.size > 0)
		memcpy(version->bytes, value.data, value.size);
	return version;
}

void engine__map_take_back(engine__node *node)
{
	engine__version *newest = atomic_load_explicit(&node->newest, memory_order_relaxed);
	CX_ASSERT(newest != NULL);
	atomic_store_explicit(&node->newest, newest->older, memory_order_release);
}

/* ---- reading ---- */

const engine__version *engine__layer_find(const engine__layer *layer, engine__tree tree,
                                          cx_slice key)
{
	const engine__node *node = engine__map_node(layer->map, tree, key);
	return node == NULL ? NULL : engine__layer_version(layer, node);
}

/* The node itself or the next behind it that has a version. */
static const engine__node *seen_from(const engine__layer *layer, const engine__node *node)
{
	while (node != NULL && engine__layer_version(layer, node) == NULL)
		node = next_of(node);
	return node;
}

static const engine__node *of_tree(const engine__node *node, uint16_t tree)
{
	return node != NULL && node->tree == tree ? node : NULL;
}

static bool lies_before(const engine__node *node, const engine__node *other)
{
	return node->tree != other->tree
	               ? node->tree < other->tree
	               : cx_slice_compare(engine__node_key(node), engine__node_key(other)) < 0;
}

/* The node right before this one. Where the hint leads is where to begin, as with the guide. */
static const engine__node *node_before(const engine__map *map, const engine__node *node,
                                       engine__guide_hint *hint)
{
	const engine__node *before = engine__guide_step_back(hint);
	if (before == NULL || !lies_before(before, node)) {
		const engine__place at = engine__place_of(node->tree, engine__node_key(node));
		before = last_before(map, &at, hint);
	}
	unsigned steps = 0;
	for (const engine__node *next = next_of(before); next != node; next = next_of(before)) {
		before = next;
		steps++;
	}
	if (steps > ENGINE__GUIDE_SLOTS) /* its page was divided: it leads ever further back */
		*hint = (engine__guide_hint){ 0 };
	return before;
}

/* The node itself or the last before it that has a version, of the tree. */
static const engine__node *seen_up_to(const engine__layer *layer, const engine__node *node,
                                      uint16_t tree, engine__guide_hint *hint)
{
	const engine__node *first = layer->map->first;
	while (node != first && engine__layer_version(layer, node) == NULL)
		node = node_before(layer->map, node, hint);
	return node == first ? NULL : of_tree(node, tree);
}

/* The last node of the tree before the place that has a version. */
static const engine__node *seen_before(const engine__layer *layer, uint16_t tree,
                                       const engine__place *at)
{
	engine__guide_hint hint;
	const engine__node *node = last_before(layer->map, at, &hint);
	return seen_up_to(layer, node, tree, &hint);
}

const engine__node *engine__layer_seek(const engine__layer *layer, engine__tree tree,
                                       cx_slice key, engine__direction direction)
{
	const engine__place at = engine__place_of(tree.number, key);
	if (direction == ENGINE__BACKWARD)
		return seen_before(layer, tree.number, &at);
	engine__guide_hint hint;
	const engine__node *before = last_before(layer->map, &at, &hint);
	return of_tree(seen_from(layer, next_of(before)), tree.number);
}

const engine__node *engine__layer_last(const engine__layer *layer, engine__tree tree)
{
	const engine__place end = engine__place_of((uint32_t)tree.number + 1, (cx_slice){ 0 });
	return seen_before(layer, tree.number, &end);
}

const engine__node *engine__layer_neighbour(const engine__layer *layer,
                                            const engine__node *node,
                                            engine__direction direction,
                                            engine__guide_hint *hint)
{
	if (direction == ENGINE__FORWARD)
		return of_tree(seen_from(layer, next_of(node)), node->tree);
	return seen_up_to(layer, node_before(layer->map, node, hint), node->tree, hint);
}

const engine__node *engine__layer_next(const engine__layer *layer, const engine__node *node)
{
	return seen_from(layer, next_of(node == NULL ? layer->map->first : node));
}
