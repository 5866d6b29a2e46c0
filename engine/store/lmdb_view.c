/* SPDX-License-Identifier: Apache-2.0 */
/* Views: read transactions kept for reuse, and reads by key. */
#include "engine/store/key_hash.h"
#include "engine/store/lmdb.h"
#include "engine/store/page.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

enum { GET_BATCH = 32 };

/* A rested view keeps its snapshot of LMDB parked, as taking it up again is much cheaper than a
 * new one: LMDB looks every tree up anew in that. Whoever writes to LMDB lets go of those that
 * are parked, so none keeps a page from being used again for longer than to the next commit. */

/* True when the snapshot of before is there again. */
static bool unpark(engine__view *view)
{
	for (;;) {
		int hold = ENGINE__VIEW_PARKED;
		if (atomic_compare_exchange_strong(&view->hold, &hold, ENGINE__VIEW_TAKEN))
			return true;
		if (hold == ENGINE__VIEW_EMPTY) {
			atomic_store(&view->hold, ENGINE__VIEW_TAKEN);
			return false;
		}
		CX_ASSERT(hold == ENGINE__VIEW_LETTING_GO);
		sched_yield();
	}
}

void engine__views_let_go(engine__store *store)
{
	pthread_mutex_lock(&store->views_lock);
	for (engine__view *view = store->all_views; view != NULL; view = view->next_of_all) {
		int hold = ENGINE__VIEW_PARKED;
		if (!atomic_compare_exchange_strong(&view->hold, &hold,
		                                    ENGINE__VIEW_LETTING_GO))
			continue;
		mdb_txn_reset(view->mdb);
		atomic_store(&view->hold, ENGINE__VIEW_EMPTY);
	}
	pthread_mutex_unlock(&store->views_lock);
}

static void rest(engine__view *view)
{
	CX_ASSERT(view->cursors_open == 0);
	if (!view->live)
		return;
	engine__tables_let_go(&view->tables);
	view->layer_count = 0;
	view->live = false;
	atomic_fetch_sub(&view->store->snapshots, 1);
	atomic_store(&view->hold, ENGINE__VIEW_PARKED);
}

/* The set of memtables of now, and the commit up to which the view sees them: for a
 * transaction all, also those that are not durable yet. */
static uint64_t take_tables(engine__view *view)
{
	engine__store *store = view->store;
	pthread_mutex_lock(&store->lock);
	view->tables = engine__tables_hold(store->journal.tables);
	uint64_t visible = store->journal.visible;
	pthread_mutex_unlock(&store->lock);
	return view->buffer == NULL ? visible : UINT64_MAX;
}

static void lay(engine__view *view, uint64_t number)
{
	view->layer_count = 0;
	for (unsigned i = 0; i < view->tables->count; i++) {
		const engine__memtable *table = view->tables->table[i];
		if (atomic_load_explicit(&table->nodes, memory_order_relaxed) == 0)
			continue;
		view->of_layer[view->layer_count] = table;
		view->layers[view->layer_count++] =
			(engine__layer){ .map = &table->map, .number = number };
	}
}

/* A snapshot of LMDB and, after it, the set of memtables: what is dropped from the set between
 * the two would be missing, so a newer snapshot is taken then. What LMDB has beyond the set's
 * oldest memtable does no harm: that one is read first. */
static cx_status take_snapshot(engine__view *view, bool parked, uint64_t *ret_number)
{
	int code = parked ? 0 : mdb_txn_renew(view->mdb);
	while (code == 0) {
		*ret_number = take_tables(view);
		if (mdb_txn_id(view->mdb) >= view->tables->needs_txn)
			return CX_OK;
		engine__tables_let_go(&view->tables);
		mdb_txn_reset(view->mdb);
		code = mdb_txn_renew(view->mdb);
	}
	return engine__status_of_mdb(code);
}

static cx_status renew(engine__view *view)
{
	rest(view);
	uint64_t number = 0;
	cx_status status = take_snapshot(view, unpark(view), &number);
	if (status != CX_OK) {
		atomic_store(&view->hold, ENGINE__VIEW_EMPTY);
		return status;
	}
	engine__lookaside_turn(&view->lookaside, mdb_txn_id(view->mdb),
	                       view->store->written_by);
	lay(view, number);
	view->live = true;
	atomic_fetch_add(&view->store->snapshots, 1);
	return CX_OK;
}

cx_status engine__view_new(engine__store *store, engine__view **ret)
{
	CX_SCOPED(engine__view_free) engine__view *view = calloc(1, sizeof *view);
	if (view == NULL)
		return CX_NO_MEMORY;
	view->store = store;
	int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &view->mdb);
	if (code != 0)
		return engine__status_of_mdb(code);
	mdb_txn_reset(view->mdb);
	pthread_mutex_lock(&store->views_lock);
	view->next_of_all = store->all_views;
	store->all_views = view;
	pthread_mutex_unlock(&store->views_lock);
	*ret = view;
	view = NULL;
	return CX_OK;
}

