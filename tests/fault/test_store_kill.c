/* SPDX-License-Identifier: Apache-2.0 */
/* A writer killed at any moment loses nothing that it acknowledged, leaves no half commit, and
 * leaves neither its lock nor its snapshots behind. */
#include "engine/store/store.h"
#include "tests/support/dice.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 30, PAIRS = 8, LIFE_US_MAX = 20000 };

static uint64_t number_in(engine__view *view, engine__tree tree, int pair)
{
	char key[8];
	cx_slice value;
	uint64_t number = 0;
	snprintf(key, sizeof key, "%d", pair);
	cx_status status = engine__view_get(view, tree, raw_text(key), &value);
	if (status == CX_NOT_FOUND)
		return 0;
	assert_int_equal(status, CX_OK);
	assert_true(value.size >= sizeof number);
	memcpy(&number, value.data, sizeof number);
	return number;
}

/* The number of the last commit; the same in every pair. */
static uint64_t last_commit(raw_store *store)
{
	engine__view *view;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	uint64_t number = number_in(view, store->tree, 0);
	for (int i = 1; i < PAIRS; i++)
		assert_int_equal(number_in(view, store->tree, i), number);
	engine__view_end(&view);
	return number;
}

/* The process that is killed: commits number after number, and says each when it is on disk. */
__attribute__((noreturn)) static void commit_for_ever(const char *path)
{
	raw_store store = { 0 };
	snprintf(store.path, sizeof store.path, "%s", path);
	raw_open(&store);
	engine__view *kept; /* a snapshot that nobody will end */
	assert_int_equal(engine__view_begin(store.store, &kept), CX_OK);
	uint64_t number = number_in(kept, store.tree, 0);
	for (;;) {
		engine__txn *txn;
		number++;
		assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
		for (int i = 0; i < PAIRS; i++) {
			char key[8];
			uint8_t value[700] = { 0 };
			snprintf(key, sizeof key, "%d", i);
			memcpy(value, &number, sizeof number);
			assert_int_equal(engine__txn_put(txn, store.tree, raw_text(key),
			                                 (cx_slice){ value, sizeof value }),
			                 CX_OK);
		}
		assert_int_equal(engine__txn_commit(&txn), CX_OK);
		assert_int_equal(write(1, &number, sizeof number), sizeof number);
	}
}

static uint64_t read_last(int out)
{
	uint64_t last = 0;
	uint64_t number;
	while (read(out, &number, sizeof number) ==
	       sizeof number) /* writes this small are whole */
		last = number;
	close(out);
	return last;
}

static void what_was_acknowledged_outlives_a_kill(void **state)
{
	(void)state;
	dice roll = dice_init();
	raw_store store;
	raw_init(&store, NULL);
	uint64_t acknowledged = 0;
	for (int round = 0; round < ROUNDS; round++) {
		int out;
		uint64_t first;
		int pid = raw_spawn("commit", store.path, &out);
		assert_int_equal(read(out, &first, sizeof first), sizeof first);
		assert_true(first >= acknowledged + 1);
		usleep((unsigned)dice_below(&roll, LIFE_US_MAX));
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(raw_wait(pid), 256 + SIGKILL);
		uint64_t last = read_last(out);
		if (last < first)
			last = first;

		raw_open(&store);
		acknowledged = last_commit(&store);
		assert_true(acknowledged == last || acknowledged == last + 1);
		engine__store_usage usage;
		assert_int_equal(engine__store_usage_get(store.store, &usage), CX_OK);
		assert_int_equal(usage.readers, 0);
		assert_int_equal(engine__store_readers_check(store.store), 0);
		raw_close(&store);
	}
	print_message("%llu commits\n", (unsigned long long)acknowledged);
	raw_release(&store);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		commit_for_ever(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_outlives_a_kill),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
