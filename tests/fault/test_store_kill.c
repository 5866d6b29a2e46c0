/* SPDX-License-Identifier: Apache-2.0 */
/* A process that is killed at any moment, while several threads commit, segments change, a
 * merge runs or a journal is taken up, loses nothing that it acknowledged, leaves no half
 * commit, and leaves neither its lock nor its snapshots behind.
 *
 * CARDEX_KILL_ROUNDS (default 60) and CARDEX_TEST_SEED prolong and replay it. */
#include "base/clock.h"
#include "engine/store/store.h"
#include "tests/support/dice.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ROUNDS_DEFAULT = 60,
	THREADS = 3,
	PAIRS = 4, /* of each thread */
	LIFE_US_MAX = 20000,
	VALUE_BYTES_MAX = 900,
};

/* Small, so that most kills hit a change of segments, a merge or the reading of a journal. */
static const engine__store_options small_segments = { .journal_bytes = 16 * 1024,
	                                              .journal_age_ms = 3 };

static void pair_key(int thread, int pair, char key[8])
{
	snprintf(key, 8, "%d.%d", thread, pair);
}

static uint64_t number_in(engine__view *view, engine__tree tree, int thread, int pair)
{
	char key[8];
	cx_slice value;
	uint64_t number = 0;
	pair_key(thread, pair, key);
	cx_status status = engine__view_get(view, tree, raw_text(key), &value);
	if (status == CX_NOT_FOUND)
		return 0;
	assert_int_equal(status, CX_OK);
	assert_true(value.size >= sizeof number);
	memcpy(&number, value.data, sizeof number);
	return number;
}

/* The number of the last commit of the thread; the same in all of its pairs. */
static uint64_t last_commit(engine__view *view, engine__tree tree, int thread)
{
	uint64_t number = number_in(view, tree, thread, 0);
	for (int i = 1; i < PAIRS; i++)
		assert_int_equal(number_in(view, tree, thread, i), number);
	return number;
}

/* ---- the process that is killed ---- */

typedef struct acknowledgement {
	uint64_t thread;
	uint64_t number;
} acknowledgement;

typedef struct committer {
	raw_store *store;
	int thread;
	uint64_t number;
} committer;

static void put_number(engine__txn *txn, engine__tree tree, int thread, uint64_t number)
{
	uint8_t value[VALUE_BYTES_MAX] = { 0 };
	memcpy(value, &number, sizeof number);
	for (int i = 0; i < PAIRS; i++) {
		char key[8];
		pair_key(thread, i, key);
		size_t size = sizeof number + number * 37 % (VALUE_BYTES_MAX - sizeof number);
		assert_int_equal(
			engine__txn_put(txn, tree, raw_text(key), (cx_slice){ value, size }),
			CX_OK);
	}
}

/* Commits number after number, and says each when it is on disk. */
static void *commit_for_ever(void *context)
{
	committer *self = context;
	for (;;) {
		engine__txn *txn;
		uint64_t ticket;
		self->number++;
		assert_int_equal(engine__txn_begin(self->store->store, &txn), CX_OK);
		put_number(txn, self->store->tree, self->thread, self->number);
		assert_int_equal(engine__txn_submit(&txn, &ticket), CX_OK);
		assert_int_equal(engine__store_wait(self->store->store, ticket), CX_OK);
		/* Writes to a pipe that are this small are whole. */
		const acknowledgement told = { (uint64_t)self->thread, self->number };
		assert_int_equal(write(1, &told, sizeof told), sizeof told);
	}
	return NULL;
}

