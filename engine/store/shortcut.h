/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a map the node of a key is, in one look instead of a search: a hash table beside it,
 * of those trees of which records are got by key.
 *
 * It has a fixed number of places. When half of them are used, or too many keys go to the same
 * ones, nodes are left out, and from then on what is not found may be in the map all the same.
 * Nodes are never taken out; all are forgotten at once, by a number in each place that says in
 * which turn it was filled.
 *
 * Thread rule: one thread adds; any number may look meanwhile, once they know that something
 * was added. */
#pragma once

#include "engine/store/guide.h"

typedef struct engine__shortcut_place engine__shortcut_place;

typedef struct engine__shortcut {
	void *memory;                   /* NULL: none yet */
	engine__shortcut_place *places; /* in it, at the begin of a cache line */
	unsigned bits;                  /* 2^bits of them */
	uint32_t used;                  /* the writer's */
	uint8_t turn;
	atomic_bool full; /* something was left out */
} engine__shortcut;

/* To the size for nodes of a segment of so many bytes. It must be empty, and nobody be looking.
 */
void engine__shortcut_resize(engine__shortcut *self, uint64_t segment_bytes);

/* Makes the places, before the first add. False without memory. */
bool engine__shortcut_prepare(engine__shortcut *self);

/* Forgets all. Nobody may be looking. */
void engine__shortcut_forget(engine__shortcut *self);
void engine__shortcut_release(engine__shortcut *self);

/* Adds the node of that hash (key_hash.h), unless it is there. */
void engine__shortcut_add(engine__shortcut *self, uint64_t hash, engine__node *node);

/* True where it tells: `*ret` is the node, NULL when there is none. */
bool engine__shortcut_find(const engine__shortcut *self, uint64_t hash, engine__tree tree,
                           cx_slice key, const engine__node **ret);

/* Has the processor begin to fetch what a find will look at: the places, and, asked for a
 * moment later, the node. */
void engine__shortcut_fetch(const engine__shortcut *self, uint64_t hash, bool again);
