/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a layer to LMDB in order of (tree, key). A key behind the last one of its tree is
 * appended: LMDB then fills pages to the end instead of splitting them in halves. */
#include "engine/store/lmdb.h"

#include <string.h>

typedef struct last_key {
	MDB_dbi dbi;
	size_t size; /* of the last key; 0 = none: every key is behind it */
	uint8_t bytes[511];
} last_key;

static int find_tail(MDB_txn *mdb, MDB_dbi dbi, last_key *ret)
{
	MDB_cursor *cursor;
	int code = mdb_cursor_open(mdb, dbi, &cursor);
	if (code != 0)
		return code;
	MDB_val key = { 0 };
	code = mdb_cursor_get(cursor, &key, NULL, MDB_LAST);
	mdb_cursor_close(cursor);
	if (code == MDB_NOTFOUND)
		key.mv_size = 0;
	else if (code != 0)
		return code;
	if (key.mv_size > sizeof ret->bytes)
		return MDB_CORRUPTED;
	ret->dbi = dbi;
	ret->size = key.mv_size;
	if (key.mv_size > 0)
		memcpy(ret->bytes, key.mv_data, key.mv_size);
	return 0;
}

static int begin_tree(engine__store *store, MDB_txn *mdb, MDB_dbi dbi, last_key *ret)
{
	engine__tree_written(store, mdb, dbi);
	return find_tail(mdb, dbi, ret);
}

static int apply(MDB_txn *mdb, const last_key *tail, cx_slice node_key,
                 const engine__version *version)
{
	cx_slice last = { .data = tail->bytes, .size = tail->size };
	bool behind = cx_slice_compare(node_key, last) > 0;
	MDB_val key = engine__val_of(node_key);
	if (version->removed) {
		int code = behind ? 0 : mdb_del(mdb, tail->dbi, &key, NULL);
		return code == MDB_NOTFOUND ? 0 : code;
	}
	MDB_val value = engine__val_of(engine__version_value(version));
	return mdb_put(mdb, tail->dbi, &key, &value, behind ? MDB_APPEND : 0);
}

static const engine__node *next_of(const engine__handover *handover, const engine__node *node)
{
	do
		node = engine__layer_next(&handover->layer, node);
	while (node != NULL && handover->skipped != NULL && handover->skipped[node->tree]);
	return node;
}

engine__handover engine__handover_begin(engine__store *store, engine__layer layer,
                                        const bool *skipped)
{
	engine__handover self = { .store = store, .layer = layer, .skipped = skipped };
	self.next = next_of(&self, NULL);
	return self;
}

int engine__handover_some(engine__handover *handover, MDB_txn *mdb, size_t operations_max,
                          size_t bytes_max)
{
	last_key tail = { 0 };
	size_t bytes = 0;
	for (size_t i = 0; handover->next != NULL && i < operations_max && bytes < bytes_max;
	     i++) {
		const engine__node *node = handover->next;
		const engine__version *version = engine__layer_version(&handover->layer, node);
		int code = node->tree == tail.dbi
		                   ? 0
		                   : begin_tree(handover->store, mdb, node->tree, &tail);
		if (code == 0)
			code = apply(mdb, &tail, engine__node_key(node), version);
		if (code != 0)
			return code;
		bytes += (size_t)node->key_size + version->size;
		handover->operations++;
		handover->next = next_of(handover, node);
	}
	return 0;
}