__attribute__((noreturn)) static void be_killed(const char *path)
{
	raw_store store = { .options = small_segments };
	store.options.carry_all = getpid() % 2 == 0;
	snprintf(store.path, sizeof store.path, "%s", path);
	raw_open(&store);
	engine__view *kept; /* a snapshot that nobody will end */
	assert_int_equal(engine__view_begin(store.store, &kept), CX_OK);
	static committer each[THREADS];
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++) {
		each[i] = (committer){ &store, i, last_commit(kept, store.tree, i) };
		assert_int_equal(pthread_create(&threads[i], NULL, commit_for_ever, &each[i]),
		                 0);
	}
	for (;;)
		pause();
}

/* ---- the test ---- */

typedef struct ledger {
	uint64_t last[THREADS]; /* acknowledged */
	uint64_t total;
	uint64_t slowest_ns; /* open */
	uint64_t kills;      /* since the store was looked at */
} ledger;

static void read_acknowledged(int out, ledger *all)
{
	acknowledgement told;
	while (read(out, &told, sizeof told) == sizeof told) {
		assert_true(told.thread < THREADS);
		assert_true(told.number > all->last[told.thread]);
		all->last[told.thread] = told.number;
		all->total++;
	}
	close(out);
}

static void check_store(raw_store *store, ledger *all)
{
	uint64_t before = cx_clock_monotonic_ns();
	raw_open(store);
	uint64_t took = cx_clock_monotonic_ns() - before;
	if (took > all->slowest_ns)
		all->slowest_ns = took;
	engine__view *view;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	for (int i = 0; i < THREADS; i++) {
		uint64_t number = last_commit(view, store->tree, i);
		/* Each kill may have come between a commit and its answer; the next process
		 * goes on from there. */
		const bool good = number >= all->last[i] && number <= all->last[i] + all->kills;
		if (!good)
			print_error("LOST: thread %d: %llu acknowledged, %llu there\n", i,
			            (unsigned long long)all->last[i],
			            (unsigned long long)number);
		assert_true(good);
		all->last[i] = number;
	}
	all->kills = 0;
	engine__view_end(&view);
	engine__store_usage usage;
	assert_int_equal(engine__store_usage_get(store->store, &usage), CX_OK);
	assert_int_equal(usage.readers, 0);
	assert_int_equal(engine__store_readers_check(store->store), 0);
}

static unsigned rounds(void)
{
	const char *text = getenv("CARDEX_KILL_ROUNDS");
	return text != NULL ? (unsigned)strtoul(text, NULL, 0) : ROUNDS_DEFAULT;
}

static void what_was_acknowledged_outlives_a_kill(void **state)
{
	(void)state;
	dice roll = dice_init();
	raw_store store;
	raw_init(&store, NULL);
	store.options = small_segments;
	ledger all = { 0 };
	unsigned taken_up = 0;
	for (unsigned round = 0; round < rounds(); round++) {
		int out;
		int pid = raw_spawn("commit", store.path, &out);
		/* One in four is killed while it opens. */
		acknowledgement first = { 0 };
		if (!dice_one_in(&roll, 4)) {
			assert_int_equal(read(out, &first, sizeof first), sizeof first);
			assert_true(first.number > all.last[first.thread]);
			all.last[first.thread] = first.number;
			all.total++;
		}
		usleep((unsigned)dice_below(&roll, LIFE_US_MAX));
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(raw_wait(pid), 256 + SIGKILL);
		read_acknowledged(out, &all);
		all.kills++;
		if (dice_one_in(&roll, 2))
			continue; /* the next one takes it up, and is killed too */
		taken_up += access(store.path, F_OK) == 0 && raw_files(&store) > 1;
		store.options.carry_all = dice_one_in(&roll, 2);
		check_store(&store, &all);
		raw_close(&store);
		assert_int_equal(raw_files(&store), 1);
	}
	check_store(&store, &all);
	print_message("%u kills, %llu acknowledged commits, 0 lost, %u journals taken up, "
	              "slowest open %.1f ms\n",
	              rounds(), (unsigned long long)all.total, taken_up,
	              (double)all.slowest_ns / 1e6);
	raw_release(&store);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		be_killed(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_outlives_a_kill),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
