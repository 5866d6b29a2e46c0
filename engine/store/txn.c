/* SPDX-License-Identifier: Apache-2.0 */
/* Write transactions: a snapshot, and a buffer over it that goes to the journal. */
#include "engine/store/lmdb.h"

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
	cx_status status = engine__view_find(txn->view, tree, key, &there);
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

static void end(engine__txn *txn)
{
	engine__view_rest(txn->view);
	engine__buffer_clear(txn->buffer);
	engine__writer_leave(txn->store);
}

cx_status engine__txn_submit(engine__txn **txn, uint64_t *ret_number)
{
	engine__txn *self = *txn;
	cx_status status = CX_OK;
	engine__view_rest(self->view); /* so that it keeps no page from being used again */
	uint64_t number = self->store->journal.submitted; /* the newest that it saw */
	if (engine__buffer_operations(self->buffer) > 0)
		status = engine__journal_submit(self->store, self->buffer, &number);
	end(self);
	*txn = NULL;
	if (status == CX_OK)
		*ret_number = number;
	return status;
}

cx_status engine__store_wait(engine__store *store, uint64_t number)
{
	return engine__journal_wait(store, number);
}

cx_status engine__txn_commit(engine__txn **txn)
{
	engine__store *store = (*txn)->store;
	uint64_t number;
	cx_status status = engine__txn_submit(txn, &number);
	return status == CX_OK ? engine__store_wait(store, number) : status;
}

void engine__txn_abort(engine__txn **txn)
{
	if (*txn == NULL)
		return;
	end(*txn);
	*txn = NULL;
}