/* One that was never counted among all is accepted. */
static void forget(engine__view *view)
{
	engine__store *store = view->store;
	pthread_mutex_lock(&store->views_lock);
	engine__view **link = &store->all_views;
	while (*link != NULL && *link != view)
		link = &(*link)->next_of_all;
	if (*link != NULL)
		*link = view->next_of_all;
	pthread_mutex_unlock(&store->views_lock);
}

void engine__view_free(engine__view **view)
{
	if (*view == NULL)
		return;
	rest(*view);
	forget(*view);
	engine__cursors_free(*view);
	engine__lookaside_release(&(*view)->lookaside);
	if ((*view)->mdb != NULL)
		mdb_txn_abort((*view)->mdb);
	free(*view);
	*view = NULL;
}

static engine__view *take_idle(engine__store *store)
{
	pthread_mutex_lock(&store->views_lock);
	engine__view *view = store->idle_views;
	if (view != NULL)
		store->idle_views = view->next;
	pthread_mutex_unlock(&store->views_lock);
	return view;
}

static void keep_idle(engine__view *view)
{
	engine__store *store = view->store;
	pthread_mutex_lock(&store->views_lock);
	view->next = store->idle_views;
	store->idle_views = view;
	pthread_mutex_unlock(&store->views_lock);
}

static cx_status begin(engine__store *store, engine__view **ret)
{
	engine__view *view = take_idle(store);
	cx_status status = CX_OK;
	if (view == NULL)
		status = engine__view_new(store, &view);
	if (status != CX_OK)
		return status;
	status = renew(view);
	if (status != CX_OK) {
		keep_idle(view);
		return status;
	}
	*ret = view;
	return CX_OK;
}

cx_status engine__view_begin(engine__store *store, engine__view **ret)
{
	/* Counted here, as a reader table that is already there keeps its size. */
	if (atomic_fetch_add(&store->views, 1) >= store->readers_max) {
		atomic_fetch_sub(&store->views, 1);
		return CX_BUSY;
	}
	cx_status status = begin(store, ret);
	if (status != CX_OK)
		atomic_fetch_sub(&store->views, 1);
	return status;
}

void engine__view_rest(engine__view *view)
{
	rest(view);
}

cx_status engine__view_renew(engine__view *view)
{
	return renew(view);
}

void engine__view_end(engine__view **view)
{
	if (*view == NULL)
		return;
	CX_ASSERT((*view)->buffer == NULL); /* a transaction ends its own */
	engine__store *store = (*view)->store;
	rest(*view);
	keep_idle(*view);
	atomic_fetch_sub(&store->views, 1); /* last: there are never more views than slots */
	*view = NULL;
}

bool engine__view_has(const engine__view *view, engine__tree tree)
{
	unsigned flags;
	return mdb_dbi_flags(view->mdb, tree.number, &flags) == 0;
}

cx_status engine__view_record(const engine__view *view, engine__tree tree, const uint8_t **ret)
{
	MDB_val name = engine__val_of(cx_slice_of(view->store->trees[tree.number]));
	MDB_val record;
	int code = mdb_get(view->mdb, ENGINE__MAIN_TREE, &name, &record);
	if (code != 0)
		return engine__status_of_mdb(code);
	if (record.mv_size != ENGINE__TREE_BYTES)
		return CX_CORRUPT;
	*ret = record.mv_data;
	return CX_OK;
}

static cx_status get_merged(engine__view *view, engine__tree tree, cx_slice key, uint64_t hash,
                            cx_slice *ret)
{
	if (engine__lookaside_find(&view->lookaside, tree, key, hash, ret))
		return CX_OK;
	MDB_val mdb_key = engine__val_of(key);
	MDB_val value;
	int code = mdb_get(view->mdb, tree.number, &mdb_key, &value);
	if (code == EINVAL && !engine__view_has(view, tree))
		return CX_NOT_FOUND;
	if (code != 0)
		return engine__status_of_mdb(code);
	*ret = engine__slice_of(value);
	engine__lookaside_keep(&view->lookaside, tree, key, hash, *ret);
	return CX_OK;
}

/* What the memtables say of the key; NULL when nothing. */
static const engine__version *find_unmerged(const engine__view *view, engine__tree tree,
                                            cx_slice key, uint64_t hash)
{
	const engine__version *version = NULL;
	for (unsigned i = 0; version == NULL && i < view->layer_count; i++)
		if (engine__memtable_has(view->of_layer[i], tree))
			version = engine__memtable_find(
				view->of_layer[i], view->layers[i].number, tree, key, hash);
	return version;
}

static const engine__version *find_written(const engine__view *view, engine__tree tree,
                                           cx_slice key, uint64_t hash)
{
	const engine__version *version = NULL;
	if (view->buffer != NULL && engine__buffer_operations(view->buffer) > 0) {
		const engine__layer layer = engine__buffer_layer(view->buffer);
		version = engine__layer_find(&layer, tree, key);
	}
	return version != NULL ? version : find_unmerged(view, tree, key, hash);
}

