/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "engine/store/entry.h"
#include "tests/crash/store_run.h"
#include "tests/crash/subject.h"

#include <stdlib.h>

enum { MARK_BYTES = ENGINE__ENTRY_HEADER_BYTES + 8 };

static cx_status open_store_at(const char *path, bool must_exist, void **ret, cx_error *error)
{
	open_store *self = calloc(1, sizeof *self);
	CX_ASSERT(self != NULL);
	cx_status status = store_run_open(path, must_exist, self, error);
	if (status == CX_OK)
		*ret = self;
	else
		free(self);
	return status;
}

static void close_store(void **opened)
{
	open_store *self = *opened;
	engine__store_close(&self->store);
	free(self);
	*opened = NULL;
}

/* ---- reading all ---- */

static cx_status show_tree(engine__view *view, const open_store *self, int tree, uint64_t *sum,
                           cx_error *error)
{
	engine__cursor *cursor;
	engine__pair pairs[32];
	size_t count = CX_COUNT_OF(pairs);
	cx_status status =
		engine__cursor_open(view, self->trees[tree], ENGINE__FORWARD, &cursor);
	if (status != CX_OK)
		return cx_fail(error, status, "tree %d", tree);
	while (status == CX_OK && count == CX_COUNT_OF(pairs)) {
		status = engine__cursor_next(cursor, pairs, CX_COUNT_OF(pairs), &count);
		for (size_t i = 0; status == CX_OK && i < count; i++)
			*sum += ledger_hash_pair((uint64_t)tree, pairs[i].key, pairs[i].value);
		for (size_t i = 1; status == CX_OK && i < count; i++)
			if (cx_slice_compare(pairs[i - 1].key, pairs[i].key) >= 0)
				status = CX_CORRUPT;
	}
	engine__cursor_close(&cursor);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "reading tree %d", tree);
}

static cx_status show_store(void *opened, uint64_t *ret_hash, cx_error *error)
{
	const open_store *self = opened;
	engine__view *view;
	cx_status status = engine__view_begin(self->store, &view);
	if (status != CX_OK)
		return cx_fail(error, status, "no view");
	uint64_t sum = 0;
	for (int tree = 0; tree < CONTENT_TREES && status == CX_OK; tree++) {
		if (self->trees[tree].number == 0)
			continue;
		sum += content_hash_tree(tree);
		status = show_tree(view, self, tree, &sum, error);
	}
	engine__view_end(&view);
	if (status == CX_OK)
		*ret_hash = sum;
	return status;
}

/* ---- writing more ---- */

/* Puts a value that is a byte longer than the one there. */
static cx_status put_longer(engine__txn *txn, engine__tree tree)
{
	uint8_t bytes[64] = { 0 };
	cx_slice key = cx_slice_of("written after the crash");
	cx_slice value = { 0 };
	cx_status status = engine__view_get(engine__txn_view(txn), tree, key, &value);
	if (status != CX_OK && status != CX_NOT_FOUND)
		return status;
	CX_ASSERT(value.size < sizeof bytes);
	return engine__txn_put(txn, tree, key, (cx_slice){ bytes, value.size + 1 });
}

static cx_status write_new(open_store *self)
{
	if (self->trees[0].number == 0)
		return engine__store_tree(self->store, content_tree_name(0), true,
		                          &self->trees[0]);
	engine__txn *txn;
	cx_status status = engine__txn_begin(self->store, &txn);
	if (status != CX_OK)
		return status;
	status = put_longer(txn, self->trees[0]);
	if (status == CX_OK)
		return engine__txn_commit(&txn);
	engine__txn_abort(&txn);
	return status;
}

static cx_status repeat_or_write_new(open_store *self, uint64_t found, size_t less)
{
	cx_status status = store_run_repeat(self, found, less);
	return status == CX_NOT_FOUND ? write_new(self) : status;
}

/* Mostly what the run did next: the torn bytes that are behind the end of the journal may then
 * follow on it. With a recovery's mark before it, they do if it is shorter by a mark. */
static cx_status write_more(void *opened, uint64_t found)
{
	switch (found / 16 % 4) {
	case 0:
		return write_new(opened);
	case 1:
		return repeat_or_write_new(opened, found, MARK_BYTES);
	default:
		return repeat_or_write_new(opened, found, 0);
	}
}

const crash_subject store_subject = {
	.name = "store",
	.run = store_run,
	.open = open_store_at,
	.show = show_store,
	.write = write_more,
	.close = close_store,
};
