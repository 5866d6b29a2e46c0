/* SPDX-License-Identifier: Apache-2.0 */
/* The writer makes the smallest encoding, byte for byte, and what it wrote is read back. */
#include "base/msgpack.h"
#include "tests/base/bytes.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <string.h>

static void assert_bytes(cx_buf *out, const char *hex)
{
	cx_buf expected = CX_BUF_INIT(1000);
	bytes_hex(&expected, hex);
	assert_int_equal(cx_buf_status(out), CX_OK);
	assert_int_equal(out->size, expected.size);
	assert_memory_equal(out->data, expected.data, expected.size);
	cx_buf_release(&expected);
	cx_buf_clear(out);
}

static void integers_take_the_smallest_form_at_every_edge(void **state)
{
	(void)state;
	static const struct {
		int64_t value;
		const char *hex;
	} edges[] = {
		{ 0, "00" },
		{ 127, "7f" },
		{ 128, "cc 80" },
		{ 255, "cc ff" },
		{ 256, "cd 01 00" },
		{ 65535, "cd ff ff" },
		{ 65536, "ce 00 01 00 00" },
		{ UINT32_MAX, "ce ff ff ff ff" },
		{ INT64_C(4294967296), "cf 00 00 00 01 00 00 00 00" },
		{ INT64_MAX, "cf 7f ff ff ff ff ff ff ff" },
		{ -1, "ff" },
		{ -32, "e0" },
		{ -33, "d0 df" },
		{ -128, "d0 80" },
		{ -129, "d1 ff 7f" },
		{ -32768, "d1 80 00" },
		{ -32769, "d2 ff ff 7f ff" },
		{ INT32_MIN, "d2 80 00 00 00" },
		{ INT64_C(-2147483649), "d3 ff ff ff ff 7f ff ff ff" },
		{ INT64_MIN, "d3 80 00 00 00 00 00 00 00" },
	};
	cx_buf out = CX_BUF_INIT(100);
	for (size_t i = 0; i < CX_COUNT_OF(edges); i++) {
		cx_write_int(&out, edges[i].value);
		assert_bytes(&out, edges[i].hex);
		if (edges[i].value >= 0) {
			cx_write_uint(&out, (uint64_t)edges[i].value);
			assert_bytes(&out, edges[i].hex);
		}
	}
	cx_write_uint(&out, UINT64_MAX);
	assert_bytes(&out, "cf ff ff ff ff ff ff ff ff");
	cx_buf_release(&out);
}

static void the_other_scalars_have_one_form(void **state)
{
	(void)state;
	cx_buf out = CX_BUF_INIT(100);
	cx_write_nil(&out);
	cx_write_bool(&out, false);
	cx_write_bool(&out, true);
	cx_write_float(&out, 1.5);
	cx_write_float(&out, -0.0);
	assert_bytes(&out, "c0 c2 c3 cb 3f f8 0 0 0 0 0 0 cb 80 0 0 0 0 0 0 0");
	cx_buf_release(&out);
}

static void assert_head(cx_buf *out, size_t size, const char *hex)
{
	assert_int_equal(cx_buf_status(out), CX_OK);
	cx_buf head = CX_BUF_INIT(10);
	bytes_hex(&head, hex);
	assert_int_equal(out->size, head.size + size);
	assert_memory_equal(out->data, head.data, head.size);
	cx_buf_release(&head);
	cx_buf_clear(out);
}

static void lengths_take_the_smallest_header_at_every_edge(void **state)
{
	(void)state;
	static const struct {
		size_t size;
		const char *str;
		const char *bin;
	} edges[] = {
		{ 0, "a0", "c4 00" },
		{ 31, "bf", "c4 1f" },
		{ 32, "d9 20", "c4 20" },
		{ 255, "d9 ff", "c4 ff" },
		{ 256, "da 01 00", "c5 01 00" },
		{ 65535, "da ff ff", "c5 ff ff" },
		{ 65536, "db 00 01 00 00", "c6 00 01 00 00" },
	};
	static uint8_t text[65536];
	cx_buf out = CX_BUF_INIT(1 << 20);
	for (size_t i = 0; i < CX_COUNT_OF(edges); i++) {
		cx_write_str(&out, (cx_slice){ text, edges[i].size });
		assert_head(&out, edges[i].size, edges[i].str);
		cx_write_bin(&out, (cx_slice){ text, edges[i].size });
		assert_head(&out, edges[i].size, edges[i].bin);
	}
	cx_buf_release(&out);
}

