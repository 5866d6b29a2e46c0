/* SPDX-License-Identifier: Apache-2.0 */
/* The reader takes every form of every kind, fails once and stays failed, moves nothing
 * when it fails, and never looks past the end. */
#include "base/msgpack.h"
#include "tests/base/bytes.h"
#include "tests/base/random_value.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct exact_input {
	uint8_t *bytes;
	cx_reader reader;
} exact_input;

static exact_input reader_of_hex(const char *hex)
{
	cx_buf bytes = CX_BUF_INIT(1 << 20);
	bytes_hex(&bytes, hex);
	uint8_t *copy = bytes_exact_copy(cx_buf_slice(&bytes));
	cx_reader reader = cx_reader_of((cx_slice){ copy, bytes.size });
	cx_buf_release(&bytes);
	return (exact_input){ .bytes = copy, .reader = reader };
}

static void assert_read_all(exact_input *input)
{
	assert_false(input->reader.failed);
	assert_int_equal(input->reader.rest.size, 0);
	assert_int_equal(cx_reader_peek(&input->reader), CX_KIND_END);
	free(input->bytes);
}

static void assert_failed_without_moving(exact_input *input, size_t size)
{
	assert_true(input->reader.failed);
	assert_int_equal(input->reader.rest.size, size);
	assert_int_equal(cx_reader_peek(&input->reader), CX_KIND_END);
	free(input->bytes);
}

static const struct {
	const char *hex;
	int64_t value;
} integers[] = {
	{ "00", 0 },
	{ "7f", 127 },
	{ "e0", -32 },
	{ "ff", -1 },
	{ "cc 00", 0 },
	{ "cc 80", 128 },
	{ "cc ff", 255 },
	{ "cd 01 00", 256 },
	{ "cd ff ff", 65535 },
	{ "ce 00 01 00 00", 65536 },
	{ "ce ff ff ff ff", UINT32_MAX },
	{ "cf 00 00 00 01 00 00 00 00", INT64_C(4294967296) },
	{ "cf 7f ff ff ff ff ff ff ff", INT64_MAX },
	{ "d0 7f", 127 },
	{ "d0 80", -128 },
	{ "d0 ff", -1 },
	{ "d1 7f ff", 32767 },
	{ "d1 80 00", -32768 },
	{ "d1 ff df", -33 },
	{ "d2 7f ff ff ff", INT32_MAX },
	{ "d2 80 00 00 00", INT32_MIN },
	{ "d3 7f ff ff ff ff ff ff ff", INT64_MAX },
	{ "d3 80 00 00 00 00 00 00 00", INT64_MIN },
	{ "d3 ff ff ff ff ff ff ff ff", -1 },
	{ "d3 00 00 00 00 00 00 00 05", 5 },
};

static void every_integer_form_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(integers); i++) {
		exact_input input = reader_of_hex(integers[i].hex);
		size_t size = input.reader.rest.size;
		assert_int_equal(cx_reader_peek(&input.reader), CX_KIND_INT);
		assert_true(cx_read_int(&input.reader) == integers[i].value);
		assert_read_all(&input);

		input = reader_of_hex(integers[i].hex);
		uint64_t value = cx_read_uint(&input.reader);
		assert_true(value == (integers[i].value < 0 ? 0 : (uint64_t)integers[i].value));
		if (integers[i].value >= 0)
			assert_read_all(&input);
		else
			assert_failed_without_moving(&input, size);

		input = reader_of_hex(integers[i].hex);
		assert_true(cx_read_float(&input.reader) == (double)integers[i].value);
		assert_read_all(&input);
	}
}

static void an_integer_over_int64_is_read_unsigned_only(void **state)
{
	(void)state;
	exact_input input = reader_of_hex("cf 80 00 00 00 00 00 00 00");
	assert_int_equal(cx_read_int(&input.reader), 0);
	assert_failed_without_moving(&input, 9);

	input = reader_of_hex("cf ff ff ff ff ff ff ff ff");
	assert_true(cx_read_uint(&input.reader) == UINT64_MAX);
	assert_read_all(&input);

	input = reader_of_hex("cf 80 00 00 00 00 00 00 00");
	assert_true(cx_read_float(&input.reader) == 9223372036854775808.0);
	assert_read_all(&input);
}

