/* SPDX-License-Identifier: Apache-2.0 */
/* The buffer holds what was written in order of (tree, key), takes back exactly what is above a
 * mark, and keeps every byte that it handed out. */
#include "engine/store/buffer.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const engine__tree first = { 2 };
static const engine__tree second = { 3 };

/* The buffer as it is read: as one layer. */

static const engine__version *look_find(const engine__buffer *buffer, engine__tree tree,
                                        cx_slice key)
{
	const engine__layer layer = engine__buffer_layer(buffer);
	return engine__layer_find(&layer, tree, key);
}

static const engine__node *look_seek(const engine__buffer *buffer, engine__tree tree,
                                     cx_slice key, engine__direction direction)
{
	const engine__layer layer = engine__buffer_layer(buffer);
	return engine__layer_seek(&layer, tree, key, direction);
}

static const engine__node *look_last(const engine__buffer *buffer, engine__tree tree)
{
	const engine__layer layer = engine__buffer_layer(buffer);
	return engine__layer_last(&layer, tree);
}

static const engine__node *look_neighbour(const engine__buffer *buffer,
                                          const engine__node *node, engine__direction direction)
{
	const engine__layer layer = engine__buffer_layer(buffer);
	engine__guide_hint hint = { 0 };
	return engine__layer_neighbour(&layer, node, direction, &hint);
}

static const engine__node *look_next(const engine__buffer *buffer, const engine__node *node)
{
	const engine__layer layer = engine__buffer_layer(buffer);
	return engine__layer_next(&layer, node);
}

static const engine__version *version_of(const engine__buffer *buffer, const engine__node *node)
{
	const engine__layer layer = engine__buffer_layer(buffer);
	return engine__layer_version(&layer, node);
}

static engine__buffer *new_buffer(void)
{
	engine__buffer *buffer;
	assert_int_equal(engine__buffer_new(&buffer), CX_OK);
	return buffer;
}

static void put(engine__buffer *buffer, engine__tree tree, const char *key, const char *value)
{
	cx_status status =
		engine__buffer_put(buffer, tree, cx_slice_of(key), cx_slice_of(value));
	assert_int_equal(status, CX_OK);
}

static void drop(engine__buffer *buffer, engine__tree tree, const char *key)
{
	assert_int_equal(engine__buffer_remove(buffer, tree, cx_slice_of(key)), CX_OK);
}

/* "2a=x 2b- 3a=y": tree, key, value or "-". */
static const char *show(const engine__buffer *buffer)
{
	static char text[1024];
	size_t used = 0;
	text[0] = '\0';
	for (const engine__node *node = look_next(buffer, NULL); node != NULL;
	     node = look_next(buffer, node)) {
		const engine__version *version = version_of(buffer, node);
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u%.*s%s%.*s",
		                         used > 0 ? " " : "", node->tree,
		                         CX_SLICE_ARG(engine__node_key(node)),
		                         version->removed ? "-" : "=",
		                         CX_SLICE_ARG(engine__version_value(version)));
		assert_true(used < sizeof text);
	}
	return text;
}

static const char *key_of(const engine__node *node)
{
	static char text[32];
	if (node == NULL)
		return "none";
	snprintf(text, sizeof text, "%.*s", CX_SLICE_ARG(engine__node_key(node)));
	return text;
}

static const char *seek(const engine__buffer *buffer, const char *key,
                        engine__direction direction)
{
	return key_of(look_seek(buffer, first, cx_slice_of(key), direction));
}

static void writes_are_in_order_of_tree_and_key(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	put(buffer, second, "a", "1");
	put(buffer, first, "b", "2");
	drop(buffer, first, "ab");
	put(buffer, first, "a", "3");
	put(buffer, first, "b", "4");
	assert_string_equal(show(buffer), "2a=3 2ab- 2b=4 3a=1");
	assert_int_equal(engine__buffer_operations(buffer), 5);
	assert_int_equal(engine__buffer_bytes(buffer), 2 + 2 + 2 + 2 + 2);
	engine__buffer_clear(buffer);
	assert_string_equal(show(buffer), "");
	assert_int_equal(engine__buffer_operations(buffer), 0);
	assert_int_equal(engine__buffer_bytes(buffer), 0);
	engine__buffer_free(&buffer);
	assert_null(buffer);
	engine__buffer_free(&buffer);
}

