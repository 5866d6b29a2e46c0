/* SPDX-License-Identifier: Apache-2.0 */
/* What merges carry over (carry.h): which pairs, what a crash leaves of them, and what becomes
 * of a store whose carried segment is missing or damaged. */
#include "engine/store/store.h"
#include "tests/support/dice.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KEYS = 20,
	COMMITS = 2000, /* some ten segments of these bytes */
	SEGMENT_BYTES = 16 * 1024,
	HEADER_BYTES = 512, /* of a segment */
	NEVER_MS = 1000 * 1000 * 1000,
	TRIES = 1000,
	TRY_US = 10000,
};

static const char *carried_of(const raw_store *store)
{
	static char path[128];
	snprintf(path, sizeof path, "%s-journal2", store->path);
	return path;
}

static bool has_carried(const raw_store *store)
{
	return access(carried_of(store), F_OK) == 0;
}

static void assert_merged_once(const raw_store *store)
{
	char path[128];
	snprintf(path, sizeof path, "%s-journal1", store->path);
	assert_int_equal(access(path, F_OK), 0);
}

static engine__store_usage usage_of(raw_store *store)
{
	engine__store_usage usage;
	assert_int_equal(engine__store_usage_get(store->store, &usage), CX_OK);
	assert_true(usage.carried_bytes <= usage.unmerged_bytes);
	return usage;
}

static void comes_to_nothing_unmerged(raw_store *store)
{
	for (int i = 0; i < TRIES && usage_of(store).unmerged_bytes > 0; i++)
		usleep(TRY_US);
	assert_int_equal(usage_of(store).unmerged_bytes, 0);
}

/* ---- the same few keys over and over: of each the newest value is carried ---- */

static const engine__store_options carry_all = {
	.journal_bytes = SEGMENT_BYTES,
	.journal_age_ms = NEVER_MS,
	.carry_all = true,
};

static void key_of(int commit, char key[16])
{
	snprintf(key, 16, "%04d", commit % KEYS);
}

static void write_over(raw_store *store, int commit)
{
	char key[16];
	char value[16];
	key_of(commit, key);
	snprintf(value, sizeof value, "%d", commit);
	assert_int_equal(raw_put(store, key, raw_text(value)), CX_OK);
}

static void assert_newest(raw_store *store)
{
	engine__view *view;
	uint64_t count;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	assert_int_equal(engine__view_count(view, store->tree, &count), CX_OK);
	assert_int_equal(count, KEYS);
	for (int commit = COMMITS - KEYS; commit < COMMITS; commit++) {
		char key[16];
		char text[16];
		cx_slice value;
		key_of(commit, key);
		snprintf(text, sizeof text, "%d", commit);
		assert_int_equal(engine__view_get(view, store->tree, raw_text(key), &value),
		                 CX_OK);
		assert_true(cx_slice_equal(value, raw_text(text)));
	}
	engine__view_end(&view);
}

static void release_as_one_file(raw_store *store)
{
	assert_newest(store);
	raw_close(store);
	assert_int_equal(raw_files(store), 1);
	raw_open(store);
	assert_newest(store);
	raw_release(store);
}

static void be_killed(const char *path)
{
	raw_store store = { .options = carry_all };
	snprintf(store.path, sizeof store.path, "%s", path);
	raw_open(&store);
	for (int commit = 0; commit < COMMITS; commit++)
		write_over(&store, commit);
	kill(getpid(), SIGKILL);
}

/* A store that something is carried of, as a process that was killed leaves it. */
static void leave_killed(raw_store *left)
{
	raw_init(left, NULL);
	left->options = carry_all;
	assert_int_equal(raw_wait(raw_spawn("leave", left->path, NULL)), 256 + SIGKILL);
	assert_true(has_carried(left));
}

static void what_is_carried_is_taken_up(void **state)
{
	(void)state;
	raw_store store;
	leave_killed(&store);
	raw_open(&store);
	assert_newest(&store);
	comes_to_nothing_unmerged(&store); /* it is old by then */
	release_as_one_file(&store);
}

static void a_clean_stop_leaves_one_file(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	store.options = carry_all;
	raw_open(&store);
	for (int commit = 0; commit < COMMITS; commit++)
		write_over(&store, commit);
	assert_true(usage_of(&store).carried_bytes > 0);
	release_as_one_file(&store);
}

static void what_is_carried_is_merged_when_it_is_old(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	store.options = carry_all;
	store.options.journal_age_ms = 200;
	raw_open(&store);
	for (int commit = 0; commit < COMMITS; commit++)
		write_over(&store, commit);
	assert_true(has_carried(&store));
	comes_to_nothing_unmerged(&store);
	assert_newest(&store);
	raw_release(&store);
}