static void both_float_forms_are_read(void **state)
{
	(void)state;
	exact_input input = reader_of_hex("ca 3f c0 00 00");
	assert_int_equal(cx_reader_peek(&input.reader), CX_KIND_FLOAT);
	assert_true(cx_read_float(&input.reader) == 1.5);
	assert_read_all(&input);
	input = reader_of_hex("cb bf b9 99 99 99 99 99 9a");
	assert_true(cx_read_float(&input.reader) == -0.1);
	assert_read_all(&input);
	input = reader_of_hex("ca 7f c0 00 00");
	assert_true(isnan(cx_read_float(&input.reader)));
	assert_read_all(&input);
	input = reader_of_hex("cb 3f f0 00 00 00 00 00 00");
	assert_int_equal(cx_read_int(&input.reader), 0); /* a float is never an integer */
	assert_failed_without_moving(&input, 9);
}

static void nil_and_booleans_are_read(void **state)
{
	(void)state;
	exact_input input = reader_of_hex("c2 c3 c0 c0 01");
	assert_int_equal(cx_reader_peek(&input.reader), CX_KIND_BOOL);
	assert_false(cx_read_bool(&input.reader));
	assert_true(cx_read_bool(&input.reader));
	assert_int_equal(cx_reader_peek(&input.reader), CX_KIND_NIL);
	cx_read_nil(&input.reader);
	assert_true(cx_read_if_nil(&input.reader));
	assert_false(cx_read_if_nil(&input.reader));
	assert_int_equal(input.reader.rest.size, 1);
	assert_int_equal(cx_read_int(&input.reader), 1);
	assert_false(cx_read_if_nil(&input.reader));
	assert_read_all(&input);
}

static void every_string_form_is_read_and_points_into_the_input(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		bool is_bin;
	} forms[] = {
		{ "a2 68 69", false },
		{ "d9 02 68 69", false },
		{ "da 00 02 68 69", false },
		{ "db 00 00 00 02 68 69", false },
		{ "c4 02 68 69", true },
		{ "c5 00 02 68 69", true },
		{ "c6 00 00 00 02 68 69", true },
	};
	for (size_t i = 0; i < CX_COUNT_OF(forms); i++) {
		bool is_bin = forms[i].is_bin;
		exact_input input = reader_of_hex(forms[i].hex);
		size_t size = input.reader.rest.size;
		const uint8_t *text_at = input.bytes + size - 2;
		assert_int_equal(cx_reader_peek(&input.reader),
		                 is_bin ? CX_KIND_BIN : CX_KIND_STR);
		cx_slice text =
			is_bin ? cx_read_bin(&input.reader) : cx_read_str(&input.reader);
		assert_true(cx_slice_equal(text, CX_SLICE_LITERAL("hi")));
		assert_ptr_equal(text.data, text_at);
		assert_read_all(&input);

		input = reader_of_hex(forms[i].hex);
		text = cx_read_str_or_bin(&input.reader);
		assert_true(cx_slice_equal(text, CX_SLICE_LITERAL("hi")));
		assert_read_all(&input);

		input = reader_of_hex(forms[i].hex);
		text = is_bin ? cx_read_str(&input.reader) : cx_read_bin(&input.reader);
		assert_int_equal(text.size, 0);
		assert_failed_without_moving(&input, size);
	}
}

