/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/carry.h"

#include "base/clock.h"
#include "engine/store/lmdb.h"

enum {
	/* A tree is carried when a memtable has fewer pairs for each of its leaves... */
	PAIRS_OF_LEAF_MAX = 4,
	PAIRS_IN_LEAF_MIN = 24, /* ...and they are small: so many are in a leaf at least */
	ENTRY_BYTES = 256 * 1024,
};

/* ---- choosing ---- */

/* Whether all that the memtable has of the tree lies behind what LMDB has: that fills pages. */
static int is_behind(MDB_txn *mdb, const engine__layer *layer, engine__tree tree, bool *ret)
{
	MDB_cursor *cursor;
	int code = mdb_cursor_open(mdb, tree.number, &cursor);
	if (code != 0)
		return code;
	MDB_val last = { 0 };
	code = mdb_cursor_get(cursor, &last, NULL, MDB_LAST);
	if (code == 0) {
		const engine__node *first =
			engine__layer_seek(layer, tree, (cx_slice){ 0 }, ENGINE__FORWARD);
		*ret = first != NULL &&
		       cx_slice_compare(engine__node_key(first), engine__slice_of(last)) > 0;
	}
	mdb_cursor_close(cursor);
	return code;
}

static int is_sparse(MDB_txn *mdb, const engine__memtable *table, engine__tree tree, bool *ret)
{
	MDB_stat stat;
	int code = mdb_stat(mdb, tree.number, &stat);
	if (code != 0)
		return code;
	*ret = atomic_load(&table->trees[tree.number].nodes) <
	               PAIRS_OF_LEAF_MAX * stat.ms_leaf_pages &&
	       stat.ms_entries >= PAIRS_IN_LEAF_MIN * stat.ms_leaf_pages;
	if (!*ret)
		return 0;
	const engine__layer layer = { .map = &table->map, .number = UINT64_MAX };
	bool behind = false;
	code = is_behind(mdb, &layer, tree, &behind);
	*ret = !behind;
	return code;
}

static int choose_tree(const engine__store *store, MDB_txn *mdb, const engine__memtable *frozen,
                       engine__tree tree, engine__carrying *carrying)
{
	const engine__memtable *carried = store->journal.carried->table;
	bool *chosen = &carrying->trees[tree.number];
	int code = 0;
	if (!engine__memtable_has(frozen, tree))
		return 0;
	if (carried != NULL && engine__memtable_has(carried, tree))
		*chosen = true;
	else if (!carrying->whole && store->journal.carries_all)
		*chosen = true;
	else if (!carrying->whole)
		code = is_sparse(mdb, frozen, tree, chosen);
	carrying->any |= *chosen;
	return code;
}

int engine__carry_choose(const engine__store *store, MDB_txn *mdb,
                         const engine__memtable *frozen, engine__carrying *carrying)
{
	int code = 0;
	for (uint16_t i = ENGINE__FIRST_TREE; i < ENGINE__TREE_NUMBERS && code == 0; i++)
		code = choose_tree(store, mdb, frozen, (engine__tree){ i }, carrying);
	return code;
}

/* ---- taking ---- */

typedef struct taking {
	engine__store *store;
	engine__carrying *carrying;
	engine__segment *carried;
	cx_buf out;        /* the entry that is made */
	uint64_t number;   /* of the entries */
	uint64_t tail;     /* behind what is written */
	uint64_t checksum; /* of the last entry */
	uint32_t operations;
	uint16_t named; /* the tree that the entry has named last */
	bool again;     /* a try before has taken some */
} taking;

static cx_status prepare(taking *self, const engine__segment *frozen)
{
	engine__store *store = self->store;
	engine__journal *journal = &store->journal;
	cx_status status = engine__journal_reserve(store, frozen->size, frozen->size);
	if (status == CX_OK)
		status = engine__segment_prepare(self->carried, journal->identity,
		                                 frozen->number, frozen->size);
	if (status != CX_OK)
		return status;
	pthread_mutex_lock(&store->lock);
	journal->carried_bytes = frozen->size;
	journal->carried_since_ns = cx_clock_monotonic_ns();
	pthread_mutex_unlock(&store->lock);
	return CX_OK;
}

