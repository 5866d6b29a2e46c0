/* SPDX-License-Identifier: Apache-2.0 */
/* The structural check refuses each kind of damage for its own reason, and ends in a status
 * whatever a page says. One sound file is damaged by hand, in memory. */
#include "engine/store/meta.h"
#include "engine/store/verify.h"
#include "tests/engine/lmdb_file.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The bytes of a sound file, and a second copy to damage. */
typedef struct victim {
	uint8_t *sound;
	uint8_t *bytes;
	size_t size;
	size_t page_bytes;
	int fd; /* what is verified; in memory */
} victim;

static uint8_t *page_of(victim *self, uint64_t number)
{
	assert_true(number < self->size / self->page_bytes);
	return self->bytes + number * self->page_bytes;
}

static void put16(uint8_t *at, size_t value)
{
	uint16_t number = (uint16_t)value;
	memcpy(at, &number, sizeof number);
}

static void put32(uint8_t *at, size_t value)
{
	uint32_t number = (uint32_t)value;
	memcpy(at, &number, sizeof number);
}

static void put64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof value);
}

/* The body of the meta page that counts. */
static uint8_t *meta_of(victim *self)
{
	uint8_t *even = page_of(self, 0) + ENGINE__PAGE_HEADER_BYTES;
	uint8_t *odd = page_of(self, 1) + ENGINE__PAGE_HEADER_BYTES;
	return engine__u64(even + 128) > engine__u64(odd + 128) ? even : odd;
}

static uint8_t *older_meta(victim *self)
{
	uint8_t *even = page_of(self, 0) + ENGINE__PAGE_HEADER_BYTES;
	return meta_of(self) == even ? page_of(self, 1) + ENGINE__PAGE_HEADER_BYTES : even;
}

static uint8_t *free_record(victim *self)
{
	return meta_of(self) + 24;
}

static uint8_t *main_record(victim *self)
{
	return meta_of(self) + 72;
}

static uint8_t *root_of(victim *self, const uint8_t *record)
{
	return page_of(self, engine__u64(record + 40));
}

static uint8_t *node_of(uint8_t *page, size_t i)
{
	return page + engine__u16(page + ENGINE__PAGE_HEADER_BYTES + 2 * i);
}

static uint8_t *value_in(uint8_t *node)
{
	return node + ENGINE__NODE_HEADER_BYTES + engine__u16(node + 6);
}

/* The node of the main tree for the deep tree (0) or the one with runs (1). */
static uint8_t *named_node(victim *self, size_t which)
{
	return node_of(root_of(self, main_record(self)), which);
}

static uint8_t *deep_record(victim *self)
{
	return value_in(named_node(self, 0));
}

static uint8_t *deep_root(victim *self)
{
	return root_of(self, deep_record(self));
}

/* Leaf number `i` of the deep tree, which has two levels. */
static uint8_t *deep_leaf(victim *self, size_t i)
{
	return page_of(self, engine__node_child(node_of(deep_root(self), i)));
}

static uint8_t *runs_record(victim *self)
{
	return value_in(named_node(self, 1));
}

static uint8_t *runs_leaf(victim *self)
{
	return root_of(self, runs_record(self));
}

/* The first page of the run of value `i`. */
static uint8_t *run_of(victim *self, size_t i)
{
	return page_of(self, engine__u64(value_in(node_of(runs_leaf(self), i))));
}

static uint8_t *free_leaf(victim *self)
{
	return root_of(self, free_record(self));
}

/* A list with two pages at least. */
static uint8_t *free_list(victim *self)
{
	uint8_t *leaf = free_leaf(self);
	for (size_t i = 0; i < engine__page_count(leaf); i++)
		if (engine__u64(value_in(node_of(leaf, i))) >= 2)
			return value_in(node_of(leaf, i));
	fail_msg("no list has two pages");
	return NULL;
}

