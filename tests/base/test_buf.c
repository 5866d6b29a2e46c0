/* SPDX-License-Identifier: Apache-2.0 */
/* A buffer never passes its limit, and a refused append changes nothing but the failure. */
#include "base/buf.h"
#include "tests/support/unit.h"

#include <string.h>

static void appends_fit_up_to_the_limit_and_not_one_byte_more(void **state)
{
	(void)state;
	uint8_t bytes[300];
	memset(bytes, 'x', sizeof bytes);
	for (size_t limit = 0; limit < 200; limit++) {
		cx_buf buf = CX_BUF_INIT(limit);
		for (size_t i = 0; i < limit; i++)
			assert_true(cx_buf_append_byte(&buf, (uint8_t)i));
		assert_int_equal(buf.size, limit);
		assert_false(cx_buf_append_byte(&buf, 0));
		assert_int_equal(cx_buf_status(&buf), CX_TOO_LARGE);

		cx_buf_clear(&buf);
		assert_true(cx_buf_append(&buf, bytes, limit));
		cx_buf_clear(&buf);
		assert_false(cx_buf_append(&buf, bytes, limit + 1));
		assert_int_equal(buf.size, 0);
		cx_buf_release(&buf);
	}
}

static void a_failure_sticks_and_leaves_the_bytes_alone(void **state)
{
	(void)state;
	cx_buf buf = CX_BUF_INIT(4);
	assert_true(cx_buf_append(&buf, "abc", 3));
	assert_false(cx_buf_append(&buf, "de", 2));
	assert_false(cx_buf_append_byte(&buf, 'd'));
	assert_false(cx_buf_append(&buf, "", 0));
	assert_false(cx_buf_printf(&buf, "d"));
	assert_null(cx_buf_reserve(&buf, 1));
	assert_int_equal(cx_buf_status(&buf), CX_TOO_LARGE);
	assert_true(cx_slice_equal(cx_buf_slice(&buf), CX_SLICE_LITERAL("abc")));
	cx_buf_release(&buf);
}

static void a_size_that_would_wrap_is_refused(void **state)
{
	(void)state;
	cx_buf buf = CX_BUF_INIT(SIZE_MAX);
	assert_true(cx_buf_append_byte(&buf, 1));
	assert_null(cx_buf_reserve(&buf, SIZE_MAX));
	assert_int_equal(cx_buf_status(&buf), CX_TOO_LARGE);
	cx_buf_clear(&buf);
	assert_null(cx_buf_reserve(&buf, SIZE_MAX / 2 + 1));
	assert_int_equal(cx_buf_status(&buf), CX_NO_MEMORY);
	cx_buf_release(&buf);
}

static void clearing_and_truncating_forget_the_failure(void **state)
{
	(void)state;
	cx_buf buf = CX_BUF_INIT(3);
	assert_true(cx_buf_append(&buf, "abc", 3));
	assert_false(cx_buf_append_byte(&buf, 'd'));
	cx_buf_truncate(&buf, 2);
	assert_int_equal(cx_buf_status(&buf), CX_OK);
	assert_true(cx_slice_equal(cx_buf_slice(&buf), CX_SLICE_LITERAL("ab")));
	cx_buf_clear(&buf);
	assert_int_equal(buf.size, 0);
	assert_int_equal(buf.limit, 3);
	cx_buf_release(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.limit, 3);
}

static void reserved_room_can_be_filled(void **state)
{
	(void)state;
	cx_buf buf = CX_BUF_INIT(1000);
	assert_non_null(cx_buf_reserve(&buf, 0));
	for (size_t size = 1; buf.size + size <= 1000; size *= 2) {
		uint8_t *to = cx_buf_reserve(&buf, size);
		assert_non_null(to);
		memset(to, (int)size, size);
		buf.size += size;
	}
	assert_int_equal(buf.size, 511);
	assert_int_equal(buf.data[0], 1);
	assert_int_equal(buf.data[510], 256 & 0xff);
	cx_buf_release(&buf);
}

static void printing_fits_exactly_to_the_limit(void **state)
{
	(void)state;
	for (int size = 0; size < 200; size++) {
		cx_buf buf = CX_BUF_INIT(200);
		assert_true(cx_buf_printf(&buf, "%*s", size, ""));
		assert_int_equal(buf.size, size);
		for (int i = 0; i < size; i++)
			assert_int_equal(buf.data[i], ' ');
		assert_true(cx_buf_printf(&buf, "%*s", 200 - size, "y"));
		assert_int_equal(buf.size, 200);
		cx_buf_truncate(&buf, 150);
		assert_false(cx_buf_printf(&buf, "%51s", "z"));
		assert_int_equal(buf.size, 150);
		assert_int_equal(cx_buf_status(&buf), CX_TOO_LARGE);
		cx_buf_release(&buf);
	}
}

static void printing_formats_arguments_again_after_growing(void **state)
{
	(void)state;
	cx_buf buf = CX_BUF_INIT(4096);
	assert_true(cx_buf_printf(&buf, "[%d %s %200s]", -7, "seven", "end"));
	assert_int_equal(buf.size, 1 + 2 + 1 + 5 + 1 + 200 + 1);
	assert_memory_equal(buf.data, "[-7 seven ", 10);
	assert_memory_equal(buf.data + buf.size - 4, "end]", 4);
	cx_buf_release(&buf);
}

static void consuming_moves_the_rest_down(void **state)
{
	(void)state;
	cx_buf buf = CX_BUF_INIT(10);
	cx_buf_consume(&buf, 0);
	assert_true(cx_buf_append(&buf, "0123456789", 10));
	cx_buf_consume(&buf, 4);
	assert_true(cx_slice_equal(cx_buf_slice(&buf), CX_SLICE_LITERAL("456789")));
	assert_true(cx_buf_append(&buf, "abcd", 4));
	cx_buf_consume(&buf, 10);
	assert_int_equal(buf.size, 0);
	cx_buf_release(&buf);
}

static void growing_is_by_doubling(void **state)
{
	(void)state;
	cx_buf buf = CX_BUF_INIT(1 << 20);
	unsigned moves = 0;
	size_t capacity = 0;
	for (size_t i = 0; i < 1 << 20; i++) {
		assert_true(cx_buf_append_byte(&buf, 0));
		moves += buf.capacity != capacity;
		capacity = buf.capacity;
	}
	assert_true(moves <= 16);
	assert_int_equal(capacity, (1 << 20) + 1);
	cx_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_fit_up_to_the_limit_and_not_one_byte_more),
		cmocka_unit_test(a_failure_sticks_and_leaves_the_bytes_alone),
		cmocka_unit_test(a_size_that_would_wrap_is_refused),
		cmocka_unit_test(clearing_and_truncating_forget_the_failure),
		cmocka_unit_test(reserved_room_can_be_filled),
		cmocka_unit_test(printing_fits_exactly_to_the_limit),
		cmocka_unit_test(printing_formats_arguments_again_after_growing),
		cmocka_unit_test(consuming_moves_the_rest_down),
		cmocka_unit_test(growing_is_by_doubling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
