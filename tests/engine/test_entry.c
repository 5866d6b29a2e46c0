/* SPDX-License-Identifier: Apache-2.0 */
/* An entry that is cut, changed in any bit, or of another use of the file is none, and its
 * operations are taken only when they are within their limits. */
#include "engine/store/entry.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t tag = 0x0123456789abcdef;

static void add(cx_buf *out, engine__operation_kind kind, uint16_t tree, cx_slice key,
                cx_slice value)
{
	const engine__operation operation = {
		.kind = kind, .tree = tree, .key = key, .value = value
	};
	engine__entry_add(out, &operation);
}

static cx_buf an_entry(void)
{
	cx_buf out = CX_BUF_INIT(1024 * 1024);
	engine__entry_begin(&out);
	add(&out, ENGINE__OPERATION_NAME, 4, cx_slice_of("tree"), (cx_slice){ 0 });
	add(&out, ENGINE__OPERATION_PUT, 4, cx_slice_of("key"), cx_slice_of("value"));
	add(&out, ENGINE__OPERATION_REMOVE, 4, cx_slice_of("other"), (cx_slice){ 0 });
	const engine__entry entry = { .kind = ENGINE__ENTRY_COMMIT,
		                      .tag = tag,
		                      .previous = 99,
		                      .number = 12,
		                      .synced = 1024,
		                      .operations = 3 };
	(void)engine__entry_end(&out, 0, &entry);
	assert_int_equal(cx_buf_status(&out), CX_OK);
	assert_int_equal(out.size % ENGINE__ENTRY_ALIGNMENT, 0);
	return out;
}

static void what_was_written_is_read(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf bytes = an_entry();
	size_t size = bytes.size;
	assert_true(cx_buf_append(&bytes, "what follows", 12));
	engine__entry entry;
	assert_true(engine__entry_parse(cx_buf_slice(&bytes), tag, &entry));
	assert_int_equal(entry.kind, ENGINE__ENTRY_COMMIT);
	assert_int_equal(entry.size, size);
	assert_true(entry.previous == 99 && entry.number == 12 && entry.synced == 1024);
	assert_int_equal(entry.operations, 3);
	engine__operation got;
	cx_slice rest = entry.body;
	assert_true(engine__entry_next(&rest, &got));
	assert_int_equal(got.kind, ENGINE__OPERATION_NAME);
	assert_true(cx_slice_equal(got.key, cx_slice_of("tree")));
	assert_true(engine__entry_next(&rest, &got));
	assert_int_equal(got.kind, ENGINE__OPERATION_PUT);
	assert_true(cx_slice_equal(got.value, cx_slice_of("value")));
	assert_true(engine__entry_next(&rest, &got));
	assert_int_equal(got.kind, ENGINE__OPERATION_REMOVE);
	assert_int_equal(got.tree, 4);
}

static void every_proper_prefix_is_no_entry(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf bytes = an_entry();
	for (size_t size = 0; size < bytes.size; size++) {
		engine__entry back = { .number = 7 };
		cx_slice prefix = wire_exact((cx_slice){ bytes.data, size });
		assert_false(engine__entry_parse(prefix, tag, &back));
		assert_true(back.number == 7); /* untouched */
	}
}

static void every_changed_bit_makes_it_none(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf bytes = an_entry();
	engine__entry entry;
	for (size_t bit = 0; bit < bytes.size * 8; bit++) {
		bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(engine__entry_parse(cx_buf_slice(&bytes), tag, &entry));
		bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(engine__entry_parse(cx_buf_slice(&bytes), tag, &entry));
	assert_false(engine__entry_parse(cx_buf_slice(&bytes), tag + 1, &entry));
}

/* The head of an operation, and how many bytes follow. */
static bool is_operation(unsigned kind, size_t key_size, size_t value_size, size_t present)
{
	size_t size = ENGINE__OPERATION_HEADER_BYTES + present;
	uint8_t *bytes = calloc(1, size);
	assert_non_null(bytes);
	bytes[0] = (uint8_t)kind;
	bytes[3] = (uint8_t)key_size;
	bytes[4] = (uint8_t)(key_size >> 8);
	for (int i = 0; i < 4; i++)
		bytes[5 + i] = (uint8_t)(value_size >> (8 * i));
	cx_slice rest = { bytes, size };
	engine__operation got;
	bool taken = engine__entry_next(&rest, &got);
	assert_int_equal(rest.size, taken ? present - key_size - value_size : size);
	free(bytes);
	return taken;
}

static void operations_outside_their_limits_are_none(void **state)
{
	(void)state;
	assert_true(is_operation(1, 1, 0, 1));
	assert_false(is_operation(1, 1, 0, 0));
	assert_true(is_operation(1, 3, 4, 9));
	assert_false(is_operation(1, 3, 4, 6));
	assert_false(is_operation(1, 0, 4, 9)); /* an empty key */
	assert_true(is_operation(1, ENGINE__KEY_BYTES_MAX, 0, ENGINE__KEY_BYTES_MAX));
	assert_false(is_operation(1, ENGINE__KEY_BYTES_MAX + 1, 0, ENGINE__KEY_BYTES_MAX + 1));
	assert_true(is_operation(1, 1, ENGINE__VALUE_BYTES_MAX, 1 + ENGINE__VALUE_BYTES_MAX));
	assert_false(
		is_operation(1, 1, ENGINE__VALUE_BYTES_MAX + 1, 2 + ENGINE__VALUE_BYTES_MAX));
	assert_true(is_operation(2, 1, 0, 1));
	assert_true(is_operation(3, ENGINE__TREE_NAME_MAX, 0, ENGINE__TREE_NAME_MAX));
	assert_false(is_operation(3, ENGINE__TREE_NAME_MAX + 1, 0, ENGINE__TREE_NAME_MAX + 1));
	assert_false(is_operation(0, 1, 0, 1));
	assert_false(is_operation(4, 1, 0, 1));
	cx_slice nothing = { 0 };
	engine__operation got;
	assert_false(engine__entry_next(&nothing, &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(every_proper_prefix_is_no_entry),
		cmocka_unit_test(every_changed_bit_makes_it_none),
		cmocka_unit_test(operations_outside_their_limits_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
