/* SPDX-License-Identifier: Apache-2.0 */
/* A tree read by its pages says what LMDB's cursor says, from any place and in both directions,
 * for keys and values of all sizes; and a record tells where the map begins, or is refused. */
#include "engine/store/btree.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_BYTES_MAX = 511, VALUE_BYTES_MAX = 9000, SEEKS = 3000, STEPS = 12 };

typedef struct fixture {
	char folder[64];
	MDB_env *env;
	MDB_dbi dbi;
	dice random;
	uint8_t key[KEY_BYTES_MAX + 1];
	uint8_t value[VALUE_BYTES_MAX];
} fixture;

static void begin(fixture *self)
{
	*self = (fixture){ .random = dice_init() };
	snprintf(self->folder, sizeof self->folder, "/dev/shm/cardex-btree-XXXXXX");
	assert_non_null(mkdtemp(self->folder));
	assert_int_equal(mdb_env_create(&self->env), 0);
	assert_int_equal(mdb_env_set_maxdbs(self->env, 4), 0);
	assert_int_equal(mdb_env_set_mapsize(self->env, (size_t)1 << 30), 0);
	assert_int_equal(mdb_env_open(self->env, self->folder, MDB_NOSYNC, 0600), 0);
}

static void end(fixture *self)
{
	char path[96];
	mdb_env_close(self->env);
	snprintf(path, sizeof path, "%s/data.mdb", self->folder);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof path, "%s/lock.mdb", self->folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(self->folder), 0);
}

/* Few bytes at the front, so that keys have long beginnings in common. */
static MDB_val any_key(fixture *self)
{
	size_t size =
		1 + (size_t)dice_below(&self->random,
	                               dice_below(&self->random, 20) == 0 ? KEY_BYTES_MAX : 24);
	for (size_t i = 0; i < size; i++)
		self->key[i] = (uint8_t)dice_below(&self->random, i < 8 ? 3 : 256);
	return (MDB_val){ .mv_size = size, .mv_data = self->key };
}

static MDB_val any_value(fixture *self)
{
	size_t size = (size_t)dice_below(
		&self->random, dice_below(&self->random, 30) == 0 ? VALUE_BYTES_MAX : 150);
	memset(self->value, (int)dice_below(&self->random, 256), size);
	return (MDB_val){ .mv_size = size, .mv_data = self->value };
}

static void fill(fixture *self, MDB_txn *txn, int pairs)
{
	for (int i = 0; i < pairs; i++) {
		MDB_val key = any_key(self);
		MDB_val value = any_value(self);
		assert_int_equal(mdb_put(txn, self->dbi, &key, &value, 0), 0);
		if (i % 4 != 0)
			continue;
		key = any_key(self);
		int code = mdb_del(txn, self->dbi, &key, NULL);
		assert_true(code == 0 || code == MDB_NOTFOUND);
	}
}

static engine__btree tree_of(fixture *self, MDB_txn *txn)
{
	char text[] = "tree";
	MDB_val name = { .mv_size = strlen(text), .mv_data = text };
	MDB_val record;
	assert_int_equal(mdb_get(txn, 1, &name, &record), 0);
	assert_int_equal(record.mv_size, ENGINE__TREE_BYTES);
	MDB_stat stat;
	MDB_envinfo info;
	assert_int_equal(mdb_env_info(self->env, &info), 0);
	assert_int_equal(mdb_stat(txn, self->dbi, &stat), 0);
	engine__btree tree;
	const engine__btree_file file = { .page_bytes = stat.ms_psize,
		                          .system_page_bytes = (size_t)sysconf(_SC_PAGESIZE),
		                          .last_page = info.me_last_pgno };
	assert_int_equal(engine__btree_of(&file, record.mv_data, &tree), CX_OK);
	assert_int_equal(tree.depth, stat.ms_depth);
	return tree;
}

static void expect_same(bool found, engine__btree_cursor *cursor, int code, MDB_val key,
                        MDB_val value)
{
	assert_true(code == 0 || code == MDB_NOTFOUND);
	assert_int_equal(found, code == 0);
	if (!found)
		return;
	engine__pair pair = engine__btree_pair(cursor);
	assert_int_equal(pair.key.size, key.mv_size);
	assert_ptr_equal(pair.key.data, key.mv_data);
	assert_int_equal(pair.value.size, value.mv_size);
	if (value.mv_size > 0)
		assert_ptr_equal(pair.value.data, value.mv_data);
}

static void walk(fixture *self, engine__btree_cursor *cursor, MDB_cursor *other, bool found)
{
	for (int i = 0; found && i < STEPS; i++) {
		bool forward = dice_below(&self->random, 3) > 0;
		MDB_val key;
		MDB_val value;
		int code = mdb_cursor_get(other, &key, &value, forward ? MDB_NEXT : MDB_PREV);
		found = forward ? engine__btree_next(cursor) : engine__btree_previous(cursor);
		expect_same(found, cursor, code, key, value);
	}
}

