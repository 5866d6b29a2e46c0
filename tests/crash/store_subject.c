/* SPDX-License-Identifier: Apache-2.0 */
/* The store through its API: small transactions, batches, purges, new trees, aborts,
 * savepoints, closing and opening. */
#include "base/check.h"
#include "engine/store/store.h"
#include "tests/crash/content.h"
#include "tests/crash/recorder.h"
#include "tests/crash/subject.h"

#include <stdlib.h>

enum { STEPS = 40, BATCH_MAX = 60, MAP_BYTES = 4 << 20 };

typedef struct opened {
	engine__store *store;
	engine__tree trees[CONTENT_TREES];
} opened;

typedef struct world {
	const char *path;
	dice *roll;
	content_ledger *ledger;
	opened *open;
	content content;
	uint32_t next_value;
} world;

static cx_status open_store(const char *path, bool must_exist, void **ret, cx_error *error)
{
	const engine__store_options options = { .map_bytes = MAP_BYTES,
		                                .readers_max = 4,
		                                .must_exist = must_exist };
	opened *self = calloc(1, sizeof *self);
	CX_ASSERT(self != NULL);
	cx_status status = engine__store_open(path, &options, &self->store, error);
	for (int i = 0; i < CONTENT_TREES && status == CX_OK; i++) {
		status = engine__store_tree(self->store, content_tree_name(i), false,
		                            &self->trees[i]);
		if (status == CX_NOT_FOUND)
			status = CX_OK;
		else if (status != CX_OK)
			cx_fail(error, status, "tree %d", i);
	}
	if (status == CX_OK) {
		*ret = self;
		return CX_OK;
	}
	engine__store_close(&self->store);
	free(self);
	return status;
}

static void close_store(void **store)
{
	opened *self = *store;
	engine__store_close(&self->store);
	free(self);
	*store = NULL;
}

/* ---- reading all ---- */

static cx_status show_tree(engine__view *view, const opened *self, int tree, uint64_t *sum,
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

static cx_status show_store(void *store, uint64_t *ret_hash, cx_error *error)
{
	const opened *self = store;
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

/* Puts a value that is a byte longer than the one there. */
static cx_status put_longer(engine__txn *txn, engine__tree tree)
{
	uint8_t bytes[16] = { 0 };
	cx_slice key = cx_slice_of("written after the crash");
	cx_slice value = { 0 };
	cx_status status = engine__view_get(engine__txn_view(txn), tree, key, &value);
	if (status != CX_OK && status != CX_NOT_FOUND)
		return status;
	return engine__txn_put(txn, tree, key, (cx_slice){ bytes, value.size + 1 });
}

static cx_status write_more(void *store)
{
	opened *self = store;
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

/* ---- a run ---- */

#define MUST(call) CX_ASSERT((call) == CX_OK)

static void open_world(world *self)
{
	void *open = NULL;
	MUST(open_store(self->path, false, &open, NULL));
	self->open = open;
}

static void close_world(world *self)
{
	void *open = self->open;
	close_store(&open);
	self->open = NULL;
}

/* The number of what is about to be committed. */
static size_t begin_number(world *self)
{
	size_t number = ledger_add(self->ledger, content_hash(&self->content));
	recorder_note(EVENT_BEGIN, number);
	return number;
}

static void make_tree(world *self)
{
	int tree = 0;
	while (tree < CONTENT_TREES && self->content.made[tree])
		tree++;
	if (tree == CONTENT_TREES)
		return;
	self->content.made[tree] = true;
	size_t number = begin_number(self);
	MUST(engine__store_tree(self->open->store, content_tree_name(tree), true,
	                        &self->open->trees[tree]));
	recorder_note(EVENT_ACK, number);
}

static void put(world *self, engine__txn *txn, content *now, int tree, int key)
{
	uint8_t key_bytes[64];
	uint8_t value_bytes[CONTENT_VALUE_BYTES_MAX];
	uint32_t value = ++self->next_value;
	MUST(engine__txn_put(txn, self->open->trees[tree], content_key(key, key_bytes),
	                     content_value(value, value_bytes)));
	now->values[tree][key] = value;
}

static void remove_key(world *self, engine__txn *txn, content *now, int tree, int key)
{
	uint8_t key_bytes[64];
	MUST(engine__txn_remove(txn, self->open->trees[tree], content_key(key, key_bytes)));
	now->values[tree][key] = 0;
}

static void edit(world *self, engine__txn *txn, content *now)
{
	int tree = (int)dice_below(self->roll, CONTENT_TREES);
	int key = (int)dice_below(self->roll, CONTENT_KEYS);
	if (!now->made[tree])
		return;
	if (dice_one_in(self->roll, 4))
		remove_key(self, txn, now, tree, key);
	else
		put(self, txn, now, tree, key);
}

/* All keys of a range. */
static void purge(world *self, engine__txn *txn, content *now)
{
	int tree = (int)dice_below(self->roll, CONTENT_TREES);
	int from = (int)dice_below(self->roll, CONTENT_KEYS);
	for (int key = from; key < CONTENT_KEYS && now->made[tree]; key++)
		remove_key(self, txn, now, tree, key);
}

/* Some edits that are taken back at once. */
static void detour(world *self, engine__txn *txn, const content *now)
{
	content lost = *now;
	size_t mark = engine__txn_mark(txn);
	for (uint64_t i = dice_below(self->roll, 5); i > 0; i--)
		edit(self, txn, &lost);
	engine__txn_rollback(txn, mark);
}

static void transact(world *self, uint64_t edits, bool purges)
{
	engine__txn *txn;
	content now = self->content;
	MUST(engine__txn_begin(self->open->store, &txn));
	put(self, txn, &now, 0, 0); /* so that no two contents are equal */
	if (purges)
		purge(self, txn, &now);
	for (uint64_t i = 0; i < edits; i++)
		edit(self, txn, &now);
	if (dice_one_in(self->roll, 4))
		detour(self, txn, &now);
	if (dice_one_in(self->roll, 10)) {
		engine__txn_abort(&txn);
		return;
	}
	self->content = now;
	size_t number = begin_number(self);
	MUST(engine__txn_commit(&txn));
	recorder_note(EVENT_ACK, number);
}

static void step(world *self)
{
	switch (dice_below(self->roll, 16)) {
	case 0:
		close_world(self);
		open_world(self);
		return;
	case 1:
		make_tree(self);
		return;
	case 2:
	case 3:
		transact(self, 10 + dice_below(self->roll, BATCH_MAX), false);
		return;
	case 4:
		transact(self, 2, true);
		return;
	default:
		transact(self, dice_below(self->roll, 4), false);
		return;
	}
}

static void run_store(const char *path, dice *roll, content_ledger *ledger)
{
	world self = { .path = path, .roll = roll, .ledger = ledger };
	ledger_add(ledger, content_hash(&self.content));
	open_world(&self);
	recorder_note(EVENT_ACK, 0);
	make_tree(&self);
	for (int i = 0; i < STEPS; i++)
		step(&self);
	close_world(&self);
}

const crash_subject store_subject = {
	.name = "store",
	.run = run_store,
	.open = open_store,
	.show = show_store,
	.write = write_more,
	.close = close_store,
};
