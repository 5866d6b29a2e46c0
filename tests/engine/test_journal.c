/* SPDX-License-Identifier: Apache-2.0 */
/* What a store makes of the journal that it finds, whole, torn, damaged, missing or foreign;
 * when commits are seen; and that a clean stop leaves one file. */
#include "engine/store/store.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	COMMITS = 20,
	HEADER_BYTES = 512,     /* of a segment */
	ENTRY_SIZE_OFFSET = 40, /* of an entry: its size, little-endian */
};

static const char *journal_of(const raw_store *store, unsigned slot)
{
	static char path[2][128];
	snprintf(path[slot], sizeof path[slot], "%s-journal%u", store->path, slot);
	return path[slot];
}

static void put_number(raw_store *store, int number)
{
	char key[16];
	snprintf(key, sizeof key, "%04d", number);
	assert_int_equal(raw_put(store, key, raw_text("value")), CX_OK);
}

/* How many of the numbers from 0 on are there; asserts that no other one is. */
static int numbers_in(engine__view *view, engine__tree tree)
{
	uint64_t count;
	assert_int_equal(engine__view_count(view, tree, &count), CX_OK);
	for (int i = 0; i < (int)count; i++) {
		char key[16];
		cx_slice value;
		snprintf(key, sizeof key, "%04d", i);
		assert_int_equal(engine__view_get(view, tree, raw_text(key), &value), CX_OK);
	}
	return (int)count;
}

static int numbers(raw_store *store)
{
	engine__view *view;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	int count = numbers_in(view, store->tree);
	engine__view_end(&view);
	return count;
}

/* A store of some commits that was not closed: what a crash leaves. */
static void leave_open(raw_store *left, const engine__store_options *options)
{
	raw_store store;
	raw_init(&store, NULL);
	raw_init(left, NULL);
	if (options != NULL)
		store.options = left->options = *options;
	raw_open(&store);
	for (int i = 0; i < COMMITS; i++)
		put_number(&store, i);
	raw_copy(left, &store);
	raw_release(&store);
}

static void flip(const char *path, off_t offset)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
	close(fd);
}

/* Where entry `number` of the segment begins, from 0 on. */
static off_t entry_offset(const char *path, int number)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t offset = HEADER_BYTES;
	assert_true(fd >= 0);
	for (; number > 0; number--) {
		uint8_t size[4];
		assert_int_equal(pread(fd, size, 4, offset + ENTRY_SIZE_OFFSET), 4);
		offset += size[0] | size[1] << 8 | size[2] << 16;
	}
	close(fd);
	return offset;
}

static void assert_taken_up(raw_store *store, int count)
{
	raw_open(store);
	assert_int_equal(numbers(store), count);
	raw_reopen(store);
	assert_int_equal(numbers(store), count);
	raw_close(store);
	assert_int_equal(raw_files(store), 1);
}

static void a_clean_stop_leaves_one_file(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	assert_int_equal(raw_files(&store), 1);
	put_number(&store, 0);
	assert_int_equal(raw_files(&store), 2);
	raw_close(&store);
	assert_int_equal(raw_files(&store), 1);
	raw_open(&store);
	assert_int_equal(numbers(&store), 1);
	raw_release(&store);
}

static void what_was_committed_is_taken_up(void **state)
{
	(void)state;
	raw_store left;
	leave_open(&left, NULL);
	assert_taken_up(&left, COMMITS);
	raw_release(&left);
}

static void a_missing_journal_is_refused(void **state)
{
	(void)state;
	raw_store left;
	leave_open(&left, NULL);
	char away[160];
	snprintf(away, sizeof away, "%s/away", left.folder);
	assert_int_equal(rename(journal_of(&left, 0), away), 0);
	raw_assert_refused(&left, "put the journal files where they were");
	assert_int_equal(rename(away, journal_of(&left, 0)), 0);
	assert_taken_up(&left, COMMITS);
	raw_release(&left);
}

static void the_journal_of_another_store_is_refused(void **state)
{
	(void)state;
	raw_store left;
	raw_store other;
	leave_open(&left, NULL);
	leave_open(&other, NULL);
	char name[128];
	snprintf(name, sizeof name, "%s", journal_of(&other, 0));
	assert_int_equal(rename(name, journal_of(&left, 0)), 0);
	raw_assert_refused(&left, "is the journal of another store");
	raw_release(&left);
	raw_release(&other);
}

static void a_foreign_file_in_its_place_is_refused(void **state)
{
	(void)state;
	raw_store left;
	leave_open(&left, NULL);
	flip(journal_of(&left, 0), 3);
	raw_assert_refused(&left, "is not a journal");
	raw_release(&left);
}

static void a_cut_journal_is_refused(void **state)
{
	(void)state;
	raw_store left;
	leave_open(&left, NULL);
	assert_int_equal(truncate(journal_of(&left, 0), 4096), 0);
	raw_assert_refused(&left, "it was cut");
	assert_int_equal(truncate(journal_of(&left, 0), 0), 0);
	raw_assert_refused(&left, "put the journal files where they were");
	raw_release(&left);
}

