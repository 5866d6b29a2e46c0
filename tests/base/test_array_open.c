/* SPDX-License-Identifier: Apache-2.0 */
/* An array may be begun before its number of elements is known. */
#include "base/msgpack.h"
#include "tests/support/unit.h"

static void the_count_given_at_the_end_is_the_one_read(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	cx_write_nil(&out);
	size_t place = cx_write_array_open(&out);
	for (int i = 0; i < 70000; i++)
		cx_write_int(&out, 7);
	cx_write_array_close(&out, place, 70000);
	assert_int_equal(cx_buf_status(&out), CX_OK);

	cx_reader reader = cx_reader_of(cx_buf_slice(&out));
	cx_read_nil(&reader);
	assert_int_equal(cx_read_array(&reader), 70000);
	cx_read_skip_many(&reader, 70000);
	assert_false(reader.failed);
	assert_int_equal(reader.rest.size, 0);
}

static void a_buffer_that_failed_in_between_is_left_alone(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(8);
	size_t place = cx_write_array_open(&out);
	cx_write_text(&out, "does not fit");
	cx_write_array_close(&out, place, 1);
	assert_int_equal(cx_buf_status(&out), CX_TOO_LARGE);

	CX_SCOPED(cx_buf_release) cx_buf small = CX_BUF_INIT(4);
	place = cx_write_array_open(&small);
	cx_write_array_close(&small, place, 0);
	assert_int_equal(cx_buf_status(&small), CX_TOO_LARGE);
	assert_int_equal(small.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_count_given_at_the_end_is_the_one_read),
		cmocka_unit_test(a_buffer_that_failed_in_between_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
