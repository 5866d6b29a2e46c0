/* SPDX-License-Identifier: Apache-2.0 */
/* The structural check accepts every file that LMDB leaves behind. */
#include "engine/store/verify.h"
#include "tests/engine/lmdb_file.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static engine__verify_report assert_sound(int fd)
{
	engine__verify_report report = { 0 };
	cx_error error = { 0 };
	cx_status status = engine__verify(fd, "it", ENGINE__VERIFY_WHOLE, &report, &error);
	if (status != CX_OK)
		print_message("%s\n", error.text);
	assert_int_equal(status, CX_OK);
	engine__verify_report quick;
	assert_int_equal(engine__verify(fd, "it", ENGINE__VERIFY_QUICK, &quick, &error), CX_OK);
	assert_int_equal(quick.missing_pages, report.missing_pages);
	return report;
}

/* Mostly small values; some on runs of pages, a few as large as they may be. */
static size_t random_size(dice *roll)
{
	if (dice_one_in(roll, 100))
		return ENGINE__VALUE_BYTES_MAX - dice_below(roll, 100);
	if (dice_one_in(roll, 6))
		return dice_below(roll, 9000);
	return dice_below(roll, 300);
}

/* Keys of a tree have one size or any, so that branch pages get many nodes or few. */
static size_t random_key_size(dice *roll, unsigned tree)
{
	return tree % 3 == 0 ? 8 : 4 + dice_below(roll, tree % 3 == 1 ? 60 : 497);
}

static void change_tree(MDB_txn *txn, dice *roll, unsigned tree, uint32_t keys)
{
	uint8_t bytes[ENGINE__KEY_BYTES_MAX];
	MDB_dbi dbi = lmdb_tree(txn, tree);
	uint64_t changes = dice_below(roll, dice_one_in(roll, 10) ? 400 : 30);
	bool removes = dice_one_in(roll, 3);
	if (dice_one_in(roll, 150)) {
		assert_int_equal(mdb_drop(txn, dbi, 0), 0);
		return;
	}
	for (uint64_t i = 0; i < changes; i++) {
		uint32_t number = (uint32_t)dice_below(roll, keys);
		MDB_val key = lmdb_key(number, random_key_size(roll, tree), bytes);
		MDB_val value = lmdb_value(random_size(roll));
		int code = removes ? mdb_del(txn, dbi, &key, NULL)
		                   : mdb_put(txn, dbi, &key, &value, 0);
		assert_true(code == 0 || code == MDB_NOTFOUND);
	}
}

static void append_to_tree(MDB_txn *txn, dice *roll, unsigned tree, uint32_t *next)
{
	uint8_t bytes[ENGINE__KEY_BYTES_MAX];
	MDB_dbi dbi = lmdb_tree(txn, tree);
	uint64_t count = dice_below(roll, 100);
	for (uint64_t i = 0; i < count; i++) {
		MDB_val key = lmdb_key((*next)++, 8, bytes);
		MDB_val value = lmdb_value(dice_below(roll, 200));
		assert_int_equal(mdb_put(txn, dbi, &key, &value, MDB_APPEND), 0);
	}
}

static void remove_first(MDB_txn *txn, unsigned tree, uint64_t count)
{
	MDB_dbi dbi = lmdb_tree(txn, tree);
	MDB_cursor *cursor;
	MDB_val key;
	MDB_val value;
	assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
	while (count-- > 0 && mdb_cursor_get(cursor, &key, &value, MDB_FIRST) == 0)
		assert_int_equal(mdb_cursor_del(cursor, 0), 0);
	mdb_cursor_close(cursor);
}

/* What the states were like, so that the test is known to have seen all kinds. */
typedef struct seen {
	unsigned states;
	unsigned short_files;
	uint64_t pages_max;
	uint64_t free_max;
} seen;

static void look(lmdb_file *self, seen *all)
{
	engine__verify_report report = assert_sound(self->fd);
	assert_int_equal(report.lost_pages, 0);
	all->states++;
	all->short_files += report.missing_pages > 0;
	if (report.pages > all->pages_max)
		all->pages_max = report.pages;
	if (report.free_pages > all->free_max)
		all->free_max = report.free_pages;
}

