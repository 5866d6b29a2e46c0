/* SPDX-License-Identifier: Apache-2.0 */
/* A memtable takes a commit as a whole or not at all, counts what it holds of each tree, and
 * shows readers whole commits while the next ones are applied. */
#include "engine/store/buffer.h"
#include "engine/store/key_hash.h"
#include "engine/store/memtable.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const engine__tree first = { 2 };
static const engine__tree second = { 3 };

static engine__memtable_spare spare;

/* So that the shortcut is full after some dozens of keys. */
enum { SEGMENT_BYTES = 8 * 1024 };

static const atomic_bool asked[ENGINE__TREE_NUMBERS] = { [2] = true, [4] = true };

static engine__memtable *new_table(void)
{
	engine__memtable *table;
	assert_int_equal(engine__memtable_new(&spare, SEGMENT_BYTES, asked, &table), CX_OK);
	return table;
}

static const engine__version *find(const engine__memtable *table, uint64_t number,
                                   engine__tree tree, const char *key)
{
	const cx_slice name = cx_slice_of(key);
	const uint64_t hash = engine__key_hash(tree, name);
	engine__memtable_fetch(table, tree, hash, false);
	engine__memtable_fetch(table, tree, hash, true);
	return engine__memtable_find(table, number, tree, name, hash);
}

static int free_spare(void **state)
{
	(void)state;
	engine__memtable_free_spare(&spare);
	return 0;
}

/* "a=1 b-": the writes of a transaction to the tree. */
static void write_some(engine__buffer *buffer, engine__tree tree, const char *writes)
{
	char copy[256];
	snprintf(copy, sizeof copy, "%s", writes);
	for (char *rest, *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		const cx_slice key = { .data = (uint8_t *)word, .size = 1 };
		cx_status status = word[1] == '-' ? engine__buffer_remove(buffer, tree, key)
		                                  : engine__buffer_put(buffer, tree, key,
		                                                       cx_slice_of(word + 2));
		assert_int_equal(status, CX_OK);
	}
}

static cx_status apply(engine__memtable *table, engine__tree tree, const char *writes,
                       uint64_t number)
{
	engine__buffer *buffer;
	assert_int_equal(engine__buffer_new(&buffer), CX_OK);
	write_some(buffer, tree, writes);
	const engine__layer layer = engine__buffer_layer(buffer);
	cx_status status = engine__memtable_apply(table, &layer, number);
	engine__buffer_free(&buffer);
	return status;
}

static const char *show(const engine__memtable *table, uint64_t number)
{
	static char text[512];
	const engine__layer layer = { .map = &table->map, .number = number };
	size_t used = 0;
	text[0] = '\0';
	for (const engine__node *node = engine__layer_next(&layer, NULL); node != NULL;
	     node = engine__layer_next(&layer, node)) {
		const engine__version *version = engine__layer_version(&layer, node);
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u%.*s%s%.*s",
		                         used > 0 ? " " : "", node->tree,
		                         CX_SLICE_ARG(engine__node_key(node)),
		                         version->removed ? "-" : "=",
		                         CX_SLICE_ARG(engine__version_value(version)));
		assert_true(used < sizeof text);
	}
	return text;
}

static unsigned live(engine__memtable *table, engine__tree tree)
{
	return atomic_load(&table->trees[tree.number].live);
}

static void commits_are_told_apart_and_counted(void **state)
{
	(void)state;
	engine__memtable *table = new_table();
	assert_false(engine__memtable_has(table, first));
	assert_int_equal(apply(table, first, "a=1 b=2 c-", 5), CX_OK);
	assert_int_equal(apply(table, second, "a=3", 6), CX_OK);
	assert_int_equal(apply(table, first, "a- b=4 c=5", 8), CX_OK);
	assert_string_equal(show(table, 4), "");
	assert_string_equal(show(table, 5), "2a=1 2b=2 2c-");
	assert_string_equal(show(table, 7), "2a=1 2b=2 2c- 3a=3");
	assert_string_equal(show(table, 8), "2a- 2b=4 2c=5 3a=3");
	assert_true(engine__memtable_has(table, first));
	assert_true(engine__memtable_has(table, second));
	assert_int_equal(atomic_load(&table->nodes), 4);
	assert_int_equal(live(table, first), 2);
	assert_int_equal(live(table, second), 1);
	assert_int_equal(table->last, 8);
	engine__memtable_let_go(&table);
}

