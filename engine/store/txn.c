/* SPDX-License-Identifier: Apache-2.0 */
/* Write transactions: a snapshot, a buffer over it, and handing the buffer down to LMDB. */
#include "engine/store/lmdb.h"

#include <string.h>

cx_status engine__txn_begin(engine__store *store, engine__txn **ret)
{
	cx_status status = engine__writer_enter(store);
	if (status != CX_OK)
		return status;
	status = engine__view_renew(store->txn.view);
	if (status != CX_OK) {
		engine__writer_leave(store);
		return status;
	}
	CX_ASSERT(engine__buffer_bytes(store->txn.buffer) == 0);
	*ret = &store->txn;
	return CX_OK;
}

engine__view *engine__txn_view(engine__txn *txn)
{
	return txn->view;
}

static bool is_too_large(cx_slice key, cx_slice value)
{
	return key.size > ENGINE__KEY_BYTES_MAX || value.size > ENGINE__VALUE_BYTES_MAX;
}

cx_status engine__txn_put(engine__txn *txn, engine__tree tree, cx_slice key, cx_slice value)
{
	CX_ASSERT(tree.number >= ENGINE__FIRST_TREE);
	if (is_too_large(key, value))
		return CX_TOO_LARGE;
	return engine__buffer_put(txn->buffer, tree, key, value);
}

cx_status engine__txn_put_new(engine__txn *txn, engine__tree tree, cx_slice key, cx_slice value)
{
	cx_slice there;
	cx_status status = engine__view_get(txn->view, tree, key, &there);
	if (status == CX_NOT_FOUND)
		return engine__txn_put(txn, tree, key, value);
	return status == CX_OK ? CX_UNIQUE : status;
}

cx_status engine__txn_remove(engine__txn *txn, engine__tree tree, cx_slice key)
{
	CX_ASSERT(tree.number >= ENGINE__FIRST_TREE);
	if (is_too_large(key, (cx_slice){ 0 }))
		return CX_TOO_LARGE;
	return engine__buffer_remove(txn->buffer, tree, key);
}

size_t engine__txn_mark(const engine__txn *txn)
{
	return engine__buffer_operations(txn->buffer);
}

void engine__txn_rollback(engine__txn *txn, size_t mark)
{
	engine__buffer_rollback(txn->buffer, mark);
}

size_t engine__txn_operations(const engine__txn *txn)
{
	return engine__buffer_operations(txn->buffer);
}

size_t engine__txn_bytes(const engine__txn *txn)
{
	return engine__buffer_bytes(txn->buffer);
}

/* ---- commit ---- */

/* A key behind the last one of its tree is appended: LMDB then fills pages to the end instead
 * of splitting them in halves. */
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

static int apply_node(MDB_txn *mdb, const last_key *tail, const engine__node *node)
{
	cx_slice last = { .data = tail->bytes, .size = tail->size };
	bool behind = cx_slice_compare(node->key, last) > 0;
	MDB_val key = engine__val_of(node->key);
	if (node->newest->removed) {
		int code = behind ? 0 : mdb_del(mdb, tail->dbi, &key, NULL);
		return code == MDB_NOTFOUND ? 0 : code;
	}
	MDB_val value = engine__val_of(node->newest->value);
	return mdb_put(mdb, tail->dbi, &key, &value, behind ? MDB_APPEND : 0);
}

static int apply(const engine__buffer *buffer, MDB_txn *mdb)
{
	last_key tail = { 0 };
	int code = 0;
	for (const engine__node *node = engine__buffer_next(buffer, NULL);
	     node != NULL && code == 0; node = engine__buffer_next(buffer, node)) {
		if (node->tree != tail.dbi)
			code = find_tail(mdb, node->tree, &tail);
		if (code == 0)
			code = apply_node(mdb, &tail, node);
	}
	return code;
}

static cx_status hand_down(engine__txn *txn)
{
	MDB_txn *mdb;
	int code = mdb_txn_begin(txn->store->env, NULL, 0, &mdb);
	if (code != 0)
		return engine__commit(txn->store, NULL, code);
	return engine__commit(txn->store, mdb, apply(txn->buffer, mdb));
}

static void end(engine__txn *txn)
{
	engine__view_rest(txn->view);
	engine__buffer_clear(txn->buffer);
	engine__writer_leave(txn->store);
}

cx_status engine__txn_commit(engine__txn **txn)
{
	engine__txn *self = *txn;
	cx_status status = CX_OK;
	engine__view_rest(self->view); /* so that it keeps no page from being used again */
	if (engine__buffer_operations(self->buffer) > 0)
		status = hand_down(self);
	end(self);
	*txn = NULL;
	return status;
}

void engine__txn_abort(engine__txn **txn)
{
	if (*txn == NULL)
		return;
	end(*txn);
	*txn = NULL;
}
