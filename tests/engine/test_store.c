/* SPDX-License-Identifier: Apache-2.0 */
/* What store.h promises of trees, views, cursors and transactions. */
#include "engine/store/store.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
	static raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	raw_release(*state);
	return 0;
}

static engine__txn *begin(raw_store *store)
{
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store->store, &txn), CX_OK);
	return txn;
}

static engine__view *begin_view(raw_store *store)
{
	engine__view *view;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	return view;
}

static void commit(engine__txn **txn)
{
	assert_int_equal(engine__txn_commit(txn), CX_OK);
	assert_null(*txn);
}

static void commit_all(raw_store *store, const char *pairs)
{
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, pairs);
	commit(&txn);
}

static cx_status drop(engine__txn *txn, engine__tree tree, const char *key)
{
	return engine__txn_remove(txn, tree, raw_text(key));
}

/* ---- trees ---- */

static void a_tree_is_made_once_and_found_again(void **state)
{
	raw_store *store = *state;
	engine__tree tree = { 77 };
	assert_int_equal(engine__store_tree(store->store, "other", false, &tree), CX_NOT_FOUND);
	assert_int_equal(tree.number, 77);
	assert_int_equal(engine__store_tree(store->store, "other", true, &tree), CX_OK);
	engine__tree again;
	assert_int_equal(engine__store_tree(store->store, "other", true, &again), CX_OK);
	assert_int_equal(again.number, tree.number);
	assert_int_not_equal(tree.number, store->tree.number);

	raw_reopen(store);
	assert_int_equal(engine__store_tree(store->store, "other", false, &again), CX_OK);
}

static void the_name_of_a_tree_has_1_to_32_bytes(void **state)
{
	raw_store *store = *state;
	char name[ENGINE__TREE_NAME_MAX + 2];
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	engine__tree tree;
	assert_int_equal(engine__store_tree(store->store, "", true, &tree),
	                 CX_INVALID_ARGUMENT);
	assert_int_equal(engine__store_tree(store->store, name, true, &tree),
	                 CX_INVALID_ARGUMENT);
	name[ENGINE__TREE_NAME_MAX] = '\0';
	assert_int_equal(engine__store_tree(store->store, name, true, &tree), CX_OK);
	raw_reopen(store);
	assert_int_equal(engine__store_tree(store->store, name, false, &tree), CX_OK);
}

static void there_are_at_most_1024_trees(void **state)
{
	raw_store *store = *state;
	char name[16];
	engine__tree tree;
	for (int i = 1; i < ENGINE__TREES_MAX; i++) { /* "pairs" is one too */
		snprintf(name, sizeof name, "t%d", i);
		assert_int_equal(engine__store_tree(store->store, name, true, &tree), CX_OK);
	}
	assert_int_equal(engine__store_tree(store->store, "more", true, &tree), CX_TOO_LARGE);
	commit_all(store, "a=1");
	raw_reopen(store);
	assert_int_equal(engine__store_tree(store->store, name, false, &tree), CX_OK);
	assert_string_equal(raw_show_all(store), "a=1");
}

static void a_tree_is_empty_in_a_view_older_than_it(void **state)
{
	raw_store *store = *state;
	engine__view *view = begin_view(store);
	engine__tree tree;
	assert_int_equal(engine__store_tree(store->store, "later", true, &tree), CX_OK);
	cx_slice value;
	assert_int_equal(engine__view_get(view, tree, raw_text("a"), &value), CX_NOT_FOUND);
	uint64_t count = 7;
	assert_int_equal(engine__view_count(view, tree, &count), CX_OK);
	assert_int_equal(count, 0);
	assert_string_equal(raw_show(view, tree, ENGINE__FORWARD, 1), "");
	assert_string_equal(raw_show(view, tree, ENGINE__BACKWARD, 1), "");

	engine__txn *txn = begin(store);
	raw_put_all(txn, tree, "a=1");
	commit(&txn);
	assert_string_equal(raw_show(view, tree, ENGINE__FORWARD, 1), "");
	assert_int_equal(engine__view_renew(view), CX_OK);
	assert_string_equal(raw_show(view, tree, ENGINE__FORWARD, 1), "a=1");
	engine__view_end(&view);
}

/* ---- views ---- */