static void a_commit_taken_back_leaves_the_one_before(void **state)
{
	(void)state;
	engine__memtable *table = new_table();
	assert_int_equal(apply(table, first, "a=1 b-", 5), CX_OK);
	engine__buffer *buffer;
	assert_int_equal(engine__buffer_new(&buffer), CX_OK);
	write_some(buffer, first, "a- b=2 c=3");
	const engine__layer layer = engine__buffer_layer(buffer);
	assert_int_equal(engine__memtable_apply(table, &layer, 6), CX_OK);
	assert_int_equal(live(table, first), 2);
	engine__memtable_take_back(table, &layer, NULL, 5);
	assert_int_equal(table->last, 5); /* what a merge would say that it covers */
	engine__buffer_free(&buffer);
	assert_string_equal(show(table, UINT64_MAX), "2a=1 2b-");
	assert_int_equal(live(table, first), 1);
	assert_int_equal(apply(table, first, "c=4", 6), CX_OK);
	assert_string_equal(show(table, UINT64_MAX), "2a=1 2b- 2c=4");
	assert_int_equal(live(table, first), 2);
	engine__memtable_let_go(&table);
}

/* With a shortcut and without one, when it is full, and when its memory had another table. */
static void a_key_is_found_as_by_a_search(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) { /* more than there are turns */
		engine__memtable *table = new_table();
		for (uint16_t tree = 2; tree < 5; tree++) {
			const int step = 1 + round % 3;
			for (char key = 'a'; key <= 'z'; key = (char)(key + step)) {
				const char write[] = { key, '=', '1', ' ', key, '-', '\0' };
				assert_int_equal(apply(table, (engine__tree){ tree }, write,
				                       (uint64_t)tree * 100),
				                 CX_OK);
			}
		}
		assert_true(table->shortcut.used > 0);
		assert_int_equal(atomic_load(&table->shortcut.full), round % 3 == 0);
		for (uint16_t tree = 2; tree < 6; tree++) {
			for (char key = 'a'; key <= 'z'; key++) {
				const char name[] = { key, '\0' };
				const engine__layer layer = { .map = &table->map,
					                      .number = 300 };
				assert_ptr_equal(find(table, 300, (engine__tree){ tree }, name),
				                 engine__layer_find(&layer,
				                                    (engine__tree){ tree },
				                                    cx_slice_of(name)));
			}
		}
		engine__memtable_let_go(&table);
	}
}

/* The memory ends somewhere inside a commit: nothing of that commit is there. */
static void without_memory_a_commit_leaves_nothing(void **state)
{
	(void)state;
	for (size_t bytes = 6 * 1024; bytes < 20 * 1024; bytes += 100) {
		engine__memtable *table = new_table();
		engine__map_release(&table->map);
		assert_int_equal(engine__map_init(&table->map, bytes), CX_OK);
		uint64_t number = 0;
		cx_status status;
		do
			status = apply(table, first, "a=1 b=2 c- d=4 e=5", ++number);
		while (status == CX_OK);
		assert_int_equal(status, CX_NO_MEMORY);
		assert_int_equal(table->last, number - 1);
		const char *expected = number == 1 ? "" : "2a=1 2b=2 2c- 2d=4 2e=5";
		assert_string_equal(show(table, UINT64_MAX), expected);
		assert_int_equal(live(table, first), number == 1 ? 0 : 4);
		const engine__layer layer = { .map = &table->map, .number = UINT64_MAX };
		const engine__version *newest =
			engine__layer_find(&layer, first, cx_slice_of("a"));
		assert_true(newest == NULL ? number == 1 : newest->number == number - 1);
		engine__memtable_let_go(&table);
	}
}

static void the_last_one_to_let_go_ends_it(void **state)
{
	(void)state;
	engine__memtable *table = new_table();
	engine__memtable *other = engine__memtable_hold(table);
	assert_int_equal(apply(table, first, "a=1", 1), CX_OK);
	engine__memtable_let_go(&table);
	assert_null(table);
	assert_string_equal(show(other, 1), "2a=1");
	engine__memtable_let_go(&other);
}

/* What the last one held is not in the next one, which lies where that lay. */
static void the_next_one_is_empty_and_takes_the_memory_of_the_last(void **state)
{
	(void)state;
	engine__memtable_free_spare(&spare);
	size_t bytes = 0;
	const engine__memtable *last = NULL;
	for (int round = 0; round < 3; round++) {
		engine__memtable *table = new_table();
		assert_true(last == NULL || table == last);
		last = table;
		assert_string_equal(show(table, UINT64_MAX), "");
		assert_int_equal(atomic_load(&table->nodes), 0);
		assert_int_equal(table->last, 0);
		assert_false(engine__memtable_has(table, first));
		assert_int_equal(live(table, first), 0);
		for (uint64_t number = 1; number < 2000; number++)
			assert_int_equal(apply(table, first, "a=1 b=2 c-", number), CX_OK);
		assert_true(bytes == 0 || cx_arena_bytes(table->map.arena) <= bytes);
		bytes = cx_arena_bytes(table->map.arena);
		engine__memtable_let_go(&table);
	}
}

