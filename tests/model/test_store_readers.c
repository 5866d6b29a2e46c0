/* SPDX-License-Identifier: Apache-2.0 */
/* While one thread commits random transactions, segments of the journal change and merges run,
 * what readers see is always the whole of one commit, never one older than what was
 * acknowledged when the view began, and stays the same for as long as they keep the view: by
 * key, by cursors of both directions, and counted.
 *
 * CARDEX_MODEL_SECONDS (default 4) and CARDEX_TEST_SEED prolong and vary it. */
#include "base/clock.h"
#include "engine/store/store.h"
#include "tests/support/dice.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEYS = 40,
	COMMITS_MAX = 200000,
	READERS = 3,
	SECONDS_DEFAULT = 4,
	VALUE_BYTES_MAX = 300,
	WRITES_MAX = 8,
	REOPEN_EVERY = 500,
	BATCH = 7,
};

/* What a commit leaves: by key, the number of the value; 0 = absent. */
typedef struct table {
	uint32_t value[KEYS];
} table;

typedef struct world {
	raw_store store;
	table *after; /* by commit; set before it is handed over */
	atomic_uint acknowledged;
	atomic_bool stop;
	atomic_uint views;
} world;

static void key_of(unsigned number, char key[16])
{
	snprintf(key, 16, "%03u", number);
}

/* The bytes of a value follow from its number. */
static cx_slice value_of(uint32_t number, uint8_t bytes[VALUE_BYTES_MAX])
{
	size_t size = sizeof number + number * 31 % (VALUE_BYTES_MAX - sizeof number);
	memset(bytes, (int)(number % 251), size);
	memcpy(bytes, &number, sizeof number);
	return (cx_slice){ bytes, size };
}

/* ---- readers ---- */

static uint32_t commit_shown(world *self, engine__view *view)
{
	cx_slice value;
	uint32_t number;
	cx_status status = engine__view_get(view, self->store.tree, raw_text("commit"), &value);
	if (status == CX_NOT_FOUND)
		return 0;
	assert_int_equal(status, CX_OK);
	assert_int_equal(value.size, sizeof number);
	memcpy(&number, value.data, sizeof number);
	return number;
}

static void check_pair(cx_slice key, cx_slice value, const table *content, unsigned number)
{
	char expected[16];
	uint8_t bytes[VALUE_BYTES_MAX];
	key_of(number, expected);
	assert_true(cx_slice_equal(key, cx_slice_of(expected)));
	assert_true(cx_slice_equal(value, value_of(content->value[number], bytes)));
}

static void check_cursor(world *self, engine__view *view, const table *content,
                         engine__direction direction)
{
	engine__cursor *cursor;
	engine__pair pairs[BATCH];
	size_t count;
	bool forward = direction == ENGINE__FORWARD;
	int at = forward ? -1 : KEYS;
	assert_int_equal(engine__cursor_open(view, self->store.tree, direction, &cursor),
	                 CX_OK);
	assert_int_equal(engine__cursor_seek(cursor, raw_text(forward ? "" : "999")), CX_OK);
	do {
		assert_int_equal(engine__cursor_next(cursor, pairs, BATCH, &count), CX_OK);
		for (size_t i = 0; i < count; i++) {
			if (cx_slice_equal(pairs[i].key, raw_text("commit")))
				continue;
			do
				at += forward ? 1 : -1;
			while (at >= 0 && at < KEYS && content->value[at] == 0);
			assert_true(at >= 0 && at < KEYS);
			check_pair(pairs[i].key, pairs[i].value, content, (unsigned)at);
		}
	} while (count == BATCH);
	do
		at += forward ? 1 : -1;
	while (at >= 0 && at < KEYS && content->value[at] == 0);
	assert_true(at < 0 || at >= KEYS);
	engine__cursor_close(&cursor);
}

static void check_view(world *self, engine__view *view, uint32_t commit)
{
	const table *content = &self->after[commit];
	uint64_t keys = commit > 0;
	assert_int_equal(commit_shown(self, view), commit);
	for (unsigned i = 0; i < KEYS; i++) {
		char key[16];
		cx_slice value;
		key_of(i, key);
		cx_status status =
			engine__view_get(view, self->store.tree, raw_text(key), &value);
		assert_int_equal(status, content->value[i] == 0 ? CX_NOT_FOUND : CX_OK);
		if (status == CX_OK)
			check_pair(raw_text(key), value, content, i);
		keys += content->value[i] != 0;
	}
	check_cursor(self, view, content, ENGINE__FORWARD);
	check_cursor(self, view, content, ENGINE__BACKWARD);
	uint64_t count;
	assert_int_equal(engine__view_count(view, self->store.tree, &count), CX_OK);
	assert_true(count == keys);
}

typedef struct reader {
	world *all;
	dice roll;
} reader;

