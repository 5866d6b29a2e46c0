/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/store_run.h"

#include "base/check.h"
#include "tests/crash/recorder.h"

#include <pthread.h>

enum {
	STEPS = 40,
	BATCH_MAX = 60,
	CROWD_MAX = 4,
	PIPELINE_MAX = 7,
	MAP_BYTES = 32 << 20,
	EDITS_MAX = 20000,
};

#define MUST(call) CX_ASSERT((call) == CX_OK)

/* One put, or with value 0 one removal. */
typedef struct edit {
	int tree;
	int key;
	uint32_t value;
} edit;

/* What made one content out of another: a new tree, or edits. */
typedef struct deed {
	uint64_t before;
	int made; /* -1: none */
	size_t first;
	size_t count;
} deed;

/* Of the last run. */
static struct {
	engine__store_options options;
	deed deeds[LEDGER_MAX];
	size_t deed_count;
	edit edits[EDITS_MAX];
	size_t edit_count;
} history;

typedef struct world {
	const char *path;
	dice *roll;
	content_ledger *ledger;
	open_store open;
	content content; /* with what is submitted */
	uint32_t next_value;
} world;

/* ---- open and close ---- */

cx_status store_run_open(const char *path, bool must_exist, open_store *ret, cx_error *error)
{
	engine__store_options options = history.options;
	options.must_exist = must_exist;
	*ret = (open_store){ 0 };
	cx_status status = engine__store_open(path, &options, &ret->store, error);
	for (int i = 0; i < CONTENT_TREES && status == CX_OK; i++) {
		status = engine__store_tree(ret->store, content_tree_name(i), false,
		                            &ret->trees[i]);
		if (status == CX_NOT_FOUND)
			status = CX_OK;
		else if (status != CX_OK)
			cx_fail(error, status, "tree %d", i);
	}
	if (status != CX_OK)
		engine__store_close(&ret->store);
	return status;
}

static void open_world(world *self)
{
	MUST(store_run_open(self->path, false, &self->open, NULL));
}

static void reopen(world *self)
{
	engine__store_close(&self->open.store);
	open_world(self);
}

/* ---- what is done ---- */

static deed *begin_deed(world *self)
{
	CX_ASSERT(history.deed_count < LEDGER_MAX);
	deed *new = &history.deeds[history.deed_count];
	*new = (deed){ .before = content_hash(&self->content),
		       .made = -1,
		       .first = history.edit_count };
	return new;
}

/* The content is as it will be; the number of what is about to be committed. */
static size_t begin_number(world *self)
{
	history.deed_count++;
	size_t number = ledger_add(self->ledger, content_hash(&self->content));
	recorder_note(EVENT_BEGIN, number);
	return number;
}

/* The value is shorter by `less` bytes. */
static cx_status do_edit(open_store *open, engine__txn *txn, const edit *what, size_t less)
{
	uint8_t key_bytes[64];
	uint8_t value_bytes[CONTENT_VALUE_BYTES_MAX];
	engine__tree tree = open->trees[what->tree];
	cx_slice key = content_key(what->key, key_bytes);
	if (what->value == 0)
		return engine__txn_remove(txn, tree, key);
	cx_slice value = content_value(what->value, value_bytes);
	value.size -= less;
	return engine__txn_put(txn, tree, key, value);
}

static bool has_bytes_more(const edit *what, size_t than)
{
	uint8_t bytes[CONTENT_VALUE_BYTES_MAX];
	return what->value != 0 && content_value(what->value, bytes).size > than;
}

cx_status store_run_repeat(open_store *open, uint64_t found, size_t less)
{
	const deed *next = NULL;
	for (size_t i = 0; i < history.deed_count; i++)
		if (history.deeds[i].before == found)
			next = &history.deeds[i];
	if (next == NULL)
		return CX_NOT_FOUND;
	if (next->made >= 0)
		return engine__store_tree(open->store, content_tree_name(next->made), true,
		                          &open->trees[next->made]);
	engine__txn *txn;
	cx_status status = engine__txn_begin(open->store, &txn);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < next->count && status == CX_OK; i++) {
		const edit *one = &history.edits[next->first + i];
		bool cut = less > 0 && has_bytes_more(one, less);
		status = do_edit(open, txn, one, cut ? less : 0);
		if (cut)
			less = 0;
	}
	if (status == CX_OK)
		return engine__txn_commit(&txn);
	engine__txn_abort(&txn);
	return status;
}

/* ---- one transaction ---- */

static void apply(world *self, engine__txn *txn, content *now, edit what)
{
	MUST(do_edit(&self->open, txn, &what, 0));
	now->values[what.tree][what.key] = what.value;
	CX_ASSERT(history.edit_count < EDITS_MAX);
	history.edits[history.edit_count++] = what;
}

static void edit_any(world *self, engine__txn *txn, content *now)
{
	edit what = { .tree = (int)dice_below(self->roll, CONTENT_TREES),
		      .key = (int)dice_below(self->roll, CONTENT_KEYS) };
	if (!dice_one_in(self->roll, 4))
		what.value = ++self->next_value;
	if (now->made[what.tree])
		apply(self, txn, now, what);
}

