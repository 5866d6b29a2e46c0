/* SPDX-License-Identifier: Apache-2.0 */
/* When the map, the disk or the largest file allowed is used up, a commit says so and nothing
 * of it happened; everything before stays readable, and the store goes on. */
#include "base/check.h"
#include "engine/store/store.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VALUE_BYTES = 1000, LARGE_VALUE_BYTES = 10000 };

static size_t value_bytes = VALUE_BYTES;

static cx_slice value_of(int number)
{
	static uint8_t bytes[LARGE_VALUE_BYTES];
	memset(bytes, number % 251, value_bytes);
	return (cx_slice){ bytes, value_bytes };
}

static void key_of(int number, char key[16])
{
	snprintf(key, 16, "%08d", number);
}

/* Puts pairs from number `from` on until the store is full; the number of the first that did
 * not fit. `stop_at_low` asks before each. */
static int fill(raw_store *store, int from, bool stop_at_low)
{
	for (int i = from;; i++) {
		char key[16];
		key_of(i, key);
		if (stop_at_low && engine__store_is_low(store->store))
			return i;
		cx_status status = raw_put(store, key, value_of(i));
		if (status != CX_OK) {
			assert_int_equal(status, CX_STORAGE_FULL);
			return i;
		}
		assert_true(i < 100000);
	}
}

static void assert_holds(raw_store *store, int from, int to)
{
	engine__view *view;
	engine__cursor *cursor;
	engine__pair pair;
	size_t count;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	assert_int_equal(engine__cursor_open(view, store->tree, ENGINE__FORWARD, &cursor),
	                 CX_OK);
	for (int i = from; i < to; i++) {
		char key[16];
		key_of(i, key);
		assert_int_equal(engine__cursor_next(cursor, &pair, 1, &count), CX_OK);
		assert_int_equal(count, 1);
		assert_true(cx_slice_equal(pair.key, raw_text(key)));
		assert_true(cx_slice_equal(pair.value, value_of(i)));
	}
	assert_int_equal(engine__cursor_next(cursor, &pair, 1, &count), CX_OK);
	assert_int_equal(count, 0);
	engine__cursor_close(&cursor);
	engine__view_end(&view);
}

/* Removes pairs from..to, each in a commit of its own. */
static void remove_some(raw_store *store, int from, int to)
{
	for (int i = from; i < to; i++) {
		char key[16];
		key_of(i, key);
		assert_int_equal(raw_remove(store, key), CX_OK);
	}
}

/* What holds for every kind of full: the store stops at the reserve, the reserve serves
 * removes, and after a full stop the store opens again with all that it acknowledged. */
static void check_full(raw_store *store)
{
	int low = fill(store, 0, true);
	assert_true(low > 50);
	assert_holds(store, 0, low);
	remove_some(store, 0, low / 2);
	assert_false(engine__store_is_low(store->store) && usleep(1100 * 1000) == 0 &&
	             engine__store_is_low(store->store));

	int full = fill(store, low, false);
	assert_holds(store, low / 2, full);
	assert_true(engine__store_is_low(store->store));
	assert_true(full > low);
	char key[16];
	key_of(full, key);
	assert_int_equal(raw_put(store, key, value_of(full)), CX_STORAGE_FULL);
	assert_holds(store, low / 2, full);
	/* To remove what is not there leaves LMDB as it is: no snapshot may wait for that. */
	assert_int_equal(raw_remove(store, key), CX_OK);
	assert_holds(store, low / 2, full);
	/* A transaction that changes nothing needs no room. */
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store->store, &txn), CX_OK);
	assert_int_equal(engine__txn_commit(&txn), CX_OK);
	raw_close(store);
	assert_int_equal(raw_try_open(store), CX_OK);
	assert_int_equal(engine__store_tree(store->store, "pairs", false, &store->tree), CX_OK);
	assert_holds(store, low / 2, full);
}

static void a_full_map_is_survived(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	store.options.map_bytes = 1 << 20;
	raw_open(&store);
	check_full(&store);
	raw_close(&store);

	/* A larger map is room again. */
	store.options.map_bytes = 2 << 20;
	raw_open(&store);
	assert_false(engine__store_is_low(store.store));
	assert_int_equal(raw_put(&store, "more", raw_text("room")), CX_OK);
	raw_release(&store);
}

static void a_tree_that_does_not_fit_is_not_made(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	store.options.map_bytes = 256 * 1024;
	raw_open(&store);
	int full = fill(&store, 0, false);
	cx_status status = CX_OK;
	engine__tree tree;
	for (int i = 0; i < 500 && status == CX_OK; i++) {
		char name[16];
		snprintf(name, sizeof name, "tree%d", i);
		status = engine__store_tree(store.store, name, true, &tree);
		assert_true(status == CX_OK || status == CX_STORAGE_FULL);
	}
	assert_int_equal(status, CX_STORAGE_FULL);
	assert_holds(&store, 0, full);
	raw_release(&store);
}

