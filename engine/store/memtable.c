/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/memtable.h"

#include "base/check.h"
#include "engine/store/key_hash.h"

#include <stdlib.h>
#include <string.h>

static void free_table(engine__memtable *table)
{
	if (table == NULL)
		return;
	engine__map_release(&table->map);
	engine__shortcut_release(&table->shortcut);
	free(table);
}

static cx_status make(engine__memtable **ret)
{
	engine__memtable *table = calloc(1, sizeof *table);
	if (table == NULL)
		return CX_NO_MEMORY;
	/* Bounded by its segment: an operation takes less than ten times its bytes there. */
	cx_status status = engine__map_init(&table->map, SIZE_MAX / 2);
	if (status == CX_OK)
		*ret = table;
	else
		free_table(table);
	return status;
}

cx_status engine__memtable_new(engine__memtable_spare *spare, uint64_t segment_bytes,
                               const atomic_bool *asked, engine__memtable **ret)
{
	engine__memtable *table = atomic_exchange(spare, NULL);
	cx_status status = table == NULL ? make(&table) : CX_OK;
	if (status != CX_OK)
		return status;
	table->spare = spare;
	engine__shortcut_resize(&table->shortcut, segment_bytes);
	table->asked = asked;
	atomic_store(&table->references, 1);
	*ret = table;
	return CX_OK;
}

void engine__memtable_free_spare(engine__memtable_spare *spare)
{
	free_table(atomic_exchange(spare, NULL));
}

engine__memtable *engine__memtable_hold(engine__memtable *table)
{
	atomic_fetch_add_explicit(&table->references, 1, memory_order_relaxed);
	return table;
}

void engine__memtable_let_go(engine__memtable **table)
{
	engine__memtable *self = *table;
	*table = NULL;
	if (self == NULL ||
	    atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) > 1)
		return;
	engine__map_rewind(&self->map);
	engine__shortcut_forget(&self->shortcut);
	memset(self->trees, 0, sizeof self->trees);
	atomic_store(&self->nodes, 0);
	self->last = 0;
	free_table(atomic_exchange(self->spare, self));
}

/* ---- the shortcut ---- */

static bool in_shortcut(const engine__memtable *table, engine__tree tree)
{
	return atomic_load_explicit(&table->trees[tree.number].in_shortcut,
	                            memory_order_acquire);
}

/* Before the first key of a tree. */
static void choose_shortcut(engine__memtable *table, engine__tree tree)
{
	engine__memtable_tree *own = &table->trees[tree.number];
	if (atomic_load_explicit(&own->nodes, memory_order_relaxed) == 0 &&
	    table->asked != NULL &&
	    atomic_load_explicit(&table->asked[tree.number], memory_order_relaxed) &&
	    engine__shortcut_prepare(&table->shortcut))
		atomic_store_explicit(&own->in_shortcut, true, memory_order_release);
}

const engine__version *engine__memtable_find(const engine__memtable *table, uint64_t number,
                                             engine__tree tree, cx_slice key, uint64_t hash)
{
	const engine__layer layer = { .map = &table->map, .number = number };
	const engine__node *node;
	if (!in_shortcut(table, tree) ||
	    !engine__shortcut_find(&table->shortcut, hash, tree, key, &node))
		return engine__layer_find(&layer, tree, key);
	return node == NULL ? NULL : engine__layer_version(&layer, node);
}

void engine__memtable_fetch(const engine__memtable *table, engine__tree tree, uint64_t hash,
                            bool again)
{
	if (in_shortcut(table, tree))
		engine__shortcut_fetch(&table->shortcut, hash, again);
}

/* ---- writing ---- */

static void count_live(engine__memtable_tree *tree, const engine__version *newest, int sign)
{
	bool before = newest->older != NULL && !newest->older->removed;
	if (before == !newest->removed)
		return;
	int change = before ? -sign : sign;
	atomic_fetch_add_explicit(&tree->live, (unsigned)change, memory_order_relaxed);
}

cx_status engine__memtable_add(engine__memtable *table, engine__tree tree, cx_slice key,
                               cx_slice value, bool removed, uint64_t number)
{
	engine__version *version = engine__map_version(&table->map, value, removed);
	if (version == NULL)
		return CX_NO_MEMORY;
	version->number = number;
	engine__node *node = engine__map_add(&table->map, tree, key, version);
	if (node == NULL)
		return CX_NO_MEMORY;
	choose_shortcut(table, tree);
	if (version->older == NULL && in_shortcut(table, tree))
		engine__shortcut_add(&table->shortcut, engine__key_hash(tree, key), node);
	engine__memtable_tree *counts = &table->trees[tree.number];
	if (version->older == NULL) { /* as good as new: never written, or taken back */
		atomic_fetch_add_explicit(&counts->nodes, 1, memory_order_relaxed);
		atomic_fetch_add_explicit(&table->nodes, 1, memory_order_relaxed);
	}
	count_live(counts, version, 1);
	return CX_OK;
}

void engine__memtable_take_back(engine__memtable *table, const engine__layer *writes,
                                const engine__node *end, uint64_t last)
{
	table->last = last;
	const engine__layer all = { .map = &table->map, .number = UINT64_MAX };
	for (const engine__node *write = engine__layer_next(writes, NULL); write != end;
	     write = engine__layer_next(writes, write)) {
		engine__node *node = engine__map_node(
			&table->map, (engine__tree){ write->tree }, engine__node_key(write));
		count_live(&table->trees[node->tree], engine__layer_version(&all, node), -1);
		engine__map_take_back(node);
	}
}

cx_status engine__memtable_apply(engine__memtable *table, const engine__layer *writes,
                                 uint64_t number)
{
	CX_ASSERT(number >= table->last);
	for (const engine__node *write = engine__layer_next(writes, NULL); write != NULL;
	     write = engine__layer_next(writes, write)) {
		const engine__version *version = engine__layer_version(writes, write);
		cx_status status = engine__memtable_add(
			table, (engine__tree){ write->tree }, engine__node_key(write),
			engine__version_value(version), version->removed, number);
		if (status != CX_OK) {
			engine__memtable_take_back(table, writes, write, table->last);
			return status;
		}
	}
	table->last = number;
	return CX_OK;
}
