/* SPDX-License-Identifier: Apache-2.0 */
/* A B-tree that leads to a place in the list of nodes that a map is: its leaves hold pointers
 * to the nodes in their order, beside the first bytes of their keys, so that a search touches
 * few lines of memory.
 *
 * Readers look into pages that the writer is changing. Pages and nodes are never freed while
 * the map is, every pointer in a page is good, and slots are moved one by one; so the worst a
 * reader can be told is a node that is not the nearest. It looks whether the node lies before
 * its place, and goes on along the list.
 *
 * Thread rule: one thread adds; any number may search meanwhile. */
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
	_Atomic(engine__version *) newest;   /* NULL: all were taken back */
	_Atomic(struct engine__node *) next; /* in order of (tree, key) */
	uint16_t tree;
	uint16_t key_size;
	uint8_t key[];
} engine__node;

enum {
	ENGINE__PLACE_WORDS = 3,
	ENGINE__GUIDE_SLOTS = 32,
	ENGINE__GUIDE_LEVELS_MAX = 16,
	/* Memory for each node, at worst: for every 16 of them a page that was halved and one
	 * that was passed, and a little for the levels above. */
	ENGINE__GUIDE_BYTES_MAX = 160,
};

/* A place among the nodes. `tree` is wider than a tree number, so that the place behind the
 * last tree can be named. `head` is the tree and the first bytes of the key as numbers that
 * compare as they do, with zeros where the key is shorter. */
typedef struct engine__place {
	uint64_t head[ENGINE__PLACE_WORDS];
	cx_slice key;
	uint32_t tree;
} engine__place;

engine__place engine__place_of(uint32_t tree, cx_slice key);

/* Whether the node lies before the place, or at it when `or_at`. */
bool engine__node_is_before(const engine__node *node, const engine__place *at, bool or_at);

typedef struct engine__guide_page engine__guide_page;

typedef struct engine__guide {
	_Atomic(engine__guide_page *) root;
} engine__guide;

/* The way from the root to a slot of a leaf: [0] is the leaf. */
typedef struct engine__trail {
	engine__guide_page *pages[ENGINE__GUIDE_LEVELS_MAX];
	unsigned slots[ENGINE__GUIDE_LEVELS_MAX];
	unsigned levels;
	engine__guide_page *spare[ENGINE__GUIDE_LEVELS_MAX + 1]; /* for pages that split */
} engine__trail;

/* `first` lies before every place. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__guide_init(engine__guide *guide, cx_arena *arena,
                                         engine__node *first);

/* The last node before the place (or at it), as far as the pages tell now; `first` when there
 * is none. Exact for the one who adds. */
engine__node *engine__guide_find(const engine__guide *guide, const engine__place *at,
                                 bool or_at, engine__trail *trail);

/* The first node of the leaf in which the trail ends: mostly before its place, and never far.
 */
engine__node *engine__guide_back(const engine__trail *trail);

/* The slot of a leaf in which a search ended; zeroed: none. */
typedef struct engine__guide_hint {
	const engine__guide_page *leaf;
	unsigned slot;
} engine__guide_hint;

engine__guide_hint engine__guide_hint_of(const engine__trail *trail);

/* The node of the slot before, mostly the nearest before the one of the hint, which moves
 * there; NULL where the leaf has none. */
engine__node *engine__guide_step_back(engine__guide_hint *hint);

/* Makes what an add behind the end of the trail needs. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__guide_reserve(engine__trail *trail, cx_arena *arena);

/* Adds a node behind the slot in which the trail of its place ends, which is reserved. */
void engine__guide_add(engine__guide *guide, engine__trail *trail, const engine__place *at,
                       engine__node *node);
