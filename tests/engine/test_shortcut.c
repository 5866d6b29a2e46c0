/* SPDX-License-Identifier: Apache-2.0 */
/* A shortcut tells where a node is, or that there is none, until it has left one out; it never
 * tells of a turn before. */
#include "engine/store/map.h"
#include "engine/store/shortcut.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { HASH = 7, BOUND = 64, NODES = 80, SMALL_BYTES = 64 * 1024, LARGE_BYTES = 1024 * 1024 };

static const engine__tree tree = { 5 };

typedef struct fixture {
	engine__map map;
	engine__node *nodes[NODES];
} fixture;

static fixture make(void)
{
	fixture made = { 0 };
	assert_int_equal(engine__map_init(&made.map, 1 << 20), CX_OK);
	for (int i = 0; i < NODES; i++) {
		char key[8];
		snprintf(key, sizeof key, "%d", i);
		engine__version *version =
			engine__map_version(&made.map, cx_slice_of("x"), false);
		assert_non_null(version);
		made.nodes[i] = engine__map_add(&made.map, tree, cx_slice_of(key), version);
		assert_non_null(made.nodes[i]);
	}
	return made;
}

static bool tells(const engine__shortcut *self, uint64_t hash, const engine__node *of,
                  const engine__node **ret)
{
	return engine__shortcut_find(self, hash, tree, engine__node_key(of), ret);
}

static void add_all(engine__shortcut *self, const fixture *all, bool alike)
{
	assert_true(engine__shortcut_prepare(self));
	for (int i = 0; i < NODES; i++)
		engine__shortcut_add(self, alike ? HASH : (uint64_t)i << 55, all->nodes[i]);
}

static void of_keys_with_one_hash_some_are_left_out(void **state)
{
	(void)state;
	fixture all = make();
	engine__shortcut self = { 0 };
	engine__shortcut_resize(&self, SMALL_BYTES);
	add_all(&self, &all, true);
	const engine__node *found;
	for (int i = 0; i < NODES; i++) {
		assert_int_equal(tells(&self, HASH, all.nodes[i], &found), i < BOUND);
		assert_ptr_equal(found, i < BOUND ? all.nodes[i] : NULL);
	}
	assert_false(tells(&self, ~(uint64_t)HASH, all.nodes[0], &found));
	engine__shortcut_release(&self);
	engine__map_release(&all.map);
}

static void another_turn_begins_empty(void **state)
{
	(void)state;
	fixture all = make();
	engine__shortcut self = { 0 };
	const engine__node *found;
	for (int turn = 0; turn < 600; turn++) { /* more than a place can tell apart */
		engine__shortcut_resize(&self, turn % 100 < 50 ? SMALL_BYTES : LARGE_BYTES);
		assert_true(engine__shortcut_prepare(&self));
		assert_true(tells(&self, 0, all.nodes[0], &found));
		assert_null(found);
		add_all(&self, &all, false);
		add_all(&self, &all, false); /* adds nothing */
		assert_int_equal(self.used, NODES);
		for (int i = 0; i < NODES; i++) {
			assert_true(tells(&self, (uint64_t)i << 55, all.nodes[i], &found));
			assert_ptr_equal(found, all.nodes[i]);
		}
		engine__shortcut_forget(&self);
	}
	engine__shortcut_release(&self);
	engine__map_release(&all.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_keys_with_one_hash_some_are_left_out),
		cmocka_unit_test(another_turn_begins_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
