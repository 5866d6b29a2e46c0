/* SPDX-License-Identifier: Apache-2.0 */
/* Random puts, removes, marks, rollbacks, commits, aborts and reopens equal a plain table in
 * memory: by key, by cursors of both directions with writes in between, and in snapshots taken
 * at any time, while segments change and merges carry over or not. Every value handed out keeps
 * its bytes until its view ends. */
#include "engine/store/store.h"
#include "tests/support/dice.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEYS = 150, /* in order */
	TREES = 2,
	MARKS_MAX = 6,
	CURSORS_MAX = 5,
	VIEWS_MAX = 3,
	HELD_MAX = 4000,
	BATCH_MAX = 7,
	VALUE_BYTES_MAX = 6000,
	STEPS = 400000,
};

/* What a store holds: by tree and key, the number of the value; 0 = absent. */
typedef struct table {
	uint32_t value[TREES][KEYS];
} table;

typedef struct cursor_model {
	engine__cursor *cursor;
	engine__direction direction;
	int tree;
	int place; /* forward: the first key that is ahead; backward: keys below it are */
} cursor_model;

typedef struct view_model {
	engine__view *view;
	table content;
} view_model;

typedef struct held {
	cx_slice slice;
	uint32_t value;
} held;

typedef struct world {
	dice roll;
	raw_store store;
	engine__tree trees[TREES];
	cx_slice keys[KEYS];
	uint8_t key_bytes[KEYS][8];
	uint8_t value_bytes[VALUE_BYTES_MAX];
	uint32_t next_value;
	table committed;
	view_model views[VIEWS_MAX];

	engine__txn *txn;
	table now;
	table saved[MARKS_MAX];
	size_t marks[MARKS_MAX];
	unsigned depth;
	cursor_model cursors[CURSORS_MAX];
	unsigned cursor_count;
	held held[HELD_MAX];
	size_t held_count;
} world;

/* ---- keys and values ---- */

static int by_bytes(const void *a, const void *b)
{
	return cx_slice_compare(*(const cx_slice *)a, *(const cx_slice *)b);
}

/* Short keys of few letters, so that many begin others. */
static void make_keys(world *self)
{
	size_t count = 0;
	while (count < KEYS) {
		cx_slice key = { self->key_bytes[count], 1 + dice_below(&self->roll, 8) };
		for (size_t i = 0; i < key.size; i++)
			self->key_bytes[count][i] =
				(uint8_t)(dice_one_in(&self->roll, 2)
			                          ? dice_below(&self->roll, 2)
			                          : 0xff);
		bool is_new = true;
		for (size_t i = 0; i < count; i++)
			is_new &= !cx_slice_equal(self->keys[i], key);
		if (is_new)
			self->keys[count++] = key;
	}
	qsort(self->keys, KEYS, sizeof self->keys[0], by_bytes);
}

/* The bytes of a value follow from its number; one in 16 is larger than a page. */
static cx_slice value_of(world *self, uint32_t number)
{
	size_t size = number % 16 == 0 ? 2000 + number * 7 % 4000 : number * 31 % 60;
	memset(self->value_bytes, (int)(number % 251), size);
	if (size >= sizeof number)
		memcpy(self->value_bytes, &number, sizeof number);
	return (cx_slice){ self->value_bytes, size };
}

static void hold(world *self, cx_slice slice, uint32_t value)
{
	assert_true(cx_slice_equal(slice, value_of(self, value)));
	if (self->held_count < HELD_MAX)
		self->held[self->held_count++] = (held){ slice, value };
}

static void check_held(world *self)
{
	for (size_t i = 0; i < self->held_count; i++)
		assert_true(cx_slice_equal(self->held[i].slice,
		                           value_of(self, self->held[i].value)));
	self->held_count = 0;
}

/* ---- reading ---- */

static void check_get(world *self, engine__view *view, const table *content, int tree, int key)
{
	cx_slice value = { 0 };
	cx_status status = engine__view_get(view, self->trees[tree], self->keys[key], &value);
	uint32_t expected = content->value[tree][key];
	assert_int_equal(status, expected == 0 ? CX_NOT_FOUND : CX_OK);
	if (expected != 0)
		assert_true(cx_slice_equal(value, value_of(self, expected)));
	if (expected != 0 && self->txn != NULL && view == engine__txn_view(self->txn))
		hold(self, value, expected);
}

