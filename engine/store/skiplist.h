/* SPDX-License-Identifier: Apache-2.0 */
/* An ordered map of (tree, key) to versions: what the buffer of a transaction and the memtable
 * are made of.
 *
 * A skip list whose nodes are only ever added. Each node has a chain of versions, newest first;
 * a version says what the key held from one commit on. A remove is a version too, so that it
 * hides what lies below the list. Taking versions off again leaves a node without any, which is
 * as if it were not there. Everything lives in one arena until engine__skiplist_clear().
 *
 * Thread rule: one thread adds; any number may read meanwhile, through layers. A node is
 * complete before it is linked in, and a version before its node names it. */
#pragma once

#include "base/arena.h"
#include "engine/store/store.h"

#include <stdatomic.h>

/* What a key held from commit `number` on. */
typedef struct engine__version {
	struct engine__version *older; /* of the same key */
	uint64_t number;               /* 0 in the buffer of a transaction */
	uint32_t size;
	bool removed;
	uint8_t bytes[]; /* the value */
} engine__version;

typedef struct engine__node {
	_Atomic(engine__version *) newest; /* NULL: all were taken back */
	uint64_t head;                     /* the first bytes of the key, as a number */
	uint16_t tree;
	uint16_t key_size;
	uint16_t levels;
	_Atomic(struct engine__node *) next[]; /* one per level; the key follows */
} engine__node;

enum { ENGINE__LEVELS_MAX = 12 }; /* 4^12 nodes are far more than a list can hold */

typedef struct engine__skiplist {
	cx_arena *arena;
	engine__node *first; /* before all: no key, every level */
	atomic_uint levels;  /* in use */
	uint64_t random;
} engine__skiplist;

/* The nodes before a place, one per level; what an insert changes. */
typedef struct engine__path {
	engine__node *before[ENGINE__LEVELS_MAX];
	bool fresh; /* says nothing yet */
} engine__path;

/* `bytes_max` bounds the memory of everything in it. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__skiplist_init(engine__skiplist *list, size_t bytes_max);
void engine__skiplist_release(engine__skiplist *list);

/* Forgets everything and frees the memory of all but a little. Nobody may be reading. */
CX_MUST_USE cx_status engine__skiplist_clear(engine__skiplist *list);

/* Makes `version` the newest of the key; adds the key when it is not there. `path` is fresh or
 * that of an earlier call with a smaller (tree, key), which makes the search short.
 * NULL without memory; nothing changed then. */
engine__node *engine__skiplist_add(engine__skiplist *list, engine__tree tree, cx_slice key,
                                   engine__version *version, engine__path *path);

/* A version with a copy of the value, not of any key yet; NULL without memory. */
engine__version *engine__skiplist_version(engine__skiplist *list, cx_slice value, bool removed);

/* The node of the key, with or without versions; NULL when it was never added. */
engine__node *engine__skiplist_node(const engine__skiplist *list, engine__tree tree,
                                    cx_slice key);

/* Takes the newest version of the node off again. */
void engine__skiplist_take_back(engine__node *node);

/* ---- reading ---- */

/* A list as somebody sees it: nothing above commit `number`. */
typedef struct engine__layer {
	const engine__skiplist *list;
	uint64_t number;
} engine__layer;

static inline cx_slice engine__node_key(const engine__node *node)
{
	size_t at = sizeof *node + node->levels * sizeof node->next[0];
	return (cx_slice){ .data = (const uint8_t *)node + at, .size = node->key_size };
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

/* The neighbour in the same tree. Backward it is searched for from the first node. */
const engine__node *engine__layer_neighbour(const engine__layer *layer,
                                            const engine__node *node,
                                            engine__direction direction);

/* All nodes, in order of (tree, key): after `node`, or the first one of all when it is NULL. */
const engine__node *engine__layer_next(const engine__layer *layer, const engine__node *node);