static void every_damaged_byte_of_a_header_is_refused(void **state)
{
	(void)state;
	raw_store left;
	leave_open(&left, NULL);
	for (off_t offset = 8; offset < 64; offset++) {
		flip(journal_of(&left, 0), offset);
		raw_assert_refused(&left, "header");
		flip(journal_of(&left, 0), offset);
	}
	assert_taken_up(&left, COMMITS);
	raw_release(&left);
}

static void damage_before_the_tail_is_refused(void **state)
{
	(void)state;
	raw_store left;
	leave_open(&left, NULL);
	for (int entry = 0; entry < COMMITS - 1; entry++) {
		off_t offset = entry_offset(journal_of(&left, 0), entry);
		char place[32];
		snprintf(place, sizeof place, "offset %lld,", (long long)offset);
		flip(journal_of(&left, 0), offset + 60);
		raw_assert_refused(&left, place);
		flip(journal_of(&left, 0), offset + 60);
	}
	assert_taken_up(&left, COMMITS);
	raw_release(&left);
}

/* The last entry may have been torn by the crash: nothing tells that it was acknowledged. */
static void a_torn_tail_is_cut(void **state)
{
	(void)state;
	raw_store left;
	leave_open(&left, NULL);
	flip(journal_of(&left, 0), entry_offset(journal_of(&left, 0), COMMITS - 1) + 60);
	raw_open(&left);
	assert_int_equal(numbers(&left), COMMITS - 1);
	put_number(&left, COMMITS - 1);
	put_number(&left, COMMITS);
	assert_int_equal(numbers(&left), COMMITS + 1);
	raw_reopen(&left);
	assert_int_equal(numbers(&left), COMMITS + 1);
	raw_release(&left);
}

static void an_older_data_file_beside_a_newer_journal_is_refused(void **state)
{
	(void)state;
	raw_store store;
	raw_store old;
	raw_store left;
	raw_init(&store, NULL);
	raw_init(&old, NULL);
	raw_init(&left, NULL);
	raw_open(&store);
	put_number(&store, 0);
	raw_close(&store);
	raw_copy(&old, &store);
	raw_open(&store);
	put_number(&store, 1);
	raw_copy(&left, &store);
	raw_release(&store);
	assert_int_equal(rename(old.path, left.path), 0);
	raw_assert_refused(&left, "older copy");
	assert_int_equal(unlink(journal_of(&left, 0)), 0); /* as the text says */
	assert_taken_up(&left, 1);
	raw_release(&old);
	raw_release(&left);
}

/* A crash between the last merge and the removal of the segments. */
static void a_merged_journal_that_is_left_over_is_removed(void **state)
{
	(void)state;
	raw_store store;
	raw_store left;
	raw_store done;
	raw_init(&store, NULL);
	raw_init(&left, NULL);
	raw_init(&done, NULL);
	raw_open(&store);
	for (int i = 0; i < COMMITS; i++)
		put_number(&store, i);
	raw_copy(&left, &store);
	raw_close(&store);
	raw_copy(&done, &store);
	assert_int_equal(rename(done.path, left.path), 0);
	assert_int_equal(raw_files(&left), 2);
	raw_open(&left);
	assert_int_equal(raw_files(&left), 1);
	assert_int_equal(numbers(&left), COMMITS);
	raw_release(&left);
	raw_release(&done);
	raw_release(&store);
}

static void commits_are_merged_when_they_are_old(void **state)
{
	(void)state;
	raw_store store;
	raw_store left;
	raw_init(&store, NULL);
	raw_init(&left, NULL);
	store.options.journal_age_ms = 5;
	raw_open(&store);
	put_number(&store, 0);
	put_number(&store, 1);
	bool merged = false;
	for (int i = 0; i < 100 && !merged; i++) {
		usleep(50 * 1000);
		if (raw_files(&store) < 3)
			continue;
		usleep(50 * 1000); /* nothing changes any more */
		raw_copy(&left, &store);
		/* Nothing that is needed stands in the first segment. */
		flip(journal_of(&left, 0), HEADER_BYTES + 60);
		merged = raw_try_open(&left) == CX_OK;
	}
	assert_true(merged);
	assert_int_equal(engine__store_tree(left.store, "pairs", false, &left.tree), CX_OK);
	assert_int_equal(numbers(&left), 2);
	raw_release(&left);
	raw_release(&store);
}

static void a_commit_larger_than_a_segment_is_committed(void **state)
{
	(void)state;
	static uint8_t bytes[4000];
	raw_store store;
	raw_store left;
	raw_init(&store, NULL);
	raw_init(&left, NULL);
	store.options.journal_bytes = left.options.journal_bytes = 16 * 1024;
	raw_open(&store);
	put_number(&store, 0);
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	for (int i = 1; i < COMMITS; i++) {
		char key[16];
		snprintf(key, sizeof key, "%04d", i);
		assert_int_equal(engine__txn_put(txn, store.tree, raw_text(key),
		                                 (cx_slice){ bytes, sizeof bytes }),
		                 CX_OK);
	}
	assert_int_equal(engine__txn_commit(&txn), CX_OK);
	assert_int_equal(numbers(&store), COMMITS);
	raw_copy(&left, &store);
	assert_int_equal(raw_files(&left), 1); /* it went around the journal */
	assert_taken_up(&left, COMMITS);
	put_number(&store, COMMITS);
	raw_copy(&left, &store);
	assert_taken_up(&left, COMMITS + 1);
	raw_release(&left);
	raw_release(&store);
}