static void every_array_and_map_form_gives_its_count(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		bool is_map;
		uint32_t count;
	} forms[] = {
		{ "90", false, 0 },
		{ "92 01 02", false, 2 },
		{ "9f 1 2 3 4 5 6 7 8 9 a b c d e f", false, 15 },
		{ "dc 00 02 01 02", false, 2 },
		{ "dd 00 00 00 02 01 02", false, 2 },
		{ "80", true, 0 },
		{ "82 01 02 03 04", true, 2 },
		{ "de 00 01 01 02", true, 1 },
		{ "df 00 00 00 01 01 02", true, 1 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(forms); i++) {
		bool is_map = forms[i].is_map;
		exact_input input = reader_of_hex(forms[i].hex);
		size_t size = input.reader.rest.size;
		assert_int_equal(cx_reader_peek(&input.reader),
		                 is_map ? CX_KIND_MAP : CX_KIND_ARRAY);
		uint32_t count =
			is_map ? cx_read_map(&input.reader) : cx_read_array(&input.reader);
		assert_int_equal(count, forms[i].count);
		for (uint32_t j = 0; j < (is_map ? 2 * count : count); j++)
			assert_int_equal(cx_read_int(&input.reader), j + 1);
		assert_read_all(&input);

		input = reader_of_hex(forms[i].hex);
		count = is_map ? cx_read_array(&input.reader) : cx_read_map(&input.reader);
		assert_int_equal(count, 0);
		assert_failed_without_moving(&input, size);
	}
}

static void a_count_that_the_bytes_left_cannot_hold_fails(void **state)
{
	(void)state;
	static const char *const arrays[] = { "91", "92 01", "dc 00 03 01 02",
		                              "dd ff ff ff ff 00" };
	static const char *const maps[] = { "81", "81 01", "82 01 02 03", "df ff ff ff ff 00",
		                            "df 80 00 00 00" };
	for (size_t i = 0; i < CX_COUNT_OF(arrays); i++) {
		exact_input input = reader_of_hex(arrays[i]);
		size_t size = input.reader.rest.size;
		assert_int_equal(cx_read_array(&input.reader), 0);
		assert_failed_without_moving(&input, size);
	}
	for (size_t i = 0; i < CX_COUNT_OF(maps); i++) {
		exact_input input = reader_of_hex(maps[i]);
		size_t size = input.reader.rest.size;
		assert_int_equal(cx_read_map(&input.reader), 0);
		assert_failed_without_moving(&input, size);
	}
}

typedef enum read_kind {
	READ_NIL,
	READ_BOOL,
	READ_INT,
	READ_UINT,
	READ_FLOAT,
	READ_STR,
	READ_BIN,
	READ_STR_OR_BIN,
	READ_ARRAY,
	READ_MAP,
	READ_SKIP,
	READ_KINDS,
} read_kind;

/* True when the read gave zero, false or the empty slice. */
static bool reads_nothing(cx_reader *reader, read_kind kind)
{
	switch (kind) {
	case READ_NIL:
		cx_read_nil(reader);
		return !cx_read_if_nil(reader);
	case READ_BOOL:
		return !cx_read_bool(reader);
	case READ_INT:
		return cx_read_int(reader) == 0;
	case READ_UINT:
		return cx_read_uint(reader) == 0;
	case READ_FLOAT:
		return cx_read_float(reader) == 0;
	case READ_STR:
		return cx_read_str(reader).size == 0;
	case READ_BIN:
		return cx_read_bin(reader).size == 0;
	case READ_STR_OR_BIN:
		return cx_read_str_or_bin(reader).size == 0;
	case READ_ARRAY:
		return cx_read_array(reader) == 0;
	case READ_MAP:
		return cx_read_map(reader) == 0;
	case READ_SKIP:
		return cx_read_skip(reader).data == NULL;
	case READ_KINDS:
		break;
	}
	return false;
}

static void after_a_failure_every_read_gives_nothing_and_moves_nothing(void **state)
{
	(void)state;
	static const char *const nexts[] = { "c3",       "05",    "ca 3f c0 00 00", "a1 61",
		                             "c4 01 61", "91 05", "81 05 05",       "c0" };
	for (size_t i = 0; i < CX_COUNT_OF(nexts); i++) {
		for (int kind = 0; kind < READ_KINDS; kind++) {
			exact_input input = reader_of_hex(nexts[i]);
			size_t size = input.reader.rest.size;
			input.reader.failed = true;
			assert_true(reads_nothing(&input.reader, (read_kind)kind));
			cx_read_skip_many(&input.reader, 1);
			assert_failed_without_moving(&input, size);
		}
	}
}