/* The deep tree has two levels and some leaves, the other values on runs; pages are free. */
static void fill_victim(MDB_env *env)
{
	uint8_t bytes[ENGINE__KEY_BYTES_MAX];
	for (uint32_t round = 0; round < 3; round++) {
		MDB_txn *txn;
		assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
		MDB_dbi deep = lmdb_tree(txn, 0);
		MDB_dbi runs = lmdb_tree(txn, 1);
		for (uint32_t i = 0; i < 200; i++) {
			MDB_val key = lmdb_key(i, 40, bytes);
			MDB_val value = lmdb_value(90 + round);
			assert_int_equal(mdb_put(txn, deep, &key, &value, 0), 0);
		}
		for (uint32_t i = 0; i < 4; i++) {
			MDB_val key = lmdb_key(i, 11, bytes);
			MDB_val value =
				lmdb_value(i == 3 ? ENGINE__VALUE_BYTES_MAX : 6000 + round);
			assert_int_equal(mdb_put(txn, runs, &key, &value, 0), 0);
		}
		assert_int_equal(mdb_txn_commit(txn), 0);
	}
}

static int setup(void **state)
{
	static victim self;
	lmdb_file file;
	struct stat stat;
	lmdb_file_open(&file);
	fill_victim(file.env);
	assert_int_equal(fstat(file.fd, &stat), 0);
	self.size = (size_t)stat.st_size;
	self.sound = malloc(self.size);
	self.bytes = malloc(self.size);
	self.fd = memfd_create("victim", MFD_CLOEXEC);
	assert_true(self.sound != NULL && self.bytes != NULL && self.fd >= 0);
	assert_int_equal(pread(file.fd, self.sound, self.size, 0), self.size);
	self.page_bytes = engine__u32(self.sound + ENGINE__PAGE_HEADER_BYTES + 24);
	lmdb_file_close(&file);
	*state = &self;
	return 0;
}

static int teardown(void **state)
{
	victim *self = *state;
	free(self->sound);
	free(self->bytes);
	close(self->fd);
	return 0;
}

static cx_status verify(const victim *self, engine__verify_report *ret, cx_error *error)
{
	assert_int_equal(ftruncate(self->fd, 0), 0);
	assert_int_equal(pwrite(self->fd, self->bytes, self->size, 0), self->size);
	return engine__verify(self->fd, "it", ENGINE__VERIFY_WHOLE, ret, error);
}

/* Places that are damaged. */
static uint8_t *leaf_0(victim *self)
{
	return deep_leaf(self, 0);
}

static uint8_t *leaf_1(victim *self)
{
	return deep_leaf(self, 1);
}

static uint8_t *pair(victim *self)
{
	return node_of(leaf_0(self), 2);
}

static uint8_t *child(victim *self)
{
	return node_of(deep_root(self), 1);
}

static uint8_t *deep_name(victim *self)
{
	return named_node(self, 0);
}

static uint8_t *big(victim *self)
{
	return node_of(runs_leaf(self), 0);
}

static uint8_t *run_0(victim *self)
{
	return run_of(self, 0);
}

static uint8_t *run_3(victim *self)
{
	return run_of(self, 3);
}

static void lower_is_past_upper(victim *self)
{
	uint8_t *page = deep_leaf(self, 0);
	put16(page + 12, engine__u16(page + 14) + 2u);
}

static void upper_is_past_the_page(victim *self)
{
	put16(deep_leaf(self, 0) + 14, self->page_bytes);
}

static void node_is_past_the_page(victim *self)
{
	put16(deep_leaf(self, 0) + 18, self->page_bytes - 6);
}

static void node_is_below_upper(victim *self)
{
	uint8_t *page = deep_leaf(self, 0);
	put16(page + 18, engine__u16(page + 14) - 2u);
}

static void node_is_there_twice(victim *self)
{
	memcpy(deep_leaf(self, 0) + 18, deep_leaf(self, 0) + 16, 2);
}

