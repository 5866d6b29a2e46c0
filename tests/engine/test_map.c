/* SPDX-License-Identifier: Apache-2.0 */
/* A map shows each layer the newest version that is not above its number, in order of
 * (tree, key), whatever the order of adding; a version taken back is as if it had never been.
 */
#include "engine/store/map.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const engine__tree first = { 2 };
static const engine__tree second = { 3 };

static engine__map new_map(void)
{
	engine__map map;
	assert_int_equal(engine__map_init(&map, 64 * 1024 * 1024), CX_OK);
	return map;
}

/* An empty value is a remove. */
static engine__node *add(engine__map *map, engine__tree tree, const char *key,
                         const char *value, uint64_t number)
{
	engine__version *version =
		engine__map_version(map, cx_slice_of(value), value[0] == '\0');
	assert_non_null(version);
	version->number = number;
	engine__node *node = engine__map_add(map, tree, cx_slice_of(key), version);
	assert_non_null(node);
	return node;
}

/* "2a=x 2b- 3a=y": tree, key, value or "-". */
static const char *show(const engine__map *map, uint64_t number)
{
	static char text[1024];
	const engine__layer layer = { .map = map, .number = number };
	size_t used = 0;
	text[0] = '\0';
	for (const engine__node *node = engine__layer_next(&layer, NULL); node != NULL;
	     node = engine__layer_next(&layer, node)) {
		const engine__version *version = engine__layer_version(&layer, node);
		assert_non_null(version);
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u%.*s%s%.*s",
		                         used > 0 ? " " : "", node->tree,
		                         CX_SLICE_ARG(engine__node_key(node)),
		                         version->removed ? "-" : "=",
		                         CX_SLICE_ARG(engine__version_value(version)));
		assert_true(used < sizeof text);
	}
	return text;
}

static const char *seek(const engine__map *map, uint64_t number, const char *key,
                        engine__direction direction)
{
	static char text[32];
	const engine__layer layer = { .map = map, .number = number };
	const engine__node *node =
		engine__layer_seek(&layer, first, cx_slice_of(key), direction);
	if (node == NULL)
		return "none";
	snprintf(text, sizeof text, "%.*s", CX_SLICE_ARG(engine__node_key(node)));
	return text;
}

static void a_layer_shows_nothing_above_its_number(void **state)
{
	(void)state;
	engine__map map = new_map();
	add(&map, first, "b", "1", 10);
	add(&map, first, "a", "2", 20);
	add(&map, first, "b", "", 30);
	add(&map, second, "a", "3", 30);
	add(&map, first, "b", "4", 40);
	assert_string_equal(show(&map, 9), "");
	assert_string_equal(show(&map, 10), "2b=1");
	assert_string_equal(show(&map, 29), "2a=2 2b=1");
	assert_string_equal(show(&map, 30), "2a=2 2b- 3a=3");
	assert_string_equal(show(&map, UINT64_MAX), "2a=2 2b=4 3a=3");
	engine__map_release(&map);
}

static void a_seek_passes_over_what_the_layer_does_not_see(void **state)
{
	(void)state;
	engine__map map = new_map();
	add(&map, first, "b", "1", 10);
	add(&map, first, "c", "2", 20);
	add(&map, first, "d", "3", 10);
	add(&map, second, "a", "4", 10);
	assert_string_equal(seek(&map, 10, "c", ENGINE__FORWARD), "d");
	assert_string_equal(seek(&map, 20, "c", ENGINE__FORWARD), "c");
	assert_string_equal(seek(&map, 10, "d", ENGINE__BACKWARD), "b");
	assert_string_equal(seek(&map, 20, "d", ENGINE__BACKWARD), "c");
	assert_string_equal(seek(&map, 20, "e", ENGINE__FORWARD), "none");
	assert_string_equal(seek(&map, 20, "b", ENGINE__BACKWARD), "none");
	assert_string_equal(seek(&map, 9, "", ENGINE__FORWARD), "none");
	const engine__layer layer = { .map = &map, .number = 10 };
	const engine__node *last = engine__layer_last(&layer, first);
	assert_true(cx_slice_equal(engine__node_key(last), cx_slice_of("d")));
	engine__guide_hint hint = { 0 };
	const engine__node *before =
		engine__layer_neighbour(&layer, last, ENGINE__BACKWARD, &hint);
	assert_true(cx_slice_equal(engine__node_key(before), cx_slice_of("b")));
	assert_null(engine__layer_neighbour(&layer, last, ENGINE__FORWARD, NULL));
	assert_null(engine__layer_neighbour(&layer, before, ENGINE__BACKWARD, &hint));
	engine__map_release(&map);
}