static void a_rollback_takes_back_what_is_above_the_mark(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	put(buffer, first, "a", "1");
	put(buffer, first, "b", "2");
	size_t mark = engine__buffer_operations(buffer);
	put(buffer, first, "a", "3");
	drop(buffer, first, "b");
	put(buffer, first, "b", "4");
	put(buffer, first, "c", "5");
	size_t inner = engine__buffer_operations(buffer);
	drop(buffer, first, "a");
	assert_string_equal(show(buffer), "2a- 2b=4 2c=5");
	engine__buffer_rollback(buffer, inner);
	assert_string_equal(show(buffer), "2a=3 2b=4 2c=5");
	engine__buffer_rollback(buffer, mark);
	assert_string_equal(show(buffer), "2a=1 2b=2");
	assert_null(look_find(buffer, first, cx_slice_of("c")));
	put(buffer, first, "c", "6");
	assert_string_equal(show(buffer), "2a=1 2b=2 2c=6");
	engine__buffer_rollback(buffer, 0);
	assert_string_equal(show(buffer), "");
	engine__buffer_free(&buffer);
}

static void a_key_taken_back_is_seen_from_no_side(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	put(buffer, first, "a", "");
	put(buffer, first, "d", "");
	size_t mark = engine__buffer_operations(buffer);
	put(buffer, first, "b", "");
	put(buffer, first, "c", "");
	put(buffer, first, "e", "");
	engine__buffer_rollback(buffer, mark);

	assert_string_equal(seek(buffer, "b", ENGINE__FORWARD), "d");
	assert_string_equal(seek(buffer, "c", ENGINE__BACKWARD), "a");
	assert_string_equal(seek(buffer, "e", ENGINE__FORWARD), "none");
	const engine__node *last = look_last(buffer, first);
	assert_string_equal(key_of(last), "d");
	const engine__node *before = look_neighbour(buffer, last, ENGINE__BACKWARD);
	assert_string_equal(key_of(before), "a");
	assert_ptr_equal(look_neighbour(buffer, before, ENGINE__FORWARD), last);
	assert_null(look_neighbour(buffer, before, ENGINE__BACKWARD));
	assert_null(look_neighbour(buffer, last, ENGINE__FORWARD));
	engine__buffer_free(&buffer);
}

static void a_seek_stays_in_its_tree(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	put(buffer, (engine__tree){ 1 }, "z", "");
	put(buffer, second, "a", "");
	assert_string_equal(seek(buffer, "", ENGINE__FORWARD), "none");
	assert_string_equal(seek(buffer, "zz", ENGINE__BACKWARD), "none");
	assert_null(look_last(buffer, first));
	put(buffer, first, "m", "");
	assert_string_equal(seek(buffer, "", ENGINE__FORWARD), "m");
	assert_string_equal(seek(buffer, "m", ENGINE__FORWARD), "m");
	assert_string_equal(seek(buffer, "m", ENGINE__BACKWARD), "none");
	assert_string_equal(seek(buffer, "ma", ENGINE__BACKWARD), "m");
	assert_string_equal(seek(buffer, "", ENGINE__BACKWARD), "none");
	assert_string_equal(key_of(look_last(buffer, (engine__tree){ UINT16_MAX })), "none");
	put(buffer, (engine__tree){ UINT16_MAX }, "q", "");
	assert_string_equal(key_of(look_last(buffer, (engine__tree){ UINT16_MAX })), "q");
	engine__buffer_free(&buffer);
}

