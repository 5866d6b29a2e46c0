/* SPDX-License-Identifier: Apache-2.0 */
/* What was committed and is not merged into the LMDB file yet: one ordered map per segment of
 * the journal, with the versions of every commit.
 *
 * Thread rule: the writer applies; any number may read meanwhile. The last to let go of it
 * empties it, and puts it where the next one takes its memory from: to make pages of a process
 * costs more than to fill them. */
#pragma once

#include "engine/store/map.h"
#include "engine/store/shortcut.h"

/* What a memtable holds of one tree. */
typedef struct engine__memtable_tree {
	atomic_uint nodes; /* keys written to */
	atomic_uint live;  /* keys whose newest version is a value */
	atomic_bool in_shortcut;
} engine__memtable_tree;

struct engine__memtable;

/* An empty one, or NULL. */
typedef _Atomic(struct engine__memtable *) engine__memtable_spare;

typedef struct engine__memtable {
	engine__map map;
	engine__memtable_spare *spare; /* where it goes */
	atomic_uint references;
	atomic_size_t nodes;
	uint64_t last; /* the newest commit in it; the writer's */
	const atomic_bool *asked;
	engine__shortcut shortcut;
	engine__memtable_tree trees[ENGINE__TREE_NUMBERS];
} engine__memtable;

/* One for a segment of so many bytes; one reference, the caller's. It is the spare one if there
 * is one, and becomes it in the end: `spare` has to outlive it. `asked` says by tree whether
 * keys are got from it, when its first one comes: those get a shortcut. Errors: CX_NO_MEMORY.
 */
CX_MUST_USE cx_status engine__memtable_new(engine__memtable_spare *spare,
                                           uint64_t segment_bytes, const atomic_bool *asked,
                                           engine__memtable **ret);

/* Frees the spare one. */
void engine__memtable_free_spare(engine__memtable_spare *spare);

engine__memtable *engine__memtable_hold(engine__memtable *table);
void engine__memtable_let_go(engine__memtable **table);

/* Adds the writes of a transaction as those of commit `number`, which is larger than all
 * before. Errors: CX_NO_MEMORY; nothing changed then. */
CX_MUST_USE cx_status engine__memtable_apply(engine__memtable *table,
                                             const engine__layer *writes, uint64_t number);

/* Takes the newest commit off again, whose writes these are, or those of them before `end`:
 * nobody may have come to its number yet, which may be given again. `last` was the newest
 * before.
 */
void engine__memtable_take_back(engine__memtable *table, const engine__layer *writes,
                                const engine__node *end, uint64_t last);

/* Adds one operation of commit `number` as the journal tells it, in any order of keys.
 * Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__memtable_add(engine__memtable *table, engine__tree tree,
                                           cx_slice key, cx_slice value, bool removed,
                                           uint64_t number);

/* What commits up to `number` made of the key, whose hash that is (key_hash.h); NULL when they
 * did not touch it. */
const engine__version *engine__memtable_find(const engine__memtable *table, uint64_t number,
                                             engine__tree tree, cx_slice key, uint64_t hash);

/* Has the processor begin to fetch what a find looks at first, as engine__view_fetch(). */
void engine__memtable_fetch(const engine__memtable *table, engine__tree tree, uint64_t hash,
                            bool again);

/* Whether a snapshot taken now has to look here for keys of the tree. */
static inline bool engine__memtable_has(const engine__memtable *table, engine__tree tree)
{
	return atomic_load_explicit(&table->trees[tree.number].nodes, memory_order_relaxed) > 0;
}