static void a_large_transaction_that_does_not_fit_leaves_nothing(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	store.options.map_bytes = 1 << 20;
	raw_open(&store);
	assert_int_equal(raw_put(&store, "00000000", value_of(0)), CX_OK);
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	for (int i = 1; i < 2000; i++) {
		char key[16];
		key_of(i, key);
		assert_int_equal(engine__txn_put(txn, store.tree, raw_text(key), value_of(i)),
		                 CX_OK);
	}
	assert_int_equal(engine__txn_commit(&txn), CX_STORAGE_FULL);
	assert_null(txn);
	assert_holds(&store, 0, 1);
	assert_int_equal(raw_put(&store, "00000001", value_of(1)), CX_OK);
	assert_holds(&store, 0, 2);
	raw_release(&store);
}

/* A small file system of its own; false, with a message, where that is not permitted. */
static bool mount_small(char *folder, const char *options)
{
	assert_non_null(mkdtemp(folder));
	if (mount("tmpfs", folder, "tmpfs", 0, options) == 0)
		return true;
	print_message("skipped: cannot mount a small file system: %s\n", strerror(errno));
	rmdir(folder);
	return false;
}

static void unmount(const char *folder)
{
	assert_int_equal(umount(folder), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void a_full_disk_is_survived(void **state)
{
	(void)state;
	char folder[] = "/tmp/cardex-full-XXXXXX";
	if (!mount_small(folder, "size=2m,mode=0700"))
		skip();
	raw_store store;
	raw_init(&store, folder);
	raw_open(&store);
	check_full(&store);
	raw_release(&store);
	unmount(folder);
}

static void a_store_that_does_not_fit_is_not_made(void **state)
{
	(void)state;
	char folder[] = "/tmp/cardex-full-XXXXXX";
	if (!mount_small(folder, "size=4k,mode=0700"))
		skip();
	raw_store store;
	raw_init(&store, folder);
	cx_status status = raw_try_open(&store);
	bool made = access(store.path, F_OK) == 0;
	raw_release(&store);
	unmount(folder);
	assert_int_equal(status, CX_STORAGE_FULL);
	assert_false(made);
}

/* LMDB alone is killed by SIGBUS here. */
static void a_reader_table_that_does_not_fit_is_an_error(void **state)
{
	(void)state;
	char folder[] = "/tmp/cardex-full-XXXXXX";
	if (!mount_small(folder, "size=16k,mode=0700"))
		skip();
	raw_store store;
	raw_init(&store, folder);
	cx_status status = raw_try_open(&store);
	print_message("%s\n", store.error.text);
	raw_release(&store);
	unmount(folder);
	assert_int_equal(status, CX_STORAGE_FULL);
	assert_non_null(strstr(store.error.text, "reader table"));
}

static void the_largest_file_allowed_is_survived(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	struct rlimit before;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	struct rlimit small = { .rlim_cur = 1 << 20, .rlim_max = before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int full = fill(&store, 0, false);
	assert_holds(&store, 0, full);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	char key[16];
	key_of(full, key);
	assert_int_equal(raw_put(&store, key, value_of(full)), CX_OK);
	assert_holds(&store, 0, full + 1);
	raw_release(&store);
}

/* ---- with a journal, as long as there is room for one ---- */

static bool has_journal(const raw_store *store)
{
	return raw_files(store) > 1;
}

/* Puts pairs until there is a journal, which is tried again every second. */
static int put_until_journal(raw_store *store, int from)
{
	char key[16];
	for (int i = 0; i < 40 && !has_journal(store); i++) {
		key_of(from, key);
		assert_int_equal(raw_put(store, key, value_of(from)), CX_OK);
		from++;
		usleep(100 * 1000);
	}
	assert_true(has_journal(store));
	return from;
}

/* The journal is given up when the room for it ends, every write is done or refused, removes
 * go on in the reserve, and make room for writes and for a journal again. */
static void check_with_journal(raw_store *store)
{
	value_bytes = LARGE_VALUE_BYTES;
	store->options.journal_age_ms = 100;
	raw_open(store);
	int low = put_until_journal(store, 0);
	low = fill(store, low, true);
	assert_true(low > 50);
	assert_holds(store, 0, low);
	remove_some(store, 0, low / 4 * 3);
	assert_holds(store, low / 4 * 3, low);
	/* The removes make room when they are merged. */
	for (int i = 0; i < 50 && engine__store_is_low(store->store); i++)
		usleep(100 * 1000);
	assert_false(engine__store_is_low(store->store));
	int more = put_until_journal(store, low);
	assert_holds(store, low / 4 * 3, more);

	int full = fill(store, more, false);
	assert_true(full > more);
	assert_false(has_journal(store));
	assert_holds(store, low / 4 * 3, full);
	char key[16];
	key_of(full, key);
	assert_int_equal(raw_put(store, key, value_of(full)), CX_STORAGE_FULL);
	assert_holds(store, low / 4 * 3, full);
	raw_close(store);
	assert_int_equal(raw_files(store), 1);
	raw_open(store);
	assert_holds(store, low / 4 * 3, full);
	raw_close(store);
	value_bytes = VALUE_BYTES;
}

/* Merges carry nothing, or all that there is room for. */
static void check_both_ways(const char *parent, uint64_t map_bytes, uint64_t journal_bytes)
{
	for (int carry = 0; carry < 2; carry++) {
		raw_store store;
		raw_init(&store, parent);
		store.options.map_bytes = map_bytes;
		store.options.journal_bytes = journal_bytes;
		store.options.carry_all = carry == 1;
		check_with_journal(&store);
		raw_release(&store);
	}
}

static void a_full_map_gives_the_journal_up(void **state)
{
	(void)state;
	check_both_ways(NULL, 16 << 20, 256 * 1024);
	check_both_ways(NULL, 64 << 20, 1024 * 1024);
}

static void a_full_disk_gives_the_journal_up(void **state)
{
	(void)state;
	static const char *const disks[] = { "size=16m,mode=0700", "size=64m,mode=0700" };
	for (size_t i = 0; i < CX_COUNT_OF(disks); i++) {
		char folder[] = "/tmp/cardex-full-XXXXXX";
		if (!mount_small(folder, disks[i]))
			skip();
		check_both_ways(folder, 0, i == 0 ? 256 * 1024 : 1024 * 1024);
		unmount(folder);
	}
}

/* What the journal holds fits even when the disk is filled by others behind it. */
static void fill_by_others(bool carry)
{
	char folder[] = "/tmp/cardex-full-XXXXXX";
	if (!mount_small(folder, "size=32m,mode=0700"))
		skip();
	raw_store store;
	raw_init(&store, folder);
	store.options.journal_bytes = 256 * 1024;
	store.options.carry_all = carry;
	raw_open(&store);
	int first = put_until_journal(&store, 0);
	char path[96];
	snprintf(path, sizeof path, "%s/others", folder);
	int others = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(others >= 0);
	static const char block[64 * 1024];
	while (write(others, block, sizeof block) > 0)
		;
	int full = fill(&store, first, false);
	assert_holds(&store, 0, full);
	raw_reopen(&store);
	assert_holds(&store, 0, full);
	assert_int_equal(ftruncate(others, 0), 0);
	close(others);
	usleep(1100 * 1000);
	assert_holds(&store, 0, put_until_journal(&store, full));
	raw_close(&store);
	assert_int_equal(raw_files(&store), 1);
	assert_int_equal(unlink(path), 0);
	raw_release(&store);
	unmount(folder);
}

static void a_disk_filled_by_others_loses_nothing(void **state)
{
	(void)state;
	fill_by_others(false);
	fill_by_others(true);
}

/* Where the disk has no room for a segment of the usual size, a commit larger than the smallest
 * one gets a segment as large as itself. */
static void a_commit_gets_the_segment_that_fits(void **state)
{
	(void)state;
	enum { VALUES = 48 };
	char folder[] = "/tmp/cardex-full-XXXXXX";
	if (!mount_small(folder, "size=32m,mode=0700"))
		skip();
	raw_store store;
	raw_init(&store, folder);
	store.options.journal_bytes = 128 * 1024 * 1024;
	raw_open(&store);
	static const uint8_t value[ENGINE__VALUE_BYTES_MAX];
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	for (int i = 0; i < VALUES; i++) {
		char key[16];
		snprintf(key, sizeof key, "%d", i);
		assert_int_equal(engine__txn_put(txn, store.tree, raw_text(key),
		                                 (cx_slice){ value, sizeof value }),
		                 CX_OK);
	}
	assert_int_equal(engine__txn_commit(&txn), CX_OK);
	engine__store_usage usage;
	assert_int_equal(engine__store_usage_get(store.store, &usage), CX_OK);
	assert_true(usage.unmerged_bytes > sizeof value * VALUES);
	raw_close(&store);
	assert_int_equal(raw_files(&store), 1);
	raw_release(&store);
	unmount(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_map_is_survived),
		cmocka_unit_test(a_tree_that_does_not_fit_is_not_made),
		cmocka_unit_test(a_large_transaction_that_does_not_fit_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_survived),
		cmocka_unit_test(a_store_that_does_not_fit_is_not_made),
		cmocka_unit_test(a_reader_table_that_does_not_fit_is_an_error),
		cmocka_unit_test(the_largest_file_allowed_is_survived),
		cmocka_unit_test(a_full_map_gives_the_journal_up),
		cmocka_unit_test(a_full_disk_gives_the_journal_up),
		cmocka_unit_test(a_disk_filled_by_others_loses_nothing),
		cmocka_unit_test(a_commit_gets_the_segment_that_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