static void a_missing_carried_segment_is_refused(void **state)
{
	(void)state;
	raw_store store;
	char away[128];
	leave_killed(&store);
	snprintf(away, sizeof away, "%s.away", store.path);
	assert_int_equal(rename(carried_of(&store), away), 0);
	raw_assert_refused(&store, "put the journal files where they were");
	assert_int_equal(rename(away, carried_of(&store)), 0);
	raw_open(&store);
	assert_newest(&store);
	raw_release(&store);
}

static void one_of_another_use_is_refused(void **state)
{
	(void)state;
	raw_store store;
	char other[128];
	leave_killed(&store);
	snprintf(other, sizeof other, "cp '%s-journal0' '%s'", store.path, carried_of(&store));
	assert_int_equal(system(other), 0);
	raw_assert_refused(&store, "put the journal files where they were");
	raw_release(&store);
}

static void a_cut_one_is_refused(void **state)
{
	(void)state;
	raw_store store;
	leave_killed(&store);
	assert_int_equal(truncate(carried_of(&store), HEADER_BYTES + 100), 0);
	raw_assert_refused(&store, "it was cut");
	raw_release(&store);
}

static void a_damaged_one_is_refused(void **state)
{
	(void)state;
	raw_store store;
	leave_killed(&store);
	int fd = open(carried_of(&store), O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "damage", 6, HEADER_BYTES + 100), 6);
	close(fd);
	raw_assert_refused(&store, "is damaged at offset 512");
	raw_release(&store);
}

/* ---- which pairs are carried when nobody asks for it ---- */

enum {
	LOADED = 120 * 1000,
	VALUE_BYTES = 24,
	LARGE_VALUE_BYTES = 1500,
	GROUP = 30, /* of large ones too, fewer bytes than a segment has */
	GROUPS = 200,
};

static void put_any(raw_store *store, int count, size_t value_bytes, uint64_t *next, dice *roll)
{
	static const uint8_t value[LARGE_VALUE_BYTES];
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store->store, &txn), CX_OK);
	for (int i = 0; i < count; i++) {
		char key[32];
		snprintf(key, sizeof key, "%020llu",
		         (unsigned long long)(roll == NULL ? ++*next : dice_u64(roll)));
		assert_int_equal(engine__txn_put(txn, store->tree, raw_text(key),
		                                 (cx_slice){ value, value_bytes }),
		                 CX_OK);
	}
	assert_int_equal(engine__txn_commit(&txn), CX_OK);
}

/* A store with so many pairs in the file, to which as many segments as it takes are written in
 * small groups. */
static void write_to_loaded(raw_store *store, int loaded, size_t value_bytes, dice *roll)
{
	uint64_t next = 0;
	raw_init(store, NULL);
	store->options = (engine__store_options){ .journal_bytes = 64 * 1024,
		                                  .journal_age_ms = NEVER_MS };
	raw_open(store);
	for (int i = 0; i < loaded; i += 4000) /* larger than a segment: into the file */
		put_any(store, 4000, value_bytes, &next, roll);
	assert_false(has_carried(store));
	for (int i = 0; i < GROUPS; i++)
		put_any(store, GROUP, value_bytes, &next, roll);
	assert_merged_once(store);
}

static void assert_count(raw_store *store, uint64_t count)
{
	engine__view *view;
	uint64_t found;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	assert_int_equal(engine__view_count(view, store->tree, &found), CX_OK);
	assert_int_equal(found, count);
	engine__view_end(&view);
}

static void small_pairs_all_over_a_large_tree_are_carried(void **state)
{
	(void)state;
	raw_store store;
	dice roll = dice_init();
	write_to_loaded(&store, LOADED, VALUE_BYTES, &roll);
	assert_true(has_carried(&store));
	assert_count(&store, LOADED + GROUP * GROUPS);
	raw_reopen(&store);
	assert_int_equal(raw_files(&store), 1);
	assert_count(&store, LOADED + GROUP * GROUPS);
	raw_release(&store);
}

static void pairs_behind_the_last_one_are_not(void **state)
{
	(void)state;
	raw_store store;
	write_to_loaded(&store, LOADED, VALUE_BYTES, NULL);
	assert_false(has_carried(&store));
	raw_release(&store);
}

static void those_of_a_small_tree_are_not(void **state)
{
	(void)state;
	raw_store store;
	dice roll = dice_init();
	write_to_loaded(&store, 4000, VALUE_BYTES, &roll);
	assert_false(has_carried(&store));
	raw_release(&store);
}