static void a_snapshot_stays_as_it_was(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1 b=2");
	engine__view *view = begin_view(store);
	commit_all(store, "a=9 c=3");
	assert_string_equal(raw_show(view, store->tree, ENGINE__FORWARD, 8), "a=1 b=2");
	cx_slice value;
	assert_int_equal(engine__view_get(view, store->tree, raw_text("a"), &value), CX_OK);
	assert_true(cx_slice_equal(value, raw_text("1")));

	engine__view_rest(view);
	engine__view_rest(view);
	assert_int_equal(engine__view_renew(view), CX_OK);
	assert_string_equal(raw_show(view, store->tree, ENGINE__BACKWARD, 8), "c=3 b=2 a=9");
	engine__view_end(&view);
	assert_null(view);
	engine__view_end(&view);
}

static void a_get_of_what_is_not_there_leaves_the_result_alone(void **state)
{
	raw_store *store = *state;
	engine__view *view = begin_view(store);
	cx_slice value = raw_text("untouched");
	assert_int_equal(engine__view_get(view, store->tree, raw_text("a"), &value),
	                 CX_NOT_FOUND);
	assert_int_equal(engine__view_get(view, store->tree, raw_text(""), &value),
	                 CX_NOT_FOUND);
	assert_true(cx_slice_equal(value, raw_text("untouched")));
	engine__view_end(&view);
}

static void many_are_got_with_null_for_the_missing(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1 b= d=4");
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, "c=3");
	assert_int_equal(drop(txn, store->tree, "d"), CX_OK);
	const cx_slice keys[] = { raw_text("d"), raw_text("c"), raw_text("b"), raw_text("x") };
	cx_slice values[4];
	assert_int_equal(
		engine__view_get_many(engine__txn_view(txn), store->tree, keys, 4, values),
		CX_OK);
	assert_null(values[0].data);
	assert_true(cx_slice_equal(values[1], raw_text("3")));
	assert_true(values[2].data != NULL && values[2].size == 0);
	assert_null(values[3].data);
	engine__txn_abort(&txn);
}

static void views_are_at_most_readers_max(void **state)
{
	raw_store *store = *state;
	raw_close(store);
	store->options.readers_max = 3; /* fewer than the reader table has room for */
	raw_open(store);
	engine__view *views[3];
	for (int i = 0; i < 3; i++)
		views[i] = begin_view(store);
	engine__view *more = NULL;
	assert_int_equal(engine__view_begin(store->store, &more), CX_BUSY);
	assert_null(more);
	commit_all(store, "a=1"); /* the writer has its own place */
	assert_false(engine__store_is_low(store->store));

	engine__view_end(&views[1]);
	views[1] = begin_view(store);
	for (int i = 0; i < 3; i++)
		engine__view_end(&views[i]);
	store->options.readers_max = 0;
}

static void usage_counts_live_snapshots(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1");
	engine__view *view = begin_view(store);
	engine__store_usage usage;
	assert_int_equal(engine__store_usage_get(store->store, &usage), CX_OK);
	assert_int_equal(usage.readers, 1);
	assert_int_equal(usage.map_bytes, (uint64_t)64 << 30);
	assert_true(usage.file_bytes > 0 && usage.file_bytes % usage.page_bytes == 0);
	assert_true(usage.disk_free_bytes > 0);
	engine__view_rest(view);
	assert_int_equal(engine__store_usage_get(store->store, &usage), CX_OK);
	assert_int_equal(usage.readers, 0);
	engine__view_end(&view);
	assert_int_equal(engine__store_readers_check(store->store), 0);
}

static void removed_pairs_leave_reusable_bytes(void **state)
{
	raw_store *store = *state;
	char key[8];
	static const uint8_t zeros[2000];
	engine__txn *txn = begin(store);
	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof key, "%d", i);
		assert_int_equal(engine__txn_put(txn, store->tree, raw_text(key),
		                                 (cx_slice){ zeros, sizeof zeros }),
		                 CX_OK);
	}
	commit(&txn);
	raw_reopen(store); /* what was committed is in the file then */
	txn = begin(store);
	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof key, "%d", i);
		assert_int_equal(drop(txn, store->tree, key), CX_OK);
	}
	commit(&txn);
	raw_reopen(store);
	engine__store_usage usage;
	assert_int_equal(engine__store_usage_get(store->store, &usage), CX_OK);
	assert_true(usage.reusable_bytes > 500 * 2000 &&
	            usage.reusable_bytes < usage.file_bytes);
}