/* The key that comes next in the table, -1 at the end; moves the place behind it. */
static int expect_next(const table *content, cursor_model *model)
{
	const uint32_t *values = content->value[model->tree];
	if (model->direction == ENGINE__FORWARD) {
		for (int i = model->place; i < KEYS; i++)
			if (values[i] != 0) {
				model->place = i + 1;
				return i;
			}
		return -1;
	}
	for (int i = model->place - 1; i >= 0; i--)
		if (values[i] != 0) {
			model->place = i;
			return i;
		}
	return -1;
}

static void read_some(world *self, const table *content, cursor_model *model, size_t max)
{
	engine__pair pairs[BATCH_MAX];
	size_t count;
	assert_int_equal(engine__cursor_next(model->cursor, pairs, max, &count), CX_OK);
	for (size_t i = 0; i < count; i++) {
		int key = expect_next(content, model);
		assert_true(key >= 0);
		assert_true(cx_slice_equal(pairs[i].key, self->keys[key]));
		uint32_t value = content->value[model->tree][key];
		assert_true(cx_slice_equal(pairs[i].value, value_of(self, value)));
		if (content == &self->now) /* of the transaction: a view may end before it */
			hold(self, pairs[i].value, value);
	}
	if (count < max)
		assert_int_equal(expect_next(content, model), -1);
}

static cursor_model open_cursor(world *self, engine__view *view)
{
	cursor_model model = {
		.tree = (int)dice_below(&self->roll, TREES),
		.direction = dice_one_in(&self->roll, 2) ? ENGINE__FORWARD : ENGINE__BACKWARD,
	};
	model.place = model.direction == ENGINE__FORWARD ? 0 : KEYS;
	assert_int_equal(engine__cursor_open(view, self->trees[model.tree], model.direction,
	                                     &model.cursor),
	                 CX_OK);
	return model;
}

static void seek(world *self, cursor_model *model)
{
	model->place = (int)dice_below(&self->roll, KEYS);
	cx_slice bound = self->keys[model->place];
	assert_int_equal(engine__cursor_seek(model->cursor, bound), CX_OK);
}

static void check_view(world *self, engine__view *view, const table *content)
{
	for (int i = 0; i < 4; i++)
		check_get(self, view, content, (int)dice_below(&self->roll, TREES),
		          (int)dice_below(&self->roll, KEYS));
	cursor_model model = open_cursor(self, view);
	if (dice_one_in(&self->roll, 2))
		seek(self, &model);
	for (int i = 0; i < KEYS; i++)
		read_some(self, content, &model, 1 + dice_below(&self->roll, BATCH_MAX));
	engine__cursor_close(&model.cursor);
}

/* ---- outside transactions ---- */

static void step_view(world *self)
{
	view_model *slot = &self->views[dice_below(&self->roll, VIEWS_MAX)];
	if (slot->view == NULL) {
		assert_int_equal(engine__view_begin(self->store.store, &slot->view), CX_OK);
		slot->content = self->committed;
	} else if (dice_one_in(&self->roll, 4)) {
		engine__view_end(&slot->view);
		return;
	} else if (dice_one_in(&self->roll, 4)) {
		assert_int_equal(engine__view_renew(slot->view), CX_OK);
		slot->content = self->committed;
	}
	check_view(self, slot->view, &slot->content);
}

static void end_views(world *self)
{
	for (int i = 0; i < VIEWS_MAX; i++)
		engine__view_end(&self->views[i].view);
}

static void open_store(world *self)
{
	static const char *names[TREES] = { "even", "odd" };
	dice *roll = &self->roll;
	self->store.options = (engine__store_options){
		.journal_bytes =
			dice_one_in(roll, 2) ? 0 : UINT64_C(16384) << dice_below(roll, 4),
		.journal_age_ms = 1 + dice_below(roll, 20),
		.carry_all = dice_one_in(roll, 2),
	};
	raw_open(&self->store);
	for (int i = 0; i < TREES; i++)
		assert_int_equal(
			engine__store_tree(self->store.store, names[i], true, &self->trees[i]),
			CX_OK);
}