static void compare(fixture *self, MDB_txn *txn)
{
	engine__btree_cursor cursor = { .tree = tree_of(self, txn) };
	MDB_cursor *other;
	assert_int_equal(mdb_cursor_open(txn, self->dbi, &other), 0);
	MDB_val key;
	MDB_val value;
	int code = mdb_cursor_get(other, &key, &value, MDB_FIRST);
	expect_same(engine__btree_first(&cursor), &cursor, code, key, value);
	code = mdb_cursor_get(other, &key, &value, MDB_LAST);
	expect_same(engine__btree_last(&cursor), &cursor, code, key, value);
	for (int i = 0; i < SEEKS; i++) {
		key = any_key(self);
		const cx_slice wanted = { .data = self->key, .size = key.mv_size };
		code = mdb_cursor_get(other, &key, &value, MDB_SET_RANGE);
		bool found = engine__btree_seek(&cursor, wanted);
		expect_same(found, &cursor, code, key, value);
		walk(self, &cursor, other, found);
	}
	mdb_cursor_close(other);
}

static void trees_of_all_sizes_are_read_as_lmdb_reads_them(void **state)
{
	(void)state;
	fixture self;
	begin(&self);
	unsigned depth = 0;
	for (int pairs = 0; pairs <= 60000; pairs = pairs == 0 ? 1 : pairs * 7) {
		MDB_txn *txn;
		assert_int_equal(mdb_txn_begin(self.env, NULL, 0, &txn), 0);
		assert_int_equal(mdb_dbi_open(txn, "tree", MDB_CREATE, &self.dbi), 0);
		fill(&self, txn, pairs);
		assert_int_equal(mdb_txn_commit(txn), 0);
		assert_int_equal(mdb_txn_begin(self.env, NULL, MDB_RDONLY, &txn), 0);
		compare(&self, txn);
		depth = tree_of(&self, txn).depth;
		mdb_txn_abort(txn);
	}
	assert_true(depth >= 3);
	end(&self);
}

/* ---- where the map begins ---- */

enum { LARGE = 16384, SMALL = 4096, NUMBER = 5 };

static void put_u16(uint8_t *at, uint16_t number)
{
	memcpy(at, &number, sizeof number);
}

/* A leaf page with one node whose value lies at `offset`. */
static uint8_t *put_page(uint8_t *page, uint64_t number, uint16_t offset)
{
	memcpy(page, &number, sizeof number);
	put_u16(page + 10, ENGINE__PAGE_LEAF);
	put_u16(page + 12, ENGINE__PAGE_HEADER_BYTES + 2);
	put_u16(page + ENGINE__PAGE_HEADER_BYTES, offset - ENGINE__NODE_HEADER_BYTES);
	return page + offset;
}

static void pages_larger_than_the_systems_are_found(void **state)
{
	(void)state;
	const engine__btree_file file = { .page_bytes = LARGE,
		                          .system_page_bytes = SMALL,
		                          .last_page = NUMBER };
	uint8_t *map = aligned_alloc(SMALL, (NUMBER + 1) * LARGE);
	assert_non_null(map);
	for (uint16_t offset = 100; offset < LARGE - ENGINE__TREE_BYTES; offset += 700) {
		memset(map, 0, (NUMBER + 1) * LARGE);
		uint8_t *page = map + (size_t)NUMBER * LARGE;
		uint8_t *record = put_page(page, NUMBER, offset);
		memset(record + ENGINE__TREE_BYTES - sizeof(uint64_t), 0xff, sizeof(uint64_t));
		engine__btree tree;
		assert_int_equal(engine__btree_of(&file, record, &tree), CX_OK);
		assert_ptr_equal(tree.map, map);

		page[10] = ENGINE__PAGE_BRANCH;
		assert_int_equal(engine__btree_of(&file, record, &tree), CX_CORRUPT);
		page[10] = ENGINE__PAGE_LEAF;
		if (offset < SMALL + 100)
			continue;
		/* What looks like a page in the midst of it. */
		put_page(page + SMALL, NUMBER, (uint16_t)(offset - SMALL));
		assert_int_equal(engine__btree_of(&file, record, &tree), CX_CORRUPT);
	}
	free(map);
}

/* ---- damage ---- */

static void a_page_that_the_file_does_not_have_is_not_gone_to(void **state)
{
	(void)state;
	fixture self;
	begin(&self);
	MDB_txn *txn;
	assert_int_equal(mdb_txn_begin(self.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "tree", MDB_CREATE, &self.dbi), 0);
	fill(&self, txn, 5000);
	assert_int_equal(mdb_txn_commit(txn), 0);
	assert_int_equal(mdb_txn_begin(self.env, NULL, MDB_RDONLY, &txn), 0);
	engine__btree_cursor cursor = { .tree = tree_of(&self, txn) };
	assert_true(cursor.tree.depth > 1);
	cursor.tree.last_page = cursor.tree.root - 1; /* as if the others were damage */
	size_t found = 0;
	for (bool more = engine__btree_first(&cursor); more && !cursor.damaged;
	     more = engine__btree_next(&cursor))
		found += engine__btree_pair(&cursor).key.size > 0;
	assert_true(cursor.damaged);
	assert_false(engine__btree_seek(&cursor, cx_slice_of("a")));
	assert_false(engine__btree_last(&cursor));
	mdb_txn_abort(txn);
	end(&self);
	print_message("%zu pairs before the damage\n", found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_of_all_sizes_are_read_as_lmdb_reads_them),
		cmocka_unit_test(pages_larger_than_the_systems_are_found),
		cmocka_unit_test(a_page_that_the_file_does_not_have_is_not_gone_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
