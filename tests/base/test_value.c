/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded trees hold what the reader reads, and a failed decode leaves `*ret` alone. */
#include "base/msgpack.h"
#include "tests/base/bytes.h"
#include "tests/base/random_value.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static const cx_scan_limits roomy = { .bytes = 16 << 20, .items = 100000, .depth = 32 };

static cx_arena *arena_of(size_t limit)
{
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(limit, &arena), CX_OK);
	return arena;
}

static void assert_same_place(cx_slice a, cx_slice b)
{
	assert_int_equal(a.size, b.size);
	assert_true(a.size == 0 || a.data == b.data);
}

/* Walks tree and reader together; both must say the same. */
static void assert_as_read(const cx_value *value, cx_reader *reader)
{
	assert_int_equal(value->kind, cx_reader_peek(reader));
	double number;
	switch (value->kind) {
	case CX_KIND_NIL:
		cx_read_nil(reader);
		return;
	case CX_KIND_BOOL:
		assert_int_equal(value->as.boolean, cx_read_bool(reader));
		return;
	case CX_KIND_INT:
		assert_true(value->as.integer == cx_read_int(reader));
		return;
	case CX_KIND_FLOAT:
		number = cx_read_float(reader);
		assert_true(value->as.number == number || number != number);
		return;
	case CX_KIND_STR:
		assert_same_place(value->as.bytes, cx_read_str(reader));
		return;
	case CX_KIND_BIN:
		assert_same_place(value->as.bytes, cx_read_bin(reader));
		return;
	case CX_KIND_ARRAY:
		assert_int_equal(value->as.array.count, cx_read_array(reader));
		for (uint32_t i = 0; i < value->as.array.count; i++)
			assert_as_read(&value->as.array.items[i], reader);
		return;
	case CX_KIND_MAP:
		assert_int_equal(value->as.map.count, cx_read_map(reader));
		for (uint32_t i = 0; i < value->as.map.count; i++) {
			assert_as_read(&value->as.map.items[i].key, reader);
			assert_as_read(&value->as.map.items[i].value, reader);
		}
		return;
	case CX_KIND_END:
	case CX_KIND_BAD:
		break;
	}
	fail();
}

/* True when the value holds an integer that int64 cannot. */
static bool has_huge_integer(cx_slice bytes)
{
	cx_reader reader = cx_reader_of(bytes);
	while (reader.rest.size > 0) {
		switch (cx_reader_peek(&reader)) {
		case CX_KIND_ARRAY:
			(void)cx_read_array(&reader);
			break;
		case CX_KIND_MAP:
			(void)cx_read_map(&reader);
			break;
		case CX_KIND_INT: {
			cx_reader copy = reader;
			if (cx_read_uint(&copy) > INT64_MAX)
				return true;
			(void)cx_read_skip(&reader);
			break;
		}
		case CX_KIND_END:
		case CX_KIND_NIL:
		case CX_KIND_BOOL:
		case CX_KIND_FLOAT:
		case CX_KIND_STR:
		case CX_KIND_BIN:
		case CX_KIND_BAD:
			(void)cx_read_skip(&reader);
			break;
		}
		assert_false(reader.failed);
	}
	return false;
}

static void msgpack_c_and_the_reader_agree_on_every_value(void **state)
{
	(void)state;
	dice random = dice_init();
	cx_arena *arena = arena_of(64 << 20);
	for (int round = 0; round < 2000; round++) {
		cx_buf bytes = CX_BUF_INIT(16 << 20);
		(void)random_value(&random, 4, &bytes);
		cx_slice whole = cx_buf_slice(&bytes);
		const cx_value *value = NULL;
		cx_status status = cx_value_decode(whole, roomy, arena, &value);
		if (has_huge_integer(whole)) {
			assert_int_equal(status, CX_MALFORMED);
			assert_null(value);
		} else {
			assert_int_equal(status, CX_OK);
			cx_reader reader = cx_reader_of(whole);
			assert_as_read(value, &reader);
			assert_false(reader.failed);
			assert_int_equal(reader.rest.size, 0);
		}
		cx_arena_clear(arena);
		cx_buf_release(&bytes);
	}
	cx_arena_free(&arena);
}