static void begin(world *self)
{
	assert_int_equal(engine__txn_begin(self->store.store, &self->txn), CX_OK);
	self->now = self->committed;
	self->depth = 0;
	self->cursor_count = 0;
}

/* ---- inside ---- */

static void put(world *self, int tree, int key)
{
	uint32_t number = ++self->next_value;
	cx_slice value = value_of(self, number);
	cx_status status;
	if (dice_one_in(&self->roll, 4)) {
		status = engine__txn_put_new(self->txn, self->trees[tree], self->keys[key],
		                             value);
		bool absent = self->now.value[tree][key] == 0;
		assert_int_equal(status, absent ? CX_OK : CX_UNIQUE);
	} else {
		status = engine__txn_put(self->txn, self->trees[tree], self->keys[key], value);
		assert_int_equal(status, CX_OK);
	}
	if (status == CX_OK)
		self->now.value[tree][key] = number;
}

static void remove_key(world *self, int tree, int key)
{
	assert_int_equal(engine__txn_remove(self->txn, self->trees[tree], self->keys[key]),
	                 CX_OK);
	self->now.value[tree][key] = 0;
}

static void mark(world *self)
{
	if (self->depth == MARKS_MAX)
		return;
	self->saved[self->depth] = self->now;
	self->marks[self->depth++] = engine__txn_mark(self->txn);
}

static void close_cursors(world *self)
{
	while (self->cursor_count > 0)
		engine__cursor_close(&self->cursors[--self->cursor_count].cursor);
}

/* The cursors stay open: as each is younger than some mark and older than others, only those
 * opened at depth 0 live on. */
static void rollback(world *self)
{
	if (self->depth == 0)
		return;
	self->depth = (unsigned)dice_below(&self->roll, self->depth);
	self->now = self->saved[self->depth];
	engine__txn_rollback(self->txn, self->marks[self->depth]);
}

static void use_cursor(world *self)
{
	bool add = self->cursor_count == 0 || dice_one_in(&self->roll, 8);
	if (add && self->cursor_count < CURSORS_MAX && self->depth == 0)
		self->cursors[self->cursor_count++] =
			open_cursor(self, engine__txn_view(self->txn));
	if (self->cursor_count == 0)
		return;
	cursor_model *model = &self->cursors[dice_below(&self->roll, self->cursor_count)];
	if (dice_one_in(&self->roll, 8))
		seek(self, model);
	read_some(self, &self->now, model, 1 + dice_below(&self->roll, BATCH_MAX));
}

static void end(world *self)
{
	close_cursors(self);
	check_view(self, engine__txn_view(self->txn), &self->now);
	check_held(self);
	if (dice_one_in(&self->roll, 3)) {
		engine__txn_abort(&self->txn);
		return;
	}
	assert_int_equal(engine__txn_commit(&self->txn), CX_OK);
	self->committed = self->now;
}

static void step_txn(world *self)
{
	int tree = (int)dice_below(&self->roll, TREES);
	int key = (int)dice_below(&self->roll, KEYS);
	switch (dice_below(&self->roll, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		put(self, tree, key);
		break;
	case 5:
	case 6:
	case 7:
		remove_key(self, tree, key);
		break;
	case 8:
		mark(self);
		break;
	case 9:
		rollback(self);
		break;
	case 10:
	case 11:
	case 12:
		use_cursor(self);
		break;
	case 13:
	case 14:
		check_get(self, engine__txn_view(self->txn), &self->now, tree, key);
		break;
	default:
		if (dice_one_in(&self->roll, 4))
			end(self);
		break;
	}
}

static void random_operations_equal_a_table(void **state)
{
	(void)state;
	world *self = calloc(1, sizeof *self);
	assert_non_null(self);
	self->roll = dice_init();
	make_keys(self);
	raw_init(&self->store, NULL);
	open_store(self);
	for (int step = 0; step < STEPS; step++) {
		if (dice_one_in(&self->roll, 40))
			step_view(self);
		if (self->txn != NULL) {
			step_txn(self);
		} else if (dice_one_in(&self->roll, 60)) {
			end_views(self);
			raw_close(&self->store);
			open_store(self);
		} else {
			begin(self);
		}
	}
	if (self->txn != NULL)
		end(self);
	end_views(self);
	raw_release(&self->store);
	free(self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_equal_a_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