static void counts_take_the_smallest_header_at_every_edge(void **state)
{
	(void)state;
	static const struct {
		size_t count;
		const char *array;
		const char *map;
	} edges[] = {
		{ 0, "90", "80" },
		{ 15, "9f", "8f" },
		{ 16, "dc 00 10", "de 00 10" },
		{ 65535, "dc ff ff", "de ff ff" },
		{ 65536, "dd 00 01 00 00", "df 00 01 00 00" },
		{ UINT32_MAX, "dd ff ff ff ff", "df ff ff ff ff" },
	};
	cx_buf out = CX_BUF_INIT(100);
	for (size_t i = 0; i < CX_COUNT_OF(edges); i++) {
		cx_write_array(&out, edges[i].count);
		assert_bytes(&out, edges[i].array);
		cx_write_map(&out, edges[i].count);
		assert_bytes(&out, edges[i].map);
	}
	cx_buf_release(&out);
}

static void a_length_over_32_bits_is_refused_before_any_byte(void **state)
{
	(void)state;
	cx_buf out = CX_BUF_INIT(SIZE_MAX);
	static const uint8_t byte;
	cx_slice huge = { .data = &byte, .size = (size_t)UINT32_MAX + 1 };
	cx_write_str(&out, huge);
	assert_int_equal(cx_buf_status(&out), CX_TOO_LARGE);
	cx_buf_clear(&out);
	cx_write_bin(&out, huge);
	assert_int_equal(cx_buf_status(&out), CX_TOO_LARGE);
	cx_buf_clear(&out);
	cx_write_array(&out, huge.size);
	assert_int_equal(cx_buf_status(&out), CX_TOO_LARGE);
	cx_buf_clear(&out);
	cx_write_map(&out, huge.size);
	assert_int_equal(cx_buf_status(&out), CX_TOO_LARGE);
	assert_int_equal(out.size, 0);
	cx_buf_release(&out);
}

static void text_and_raw_values_are_written_as_they_are(void **state)
{
	(void)state;
	cx_buf out = CX_BUF_INIT(100);
	cx_write_map(&out, 2);
	cx_write_text(&out, "a");
	cx_write_raw(&out, CX_SLICE_LITERAL("\x92\x01\xc0"));
	cx_write_text(&out, "");
	cx_write_text(&out, NULL);
	assert_bytes(&out, "82 a1 61 92 01 c0 a0 a0");
	cx_buf_release(&out);
}

static void a_full_buffer_stays_failed_whatever_is_written(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 24; limit++) {
		cx_buf out = CX_BUF_INIT(limit);
		cx_write_array(&out, 5);
		cx_write_text(&out, "name");
		cx_write_int(&out, -70000);
		cx_write_float(&out, 2.5);
		cx_write_bool(&out, true);
		cx_write_nil(&out);
		bool fits = limit >= 1 + 5 + 5 + 9 + 1 + 1;
		assert_int_equal(cx_buf_status(&out), fits ? CX_OK : CX_TOO_LARGE);
		assert_true(out.size <= limit);
		cx_buf_release(&out);
	}
}

static void what_was_written_is_read_back(void **state)
{
	(void)state;
	dice random = dice_init();
	cx_buf out = CX_BUF_INIT(1 << 20);
	for (int round = 0; round < 20000; round++) {
		cx_buf_clear(&out);
		unsigned shift = (unsigned)dice_below(&random, 64);
		uint64_t bits = dice_u64(&random) >> shift;
		int64_t number = (int64_t)bits;
		cx_slice text = { (const uint8_t *)&bits, (size_t)dice_below(&random, 9) };
		cx_write_int(&out, number);
		cx_write_int(&out, -(number / 2));
		cx_write_uint(&out, bits);
		cx_write_float(&out, (double)number);
		cx_write_str(&out, text);
		cx_write_bin(&out, text);
		cx_reader reader = cx_reader_of(cx_buf_slice(&out));
		assert_true(cx_read_int(&reader) == number);
		assert_true(cx_read_int(&reader) == -(number / 2));
		assert_true(cx_read_uint(&reader) == bits);
		assert_true(cx_read_float(&reader) == (double)number);
		assert_true(cx_slice_equal(cx_read_str(&reader), text));
		assert_true(cx_slice_equal(cx_read_bin(&reader), text));
		assert_false(reader.failed);
		assert_int_equal(reader.rest.size, 0);
	}
	cx_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_take_the_smallest_form_at_every_edge),
		cmocka_unit_test(the_other_scalars_have_one_form),
		cmocka_unit_test(lengths_take_the_smallest_header_at_every_edge),
		cmocka_unit_test(counts_take_the_smallest_header_at_every_edge),
		cmocka_unit_test(a_length_over_32_bits_is_refused_before_any_byte),
		cmocka_unit_test(text_and_raw_values_are_written_as_they_are),
		cmocka_unit_test(a_full_buffer_stays_failed_whatever_is_written),
		cmocka_unit_test(what_was_written_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