static void what_is_submitted_is_seen_when_it_is_durable(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	engine__txn *txn;
	uint64_t first;
	uint64_t second;
	cx_slice value;
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	assert_int_equal(engine__txn_put(txn, store.tree, raw_text("0000"), raw_text("x")),
	                 CX_OK);
	assert_int_equal(engine__txn_submit(&txn, &first), CX_OK);
	assert_null(txn);
	assert_int_equal(numbers(&store), 0);
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	engine__view *inside = engine__txn_view(txn);
	assert_int_equal(engine__view_get(inside, store.tree, raw_text("0000"), &value), CX_OK);
	assert_int_equal(engine__txn_put_new(txn, store.tree, raw_text("0000"), raw_text("y")),
	                 CX_UNIQUE);
	assert_int_equal(engine__txn_put_new(txn, store.tree, raw_text("0001"), raw_text("y")),
	                 CX_OK);
	assert_int_equal(engine__txn_submit(&txn, &second), CX_OK);
	assert_true(second > first);
	assert_int_equal(numbers(&store), 0);
	assert_int_equal(engine__store_wait(store.store, second), CX_OK);
	assert_int_equal(numbers(&store), 2);
	assert_int_equal(engine__store_wait(store.store, first), CX_OK);
	/* What was not waited for is on disk after a clean stop all the same. */
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	assert_int_equal(engine__txn_put(txn, store.tree, raw_text("0002"), raw_text("z")),
	                 CX_OK);
	assert_int_equal(engine__txn_submit(&txn, &first), CX_OK);
	raw_reopen(&store);
	assert_int_equal(numbers(&store), 3);
	raw_release(&store);
}

static void a_snapshot_stays_while_segments_change(void **state)
{
	(void)state;
	enum { VIEWS = 10, EACH = 30 };
	raw_store store;
	raw_init(&store, NULL);
	store.options.journal_bytes = 4096;
	store.options.journal_age_ms = 1;
	raw_open(&store);
	engine__view *views[VIEWS];
	for (int i = 0; i < VIEWS; i++) {
		assert_int_equal(engine__view_begin(store.store, &views[i]), CX_OK);
		for (int k = 0; k < EACH; k++)
			put_number(&store, i * EACH + k);
		usleep(2000);
		for (int k = 0; k <= i; k++)
			assert_int_equal(numbers_in(views[k], store.tree), k * EACH);
	}
	assert_int_equal(numbers(&store), VIEWS * EACH);
	for (int i = 0; i < VIEWS; i++)
		engine__view_end(&views[i]);
	raw_release(&store);
}

/* Its answer may tell what the unsynced one before it did. */
static void a_transaction_without_writes_is_as_late_as_what_it_saw(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	engine__txn *txn;
	uint64_t first = 0;
	uint64_t second = 0;
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	raw_put_all(txn, store.tree, "a=1");
	assert_int_equal(engine__txn_submit(&txn, &first), CX_OK);
	assert_int_equal(engine__txn_begin(store.store, &txn), CX_OK);
	assert_int_equal(engine__txn_submit(&txn, &second), CX_OK);
	assert_true(first > 0);
	assert_int_equal(second, first);
	assert_int_equal(engine__store_wait(store.store, second), CX_OK);
	assert_string_equal(raw_show_all(&store), "a=1");
	raw_release(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_stop_leaves_one_file),
		cmocka_unit_test(what_was_committed_is_taken_up),
		cmocka_unit_test(a_missing_journal_is_refused),
		cmocka_unit_test(the_journal_of_another_store_is_refused),
		cmocka_unit_test(a_foreign_file_in_its_place_is_refused),
		cmocka_unit_test(a_cut_journal_is_refused),
		cmocka_unit_test(every_damaged_byte_of_a_header_is_refused),
		cmocka_unit_test(damage_before_the_tail_is_refused),
		cmocka_unit_test(a_torn_tail_is_cut),
		cmocka_unit_test(an_older_data_file_beside_a_newer_journal_is_refused),
		cmocka_unit_test(a_merged_journal_that_is_left_over_is_removed),
		cmocka_unit_test(commits_are_merged_when_they_are_old),
		cmocka_unit_test(a_commit_larger_than_a_segment_is_committed),
		cmocka_unit_test(what_is_submitted_is_seen_when_it_is_durable),
		cmocka_unit_test(a_transaction_without_writes_is_as_late_as_what_it_saw),
		cmocka_unit_test(a_snapshot_stays_while_segments_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