static void nothing_at_all_fails_every_read(void **state)
{
	(void)state;
	for (int kind = 0; kind < READ_KINDS; kind++) {
		cx_reader reader = cx_reader_of((cx_slice){ 0 });
		assert_int_equal(cx_reader_peek(&reader), CX_KIND_END);
		assert_true(reads_nothing(&reader, (read_kind)kind));
		assert_true(reader.failed);
	}
}

static void unsupported_kinds_are_seen_and_fail_every_read(void **state)
{
	(void)state;
	static const char *const types[] = { "c1 00",
		                             "c7 01 00 00",
		                             "c8 00 01 00 00",
		                             "c9 00 00 00 01 00 00",
		                             "d4 00 00",
		                             "d5 00 00 00",
		                             "d6 00 00 00 00 00",
		                             "d7 0 0 0 0 0 0 0 0 0",
		                             "d8 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0" };
	for (size_t i = 0; i < CX_COUNT_OF(types); i++) {
		for (int kind = 0; kind < READ_KINDS; kind++) {
			exact_input input = reader_of_hex(types[i]);
			size_t size = input.reader.rest.size;
			assert_int_equal(cx_reader_peek(&input.reader), CX_KIND_BAD);
			assert_true(reads_nothing(&input.reader, (read_kind)kind));
			assert_failed_without_moving(&input, size);
		}
	}
}

/* Reads what is there by its kind, in full. */
static void read_any(cx_reader *reader)
{
	switch (cx_reader_peek(reader)) {
	case CX_KIND_NIL:
		cx_read_nil(reader);
		return;
	case CX_KIND_BOOL:
		(void)cx_read_bool(reader);
		return;
	case CX_KIND_INT:
		(void)cx_read_uint(reader);
		return;
	case CX_KIND_FLOAT:
		(void)cx_read_float(reader);
		return;
	case CX_KIND_STR:
	case CX_KIND_BIN:
		(void)cx_read_str_or_bin(reader);
		return;
	case CX_KIND_ARRAY:
		cx_read_skip_many(reader, cx_read_array(reader));
		return;
	case CX_KIND_MAP:
		cx_read_skip_many(reader, 2 * (size_t)cx_read_map(reader));
		return;
	case CX_KIND_END:
	case CX_KIND_BAD:
		reader->failed = true;
		return;
	}
}

static void a_cut_value_fails_and_nothing_past_the_cut_is_touched(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int round = 0; round < 400; round++) {
		cx_buf bytes = CX_BUF_INIT(16 << 20);
		(void)random_value(&random, 3, &bytes);
		size_t step = 1 + bytes.size / 100;
		for (size_t cut = 0; cut < bytes.size; cut += step) {
			uint8_t *copy = bytes_exact_copy((cx_slice){ bytes.data, cut });
			cx_reader skipper = cx_reader_of((cx_slice){ copy, cut });
			assert_int_equal(cx_read_skip(&skipper).size, 0);
			assert_true(skipper.failed);
			assert_int_equal(skipper.rest.size, cut);

			cx_reader reader = cx_reader_of((cx_slice){ copy, cut });
			while (reader.rest.size > 0 && !reader.failed)
				read_any(&reader);
			for (int kind = 0; kind < READ_KINDS; kind++) {
				cx_reader blind = cx_reader_of((cx_slice){ copy, cut });
				(void)reads_nothing(&blind, (read_kind)kind);
			}
			free(copy);
		}
		cx_buf_release(&bytes);
	}
}

static void random_bytes_are_never_read_past_their_end(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int round = 0; round < 30000; round++) {
		uint8_t noise[24];
		for (size_t i = 0; i < sizeof noise; i++)
			noise[i] = (uint8_t)dice_u64(&random);
		size_t size = (size_t)dice_below(&random, sizeof noise + 1);
		uint8_t *copy = bytes_exact_copy((cx_slice){ noise, size });
		cx_reader reader = cx_reader_of((cx_slice){ copy, size });
		while (reader.rest.size > 0 && !reader.failed)
			read_any(&reader);
		cx_reader skipper = cx_reader_of((cx_slice){ copy, size });
		while (skipper.rest.size > 0 && !skipper.failed)
			(void)cx_read_skip(&skipper);
		free(copy);
	}
}

