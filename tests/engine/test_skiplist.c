/* SPDX-License-Identifier: Apache-2.0 */
/* The skip list shows each layer the newest version that is not above its number, in order of
 * (tree, key), whatever path an add was told; a version taken back is as if it had never been.
 */
#include "engine/store/skiplist.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const engine__tree first = { 2 };
static const engine__tree second = { 3 };

static engine__skiplist new_list(void)
{
	engine__skiplist list;
	assert_int_equal(engine__skiplist_init(&list, 64 * 1024 * 1024), CX_OK);
	return list;
}

/* An empty value is a remove. */
static engine__node *add(engine__skiplist *list, engine__tree tree, const char *key,
                         const char *value, uint64_t number, engine__path *path)
{
	engine__version *version =
		engine__skiplist_version(list, cx_slice_of(value), value[0] == '\0');
	assert_non_null(version);
	version->number = number;
	engine__node *node = engine__skiplist_add(list, tree, cx_slice_of(key), version, path);
	assert_non_null(node);
	return node;
}

static engine__node *add_anywhere(engine__skiplist *list, engine__tree tree, const char *key,
                                  const char *value, uint64_t number)
{
	engine__path path = { .fresh = true };
	return add(list, tree, key, value, number, &path);
}

/* "2a=x 2b- 3a=y": tree, key, value or "-". */
static const char *show(const engine__skiplist *list, uint64_t number)
{
	static char text[1024];
	const engine__layer layer = { .list = list, .number = number };
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

static const char *seek(const engine__skiplist *list, uint64_t number, const char *key,
                        engine__direction direction)
{
	static char text[32];
	const engine__layer layer = { .list = list, .number = number };
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
	engine__skiplist list = new_list();
	add_anywhere(&list, first, "b", "1", 10);
	add_anywhere(&list, first, "a", "2", 20);
	add_anywhere(&list, first, "b", "", 30);
	add_anywhere(&list, second, "a", "3", 30);
	add_anywhere(&list, first, "b", "4", 40);
	assert_string_equal(show(&list, 9), "");
	assert_string_equal(show(&list, 10), "2b=1");
	assert_string_equal(show(&list, 29), "2a=2 2b=1");
	assert_string_equal(show(&list, 30), "2a=2 2b- 3a=3");
	assert_string_equal(show(&list, UINT64_MAX), "2a=2 2b=4 3a=3");
	engine__skiplist_release(&list);
}

static void a_seek_passes_over_what_the_layer_does_not_see(void **state)
{
	(void)state;
	engine__skiplist list = new_list();
	add_anywhere(&list, first, "b", "1", 10);
	add_anywhere(&list, first, "c", "2", 20);
	add_anywhere(&list, first, "d", "3", 10);
	add_anywhere(&list, second, "a", "4", 10);
	assert_string_equal(seek(&list, 10, "c", ENGINE__FORWARD), "d");
	assert_string_equal(seek(&list, 20, "c", ENGINE__FORWARD), "c");
	assert_string_equal(seek(&list, 10, "d", ENGINE__BACKWARD), "b");
	assert_string_equal(seek(&list, 20, "d", ENGINE__BACKWARD), "c");
	assert_string_equal(seek(&list, 20, "e", ENGINE__FORWARD), "none");
	assert_string_equal(seek(&list, 20, "b", ENGINE__BACKWARD), "none");
	assert_string_equal(seek(&list, 9, "", ENGINE__FORWARD), "none");
	const engine__layer layer = { .list = &list, .number = 10 };
	const engine__node *last = engine__layer_last(&layer, first);
	assert_true(cx_slice_equal(engine__node_key(last), cx_slice_of("d")));
	const engine__node *before = engine__layer_neighbour(&layer, last, ENGINE__BACKWARD);
	assert_true(cx_slice_equal(engine__node_key(before), cx_slice_of("b")));
	assert_null(engine__layer_neighbour(&layer, last, ENGINE__FORWARD));
	assert_null(engine__layer_neighbour(&layer, before, ENGINE__BACKWARD));
	engine__skiplist_release(&list);
}

static void a_version_taken_back_was_never_there(void **state)
{
	(void)state;
	engine__skiplist list = new_list();
	engine__node *only = add_anywhere(&list, first, "a", "1", 10);
	engine__node *twice = add_anywhere(&list, first, "b", "2", 10);
	assert_ptr_equal(add_anywhere(&list, first, "b", "3", 20), twice);
	engine__skiplist_take_back(only);
	engine__skiplist_take_back(twice);
	assert_string_equal(show(&list, UINT64_MAX), "2b=2");
	const engine__layer layer = { .list = &list, .number = UINT64_MAX };
	assert_null(engine__layer_find(&layer, first, cx_slice_of("a")));
	assert_string_equal(seek(&list, UINT64_MAX, "", ENGINE__FORWARD), "b");
	/* The node is still there, for the next version of its key. */
	assert_ptr_equal(engine__skiplist_node(&list, first, cx_slice_of("a")), only);
	assert_ptr_equal(add_anywhere(&list, first, "a", "4", 30), only);
	assert_string_equal(show(&list, UINT64_MAX), "2a=4 2b=2");
	engine__skiplist_release(&list);
}

static void without_memory_nothing_changes(void **state)
{
	(void)state;
	engine__skiplist list;
	assert_int_equal(engine__skiplist_init(&list, 8 * 1024), CX_OK);
	unsigned added = 0;
	bool full = false;
	for (; !full; added += !full) {
		char key[16];
		engine__path path = { .fresh = true };
		snprintf(key, sizeof key, "%04u", added);
		engine__version *version =
			engine__skiplist_version(&list, cx_slice_of("value"), false);
		full = version == NULL || engine__skiplist_add(&list, first, cx_slice_of(key),
		                                               version, &path) == NULL;
	}
	assert_true(added > 10 && added < 1000);
	const engine__layer layer = { .list = &list, .number = 0 };
	unsigned there = 0;
	for (const engine__node *node = engine__layer_next(&layer, NULL); node != NULL;
	     node = engine__layer_next(&layer, node))
		there++;
	assert_int_equal(there, added);
	assert_int_equal(engine__skiplist_clear(&list), CX_OK);
	assert_string_equal(show(&list, UINT64_MAX), "");
	engine__skiplist_release(&list);
}

enum { KEYS = 3000, RUNS = 40 };

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Adds runs of ascending keys, each along one path as a commit is, between those of earlier
 * runs; every key must be found, and the order be that of the bytes. */
static void a_path_finds_every_place_behind_it(void **state)
{
	(void)state;
	static char keys[KEYS][8];
	dice roll = dice_init();
	engine__skiplist list = new_list();
	unsigned count = 0;
	for (unsigned run = 0; run < RUNS; run++) {
		char some[KEYS / RUNS][8];
		for (unsigned i = 0; i < KEYS / RUNS; i++)
			snprintf(some[i], sizeof some[i], "%u",
			         (unsigned)dice_below(&roll, 1000000));
		qsort(some, KEYS / RUNS, sizeof some[0], by_text);
		engine__path path = { .fresh = true };
		for (unsigned i = 0; i < KEYS / RUNS; i++) {
			if (i > 0 && strcmp(some[i], some[i - 1]) == 0)
				continue;
			add(&list, first, some[i], "x", run, &path);
			memcpy(keys[count++], some[i], sizeof some[i]);
		}
	}
	qsort(keys, count, sizeof keys[0], by_text);
	const engine__layer layer = { .list = &list, .number = UINT64_MAX };
	const engine__node *node = NULL;
	for (unsigned i = 0; i < count; i++) {
		if (i > 0 && strcmp(keys[i], keys[i - 1]) == 0)
			continue;
		node = engine__layer_next(&layer, node);
		assert_non_null(node);
		assert_true(cx_slice_equal(engine__node_key(node), cx_slice_of(keys[i])));
		assert_non_null(engine__layer_find(&layer, first, cx_slice_of(keys[i])));
	}
	assert_null(engine__layer_next(&layer, node));
	engine__skiplist_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_layer_shows_nothing_above_its_number),
		cmocka_unit_test(a_seek_passes_over_what_the_layer_does_not_see),
		cmocka_unit_test(a_version_taken_back_was_never_there),
		cmocka_unit_test(without_memory_nothing_changes),
		cmocka_unit_test(a_path_finds_every_place_behind_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