static void key_is_empty(victim *self)
{
	uint8_t *node = node_of(deep_leaf(self, 0), 2);
	put32(node, engine__u32(node) + engine__u16(node + 6));
	put16(node + 6, 0);
}

static void key_is_too_long(victim *self)
{
	uint8_t *page = deep_leaf(self, 0);
	put16(page + engine__u16(page + 14) + 6, 512); /* the node that lies first */
}

static void keys_change_places(victim *self)
{
	uint8_t *page = deep_leaf(self, 0);
	uint8_t kept[2];
	memcpy(kept, page + 18, 2);
	memcpy(page + 18, page + 20, 2);
	memcpy(page + 20, kept, 2);
}

static void two_keys_are_equal(victim *self)
{
	uint8_t *page = deep_leaf(self, 0);
	memcpy(node_of(page, 1) + 8, node_of(page, 2) + 8, 40);
}

static void key_is_below_its_page(victim *self)
{
	memset(node_of(deep_leaf(self, 1), 0) + 8, 0, 4);
}

static void key_is_above_its_page(victim *self)
{
	uint8_t *page = deep_leaf(self, 0);
	memset(node_of(page, engine__page_count(page) - 1) + 8, 0xee, 4);
}

static void children_change_places(victim *self)
{
	uint8_t *root = deep_root(self);
	uint8_t kept[6];
	memcpy(kept, node_of(root, 1), 6);
	memcpy(node_of(root, 1), node_of(root, 2), 6);
	memcpy(node_of(root, 2), kept, 6);
}

static void child_is_there_twice(victim *self)
{
	memcpy(node_of(deep_root(self), 2), node_of(deep_root(self), 1), 6);
}

static void child_is_the_root(victim *self)
{
	put64(deep_record(self) + 40, engine__page_number(deep_root(self)));
	put32(node_of(deep_root(self), 1), (size_t)engine__page_number(deep_root(self)));
}

static void two_trees_share_a_root(victim *self)
{
	put64(runs_record(self) + 40, engine__u64(deep_record(self) + 40));
	put16(runs_record(self) + 6, 2);
}

static void run_is_used_twice(victim *self)
{
	memcpy(value_in(node_of(runs_leaf(self), 1)), value_in(node_of(runs_leaf(self), 0)), 8);
}

static void free_page_is_used(victim *self)
{
	/* The largest number stays the first, whatever it is. */
	uint64_t used = engine__page_number(deep_root(self));
	uint8_t *list = free_list(self);
	if (used > engine__u64(list + 8))
		put64(list + 8, used);
	else
		put64(list + 8 * engine__u64(list), engine__page_number(deep_leaf(self, 0)));
}

static void free_pages_are_out_of_order(victim *self)
{
	uint8_t *list = free_list(self);
	memcpy(list + 16, list + 8, 8);
}

static void free_page_is_a_meta_page(victim *self)
{
	uint8_t *list = free_list(self);
	put64(list + 8 * engine__u64(list), 1);
}

static void free_page_is_past_the_last(victim *self)
{
	put64(free_list(self) + 8, engine__u64(meta_of(self) + 120) + 1);
}

static void free_list_is_of_the_future(victim *self)
{
	uint8_t *leaf = free_leaf(self);
	put64(node_of(leaf, engine__page_count(leaf) - 1) + 8, 1000);
}

static void free_keys_are_out_of_order(victim *self)
{
	uint8_t *leaf = free_leaf(self);
	put64(node_of(leaf, 0) + 8, engine__u64(node_of(leaf, 1) + 8));
}