static void what_the_scanner_refuses_is_not_decoded(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		cx_status status;
	} refused[] = {
		{ "", CX_MALFORMED },
		{ "92 01", CX_MALFORMED },
		{ "01 01", CX_MALFORMED },
		{ "c1", CX_MALFORMED },
		{ "d4 00 00", CX_MALFORMED },
		{ "dd ff ff ff ff", CX_TOO_LARGE },
		{ "cf 80 00 00 00 00 00 00 00", CX_MALFORMED },
		{ "91 81 01 cf ff ff ff ff ff ff ff ff", CX_MALFORMED },
	};
	cx_arena *arena = arena_of(1 << 20);
	for (size_t i = 0; i < CX_COUNT_OF(refused); i++) {
		cx_buf bytes = CX_BUF_INIT(100);
		bytes_hex(&bytes, refused[i].hex);
		const cx_value untouched = { .kind = CX_KIND_NIL };
		const cx_value *value = &untouched;
		assert_int_equal(cx_value_decode(cx_buf_slice(&bytes), roomy, arena, &value),
		                 refused[i].status);
		assert_ptr_equal(value, &untouched);
		cx_buf_release(&bytes);
	}
	cx_arena_free(&arena);
}

static void nesting_up_to_the_greatest_depth_is_decoded(void **state)
{
	(void)state;
	uint8_t nested[CX_SCAN_DEPTH_MAX + 1];
	memset(nested, 0x91, sizeof nested);
	nested[CX_SCAN_DEPTH_MAX] = 0x07;
	cx_arena *arena = arena_of(1 << 20);
	const cx_value *value = NULL;
	cx_slice bytes = { nested, sizeof nested };
	assert_int_equal(cx_value_decode(bytes, roomy, arena, &value), CX_OK);
	for (unsigned i = 0; i < CX_SCAN_DEPTH_MAX; i++) {
		assert_int_equal(value->kind, CX_KIND_ARRAY);
		assert_int_equal(value->as.array.count, 1);
		value = value->as.array.items;
	}
	assert_true(value->kind == CX_KIND_INT && value->as.integer == 7);

	nested[CX_SCAN_DEPTH_MAX] = 0x90;
	assert_int_equal(cx_value_decode(bytes, roomy, arena, &value), CX_TOO_DEEP);
	cx_arena_free(&arena);
}

static void an_arena_that_is_too_small_is_no_memory(void **state)
{
	(void)state;
	cx_slice bytes = CX_SLICE_LITERAL(
		"\x92\x82\xa1x\x01\xa1y\x02\x9f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	size_t enough = 0;
	for (size_t limit = 0; enough == 0; limit += 16) {
		cx_arena *arena = arena_of(limit);
		const cx_value *value = NULL;
		cx_status status = cx_value_decode(bytes, roomy, arena, &value);
		if (status == CX_OK)
			enough = limit;
		else
			assert_true(status == CX_NO_MEMORY && value == NULL);
		cx_arena_free(&arena);
	}
	assert_true(enough > 20 * sizeof(cx_value));
}

static void a_member_is_found_by_the_text_of_its_key(void **state)
{
	(void)state;
	cx_buf bytes = CX_BUF_INIT(1000);
	cx_write_map(&bytes, 4);
	cx_write_int(&bytes, 1);
	cx_write_int(&bytes, 10);
	cx_write_text(&bytes, "name");
	cx_write_int(&bytes, 20);
	cx_write_text(&bytes, "");
	cx_write_int(&bytes, 30);
	cx_write_bin(&bytes, CX_SLICE_LITERAL("bin"));
	cx_write_int(&bytes, 40);
	cx_arena *arena = arena_of(1 << 20);
	const cx_value *map = NULL;
	assert_int_equal(cx_value_decode(cx_buf_slice(&bytes), roomy, arena, &map), CX_OK);
	assert_int_equal(cx_value_member(map, "name")->as.integer, 20);
	assert_int_equal(cx_value_member(map, "")->as.integer, 30);
	assert_null(cx_value_member(map, "nam"));
	assert_null(cx_value_member(map, "names"));
	assert_null(cx_value_member(map, "bin"));

	/* An array whose elements would look like a member. */
	const cx_value *array = NULL;
	cx_slice elements = CX_SLICE_LITERAL("\x92\xa4name\x07");
	assert_int_equal(cx_value_decode(elements, roomy, arena, &array), CX_OK);
	assert_null(cx_value_member(array, "name"));
	cx_arena_free(&arena);
	cx_buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(msgpack_c_and_the_reader_agree_on_every_value),
		cmocka_unit_test(what_the_scanner_refuses_is_not_decoded),
		cmocka_unit_test(nesting_up_to_the_greatest_depth_is_decoded),
		cmocka_unit_test(an_arena_that_is_too_small_is_no_memory),
		cmocka_unit_test(a_member_is_found_by_the_text_of_its_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