static void a_version_taken_back_was_never_there(void **state)
{
	(void)state;
	engine__map map = new_map();
	engine__node *only = add(&map, first, "a", "1", 10);
	engine__node *twice = add(&map, first, "b", "2", 10);
	assert_ptr_equal(add(&map, first, "b", "3", 20), twice);
	engine__map_take_back(only);
	engine__map_take_back(twice);
	assert_string_equal(show(&map, UINT64_MAX), "2b=2");
	const engine__layer layer = { .map = &map, .number = UINT64_MAX };
	assert_null(engine__layer_find(&layer, first, cx_slice_of("a")));
	assert_string_equal(seek(&map, UINT64_MAX, "", ENGINE__FORWARD), "b");
	/* The node is still there, for the next version of its key. */
	assert_ptr_equal(engine__map_node(&map, first, cx_slice_of("a")), only);
	assert_ptr_equal(add(&map, first, "a", "4", 30), only);
	assert_string_equal(show(&map, UINT64_MAX), "2a=4 2b=2");
	engine__map_release(&map);
}

static void without_memory_nothing_changes(void **state)
{
	(void)state;
	engine__map map;
	assert_int_equal(engine__map_init(&map, 8 * 1024), CX_OK);
	unsigned added = 0;
	bool full = false;
	for (; !full; added += !full) {
		char key[16];
		snprintf(key, sizeof key, "%04u", added);
		engine__version *version =
			engine__map_version(&map, cx_slice_of("value"), false);
		full = version == NULL ||
		       engine__map_add(&map, first, cx_slice_of(key), version) == NULL;
	}
	assert_true(added > 10 && added < 1000);
	const engine__layer layer = { .map = &map, .number = 0 };
	unsigned there = 0;
	for (const engine__node *node = engine__layer_next(&layer, NULL); node != NULL;
	     node = engine__layer_next(&layer, node))
		there++;
	assert_int_equal(there, added);
	assert_int_equal(engine__map_clear(&map), CX_OK);
	assert_string_equal(show(&map, UINT64_MAX), "");
	engine__map_release(&map);
}

/* ---- many keys ---- */

enum { KEYS = 20000, KEY_BYTES = 40 };

typedef struct keys {
	char text[KEYS][KEY_BYTES];
	unsigned count;
} keys;

typedef void name_key(dice *roll, unsigned number, char text[KEY_BYTES]);

static void in_rising_order(dice *roll, unsigned number, char text[KEY_BYTES])
{
	(void)roll;
	snprintf(text, KEY_BYTES, "%08u", number);
}

static void in_falling_order(dice *roll, unsigned number, char text[KEY_BYTES])
{
	(void)roll;
	snprintf(text, KEY_BYTES, "%08u", KEYS - number);
}

static void anywhere(dice *roll, unsigned number, char text[KEY_BYTES])
{
	(void)number;
	snprintf(text, KEY_BYTES, "%u", (unsigned)dice_below(roll, 1000000));
}

/* Their first bytes say nothing. */
static void alike(dice *roll, unsigned number, char text[KEY_BYTES])
{
	(void)number;
	snprintf(text, KEY_BYTES, "a long beginning of all %u",
	         (unsigned)dice_below(roll, 1000000));
}