static void large_ones_are_not(void **state)
{
	(void)state;
	raw_store store;
	dice roll = dice_init();
	write_to_loaded(&store, LOADED / 30, LARGE_VALUE_BYTES, &roll);
	assert_false(has_carried(&store));
	raw_release(&store);
}

/* ---- a merge that is tried again ---- */

/* Puts of the merge thread: the one that makes it 0 finds no memory. */
static atomic_uint puts_left;
static atomic_uint failing_tree;

int mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags)
{
	static int (*put)(MDB_txn *, MDB_dbi, MDB_val *, MDB_val *, unsigned);
	if (put == NULL)
		*(void **)&put = dlsym(RTLD_NEXT, "mdb_put");
	if (dbi == atomic_load(&failing_tree) && atomic_load(&puts_left) > 0 &&
	    atomic_fetch_sub(&puts_left, 1) == 1)
		return ENOMEM;
	return put(txn, dbi, key, data, flags);
}

/* To two trees, of which one gets keys behind its last one. */
static cx_status put_both(raw_store *store, engine__tree rows, int count, uint64_t from,
                          dice *roll)
{
	static const uint8_t value[VALUE_BYTES];
	const cx_slice bytes = { value, sizeof value };
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store->store, &txn), CX_OK);
	for (int i = 0; i < count; i++) {
		char key[32];
		snprintf(key, sizeof key, "%020llu", (unsigned long long)from + (unsigned)i);
		assert_int_equal(engine__txn_put(txn, rows, raw_text(key), bytes), CX_OK);
		snprintf(key, sizeof key, "%020llu", (unsigned long long)dice_u64(roll));
		assert_int_equal(engine__txn_put(txn, store->tree, raw_text(key), bytes),
		                 CX_OK);
	}
	return engine__txn_commit(&txn);
}

static void assert_both(raw_store *store, uint64_t count)
{
	const engine__tree index = store->tree;
	assert_count(store, count);
	assert_int_equal(engine__store_tree(store->store, "rows", false, &store->tree), CX_OK);
	assert_count(store, count);
	store->tree = index;
}

/* Some slices of it are in LMDB then, so the trees look otherwise than at the first try. */
static void fail_at_put(unsigned number, const raw_store *loaded, dice *roll)
{
	raw_store store;
	engine__tree rows;
	raw_init(&store, NULL);
	store.options = loaded->options;
	raw_copy(&store, loaded);
	raw_open(&store);
	assert_int_equal(engine__store_tree(store.store, "rows", false, &rows), CX_OK);
	atomic_store(&failing_tree, rows.number);
	atomic_store(&puts_left, number);
	uint64_t count = LOADED;
	for (int i = 0; i < GROUPS; i++) {
		cx_status status = put_both(&store, rows, GROUP / 2, count, roll);
		if (status != CX_OK) {
			assert_int_equal(status, CX_NO_MEMORY);
			usleep(TRY_US);
			continue;
		}
		count += GROUP / 2;
	}
	assert_int_equal(atomic_load(&puts_left), 0);
	assert_true(has_carried(&store));
	assert_both(&store, count);
	raw_reopen(&store);
	assert_both(&store, count);
	raw_release(&store);
}

static void a_merge_that_is_tried_again_loses_nothing(void **state)
{
	(void)state;
	raw_store loaded;
	engine__tree rows;
	dice roll = dice_init();
	raw_init(&loaded, NULL);
	loaded.options = (engine__store_options){ .journal_bytes = 64 * 1024,
		                                  .journal_age_ms = NEVER_MS };
	raw_open(&loaded);
	assert_int_equal(engine__store_tree(loaded.store, "rows", true, &rows), CX_OK);
	for (uint64_t i = 0; i < LOADED; i += 4000)
		assert_int_equal(put_both(&loaded, rows, 4000, i, &roll), CX_OK);
	raw_close(&loaded);
	for (unsigned number = 1; number <= 400; number += 133)
		fail_at_put(number, &loaded, &roll);
	raw_release(&loaded);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		be_killed(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_carried_is_taken_up),
		cmocka_unit_test(a_clean_stop_leaves_one_file),
		cmocka_unit_test(what_is_carried_is_merged_when_it_is_old),
		cmocka_unit_test(a_missing_carried_segment_is_refused),
		cmocka_unit_test(one_of_another_use_is_refused),
		cmocka_unit_test(a_cut_one_is_refused),
		cmocka_unit_test(a_damaged_one_is_refused),
		cmocka_unit_test(small_pairs_all_over_a_large_tree_are_carried),
		cmocka_unit_test(pairs_behind_the_last_one_are_not),
		cmocka_unit_test(those_of_a_small_tree_are_not),
		cmocka_unit_test(large_ones_are_not),
		cmocka_unit_test(a_merge_that_is_tried_again_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