static cx_status find(engine__view *view, engine__tree tree, cx_slice key, uint64_t hash,
                      cx_slice *ret)
{
	CX_ASSERT(view->live);
	CX_ASSERT(tree.number >= ENGINE__FIRST_TREE);
	if (key.size == 0)
		return CX_NOT_FOUND;
	const engine__version *version = find_written(view, tree, key, hash);
	if (version == NULL)
		return get_merged(view, tree, key, hash, ret);
	if (version->removed)
		return CX_NOT_FOUND;
	*ret = engine__version_value(version);
	return CX_OK;
}

cx_status engine__view_find(engine__view *view, engine__tree tree, cx_slice key, cx_slice *ret)
{
	return find(view, tree, key, engine__key_hash(tree, key), ret);
}

static void note_asked(engine__store *store, engine__tree tree)
{
	atomic_bool *asked = &store->asked[tree.number];
	if (!atomic_load_explicit(asked, memory_order_relaxed))
		atomic_store_explicit(asked, true, memory_order_relaxed);
}

cx_status engine__view_get(engine__view *view, engine__tree tree, cx_slice key, cx_slice *ret)
{
	note_asked(view->store, tree);
	return engine__view_find(view, tree, key, ret);
}

static void fetch(const engine__view *view, engine__tree tree, uint64_t hash, bool again)
{
	for (unsigned i = 0; i < view->layer_count; i++)
		engine__memtable_fetch(view->of_layer[i], tree, hash, again);
	if (again)
		engine__lookaside_fetch_node(&view->lookaside, tree, hash);
	else
		engine__lookaside_fetch_places(&view->lookaside, hash);
}

void engine__view_fetch(const engine__view *view, engine__tree tree, cx_slice key, bool again)
{
	CX_ASSERT(view->live);
	fetch(view, tree, engine__key_hash(tree, key), again);
}

/* Fetches for all before it gets the first. */
static cx_status get_some(engine__view *view, engine__tree tree, const cx_slice *keys,
                          size_t count, cx_slice *values)
{
	CX_UNSET uint64_t hashes[GET_BATCH];
	for (size_t i = 0; i < count; i++) {
		hashes[i] = engine__key_hash(tree, keys[i]);
		fetch(view, tree, hashes[i], false);
	}
	for (size_t i = 0; i < count; i++)
		fetch(view, tree, hashes[i], true);
	for (size_t i = 0; i < count; i++) {
		cx_status status = find(view, tree, keys[i], hashes[i], &values[i]);
		if (status == CX_NOT_FOUND)
			values[i] = (cx_slice){ 0 };
		else if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status engine__view_get_many(engine__view *view, engine__tree tree, const cx_slice *keys,
                                size_t count, cx_slice *values)
{
	CX_ASSERT(view->live);
	note_asked(view->store, tree);
	cx_status status = CX_OK;
	for (size_t at = 0; at < count && status == CX_OK; at += GET_BATCH)
		status = get_some(view, tree, keys + at,
		                  count - at < GET_BATCH ? count - at : GET_BATCH, values + at);
	return status;
}

/* ---- counting ---- */

static cx_status count_merged(engine__view *view, engine__tree tree, uint64_t *ret)
{
	CX_ASSERT(view->live);
	MDB_stat stat = { 0 };
	int code = mdb_stat(view->mdb, tree.number, &stat);
	if (code != 0 && !(code == EINVAL && !engine__view_has(view, tree)))
		return engine__status_of_mdb(code);
	*ret = stat.ms_entries;
	return CX_OK;
}

/* Corrects the count of LMDB by the keys of a layer that no newer one has. */
static cx_status count_layer(engine__view *view, unsigned at, engine__tree tree,
                             uint64_t *count)
{
	const engine__layer *layer = &view->layers[at];
	for (const engine__node *node =
	             engine__layer_seek(layer, tree, (cx_slice){ 0 }, ENGINE__FORWARD);
	     node != NULL; node = engine__layer_neighbour(layer, node, ENGINE__FORWARD, NULL)) {
		const cx_slice key = engine__node_key(node);
		const engine__version *version = engine__layer_version(layer, node);
		const uint64_t hash = engine__key_hash(tree, key);
		if (find_unmerged(view, tree, key, hash) != version)
			continue;
		cx_slice value;
		cx_status status = get_merged(view, tree, key, hash, &value);
		if (status != CX_OK && status != CX_NOT_FOUND)
			return status;
		*count += (uint64_t)(!version->removed) - (uint64_t)(status == CX_OK);
	}
	return CX_OK;
}

cx_status engine__view_count(engine__view *view, engine__tree tree, uint64_t *ret)
{
	uint64_t count;
	cx_status status = count_merged(view, tree, &count);
	for (unsigned i = 0; status == CX_OK && i < view->layer_count; i++)
		if (engine__memtable_has(view->of_layer[i], tree))
			status = count_layer(view, i, tree, &count);
	if (status == CX_OK)
		*ret = count;
	return status;
}

cx_status engine__view_estimate(engine__view *view, engine__tree tree, uint64_t *ret)
{
	uint64_t count;
	cx_status status = count_merged(view, tree, &count);
	if (status != CX_OK)
		return status;
	for (unsigned i = 0; i < view->layer_count; i++)
		count += atomic_load_explicit(&view->of_layer[i]->trees[tree.number].live,
		                              memory_order_relaxed);
	*ret = count;
	return CX_OK;
}