/* All keys of a range. */
static void purge(world *self, engine__txn *txn, content *now)
{
	edit what = { .tree = (int)dice_below(self->roll, CONTENT_TREES),
		      .key = (int)dice_below(self->roll, CONTENT_KEYS) };
	for (; what.key < CONTENT_KEYS && now->made[what.tree]; what.key++)
		apply(self, txn, now, what);
}

/* Some edits that are taken back at once. */
static void detour(world *self, engine__txn *txn, const content *now)
{
	content lost = *now;
	size_t edits = history.edit_count;
	size_t mark = engine__txn_mark(txn);
	for (uint64_t i = dice_below(self->roll, 5); i > 0; i--)
		edit_any(self, txn, &lost);
	engine__txn_rollback(txn, mark);
	history.edit_count = edits;
}

typedef struct request {
	uint64_t edits;
	bool purges;
} request;

static request any_request(world *self)
{
	switch (dice_below(self->roll, 8)) {
	case 0:
		return (request){ .edits = 10 + dice_below(self->roll, BATCH_MAX) };
	case 1:
		return (request){ .edits = 2, .purges = true };
	default:
		return (request){ .edits = dice_below(self->roll, 4) };
	}
}

/* A transaction as far as its submission. Its number in the ledger; 0: it was aborted. */
static size_t submit(world *self, const request *what, uint64_t *ret_wait)
{
	engine__txn *txn;
	MUST(engine__txn_begin(self->open.store, &txn));
	content now = self->content;
	deed *done = begin_deed(self);
	apply(self, txn, &now, (edit){ .value = ++self->next_value }); /* contents differ */
	if (what->purges)
		purge(self, txn, &now);
	for (uint64_t i = 0; i < what->edits; i++)
		edit_any(self, txn, &now);
	if (dice_one_in(self->roll, 4))
		detour(self, txn, &now);
	if (dice_one_in(self->roll, 10)) {
		history.edit_count = done->first; /* the abort lets another writer in */
		engine__txn_abort(&txn);
		return 0;
	}
	done->count = history.edit_count - done->first;
	self->content = now;
	size_t number = begin_number(self);
	MUST(engine__txn_submit(&txn, ret_wait));
	return number;
}

static void wait_for(world *self, size_t number, uint64_t wait)
{
	MUST(engine__store_wait(self->open.store, wait));
	recorder_note(EVENT_ACK, number);
}

static void transact(world *self)
{
	uint64_t wait;
	request what = any_request(self);
	size_t number = submit(self, &what, &wait);
	if (number > 0)
		wait_for(self, number, wait);
}

/* Several are under way before the first is waited for. */
static void pipeline(world *self)
{
	size_t numbers[PIPELINE_MAX];
	uint64_t waits[PIPELINE_MAX];
	size_t count = 0;
	for (uint64_t i = 2 + dice_below(self->roll, PIPELINE_MAX - 1); i > 0; i--) {
		request what = any_request(self);
		numbers[count] = submit(self, &what, &waits[count]);
		if (numbers[count] > 0)
			count++;
	}
	bool all = dice_one_in(self->roll, 2); /* or only the last */
	for (size_t i = 0; i < count; i++)
		if (all || i + 1 == count)
			wait_for(self, numbers[i], waits[i]);
}

static void *be_one_of_many(void *context)
{
	world *self = context;
	for (uint64_t i = dice_below(self->roll, 3); i > 0; i--)
		transact(self);
	return NULL;
}

static void crowd(world *self)
{
	pthread_t threads[CROWD_MAX];
	size_t count = 2 + dice_below(self->roll, CROWD_MAX - 1);
	for (size_t i = 0; i < count; i++)
		CX_ASSERT(pthread_create(&threads[i], NULL, be_one_of_many, self) == 0);
	for (size_t i = 0; i < count; i++)
		CX_ASSERT(pthread_join(threads[i], NULL) == 0);
}

static void make_tree(world *self)
{
	int tree = 0;
	while (tree < CONTENT_TREES && self->content.made[tree])
		tree++;
	if (tree == CONTENT_TREES)
		return;
	begin_deed(self)->made = tree;
	self->content.made[tree] = true;
	size_t number = begin_number(self);
	MUST(engine__store_tree(self->open.store, content_tree_name(tree), true,
	                        &self->open.trees[tree]));
	recorder_note(EVENT_ACK, number);
}

static void step(world *self)
{
	switch (dice_below(self->roll, 16)) {
	case 0:
		reopen(self);
		return;
	case 1:
		make_tree(self);
		return;
	case 2:
	case 3:
	case 4:
		pipeline(self);
		return;
	case 5:
		crowd(self);
		return;
	default:
		transact(self);
		return;
	}
}

void store_run(const char *path, dice *roll, content_ledger *ledger)
{
	world self = { .path = path, .roll = roll, .ledger = ledger };
	history.options = (engine__store_options){
		.map_bytes = MAP_BYTES,
		.readers_max = 8,
		.journal_bytes = UINT64_C(4096) << dice_below(roll, 5),
		.journal_age_ms = 1 + dice_below(roll, 20),
		.carry_all = dice_one_in(roll, 2),
	};
	history.deed_count = 0;
	history.edit_count = 0;
	ledger_add(ledger, content_hash(&self.content));
	open_world(&self);
	recorder_note(EVENT_ACK, 0);
	make_tree(&self);
	for (int i = 0; i < STEPS; i++)
		step(&self);
	engine__store_close(&self.open.store);
}