/* A file that grows and shrinks over `commits`; a reader holds pages back from time to time. */
static void live_through(dice *roll, unsigned commits, unsigned trees, uint32_t keys, seen *all)
{
	enum { APPENDED = 20 };
	lmdb_file file;
	uint32_t next = 0;
	MDB_txn *reader = NULL;
	lmdb_file_open(&file);
	for (unsigned i = 0; i < commits; i++) {
		MDB_txn *txn;
		assert_int_equal(mdb_txn_begin(file.env, NULL, 0, &txn), 0);
		unsigned changed = 1 + (unsigned)dice_below(roll, 3);
		while (changed-- > 0)
			change_tree(txn, roll, (unsigned)dice_below(roll, trees), keys);
		append_to_tree(txn, roll, APPENDED, &next);
		if (dice_one_in(roll, 8))
			remove_first(txn, APPENDED, dice_below(roll, 1500));
		if (dice_one_in(roll, 10))
			mdb_txn_abort(txn);
		else
			assert_int_equal(mdb_txn_commit(txn), 0);
		if (reader != NULL && dice_one_in(roll, 10)) {
			mdb_txn_abort(reader);
			reader = NULL;
		} else if (reader == NULL && dice_one_in(roll, 20)) {
			assert_int_equal(mdb_txn_begin(file.env, NULL, MDB_RDONLY, &reader), 0);
		}
		look(&file, all);
	}
	if (reader != NULL)
		mdb_txn_abort(reader);
	lmdb_file_close(&file);
}

static void every_state_that_lmdb_leaves_is_sound(void **state)
{
	(void)state;
	dice roll = dice_init();
	seen all = { 0 };
	live_through(&roll, 600, 6, 300, &all);
	live_through(&roll, 600, 2, 40, &all);
	live_through(&roll, 60, 3, 3000, &all);
	for (int i = 0; i < 100; i++)
		live_through(&roll, 12, 1 + (unsigned)dice_below(&roll, 8),
		             5 + (uint32_t)dice_below(&roll, 200), &all);
	print_message("%u states, %u of them shorter than their last page; at most %llu pages, "
	              "%llu free\n",
	              all.states, all.short_files, (unsigned long long)all.pages_max,
	              (unsigned long long)all.free_max);
	assert_true(all.short_files > 0);
	assert_true(all.free_max > 510); /* a list on a run of pages */
}

static void copies_that_lmdb_makes_are_sound(void **state)
{
	(void)state;
	dice roll = dice_init();
	lmdb_file file;
	char path[sizeof file.place.path + 8];
	lmdb_file_open(&file);
	for (int i = 0; i < 20; i++) {
		MDB_txn *txn;
		assert_int_equal(mdb_txn_begin(file.env, NULL, 0, &txn), 0);
		change_tree(txn, &roll, (unsigned)i % 3, 500);
		assert_int_equal(mdb_txn_commit(txn), 0);
	}
	for (unsigned compact = 0; compact < 2; compact++) {
		snprintf(path, sizeof path, "%s.copy%u", file.place.path, compact);
		assert_int_equal(mdb_env_copy2(file.env, path, compact ? MDB_CP_COMPACT : 0),
		                 0);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		engine__verify_report report = assert_sound(fd);
		if (compact)
			assert_int_equal(report.free_pages, 0);
		close(fd);
	}
	lmdb_file_close(&file);
}

static void stores_are_sound_whatever_was_done_to_them(void **state)
{
	(void)state;
	static uint8_t filler[ENGINE__VALUE_BYTES_MAX];
	dice roll = dice_init();
	raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	for (int i = 0; i < 400; i++) {
		char key[16];
		snprintf(key, sizeof key, "%llu", (unsigned long long)dice_below(&roll, 200));
		cx_status status = dice_one_in(&roll, 3)
		                           ? raw_remove(&store, key)
		                           : raw_put(&store, key,
		                                     (cx_slice){ filler, random_size(&roll) });
		assert_int_equal(status, CX_OK);
		if (dice_one_in(&roll, 4))
			raw_reopen(&store); /* looks at all of it */
	}
	raw_release(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_that_lmdb_leaves_is_sound),
		cmocka_unit_test(copies_that_lmdb_makes_are_sound),
		cmocka_unit_test(stores_are_sound_whatever_was_done_to_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