static void values_live_on_when_overwritten_or_taken_back(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	put(buffer, first, "a", "old");
	cx_slice old = engine__version_value(look_find(buffer, first, cx_slice_of("a")));
	put(buffer, first, "a", "new");
	cx_slice taken = engine__version_value(look_find(buffer, first, cx_slice_of("a")));
	engine__buffer_rollback(buffer, 0);
	for (int i = 0; i < 1000; i++)
		put(buffer, first, "b", "filler filler filler");
	assert_memory_equal(old.data, "old", 3);
	assert_memory_equal(taken.data, "new", 3);
	engine__buffer_free(&buffer);
}

static void the_stamp_changes_with_every_change(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	uint64_t stamps[4] = { engine__buffer_stamp(buffer) };
	put(buffer, first, "a", "");
	stamps[1] = engine__buffer_stamp(buffer);
	engine__buffer_rollback(buffer, 0);
	stamps[2] = engine__buffer_stamp(buffer);
	engine__buffer_clear(buffer);
	stamps[3] = engine__buffer_stamp(buffer);
	for (int i = 0; i < 3; i++)
		assert_true(stamps[i] < stamps[i + 1]);
	engine__buffer_free(&buffer);
}

static void bytes_are_bounded_with_those_taken_back(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	size_t size = ENGINE__TXN_BYTES_MAX / 2 - 1;
	uint8_t *bytes = calloc(1, size);
	assert_non_null(bytes);
	cx_slice key = cx_slice_of("k");
	assert_int_equal(engine__buffer_put(buffer, first, key, (cx_slice){ bytes, size }),
	                 CX_OK);
	engine__buffer_rollback(buffer, 0);
	assert_int_equal(engine__buffer_put(buffer, first, key, (cx_slice){ bytes, size - 1 }),
	                 CX_OK);
	assert_int_equal(engine__buffer_bytes(buffer), ENGINE__TXN_BYTES_MAX - 1);

	assert_int_equal(engine__buffer_remove(buffer, first, cx_slice_of("ab")), CX_TOO_LARGE);
	assert_null(look_find(buffer, first, cx_slice_of("ab")));
	assert_int_equal(engine__buffer_operations(buffer), 1);
	drop(buffer, first, "a");
	assert_int_equal(engine__buffer_remove(buffer, first, cx_slice_of("a")), CX_TOO_LARGE);
	free(bytes);
	engine__buffer_free(&buffer);
}

static void operations_are_bounded_with_those_taken_back(void **state)
{
	(void)state;
	engine__buffer *buffer = new_buffer();
	for (size_t i = 0; i < ENGINE__TXN_OPERATIONS_MAX; i++) {
		drop(buffer, first, "a");
		if (i == ENGINE__TXN_OPERATIONS_MAX / 2)
			engine__buffer_rollback(buffer, 0);
	}
	assert_int_equal(engine__buffer_remove(buffer, first, cx_slice_of("a")), CX_TOO_LARGE);
	engine__buffer_clear(buffer);
	drop(buffer, first, "a");
	engine__buffer_free(&buffer);
}

/* ---- against an oracle ---- */

enum { KEYS = 400 }; /* two bytes each, in order: key i of tree i % 2 */

typedef struct written {
	int value[KEYS]; /* 0 = not written, < 0 = removed */
} written;

static cx_slice key_number(unsigned i, uint8_t bytes[2])
{
	bytes[0] = (uint8_t)(i / 200 + 'a');
	bytes[1] = (uint8_t)(i % 200);
	return (cx_slice){ bytes, 2 };
}

