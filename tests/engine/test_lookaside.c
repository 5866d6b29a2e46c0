/* SPDX-License-Identifier: Apache-2.0 */
/* What was found by key is found again while no transaction wrote to its tree, and nothing else
 * is; and through a view a get tells the truth of its snapshot, however often it was asked
 * before. */
#include "engine/store/key_hash.h"
#include "engine/store/lookaside.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

static const engine__tree tree = { 5 };
static const engine__tree other_tree = { 6 };
static const char value_text[] = "value";

/* A node as LMDB has it in a page: bytes of the value, flags, bytes of the key, key, value. */
static uint8_t *put_node(uint8_t *at, cx_slice key, cx_slice value)
{
	const uint32_t value_bytes = (uint32_t)value.size;
	const uint16_t key_bytes = (uint16_t)key.size;
	memcpy(at, &value_bytes, sizeof value_bytes);
	memset(at + 4, 0, 2);
	memcpy(at + 6, &key_bytes, sizeof key_bytes);
	memcpy(at + 8, key.data, key.size);
	memcpy(at + 8 + key.size, value.data, value.size);
	return at + 8 + key.size;
}

static const cx_slice value_slice = { .data = (const uint8_t *)value_text,
	                              .size = sizeof value_text - 1 };

/* The nodes live until the end of the process, as those of a map do. */
static void keep(engine__lookaside *self, engine__tree in, const char *key)
{
	static uint8_t nodes[128 * 1024 * 1024];
	static size_t used;
	const cx_slice name = cx_slice_of(key);
	assert_true(used + 8 + name.size + value_slice.size <= sizeof nodes);
	uint8_t *value = put_node(nodes + used, name, value_slice);
	used += 8 + name.size + value_slice.size;
	engine__lookaside_keep(self, in, name, engine__key_hash(in, name),
	                       (cx_slice){ .data = value, .size = value_slice.size });
}

static bool has(const engine__lookaside *self, engine__tree in, const char *key)
{
	cx_slice value;
	const cx_slice name = cx_slice_of(key);
	const uint64_t hash = engine__key_hash(in, name);
	engine__lookaside_fetch_places(self, hash);
	engine__lookaside_fetch_node(self, in, hash);
	if (!engine__lookaside_find(self, in, name, hash, &value))
		return false;
	assert_true(cx_slice_equal(value, value_slice));
	return true;
}

/* To snapshot `txn`; the newest transaction that wrote to `tree` was `written`. */
static void turn(engine__lookaside *self, uint64_t txn, uint64_t written)
{
	static _Atomic uint64_t written_by[ENGINE__TREE_NUMBERS];
	atomic_store(&written_by[tree.number], written);
	engine__lookaside_turn(self, txn, written_by);
}

static void the_same_key_of_the_same_snapshot_is_found(void **state)
{
	(void)state;
	engine__lookaside self = { 0 };
	assert_false(has(&self, tree, "key"));
	turn(&self, 9, 9);
	keep(&self, tree, "key");
	assert_true(has(&self, tree, "key"));
	turn(&self, 9, 9);
	assert_true(has(&self, tree, "key"));
	engine__lookaside_release(&self);
	assert_false(has(&self, tree, "key"));
}

static void another_tree_or_key_is_not(void **state)
{
	(void)state;
	engine__lookaside self = { 0 };
	keep(&self, tree, "key");
	assert_false(has(&self, other_tree, "key"));
	assert_false(has(&self, tree, "kez"));
	assert_false(has(&self, tree, "ke"));
	assert_false(has(&self, tree, "ey"));
	engine__lookaside_release(&self);
}

static void what_is_of_a_tree_that_was_written_to_is_forgotten(void **state)
{
	(void)state;
	engine__lookaside self = { 0 };
	turn(&self, 9, 4);
	keep(&self, tree, "key");
	keep(&self, other_tree, "key");
	turn(&self, 11, 4);
	assert_true(has(&self, tree, "key"));
	turn(&self, 12, 12);
	assert_false(has(&self, tree, "key"));
	assert_true(has(&self, other_tree, "key"));

	/* Of a transaction that is under way it is told earlier than it can be seen. */
	keep(&self, tree, "key");
	turn(&self, 13, 14);
	keep(&self, tree, "key");
	turn(&self, 14, 14);
	assert_false(has(&self, tree, "key"));
	engine__lookaside_release(&self);
}

/* What was kept in the first epoch must not come back with it. */
static void nothing_comes_back_when_the_epochs_begin_anew(void **state)
{
	(void)state;
	engine__lookaside self = { 0 };
	keep(&self, tree, "key");
	self.epochs[tree.number] = UINT32_MAX - 2;
	keep(&self, tree, "last");
	turn(&self, 1, 1);
	keep(&self, tree, "other");
	assert_true(has(&self, tree, "other"));
	assert_false(has(&self, tree, "last"));
	turn(&self, 2, 2);
	assert_int_equal(self.epochs[tree.number], 0);
	assert_false(has(&self, tree, "key"));
	assert_false(has(&self, tree, "other"));
	engine__lookaside_release(&self);
}

static uint64_t hash_of(const char *key)
{
	return engine__key_hash(tree, cx_slice_of(key));
}