/* ---- transactions ---- */

static void a_transaction_sees_its_own_writes_and_nobody_else_does(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1 b=2 c=3");
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, "b=new aa=x");
	assert_int_equal(drop(txn, store->tree, "c"), CX_OK);
	assert_int_equal(drop(txn, store->tree, "never there"), CX_OK);
	engine__view *inside = engine__txn_view(txn);
	assert_string_equal(raw_show(inside, store->tree, ENGINE__FORWARD, 1),
	                    "a=1 aa=x b=new");
	assert_string_equal(raw_show(inside, store->tree, ENGINE__BACKWARD, 2),
	                    "b=new aa=x a=1");
	assert_string_equal(raw_show_all(store), "a=1 b=2 c=3");
	uint64_t count;
	assert_int_equal(engine__view_count(inside, store->tree, &count), CX_OK);
	assert_int_equal(count, 3);
	commit(&txn);
	assert_string_equal(raw_show_all(store), "a=1 aa=x b=new");
	raw_reopen(store);
	assert_string_equal(raw_show_all(store), "a=1 aa=x b=new");
}

static void an_aborted_transaction_leaves_nothing(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1");
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, "a=2 b=3");
	engine__txn_abort(&txn);
	assert_null(txn);
	engine__txn_abort(&txn);
	assert_string_equal(raw_show_all(store), "a=1");
	txn = begin(store);
	assert_int_equal(engine__txn_operations(txn), 0);
	assert_int_equal(engine__txn_bytes(txn), 0);
	commit(&txn);
	assert_string_equal(raw_show_all(store), "a=1");
}

static void a_rollback_goes_back_to_its_mark(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1 b=2");
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, "c=3");
	size_t mark = engine__txn_mark(txn);
	raw_put_all(txn, store->tree, "c=4 d=5");
	assert_int_equal(drop(txn, store->tree, "a"), CX_OK);
	assert_int_equal(engine__txn_operations(txn), 4);
	engine__txn_rollback(txn, mark);
	assert_int_equal(engine__txn_operations(txn), 1);
	assert_string_equal(raw_show(engine__txn_view(txn), store->tree, ENGINE__FORWARD, 3),
	                    "a=1 b=2 c=3");
	commit(&txn);
	assert_string_equal(raw_show_all(store), "a=1 b=2 c=3");
}

static void put_new_wants_the_key_absent(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1 b=2");
	engine__txn *txn = begin(store);
	cx_slice value = raw_text("new");
	engine__tree tree = store->tree;
	assert_int_equal(engine__txn_put_new(txn, tree, raw_text("a"), value), CX_UNIQUE);
	assert_int_equal(engine__txn_operations(txn), 0);
	assert_int_equal(engine__txn_put_new(txn, tree, raw_text("c"), value), CX_OK);
	assert_int_equal(engine__txn_put_new(txn, tree, raw_text("c"), value), CX_UNIQUE);
	assert_int_equal(drop(txn, tree, "a"), CX_OK);
	assert_int_equal(engine__txn_put_new(txn, tree, raw_text("a"), value), CX_OK);
	commit(&txn);
	assert_string_equal(raw_show_all(store), "a=new b=2 c=new");
}

static void keys_and_values_have_limits(void **state)
{
	raw_store *store = *state;
	static uint8_t bytes[ENGINE__VALUE_BYTES_MAX + 1];
	memset(bytes, 'x', sizeof bytes);
	engine__txn *txn = begin(store);
	engine__tree tree = store->tree;
	cx_slice longest = { bytes, ENGINE__KEY_BYTES_MAX };
	cx_slice too_long = { bytes, ENGINE__KEY_BYTES_MAX + 1 };
	cx_slice largest = { bytes, ENGINE__VALUE_BYTES_MAX };
	cx_slice too_large = { bytes, ENGINE__VALUE_BYTES_MAX + 1 };
	assert_int_equal(engine__txn_put(txn, tree, too_long, largest), CX_TOO_LARGE);
	assert_int_equal(engine__txn_put(txn, tree, longest, too_large), CX_TOO_LARGE);
	assert_int_equal(engine__txn_put_new(txn, tree, too_long, largest), CX_TOO_LARGE);
	assert_int_equal(engine__txn_remove(txn, tree, too_long), CX_TOO_LARGE);
	assert_int_equal(engine__txn_operations(txn), 0);
	assert_int_equal(engine__txn_put(txn, tree, longest, largest), CX_OK);
	commit(&txn);

	engine__view *view = begin_view(store);
	cx_slice value;
	assert_int_equal(engine__view_get(view, tree, longest, &value), CX_OK);
	assert_true(cx_slice_equal(value, largest));
	assert_int_equal(engine__view_get(view, tree, too_long, &value), CX_NOT_FOUND);
	engine__view_end(&view);
}