static void assert_equals(const engine__buffer *buffer, const written *oracle)
{
	const engine__node *node = look_next(buffer, NULL);
	for (unsigned t = 0; t < 2; t++)
		for (unsigned i = t; i < KEYS; i += 2) {
			uint8_t bytes[2];
			cx_slice key = key_number(i, bytes);
			engine__tree tree = t == 0 ? first : second;
			const engine__version *found = look_find(buffer, tree, key);
			assert_int_equal(found != NULL, oracle->value[i] != 0);
			if (found == NULL)
				continue;
			assert_non_null(node);
			assert_true(node->tree == tree.number &&
			            cx_slice_equal(engine__node_key(node), key));
			assert_ptr_equal(version_of(buffer, node), found);
			assert_int_equal(found->removed, oracle->value[i] < 0);
			int value = 0;
			if (!found->removed) {
				memcpy(&value, found->bytes, sizeof value);
				assert_int_equal(value, oracle->value[i]);
			}
			node = look_next(buffer, node);
		}
	assert_null(node);
}

static void check_seek(const engine__buffer *buffer, const written *oracle, unsigned at)
{
	uint8_t bytes[2];
	cx_slice key = key_number(at, bytes);
	engine__tree tree = at % 2 == 0 ? first : second;
	int above = (int)at;
	while (above < KEYS && oracle->value[above] == 0)
		above += 2;
	int below = (int)at - 2;
	while (below >= 0 && oracle->value[below] == 0)
		below -= 2;
	const engine__node *node = look_seek(buffer, tree, key, ENGINE__FORWARD);
	assert_int_equal(node != NULL, above < KEYS);
	if (node != NULL)
		assert_true(cx_slice_equal(engine__node_key(node),
		                           key_number((unsigned)above, bytes)));
	node = look_seek(buffer, tree, key_number(at, bytes), ENGINE__BACKWARD);
	assert_int_equal(node != NULL, below >= 0);
	if (node != NULL)
		assert_true(cx_slice_equal(engine__node_key(node),
		                           key_number((unsigned)below, bytes)));
}

static void random_writes_and_rollbacks_equal_an_oracle(void **state)
{
	(void)state;
	enum { MARKS = 8 };
	dice roll = dice_init();
	engine__buffer *buffer = new_buffer();
	written now = { 0 };
	written saved[MARKS];
	size_t marks[MARKS];
	unsigned depth = 0;
	for (int step = 1; step <= 20000; step++) {
		unsigned i = (unsigned)dice_below(&roll, KEYS);
		uint8_t bytes[2];
		cx_slice key = key_number(i, bytes);
		engine__tree tree = i % 2 == 0 ? first : second;
		if (dice_one_in(&roll, 4)) {
			assert_int_equal(engine__buffer_remove(buffer, tree, key), CX_OK);
			now.value[i] = -1;
		} else {
			cx_slice value = { (const uint8_t *)&step, sizeof step };
			assert_int_equal(engine__buffer_put(buffer, tree, key, value), CX_OK);
			now.value[i] = step;
		}
		if (dice_one_in(&roll, 50) && depth < MARKS) {
			saved[depth] = now;
			marks[depth++] = engine__buffer_operations(buffer);
		}
		if (dice_one_in(&roll, 60) && depth > 0) {
			now = saved[--depth];
			engine__buffer_rollback(buffer, marks[depth]);
		}
		check_seek(buffer, &now, (unsigned)dice_below(&roll, KEYS));
		if (step % 500 == 0)
			assert_equals(buffer, &now);
		if (dice_one_in(&roll, 3000)) {
			engine__buffer_clear(buffer);
			now = (written){ 0 };
			depth = 0;
		}
	}
	engine__buffer_free(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_are_in_order_of_tree_and_key),
		cmocka_unit_test(a_rollback_takes_back_what_is_above_the_mark),
		cmocka_unit_test(a_key_taken_back_is_seen_from_no_side),
		cmocka_unit_test(a_seek_stays_in_its_tree),
		cmocka_unit_test(values_live_on_when_overwritten_or_taken_back),
		cmocka_unit_test(the_stamp_changes_with_every_change),
		cmocka_unit_test(bytes_are_bounded_with_those_taken_back),
		cmocka_unit_test(operations_are_bounded_with_those_taken_back),
		cmocka_unit_test(random_writes_and_rollbacks_equal_an_oracle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