#define DAMAGES(D)                                               \
	D(lower_is_past_upper, "has bounds that cannot be")      \
	D(upper_is_past_the_page, "has bounds that cannot be")   \
	D(node_is_past_the_page, "has a node out of its bounds") \
	D(node_is_below_upper, "has a node out of its bounds")   \
	D(node_is_there_twice, "has nodes that overlap")         \
	D(key_is_empty, "has a key of a wrong size")             \
	D(key_is_too_long, "has a key of a wrong size")          \
	D(keys_change_places, "has keys out of order")           \
	D(two_keys_are_equal, "has keys out of order")           \
	D(key_is_below_its_page, "has keys out of order")        \
	D(key_is_above_its_page, "has keys out of order")        \
	D(children_change_places, "has keys out of order")       \
	D(child_is_there_twice, "is used twice")                 \
	D(child_is_the_root, "is used twice")                    \
	D(two_trees_share_a_root, "is used twice")               \
	D(run_is_used_twice, "is used twice")                    \
	D(free_page_is_used, "is in use and free")               \
	D(free_pages_are_out_of_order, "a list of free pages")   \
	D(free_page_is_a_meta_page, "a list of free pages")      \
	D(free_page_is_past_the_last, "a list of free pages")    \
	D(free_list_is_of_the_future, "a list of free pages")    \
	D(free_keys_are_out_of_order, "has keys out of order")

/* One number that is wrong. */
typedef struct slip {
	const char *name;
	uint8_t *(*where)(victim *self);
	size_t offset;
	size_t bytes;
	enum { SET, ADD } how;
	uint64_t number;
	const char *text;
} slip;