static void values_live_until_the_transaction_ends(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=committed");
	engine__txn *txn = begin(store);
	engine__view *view = engine__txn_view(txn);
	cx_slice committed;
	cx_slice overwritten;
	cx_slice taken_back;
	assert_int_equal(engine__view_get(view, store->tree, raw_text("a"), &committed), CX_OK);
	raw_put_all(txn, store->tree, "a=overwritten");
	assert_int_equal(engine__view_get(view, store->tree, raw_text("a"), &overwritten),
	                 CX_OK);
	size_t mark = engine__txn_mark(txn);
	raw_put_all(txn, store->tree, "a=taken-back");
	assert_int_equal(engine__view_get(view, store->tree, raw_text("a"), &taken_back),
	                 CX_OK);
	engine__txn_rollback(txn, mark);
	raw_put_all(txn, store->tree, "a=last b=more c=more");
	assert_true(cx_slice_equal(committed, raw_text("committed")));
	assert_true(cx_slice_equal(overwritten, raw_text("overwritten")));
	assert_true(cx_slice_equal(taken_back, raw_text("taken-back")));
	engine__txn_abort(&txn);
}

static void trees_do_not_run_into_each_other(void **state)
{
	raw_store *store = *state;
	engine__tree other;
	assert_int_equal(engine__store_tree(store->store, "other", true, &other), CX_OK);
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, "m=1");
	raw_put_all(txn, other, "a=2 z=3");
	engine__view *view = engine__txn_view(txn);
	assert_string_equal(raw_show(view, store->tree, ENGINE__FORWARD, 1), "m=1");
	assert_string_equal(raw_show(view, store->tree, ENGINE__BACKWARD, 1), "m=1");
	assert_string_equal(raw_show(view, other, ENGINE__BACKWARD, 1), "z=3 a=2");
	commit(&txn);
	assert_string_equal(raw_show_all(store), "m=1");
}

/* What a second thread does: begins a transaction, and notes that it got it. */
static void *begin_and_put(void *context)
{
	raw_store *store = context;
	assert_int_equal(raw_put(store, "b", raw_text("2")), CX_OK);
	return NULL;
}

static void a_second_transaction_waits_for_the_first(void **state)
{
	raw_store *store = *state;
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, "a=1 b=1");
	pthread_t other;
	assert_int_equal(pthread_create(&other, NULL, begin_and_put, store), 0);
	assert_string_equal(raw_show_all(store), "");
	commit(&txn);
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_string_equal(raw_show_all(store), "a=1 b=2");
}

/* ---- cursors ---- */

static const char *next_key(engine__cursor *cursor)
{
	static char key[16];
	engine__pair pair;
	size_t count = 7;
	assert_int_equal(engine__cursor_next(cursor, &pair, 1, &count), CX_OK);
	if (count == 0)
		return "end";
	assert_int_equal(count, 1);
	snprintf(key, sizeof key, "%.*s", CX_SLICE_ARG(pair.key));
	return key;
}

static engine__cursor *open_cursor(engine__view *view, engine__tree tree,
                                   engine__direction direction)
{
	engine__cursor *cursor;
	assert_int_equal(engine__cursor_open(view, tree, direction, &cursor), CX_OK);
	return cursor;
}

static void seek(engine__cursor *cursor, const char *key)
{
	assert_int_equal(engine__cursor_seek(cursor, raw_text(key)), CX_OK);
}