static void skipping_passes_exactly_one_value(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int round = 0; round < 1000; round++) {
		cx_buf bytes = CX_BUF_INIT(16 << 20);
		(void)random_value(&random, 5, &bytes);
		size_t size = bytes.size;
		assert_true(cx_buf_append_byte(&bytes, 0xc1));
		cx_reader reader = cx_reader_of(cx_buf_slice(&bytes));
		cx_slice value = cx_read_skip(&reader);
		assert_ptr_equal(value.data, bytes.data);
		assert_int_equal(value.size, size);
		assert_int_equal(reader.rest.size, 1);
		assert_false(reader.failed);
		cx_buf_release(&bytes);
	}
}

static void skipping_many_passes_that_many_or_fails_without_moving(void **state)
{
	(void)state;
	for (size_t count = 0; count <= 4; count++) {
		exact_input input = reader_of_hex("01 92 01 02 a1 61 81 01 90");
		static const size_t ends[] = { 0, 1, 4, 6, 9 };
		cx_read_skip_many(&input.reader, count);
		assert_false(input.reader.failed);
		assert_int_equal(input.reader.rest.size, 9 - ends[count]);
		free(input.bytes);
	}
	static const size_t too_many[] = { 5, 9, 10, SIZE_MAX };
	for (size_t i = 0; i < CX_COUNT_OF(too_many); i++) {
		exact_input input = reader_of_hex("01 92 01 02 a1 61 81 01 90");
		cx_read_skip_many(&input.reader, too_many[i]);
		assert_failed_without_moving(&input, 9);
	}
}

static void skipping_needs_no_stack_for_nesting(void **state)
{
	(void)state;
	size_t size = 1 << 20;
	uint8_t *nested = malloc(size);
	assert_non_null(nested);
	memset(nested, 0x91, size);
	nested[size - 1] = 0xc0;
	cx_reader reader = cx_reader_of((cx_slice){ nested, size });
	assert_int_equal(cx_read_skip(&reader).size, size);
	free(nested);
}

static void counts_that_add_up_beyond_32_bits_fail(void **state)
{
	(void)state;
	cx_buf bytes = CX_BUF_INIT(1 << 20);
	for (int i = 0; i < 3000; i++)
		bytes_hex(&bytes, "df ff ff ff ff");
	cx_reader reader = cx_reader_of(cx_buf_slice(&bytes));
	assert_int_equal(cx_read_skip(&reader).size, 0);
	assert_true(reader.failed);
	cx_buf_release(&bytes);
}

static void every_kind_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = CX_KIND_END; i <= CX_KIND_BAD; i++) {
		for (int j = CX_KIND_END; j < i; j++)
			assert_string_not_equal(cx_kind_name((cx_kind)i),
			                        cx_kind_name((cx_kind)j));
	}
	assert_string_equal(cx_kind_name(CX_KIND_INT), "an integer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_integer_form_is_read),
		cmocka_unit_test(an_integer_over_int64_is_read_unsigned_only),
		cmocka_unit_test(both_float_forms_are_read),
		cmocka_unit_test(nil_and_booleans_are_read),
		cmocka_unit_test(every_string_form_is_read_and_points_into_the_input),
		cmocka_unit_test(every_array_and_map_form_gives_its_count),
		cmocka_unit_test(a_count_that_the_bytes_left_cannot_hold_fails),
		cmocka_unit_test(after_a_failure_every_read_gives_nothing_and_moves_nothing),
		cmocka_unit_test(nothing_at_all_fails_every_read),
		cmocka_unit_test(unsupported_kinds_are_seen_and_fail_every_read),
		cmocka_unit_test(a_cut_value_fails_and_nothing_past_the_cut_is_touched),
		cmocka_unit_test(random_bytes_are_never_read_past_their_end),
		cmocka_unit_test(skipping_passes_exactly_one_value),
		cmocka_unit_test(skipping_many_passes_that_many_or_fails_without_moving),
		cmocka_unit_test(skipping_needs_no_stack_for_nesting),
		cmocka_unit_test(counts_that_add_up_beyond_32_bits_fail),
		cmocka_unit_test(every_kind_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