static void *read_along(void *context)
{
	reader *self = context;
	world *all = self->all;
	engine__view *view;
	assert_int_equal(engine__view_begin(all->store.store, &view), CX_OK);
	uint32_t last = 0;
	while (!atomic_load(&all->stop)) {
		uint32_t floor = atomic_load(&all->acknowledged);
		assert_int_equal(engine__view_renew(view), CX_OK);
		uint32_t commit = commit_shown(all, view);
		assert_true(commit >= floor && commit >= last);
		last = commit;
		/* Some are kept while much happens. */
		for (uint64_t times = dice_one_in(&self->roll, 4) ? 20 : 1; times > 0; times--)
			check_view(all, view, commit);
		atomic_fetch_add(&all->views, 1);
	}
	engine__view_end(&view);
	return NULL;
}

/* ---- the writer ---- */

static void write_some(world *self, engine__txn *txn, dice *roll, table *now, uint32_t *value)
{
	for (uint64_t writes = 1 + dice_below(roll, WRITES_MAX); writes > 0; writes--) {
		char key[16];
		uint8_t bytes[VALUE_BYTES_MAX];
		unsigned number = (unsigned)dice_below(roll, KEYS);
		key_of(number, key);
		cx_status status;
		if (dice_one_in(roll, 3)) {
			status = engine__txn_remove(txn, self->store.tree, raw_text(key));
			now->value[number] = 0;
		} else {
			status = engine__txn_put(txn, self->store.tree, raw_text(key),
			                         value_of(++*value, bytes));
			now->value[number] = *value;
		}
		assert_int_equal(status, CX_OK);
	}
}

/* Hands commit after commit over; each is waited for when the next one was handed over. Returns
 * the last. */
static uint32_t commit_until(world *self, uint32_t commit, uint32_t to, uint64_t end_ns,
                             dice *roll, uint32_t *value)
{
	uint64_t before = 0;
	while (commit < to && cx_clock_monotonic_ns() < end_ns) {
		engine__txn *txn;
		table now = self->after[commit];
		uint64_t ticket;
		assert_int_equal(engine__txn_begin(self->store.store, &txn), CX_OK);
		write_some(self, txn, roll, &now, value);
		if (dice_one_in(roll, 10)) {
			engine__txn_abort(&txn);
			continue;
		}
		commit++;
		assert_int_equal(
			engine__txn_put(txn, self->store.tree, raw_text("commit"),
		                        (cx_slice){ (const uint8_t *)&commit, sizeof commit }),
			CX_OK);
		self->after[commit] = now;
		assert_int_equal(engine__txn_submit(&txn, &ticket), CX_OK);
		if (before != 0) {
			assert_int_equal(engine__store_wait(self->store.store, before), CX_OK);
			atomic_store(&self->acknowledged, commit - 1);
		}
		before = ticket;
	}
	if (before != 0)
		assert_int_equal(engine__store_wait(self->store.store, before), CX_OK);
	atomic_store(&self->acknowledged, commit);
	return commit;
}

/* One life of the store, with readers from its beginning to its end. */
static uint32_t live(world *self, uint32_t commit, uint64_t end_ns, dice *roll, uint32_t *value)
{
	reader readers[READERS];
	pthread_t threads[READERS];
	raw_open(&self->store);
	atomic_store(&self->stop, false);
	for (int i = 0; i < READERS; i++) {
		readers[i] = (reader){ self, { dice_u64(roll) } };
		assert_int_equal(pthread_create(&threads[i], NULL, read_along, &readers[i]), 0);
	}
	uint32_t last = commit_until(self, commit, commit + REOPEN_EVERY, end_ns, roll, value);
	atomic_store(&self->stop, true);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	raw_close(&self->store);
	return last;
}

static void readers_see_whole_commits_while_segments_change(void **state)
{
	(void)state;
	const char *text = getenv("CARDEX_MODEL_SECONDS");
	uint64_t seconds = text != NULL ? strtoull(text, NULL, 0) : SECONDS_DEFAULT;
	uint64_t end_ns = cx_clock_monotonic_ns() + seconds * 1000 * 1000 * 1000;
	world *self = calloc(1, sizeof *self);
	assert_non_null(self);
	self->after = calloc(COMMITS_MAX + 1, sizeof *self->after);
	assert_non_null(self->after);
	dice roll = dice_init();
	raw_init(&self->store, NULL);
	self->store.options =
		(engine__store_options){ .journal_bytes = 8192, .journal_age_ms = 1 };
	uint32_t commit = 0;
	uint32_t value = 0;
	unsigned lives = 0;
	while (cx_clock_monotonic_ns() < end_ns && commit + REOPEN_EVERY <= COMMITS_MAX) {
		self->store.options.carry_all = dice_one_in(&roll, 2);
		commit = live(self, commit, end_ns, &roll, &value);
		lives++;
	}
	print_message("%u commits, %u views checked, opened %u times\n", commit,
	              atomic_load(&self->views), lives);
	assert_true(commit > 50);
	raw_release(&self->store);
	free(self->after);
	free(self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_see_whole_commits_while_segments_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