/* The same in a snapshot, and with every pair in the buffer of a transaction. */
static void check_seeks(engine__view *view, engine__tree tree)
{
	static const struct {
		const char *bound;
		const char *forward;
		const char *backward;
	} rows[] = {
		{ "", "b", "end" }, { "a", "b", "end" }, { "b", "b", "end" },
		{ "ba", "d", "b" }, { "c", "d", "b" },   { "d", "d", "b" },
		{ "f", "f", "d" },  { "g", "end", "f" }, { "zz", "end", "f" },
	};
	engine__cursor *forward = open_cursor(view, tree, ENGINE__FORWARD);
	engine__cursor *backward = open_cursor(view, tree, ENGINE__BACKWARD);
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		seek(forward, rows[i].bound);
		seek(backward, rows[i].bound);
		assert_string_equal(next_key(forward), rows[i].forward);
		assert_string_equal(next_key(backward), rows[i].backward);
	}
	engine__cursor_close(&forward);
	engine__cursor_close(&backward);
}

static void a_seek_goes_to_the_bound_of_its_direction(void **state)
{
	raw_store *store = *state;
	engine__txn *txn = begin(store);
	raw_put_all(txn, store->tree, "b=1 d=2 f=3");
	check_seeks(engine__txn_view(txn), store->tree);
	commit(&txn);
	engine__view *view = begin_view(store);
	check_seeks(view, store->tree);
	engine__view_end(&view);
	txn = begin(store);
	raw_put_all(txn, store->tree, "c=9");
	assert_int_equal(drop(txn, store->tree, "c"), CX_OK);
	check_seeks(engine__txn_view(txn), store->tree);
	engine__txn_abort(&txn);
}

static void a_bound_may_be_longer_than_a_key(void **state)
{
	raw_store *store = *state;
	static uint8_t bytes[ENGINE__SEEK_BYTES_MAX + 1];
	memset(bytes, 'k', sizeof bytes);
	engine__txn *txn = begin(store);
	assert_int_equal(engine__txn_put(txn, store->tree,
	                                 (cx_slice){ bytes, ENGINE__KEY_BYTES_MAX },
	                                 raw_text("")),
	                 CX_OK);
	commit(&txn);
	txn = begin(store);
	engine__cursor *cursor =
		open_cursor(engine__txn_view(txn), store->tree, ENGINE__BACKWARD);
	assert_int_equal(engine__cursor_seek(cursor, (cx_slice){ bytes, sizeof bytes }),
	                 CX_TOO_LARGE);
	assert_int_equal(
		engine__cursor_seek(cursor, (cx_slice){ bytes, ENGINE__SEEK_BYTES_MAX }),
		CX_OK);
	assert_string_equal(next_key(cursor), "kkkkkkkkkkkkkkk");
	engine__cursor_close(&cursor);
	engine__txn_abort(&txn);
}

static void a_cursor_sees_the_writes_ahead_of_it(void **state)
{
	raw_store *store = *state;
	commit_all(store, "b=1 d=2 f=3");
	engine__txn *txn = begin(store);
	engine__tree tree = store->tree;
	engine__cursor *up = open_cursor(engine__txn_view(txn), tree, ENGINE__FORWARD);
	engine__cursor *down = open_cursor(engine__txn_view(txn), tree, ENGINE__BACKWARD);
	assert_string_equal(next_key(up), "b");
	assert_string_equal(next_key(down), "f");
	raw_put_all(txn, tree, "a=0 c=0 e=0 g=0");
	assert_string_equal(next_key(up), "c");
	assert_string_equal(next_key(down), "e");
	assert_int_equal(drop(txn, tree, "d"), CX_OK);
	assert_string_equal(next_key(up), "e");
	assert_string_equal(next_key(down), "c");
	assert_string_equal(next_key(down), "b");
	assert_string_equal(next_key(down), "a");
	assert_string_equal(next_key(down), "end");
	assert_string_equal(next_key(up), "f");
	assert_string_equal(next_key(up), "g");
	assert_string_equal(next_key(up), "end");
	raw_put_all(txn, tree, "h=0");
	assert_string_equal(next_key(up), "h");
	engine__cursor_close(&up);
	engine__cursor_close(&down);
	engine__txn_abort(&txn);
}