/* Runs of falling keys behind rising ones: what came before was the last of a full page. */
static void in_waves(dice *roll, unsigned number, char text[KEY_BYTES])
{
	(void)roll;
	snprintf(text, KEY_BYTES, "%06u%06u", number / 50, 50 - number % 50);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void add_all(engine__map *map, keys *of, name_key *name)
{
	dice roll = dice_init();
	for (unsigned i = 0; i < KEYS; i++) {
		name(&roll, i, of->text[i]);
		add(map, dice_below(&roll, 2) == 0 ? first : second, of->text[i], "x", i);
	}
	qsort(of->text, KEYS, sizeof of->text[0], by_text);
}

/* Every key is in one of the trees, the order is that of the bytes, and both neighbours of a
 * place are found from it. */
static void assert_all_found(const engine__map *map, const keys *of)
{
	const engine__layer layer = { .map = map, .number = UINT64_MAX };
	unsigned found = 0;
	for (unsigned i = 0; i < KEYS; i++) {
		const cx_slice key = cx_slice_of(of->text[i]);
		found += engine__layer_find(&layer, first, key) != NULL ||
		         engine__layer_find(&layer, second, key) != NULL;
	}
	assert_int_equal(found, KEYS);
	const engine__node *before = NULL;
	for (const engine__node *node = engine__layer_next(&layer, NULL); node != NULL;
	     before = node, node = engine__layer_next(&layer, node)) {
		const engine__tree tree = { node->tree };
		const cx_slice key = engine__node_key(node);
		assert_ptr_equal(engine__layer_seek(&layer, tree, key, ENGINE__FORWARD), node);
		const engine__node *below =
			engine__layer_seek(&layer, tree, key, ENGINE__BACKWARD);
		if (before == NULL || before->tree != node->tree) {
			assert_null(below);
			continue;
		}
		assert_ptr_equal(below, before);
		assert_true(cx_slice_compare(engine__node_key(before), key) < 0);
	}
}

/* Steps backward find each node, whatever was added since the hint was made. */
static void assert_all_behind_each_other(engine__map *map)
{
	const engine__layer layer = { .map = map, .number = UINT64_MAX };
	unsigned nodes = 0;
	for (const engine__node *node = engine__layer_next(&layer, NULL); node != NULL;
	     node = engine__layer_next(&layer, node))
		nodes++;
	unsigned steps = 0;
	for (unsigned i = 0; i < 2; i++) {
		const engine__tree tree = i == 0 ? first : second;
		engine__guide_hint hint = { 0 };
		const engine__node *node = engine__layer_last(&layer, tree);
		for (; node != NULL; steps++) {
			const engine__node *below = engine__layer_seek(
				&layer, tree, engine__node_key(node), ENGINE__BACKWARD);
			/* In the end this splits the page that the hint is of. */
			if (steps % 8 == 0) {
				char key[KEY_BYTES + 8];
				snprintf(key, sizeof key, "%.*s+",
				         CX_SLICE_ARG(engine__node_key(node)));
				add(map, tree, key, "x", 0);
			}
			node = engine__layer_neighbour(&layer, node, ENGINE__BACKWARD, &hint);
			assert_ptr_equal(node, below);
		}
	}
	assert_int_equal(steps, nodes);
}

static void every_order_of_adding_gives_the_same_order(void **state)
{
	(void)state;
	static name_key *const names[] = { in_rising_order, in_falling_order, anywhere, alike,
		                           in_waves };
	keys *of = calloc(1, sizeof *of);
	assert_non_null(of);
	for (size_t i = 0; i < CX_COUNT_OF(names); i++) {
		engine__map map = new_map();
		add_all(&map, of, names[i]);
		assert_all_found(&map, of);
		/* a page for every key would be told by this */
		assert_true(cx_arena_bytes(map.arena) < KEYS * (size_t)400);
		assert_all_behind_each_other(&map);
		engine__map_release(&map);
	}
	free(of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_layer_shows_nothing_above_its_number),
		cmocka_unit_test(a_seek_passes_over_what_the_layer_does_not_see),
		cmocka_unit_test(a_version_taken_back_was_never_there),
		cmocka_unit_test(without_memory_nothing_changes),
		cmocka_unit_test(every_order_of_adding_gives_the_same_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