static const slip slips[] = {
	{ "leaf elsewhere", leaf_1, 0, 8, ADD, 1, "is not where it belongs" },
	{ "leaf is branch", leaf_1, 10, 2, SET, ENGINE__PAGE_BRANCH, "is of the wrong kind" },
	{ "leaf is dirty", leaf_1, 10, 2, SET, ENGINE__PAGE_LEAF | 0x10,
	  "is of the wrong kind" },
	{ "lower is odd", leaf_0, 12, 2, ADD, 1, "has bounds that cannot be" },
	{ "leaf has no node", leaf_0, 12, 2, SET, ENGINE__PAGE_HEADER_BYTES,
	  "has bounds that cannot be" },
	{ "branch has one node", deep_root, 12, 2, SET, ENGINE__PAGE_HEADER_BYTES + 2,
	  "is a branch with one node" },
	{ "node is odd", leaf_0, 18, 2, ADD, 1, "has a node out of its bounds" },
	{ "value is too long", pair, 0, 4, SET, 5000, "has a node that is too long" },
	{ "upper is lower than the nodes", leaf_0, 14, 2, ADD, UINT64_MAX - 1,
	  "has nodes that overlap" },
	{ "node is of no kind", pair, 4, 2, SET, 0x08, "has a node of an unknown kind" },
	{ "node has duplicates", pair, 4, 2, SET, 0x04, "has a node of an unknown kind" },
	{ "separator is larger", child, 11, 1, ADD, 1, "has keys out of order" },
	{ "child is a meta page", child, 0, 4, SET, 1, "is out of range" },
	{ "child is past the last page", child, 0, 4, SET, 100000, "is out of range" },
	{ "child has a high number", child, 4, 2, SET, 0x8000, "is out of range" },
	{ "tree is less deep", deep_record, 6, 2, SET, 1, "is of the wrong kind" },
	{ "tree is deeper", deep_record, 6, 2, SET, 3, "is of the wrong kind" },
	{ "tree is deepest", deep_record, 6, 2, SET, 33, "the depth of a tree" },
	{ "tree has no depth", deep_record, 6, 2, SET, 0, "the depth of a tree" },
	{ "root is a meta page", deep_record, 40, 8, SET, 0,
	  "the root of a tree is out of range" },
	{ "empty tree has entries", deep_record, 40, 8, SET, UINT64_MAX,
	  "an empty tree counts pages" },
	{ "branch pages are miscounted", deep_record, 8, 8, ADD, 1, "the number of pages" },
	{ "leaf pages are miscounted", deep_record, 16, 8, ADD, UINT64_MAX,
	  "the number of pages" },
	{ "overflow pages are miscounted", runs_record, 24, 8, ADD, 1, "the number of pages" },
	{ "entries are miscounted", deep_record, 32, 8, ADD, 1, "the number of entries" },
	{ "free entries are miscounted", free_record, 32, 8, ADD, 1, "the number of entries" },
	{ "run is elsewhere", run_0, 0, 8, ADD, 1, "is not where it belongs" },
	{ "run is a leaf", run_0, 10, 2, SET, ENGINE__PAGE_LEAF, "is of the wrong kind" },
	{ "run is too short", run_3, 12, 4, SET, 16, "has too few pages behind it" },
	{ "run has no pages", run_0, 12, 4, SET, 0, "has too few pages behind it" },
	{ "run is far too long", run_0, 12, 4, SET, UINT32_MAX, "is out of range" },
	{ "value does not fit its run", big, 0, 4, SET, UINT32_MAX,
	  "has too few pages behind it" },
	{ "run is out of range", big, 19, 8, SET, UINT64_MAX / 4096, "is out of range" },
	{ "tree is within a tree", pair, 4, 2, SET, ENGINE__NODE_TREE, "a tree within a tree" },
	{ "tree has another order", deep_record, 4, 2, SET, 0x02, "but not a store" },
	{ "name has a zero", deep_name, 10, 1, SET, 0, "but not a store" },
	{ "name leads to no tree", deep_name, 4, 2, SET, 0, "but not a store" },
	{ "free list is too long", free_list, 0, 8, SET, UINT64_MAX / 8,
	  "the length of a list" },
	{ "transactions are no neighbours", meta_of, 128, 8, ADD, 2,
	  "its transaction numbers" },
	{ "last page is before the trees", meta_of, 120, 8, SET, 2, "out of range" },
	{ "last page is too far", meta_of, 120, 8, SET, 200000,
	  "most of its pages are missing" },
	{ "last page is one more", meta_of, 120, 8, ADD, 1,
	  "was cut: 1 pages that are in use" },
	{ "older meta is of no kind", older_meta, 24 + 4, 2, SET, 0,
	  "the kind of its tree of free" },
	{ "older meta is as old", older_meta, 128, 8, ADD, 1, "its transaction numbers" },
	{ "map is too small", meta_of, 16, 8, SET, 4096, "the size of its map" },
	{ "map has an address", meta_of, 8, 8, SET, 4096, "its meta page has an address" },
	{ "free tree has another order", free_record, 4, 2, SET, 0x4000,
	  "the kind of its tree of free" },
	{ "free tree has duplicates", free_record, 4, 2, SET, 0x400c,
	  "the kind of its tree of free" },
	{ "main tree has duplicates", main_record, 4, 2, SET, 0x04, "but not a store" },
	{ "value is a little shorter", pair, 0, 4, ADD, UINT64_MAX - 1,
	  "has nodes that overlap" },
};

static void make_slip(victim *self, const slip *what)
{
	uint8_t *at = what->where(self) + what->offset;
	uint64_t number = 0;
	memcpy(&number, at, what->bytes); /* little-endian machines only, as the whole table */
	number = what->how == SET ? what->number : number + what->number;
	memcpy(at, &number, what->bytes);
}

static bool is_refused(victim *self, const char *name, const char *text)
{
	engine__verify_report report = { .pages = 7 };
	cx_error error = { 0 };
	cx_status status = verify(self, &report, &error);
	assert_int_equal(report.pages, status == CX_OK ? report.pages : 7); /* untouched */
	bool right = status == CX_CORRUPT && error.status == CX_CORRUPT &&
	             strstr(error.text, text) != NULL;
	if (!right)
		print_message("%s: %s: %s\n", name, cx_status_name(status), error.text);
	return right;
}

