/* SPDX-License-Identifier: Apache-2.0 */
/* A tree read by its pages says what LMDB's cursor says, from any place and in both directions,
 * for keys and values of all sizes; a page that is not what it must be ends the search. */
#include "engine/store/btree.h"
#include "engine/store/mapped.h"
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

/* The file as a whole, in memory of its own. */
static uint8_t *copy_of_file(const fixture *self, size_t *ret_bytes)
{
	int fd;
	cx_error error;
	engine__image image;
	assert_int_equal(mdb_env_get_fd(self->env, &fd), 0);
	assert_int_equal(engine__image_open(fd, "file", &error, &image), CX_OK);
	uint8_t *copy = malloc(image.bytes);
	assert_non_null(copy);
	assert_int_equal(engine__image_read(&image, 0, copy, image.bytes), CX_OK);
	*ret_bytes = image.bytes;
	return copy;
}

static const uint8_t *map_of(const fixture *self, const uint8_t *record, uint32_t page_bytes)
{
	int fd;
	cx_error error;
	engine__image image;
	const uint8_t *map;
	assert_int_equal(mdb_env_get_fd(self->env, &fd), 0);
	assert_int_equal(engine__image_open(fd, "file", &error, &image), CX_OK);
	image.page_bytes = page_bytes;
	assert_int_equal(
		engine__mapped_find(&image, record, (size_t)sysconf(_SC_PAGESIZE), &map),
		CX_OK);
	return map;
}

static engine__btree tree_of(const fixture *self, MDB_txn *txn)
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
	engine__btree tree = { .map = map_of(self, record.mv_data, stat.ms_psize),
		               .page_bytes = stat.ms_psize,
		               .last_page = info.me_last_pgno };
	assert_int_equal(engine__btree_take(&tree, record.mv_data), CX_OK);
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

/* ---- damage ---- */

typedef void harm(uint8_t *page);

static void zero(uint8_t *page)
{
	memset(page, 0, ENGINE__PAGE_BYTES_MIN);
}

static void misdirect(uint8_t *page)
{
	page[0]++; /* its number */
}

static void change_kind(uint8_t *page)
{
	page[10] ^= ENGINE__PAGE_BRANCH | ENGINE__PAGE_LEAF | ENGINE__PAGE_OVERFLOW;
}

static void empty(uint8_t *page)
{
	page[12] = ENGINE__PAGE_HEADER_BYTES;
	page[13] = 0;
}

static void overfill(uint8_t *page)
{
	memset(page + 12, 0xff, 4); /* of an overflow run: its number of pages */
}

static void lead_away(uint8_t *page)
{
	memset(page + engine__u16(page + ENGINE__PAGE_HEADER_BYTES), 0x7f, 6); /* its child */
}

static volatile uint8_t read_byte;

/* Goes over all pairs; false when damage was noticed. Touches every byte of what is told. */
static bool read_all(engine__btree_cursor *cursor)
{
	for (bool more = engine__btree_first(cursor); more; more = engine__btree_next(cursor)) {
		const engine__pair pair = engine__btree_pair(cursor);
		for (size_t i = 0; i < pair.value.size; i++)
			read_byte = pair.value.data[i];
	}
	return !cursor->damaged;
}

static void expect_noticed(const engine__btree *tree, uint8_t *map, uint64_t page,
                           harm *harm_it)
{
	uint8_t *at = map + page * tree->page_bytes;
	uint8_t sound[ENGINE__PAGE_BYTES_MIN];
	memcpy(sound, at, sizeof sound);
	engine__btree_cursor cursor = { .tree = *tree };
	assert_true(read_all(&cursor));
	harm_it(at);
	assert_false(read_all(&cursor));
	memcpy(at, sound, sizeof sound);
}

static const uint8_t *leaf_of(const engine__btree_cursor *cursor)
{
	return cursor->pages[cursor->tree.depth - 1];
}

/* The number of the run of the first large value. */
static uint64_t first_run(const engine__btree *tree)
{
	engine__btree_cursor cursor = { .tree = *tree };
	for (bool more = engine__btree_first(&cursor); more;
	     more = engine__btree_next(&cursor)) {
		const uint8_t *page = leaf_of(&cursor);
		const uint8_t *node = engine__page_node(page, cursor.slots[tree->depth - 1]);
		if ((engine__node_flags(node) & ENGINE__NODE_BIG) != 0)
			return engine__u64(engine__node_value(node));
	}
	fail();
	return 0;
}

static void a_page_that_is_not_what_it_must_be_is_noticed(void **state)
{
	(void)state;
	fixture self;
	begin(&self);
	MDB_txn *txn;
	assert_int_equal(mdb_txn_begin(self.env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "tree", MDB_CREATE, &self.dbi), 0);
	fill(&self, txn, 3000);
	assert_int_equal(mdb_txn_commit(txn), 0);
	assert_int_equal(mdb_txn_begin(self.env, NULL, MDB_RDONLY, &txn), 0);
	engine__btree tree = tree_of(&self, txn);
	size_t bytes;
	uint8_t *map = copy_of_file(&self, &bytes);
	mdb_txn_abort(txn);
	tree.map = map;
	assert_true(tree.depth > 1);
	engine__btree_cursor cursor = { .tree = tree };
	assert_true(engine__btree_last(&cursor));
	const uint64_t leaf = engine__page_number(leaf_of(&cursor));
	const uint64_t run = first_run(&tree);
	harm *const harms[] = { zero, misdirect, change_kind, overfill };
	for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++) {
		expect_noticed(&tree, map, tree.root, harms[i]);
		expect_noticed(&tree, map, leaf, harms[i]);
		expect_noticed(&tree, map, run, harms[i]);
	}
	expect_noticed(&tree, map, leaf, empty);
	expect_noticed(&tree, map, tree.root, lead_away);
	free(map);
	end(&self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_of_all_sizes_are_read_as_lmdb_reads_them),
		cmocka_unit_test(a_page_that_is_not_what_it_must_be_is_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