static void of_two_that_end_one_is_kept(void **state)
{
	(void)state;
	engine__memtable *table = new_table();
	engine__memtable *other = new_table();
	engine__memtable *const second_to_end = other;
	engine__memtable_let_go(&table);
	engine__memtable_let_go(&other);
	assert_ptr_equal(atomic_load(&spare), second_to_end);
	engine__memtable_free_spare(&spare);
	assert_null(atomic_load(&spare));
}

/* ---- readers beside the writer ---- */

enum { COMMITS = 3000, PAIRS = 5, READERS = 3 };

typedef struct shared {
	engine__memtable *table;
	atomic_uint_fast64_t visible;
	atomic_uint wrong;
} shared;

/* Every commit writes its number into all pairs and into a key of its own. */
static cx_status apply_number(engine__memtable *table, engine__buffer *buffer, uint64_t number)
{
	char key[16];
	const cx_slice value = { .data = (const uint8_t *)&number, .size = sizeof number };
	engine__buffer_clear(buffer);
	for (int i = 0; i < PAIRS; i++) {
		snprintf(key, sizeof key, "pair%d", i);
		assert_int_equal(engine__buffer_put(buffer, first, cx_slice_of(key), value),
		                 CX_OK);
	}
	snprintf(key, sizeof key, "%06u", (unsigned)(number * 7919 % COMMITS));
	assert_int_equal(engine__buffer_put(buffer, second, cx_slice_of(key), value), CX_OK);
	const engine__layer layer = engine__buffer_layer(buffer);
	return engine__memtable_apply(table, &layer, number);
}

static uint64_t number_of(const engine__version *version)
{
	uint64_t number;
	memcpy(&number, version->bytes, sizeof number);
	return number;
}

static uint64_t backward_count(const engine__layer *layer)
{
	engine__guide_hint hint = { 0 };
	uint64_t count = 0;
	for (const engine__node *node = engine__layer_last(layer, second); node != NULL;
	     node = engine__layer_neighbour(layer, node, ENGINE__BACKWARD, &hint))
		count++;
	return count;
}

static bool is_whole(const engine__memtable *table, const engine__layer *layer)
{
	for (int i = 0; i < PAIRS; i++) {
		char key[16];
		snprintf(key, sizeof key, "pair%d", i);
		const engine__version *version = find(table, layer->number, first, key);
		if (layer->number == 0 ? version != NULL
		                       : version == NULL || number_of(version) != layer->number)
			return false;
	}
	uint64_t own = 0;
	cx_slice before = { 0 };
	for (const engine__node *node =
	             engine__layer_seek(layer, second, (cx_slice){ 0 }, ENGINE__FORWARD);
	     node != NULL; node = engine__layer_neighbour(layer, node, ENGINE__FORWARD, NULL)) {
		if (cx_slice_compare(before, engine__node_key(node)) >= 0)
			return false;
		before = engine__node_key(node);
		own++;
	}
	return own == layer->number && backward_count(layer) == own;
}

static void *read_along(void *context)
{
	shared *all = context;
	uint64_t number;
	do {
		number = atomic_load(&all->visible);
		const engine__layer layer = { .map = &all->table->map, .number = number };
		if (!is_whole(all->table, &layer))
			atomic_fetch_add(&all->wrong, 1);
	} while (number < COMMITS);
	return NULL;
}

static void readers_see_whole_commits_while_others_come(void **state)
{
	(void)state;
	shared all = { .table = new_table() };
	pthread_t readers[READERS];
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_along, &all), 0);
	engine__buffer *buffer;
	assert_int_equal(engine__buffer_new(&buffer), CX_OK);
	for (uint64_t number = 1; number <= COMMITS; number++) {
		assert_int_equal(apply_number(all.table, buffer, number), CX_OK);
		atomic_store(&all.visible, number);
	}
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_join(readers[i], NULL), 0);
	assert_int_equal(atomic_load(&all.wrong), 0);
	engine__buffer_free(&buffer);
	engine__memtable_let_go(&all.table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commits_are_told_apart_and_counted),
		cmocka_unit_test(a_commit_taken_back_leaves_the_one_before),
		cmocka_unit_test(a_key_is_found_as_by_a_search),
		cmocka_unit_test(without_memory_a_commit_leaves_nothing),
		cmocka_unit_test(the_last_one_to_let_go_ends_it),
		cmocka_unit_test(the_next_one_is_empty_and_takes_the_memory_of_the_last),
		cmocka_unit_test(of_two_that_end_one_is_kept),
		cmocka_unit_test(readers_see_whole_commits_while_others_come),
	};
	return cmocka_run_group_tests(tests, NULL, free_spare);
}