static void a_value_that_stands_in_no_node_is_not_remembered(void **state)
{
	(void)state;
	engine__lookaside self = { 0 };
	uint8_t page[64] = { 0 };
	uint8_t *value = put_node(page, cx_slice_of("key"), value_slice);
	engine__lookaside_keep(&self, tree, cx_slice_of("kez"), hash_of("kez"),
	                       (cx_slice){ .data = value, .size = value_slice.size });
	engine__lookaside_keep(&self, tree, cx_slice_of("key"), hash_of("key"),
	                       (cx_slice){ .data = value, .size = value_slice.size - 1 });
	assert_false(has(&self, tree, "kez"));
	assert_false(has(&self, tree, "key"));
	engine__lookaside_release(&self);
}

static void it_grows_with_what_is_asked_for_up_to_its_limit(void **state)
{
	(void)state;
	engine__lookaside self = { 0 };
	keep(&self, tree, "first");
	const unsigned first_bits = self.bits;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 800 * 1000; i++) {
			char key[16];
			snprintf(key, sizeof key, "%u", i);
			if (!has(&self, tree, key))
				keep(&self, tree, key);
			assert_true(has(&self, tree, key));
		}
	}
	assert_true(self.bits > first_bits);
	assert_int_equal(sizeof *self.places << self.bits, ENGINE__LOOKASIDE_BYTES_MAX);
	engine__lookaside_release(&self);
}

/* Half as many keys as there are places when it has grown: most are found again. */
static void what_has_room_stays(void **state)
{
	(void)state;
	enum { KEYS = 250 * 1000, ROUNDS = 12 };
	engine__lookaside self = { 0 };
	unsigned found = 0;
	for (unsigned round = 0; round < ROUNDS; round++) {
		found = 0;
		for (unsigned i = 0; i < KEYS; i++) {
			char key[16];
			snprintf(key, sizeof key, "%u", i);
			if (has(&self, tree, key))
				found++;
			else
				keep(&self, tree, key);
		}
	}
	assert_true(found > KEYS / 10 * 9);
	engine__lookaside_release(&self);
}

static void a_few_keys_asked_for_often_do_not_make_it_grow(void **state)
{
	(void)state;
	engine__lookaside self = { 0 };
	keep(&self, tree, "key");
	const unsigned first_bits = self.bits;
	for (uint64_t txn = 2; txn < 10 * 1000; txn++) {
		turn(&self, txn, txn);
		assert_false(has(&self, tree, "key"));
		keep(&self, tree, "key");
	}
	assert_int_equal(self.bits, first_bits);
	engine__lookaside_release(&self);
}

/* ---- through a view ---- */

static void expect(engine__view *view, engine__tree in, const char *expected)
{
	/* Twice: from the tree, and as remembered. */
	for (int i = 0; i < 2; i++) {
		cx_slice value;
		const cx_status status = engine__view_get(view, in, raw_text("key"), &value);
		if (expected == NULL) {
			assert_int_equal(status, CX_NOT_FOUND);
			continue;
		}
		assert_int_equal(status, CX_OK);
		assert_true(cx_slice_equal(value, raw_text(expected)));
	}
}

static void write_merged(raw_store *store, engine__tree in, const char *value)
{
	engine__txn *txn;
	assert_int_equal(engine__txn_begin(store->store, &txn), CX_OK);
	const cx_slice key = raw_text("key");
	if (value == NULL)
		assert_int_equal(engine__txn_remove(txn, in, key), CX_OK);
	else
		assert_int_equal(engine__txn_put(txn, in, key, raw_text(value)), CX_OK);
	assert_int_equal(engine__txn_commit(&txn), CX_OK);
	assert_int_equal(engine__store_settle(store->store), CX_OK);
}

static void a_view_sees_its_snapshot_through_merges_and_after_a_renewal(void **state)
{
	(void)state;
	static raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	static const char *const values[] = { "a", "bb", NULL, "c", "", "a" };
	engine__tree quiet;
	assert_int_equal(engine__store_tree(store.store, "quiet", true, &quiet), CX_OK);
	write_merged(&store, quiet, "quiet");
	write_merged(&store, store.tree, values[0]);
	for (size_t i = 1; i < sizeof values / sizeof *values; i++) {
		engine__view *view;
		assert_int_equal(engine__view_begin(store.store, &view), CX_OK);
		expect(view, store.tree, values[i - 1]);
		write_merged(&store, store.tree, values[i]);
		expect(view, store.tree, values[i - 1]);
		assert_int_equal(engine__view_renew(view), CX_OK);
		expect(view, store.tree, values[i]);
		engine__view_rest(view);
		assert_int_equal(engine__view_renew(view), CX_OK);
		expect(view, store.tree, values[i]);
		expect(view, quiet, "quiet");
		engine__view_end(&view);
	}
	write_merged(&store, quiet, "no more");
	engine__view *view;
	assert_int_equal(engine__view_begin(store.store, &view), CX_OK);
	expect(view, store.tree, values[sizeof values / sizeof *values - 1]);
	expect(view, quiet, "no more");
	engine__view_end(&view);
	raw_release(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_key_of_the_same_snapshot_is_found),
		cmocka_unit_test(another_tree_or_key_is_not),
		cmocka_unit_test(what_is_of_a_tree_that_was_written_to_is_forgotten),
		cmocka_unit_test(nothing_comes_back_when_the_epochs_begin_anew),
		cmocka_unit_test(a_value_that_stands_in_no_node_is_not_remembered),
		cmocka_unit_test(it_grows_with_what_is_asked_for_up_to_its_limit),
		cmocka_unit_test(what_has_room_stays),
		cmocka_unit_test(a_few_keys_asked_for_often_do_not_make_it_grow),
		cmocka_unit_test(a_view_sees_its_snapshot_through_merges_and_after_a_renewal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