static void every_damage_is_refused_for_its_own_reason(void **state)
{
	static const struct {
		const char *name;
		void (*damage)(victim *self);
		const char *text;
	} rows[] = {
#define ROW(name, text) { #name, name, text },
		DAMAGES(ROW)
#undef ROW
	};
	victim *self = *state;
	unsigned wrong = 0;
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		memcpy(self->bytes, self->sound, self->size);
		rows[i].damage(self);
		wrong += !is_refused(self, rows[i].name, rows[i].text);
	}
	for (size_t i = 0; i < CX_COUNT_OF(slips); i++) {
		memcpy(self->bytes, self->sound, self->size);
		make_slip(self, &slips[i]);
		wrong += !is_refused(self, slips[i].name, slips[i].text);
	}
	assert_int_equal(wrong, 0);
}

static void the_file_to_damage_is_sound(void **state)
{
	victim *self = *state;
	engine__verify_report report;
	memcpy(self->bytes, self->sound, self->size);
	assert_int_equal(verify(self, &report, NULL), CX_OK);
	assert_int_equal(report.trees, 2);
	assert_int_equal(report.entries, 204);
	assert_int_equal(report.lost_pages, 0);
}

static void a_lost_page_is_counted_and_no_damage(void **state)
{
	victim *self = *state;
	engine__verify_report report;
	memcpy(self->bytes, self->sound, self->size);
	uint8_t *list = free_list(self);
	put64(list, engine__u64(list) - 1);
	assert_int_equal(verify(self, &report, NULL), CX_OK);
	assert_int_equal(report.lost_pages, 1);
}

/* A failed write of the meta page leaves them so. */
static void old_numbers_over_records_of_newer_trees_are_no_damage(void **state)
{
	victim *self = *state;
	engine__verify_report report;
	memcpy(self->bytes, self->sound, self->size);
	put64(older_meta(self) + 24 + 40, 2000);
	put64(older_meta(self) + 72 + 40, 2001);
	put64(older_meta(self) + 120, 2002);
	assert_int_equal(verify(self, &report, NULL), CX_OK);
}

static void a_longer_run_than_needed_is_no_damage(void **state)
{
	victim *self = *state;
	engine__verify_report report;
	memcpy(self->bytes, self->sound, self->size);
	put32(node_of(runs_leaf(self), 3), 100);
	assert_int_equal(verify(self, &report, NULL), CX_OK);
}

/* No byte of a page in use can make it read out of bounds, hang or assert: the sanitizers see
 * to that. */
static void any_bytes_end_in_a_status(void **state)
{
	victim *self = *state;
	dice roll = dice_init();
	unsigned refused = 0;
	enum { TIMES = 3000 };
	for (int i = 0; i < TIMES; i++) {
		engine__verify_report report;
		memcpy(self->bytes, self->sound, self->size);
		uint64_t page = dice_below(&roll, self->size / self->page_bytes);
		uint64_t count = 1 + dice_below(&roll, 12);
		while (count-- > 0) {
			uint64_t below = dice_one_in(&roll, 2) ? 160 : self->page_bytes;
			page_of(self, page)[dice_below(&roll, below)] =
				(uint8_t)dice_u64(&roll);
		}
		cx_status status = verify(self, &report, NULL);
		assert_true(status == CX_OK || status == CX_CORRUPT);
		refused += status == CX_CORRUPT;
	}
	print_message("%u of %d refused\n", refused, TIMES);
	assert_true(refused > TIMES / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_to_damage_is_sound),
		cmocka_unit_test(every_damage_is_refused_for_its_own_reason),
		cmocka_unit_test(a_lost_page_is_counted_and_no_damage),
		cmocka_unit_test(old_numbers_over_records_of_newer_trees_are_no_damage),
		cmocka_unit_test(a_longer_run_than_needed_is_no_damage),
		cmocka_unit_test(any_bytes_end_in_a_status),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
