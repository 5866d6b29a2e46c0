/* SPDX-License-Identifier: Apache-2.0 */
/* What gets by key found in the snapshot of LMDB that a view has, so that the next get of the
 * same key need not go down the tree: a table of the nodes (page.h), four to a cache line.
 *
 * It belongs to a view and holds for the snapshot that the view turned to last. No page of that
 * is written to while it is the newest or a reader holds it, so nodes stay what they are; and a
 * tree that no transaction wrote to has the same pages in the next snapshot. It grows with what
 * is asked for, up to ENGINE__LOOKASIDE_BYTES_MAX; without memory it stays as it is. */
#pragma once

#include "engine/store/store.h"

#include <stdatomic.h>

enum { ENGINE__LOOKASIDE_BYTES_MAX = 8 * 1024 * 1024 };

typedef struct engine__lookaside_place {
	const uint8_t *node;
	uint32_t epoch; /* of the tree; 0: free */
	uint16_t tree;
	uint16_t tag; /* of the key: spares looking at nodes of others */
} engine__lookaside_place;

typedef struct engine__lookaside {
	void *memory;
	engine__lookaside_place *places;       /* in it, at the begin of a cache line */
	unsigned bits;                         /* 2^bits of them; 0: none yet */
	uint32_t replaced;                     /* places in use that another key took */
	uint64_t txn;                          /* of the snapshot */
	uint32_t epochs[ENGINE__TREE_NUMBERS]; /* by tree; what is of one before is forgotten */
} engine__lookaside;

/* To the snapshot of LMDB of that number, not older than the one before. `written_by` has the
 * last transaction of LMDB that wrote to each tree: read after the snapshot was taken, set
 * before a transaction can be seen. */
void engine__lookaside_turn(engine__lookaside *self, uint64_t txn,
                            const _Atomic uint64_t written_by[ENGINE__TREE_NUMBERS]);

/* `hash` is that of the key (key_hash.h). False where nothing is remembered; `*ret` is
 * untouched then. */
bool engine__lookaside_find(const engine__lookaside *self, engine__tree tree, cx_slice key,
                            uint64_t hash, cx_slice *ret);

/* Has the processor begin to fetch what a find will look at: the places where the key may be,
 * and, asked for a moment later, the node. */
void engine__lookaside_fetch_places(const engine__lookaside *self, uint64_t hash);
void engine__lookaside_fetch_node(const engine__lookaside *self, engine__tree tree,
                                  uint64_t hash);

/* `value` is what LMDB has, in the map. One that does not stand in a node is not remembered. */
void engine__lookaside_keep(engine__lookaside *self, engine__tree tree, cx_slice key,
                            uint64_t hash, cx_slice value);

void engine__lookaside_release(engine__lookaside *self);