static void an_older_cursor_stays_good_over_a_rollback(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1 b=2 c=3");
	engine__txn *txn = begin(store);
	engine__tree tree = store->tree;
	engine__cursor *cursor = open_cursor(engine__txn_view(txn), tree, ENGINE__FORWARD);
	assert_string_equal(next_key(cursor), "a");
	size_t mark = engine__txn_mark(txn);
	assert_int_equal(drop(txn, tree, "b"), CX_OK);
	assert_int_equal(drop(txn, tree, "c"), CX_OK);
	assert_string_equal(next_key(cursor), "end");
	engine__txn_rollback(txn, mark);
	assert_string_equal(next_key(cursor), "b");
	raw_put_all(txn, tree, "bb=1");
	engine__txn_rollback(txn, mark);
	assert_string_equal(next_key(cursor), "c");
	assert_string_equal(next_key(cursor), "end");
	engine__cursor_close(&cursor);
	engine__txn_abort(&txn);
}

static void cursors_closed_and_opened_again_start_anew(void **state)
{
	raw_store *store = *state;
	commit_all(store, "a=1 b=2");
	engine__view *view = begin_view(store);
	engine__cursor *cursor = open_cursor(view, store->tree, ENGINE__FORWARD);
	assert_string_equal(next_key(cursor), "a");
	engine__cursor_close(&cursor);
	cursor = open_cursor(view, store->tree, ENGINE__BACKWARD);
	assert_string_equal(next_key(cursor), "b");
	engine__cursor_close(&cursor);
	assert_null(cursor);
	engine__cursor_close(&cursor);

	commit_all(store, "c=3");
	assert_int_equal(engine__view_renew(view), CX_OK);
	cursor = open_cursor(view, store->tree, ENGINE__BACKWARD);
	assert_string_equal(next_key(cursor), "c");
	engine__cursor_close(&cursor);
	engine__view_end(&view);
}

static void more_cursors_than_are_kept_can_be_open(void **state)
{
	raw_store *store = *state;
	enum { TREES = 40 };
	engine__tree trees[TREES];
	engine__cursor *cursors[TREES];
	engine__txn *txn;
	char text[32];
	for (int i = 0; i < TREES; i++) {
		snprintf(text, sizeof text, "tree%d", i);
		assert_int_equal(engine__store_tree(store->store, text, true, &trees[i]),
		                 CX_OK);
	}
	txn = begin(store);
	for (int i = 0; i < TREES; i++) {
		snprintf(text, sizeof text, "%d=x", i);
		raw_put_all(txn, trees[i], text);
	}
	commit(&txn);
	engine__view *view = begin_view(store);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < TREES; i++)
			cursors[i] = open_cursor(view, trees[i], ENGINE__FORWARD);
		for (int i = 0; i < TREES; i++) {
			snprintf(text, sizeof text, "%d", i);
			assert_string_equal(next_key(cursors[i]), text);
		}
		for (int i = 0; i < TREES; i++)
			engine__cursor_close(&cursors[i]);
	}
	engine__view_end(&view);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_tree_is_made_once_and_found_again),
		STORE_TEST(the_name_of_a_tree_has_1_to_32_bytes),
		STORE_TEST(there_are_at_most_1024_trees),
		STORE_TEST(a_tree_is_empty_in_a_view_older_than_it),
		STORE_TEST(a_snapshot_stays_as_it_was),
		STORE_TEST(a_get_of_what_is_not_there_leaves_the_result_alone),
		STORE_TEST(many_are_got_with_null_for_the_missing),
		STORE_TEST(views_are_at_most_readers_max),
		STORE_TEST(usage_counts_live_snapshots),
		STORE_TEST(removed_pairs_leave_reusable_bytes),
		STORE_TEST(a_transaction_sees_its_own_writes_and_nobody_else_does),
		STORE_TEST(an_aborted_transaction_leaves_nothing),
		STORE_TEST(a_rollback_goes_back_to_its_mark),
		STORE_TEST(put_new_wants_the_key_absent),
		STORE_TEST(keys_and_values_have_limits),
		STORE_TEST(values_live_until_the_transaction_ends),
		STORE_TEST(trees_do_not_run_into_each_other),
		STORE_TEST(a_second_transaction_waits_for_the_first),
		STORE_TEST(a_seek_goes_to_the_bound_of_its_direction),
		STORE_TEST(a_bound_may_be_longer_than_a_key),
		STORE_TEST(a_cursor_sees_the_writes_ahead_of_it),
		STORE_TEST(an_older_cursor_stays_good_over_a_rollback),
		STORE_TEST(cursors_closed_and_opened_again_start_anew),
		STORE_TEST(more_cursors_than_are_kept_can_be_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
