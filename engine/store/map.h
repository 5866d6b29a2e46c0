/* SPDX-License-Identifier: Apache-2.0 */
/* An ordered map of (tree, key) to versions: what the buffer of a transaction and the memtable
 * are made of.
 *
 * A list of nodes in order, and a guide (guide.h) that leads to a place in it. Nodes are only
 * ever added. Each has a chain of versions, newest first; a version says what the key held from
 * one commit on. A remove is a version too, so that it hides what lies below the map. Taking
 * versions off again leaves a node without any, which is as if it were not there. Everything
 * lives in one arena until engine__map_clear().
 *
 * Thread rule: one thread adds; any number may read meanwhile, through layers. A node is
 * complete before it is linked in, and a version before its node names it. */
#pragma once

#include "engine/store/guide.h"

typedef struct engine__map {
	cx_arena *arena;
	engine__node *first; /* before all: no key */
	engine__guide guide;
} engine__map;

/* `bytes_max` bounds the memory of everything in it. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__map_init(engine__map *map, size_t bytes_max);
void engine__map_release(engine__map *map);

/* Forgets everything and frees the memory of all but a little. Nobody may be reading. */
CX_MUST_USE cx_status engine__map_clear(engine__map *map);

/* Forgets everything and keeps the memory for as much again. Nobody may be reading. */
void engine__map_rewind(engine__map *map);

/* Makes `version` the newest of the key; adds the key when it is not there. NULL without
 * memory; nothing changed then. */
engine__node *engine__map_add(engine__map *map, engine__tree tree, cx_slice key,
                              engine__version *version);

/* A version with a copy of the value, not of any key yet; NULL without memory. */
engine__version *engine__map_version(engine__map *map, cx_slice value, bool removed);

/* The node of the key, with or without versions; NULL when it was never added. */
engine__node *engine__map_node(const engine__map *map, engine__tree tree, cx_slice key);

/* Takes the newest version of the node off again. */
void engine__map_take_back(engine__node *node);

/* ---- reading ---- */

/* A map as somebody sees it: nothing above commit `number`. */
typedef struct engine__layer {
	const engine__map *map;
	uint64_t number;
} engine__layer;

static inline cx_slice engine__node_key(const engine__node *node)
{
	return (cx_slice){ .data = node->key, .size = node->key_size };
}

static inline cx_slice engine__version_value(const engine__version *version)
{
	return (cx_slice){ .data = version->bytes, .size = version->size };
}

/* The newest version of the node that the layer sees; NULL when there is none. */
static inline const engine__version *engine__layer_version(const engine__layer *layer,
                                                           const engine__node *node)
{
	const engine__version *version =
		atomic_load_explicit(&node->newest, memory_order_acquire);
	while (version != NULL && version->number > layer->number)
		version = version->older;
	return version;
}

/* The version of the key; NULL when the layer says nothing of it. */
const engine__version *engine__layer_find(const engine__layer *layer, engine__tree tree,
                                          cx_slice key);

/* The functions below hand out nodes that have a version in the layer, or NULL. */

/* FORWARD: the first node of the tree with a key >= `key`; BACKWARD: the last with a key <
 * `key`. The empty key is below all. */
const engine__node *engine__layer_seek(const engine__layer *layer, engine__tree tree,
                                       cx_slice key, engine__direction direction);

/* The last node of the tree. */
const engine__node *engine__layer_last(const engine__layer *layer, engine__tree tree);

/* The neighbour in the same tree. `hint` is for steps backward, each of which is searched for
 * from the root otherwise: zeroed before the first one, and kept from step to step. */
const engine__node *engine__layer_neighbour(const engine__layer *layer,
                                            const engine__node *node,
                                            engine__direction direction,
                                            engine__guide_hint *hint);

/* All nodes, in order of (tree, key): after `node`, or the first one of all when it is NULL. */
const engine__node *engine__layer_next(const engine__layer *layer, const engine__node *node);