static cx_status write_entry(taking *self)
{
	const engine__entry entry = {
		.kind = ENGINE__ENTRY_COMMIT,
		.tag = self->carried->tag,
		.previous = self->checksum,
		.number = self->number,
		.synced = self->carried->tail,
		.operations = self->operations,
	};
	self->checksum = engine__entry_end(&self->out, 0, &entry);
	cx_status status = cx_buf_status(&self->out);
	if (status != CX_OK)
		return status;
	if (self->out.size > self->carried->size - self->tail) {
		self->carrying->whole = true;
		return CX_OK;
	}
	status = engine__segment_write(self->carried, cx_buf_slice(&self->out), self->tail);
	self->tail += self->out.size;
	self->operations = 0;
	self->named = 0;
	cx_buf_clear(&self->out);
	return status;
}

static cx_status add_to_entry(taking *self, const engine__node *node,
                              const engine__version *version)
{
	if (self->operations == 0)
		engine__entry_begin(&self->out);
	if (self->named != node->tree) {
		engine__entry_add_name(&self->out, node->tree, self->store->trees[node->tree]);
		self->named = node->tree;
		self->operations++;
	}
	engine__entry_add_version(&self->out, node, version);
	self->operations++;
	cx_status status = cx_buf_status(&self->out);
	return status == CX_OK && self->out.size >= ENTRY_BYTES ? write_entry(self) : status;
}

static bool has_taken(const taking *self, const engine__node *node,
                      const engine__version *version)
{
	const engine__layer layer = { .map = &self->carried->table->map, .number = UINT64_MAX };
	const engine__version *newest = engine__layer_find(&layer, (engine__tree){ node->tree },
	                                                   engine__node_key(node));
	return newest != NULL && newest->number == version->number;
}

static cx_status take_node(taking *self, const engine__node *node,
                           const engine__version *version)
{
	cx_status status = CX_OK;
	if (!self->again || !has_taken(self, node, version))
		status = engine__memtable_add(
			self->carried->table, (engine__tree){ node->tree },
			engine__node_key(node), engine__version_value(version),
			version->removed, version->number);
	if (status == CX_OK && !self->carrying->whole)
		status = add_to_entry(self, node, version);
	return status;
}

static cx_status take_all(taking *self, const engine__layer *layer)
{
	cx_status status = CX_OK;
	for (const engine__node *node = engine__layer_next(layer, NULL);
	     node != NULL && status == CX_OK; node = engine__layer_next(layer, node))
		if (self->carrying->trees[node->tree])
			status = take_node(self, node, engine__layer_version(layer, node));
	if (status == CX_OK && !self->carrying->whole && self->operations > 0)
		status = write_entry(self);
	if (status == CX_OK && !self->carrying->whole)
		status = engine__segment_sync(self->carried);
	return status;
}

static cx_status take(taking *self, const engine__segment *frozen)
{
	const engine__layer layer = { .map = &frozen->table->map, .number = UINT64_MAX };
	cx_status status = CX_OK;
	if (self->carried->number == 0)
		status = prepare(self, frozen);
	if (status != CX_OK)
		return status;
	self->tail = self->carried->tail;
	self->checksum = self->carried->checksum;
	self->carrying->begun = true;
	status = take_all(self, &layer);
	if (status != CX_OK)
		return status;
	self->carrying->taken = true;
	if (self->carrying->whole)
		return CX_OK;
	self->carried->tail = self->tail;
	self->carried->synced = self->tail;
	self->carried->checksum = self->checksum;
	return CX_OK;
}

cx_status engine__carry_take(engine__store *store, const engine__segment *frozen)
{
	engine__carrying *carrying = &store->journal.carrying;
	taking self = {
		.store = store,
		.carrying = carrying,
		.carried = store->journal.carried,
		.out = CX_BUF_INIT(2 * ENTRY_BYTES),
		.number = frozen->table->last,
		.again = carrying->begun,
	};
	if (!carrying->any || carrying->taken)
		return CX_OK;
	cx_status status = take(&self, frozen);
	cx_buf_release(&self.out);
	if (status == CX_STORAGE_FULL) { /* for a segment: there is none */
		*carrying = (engine__carrying){ .segment = frozen->number, .whole = true };
		return CX_OK;
	}
	if (status == CX_IO)
		engine__store_break(store);
	return status;
}

void engine__carry_clear(engine__store *store)
{
	engine__journal *journal = &store->journal;
	engine__segment_retire(journal->carried);
	journal->carried_bytes = 0;
	journal->carried_since_ns = 0;
}
