/* SPDX-License-Identifier: Apache-2.0 */
/* Slices compare as memcmp does, shorter first, and empty ones need no memory. */
#include "base/slice.h"
#include "tests/support/unit.h"

#include <string.h>

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void order_is_bytewise_and_a_beginning_is_smaller(void **state)
{
	(void)state;
	static const char *const ascending[] = { "", "a", "a\x01", "aa", "ab", "b", "\x80" };
	size_t count = sizeof ascending / sizeof ascending[0];
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			cx_slice a = cx_slice_of(ascending[i]);
			cx_slice b = cx_slice_of(ascending[j]);
			assert_int_equal(sign(cx_slice_compare(a, b)), (i > j) - (i < j));
			assert_int_equal(cx_slice_equal(a, b), i == j);
		}
	}
}

static void a_zero_byte_counts_like_any_other(void **state)
{
	(void)state;
	cx_slice a = CX_SLICE_LITERAL("a\0b");
	assert_int_equal(a.size, 3);
	assert_false(cx_slice_equal(a, CX_SLICE_LITERAL("a\0c")));
	assert_true(cx_slice_compare(a, CX_SLICE_LITERAL("a")) > 0);
}

static void the_empty_slice_needs_no_memory(void **state)
{
	(void)state;
	cx_slice none = cx_slice_of(NULL);
	assert_null(none.data);
	assert_int_equal(none.size, 0);
	assert_true(cx_slice_equal(none, CX_SLICE_LITERAL("")));
	assert_int_equal(cx_slice_compare(none, none), 0);
	assert_true(cx_slice_compare(none, CX_SLICE_LITERAL("a")) < 0);
	assert_true(cx_slice_starts_with(none, none));
	assert_int_equal(cx_slice_from(none, 0).size, 0);
}

static void a_prefix_is_at_the_start_and_not_longer(void **state)
{
	(void)state;
	cx_slice whole = CX_SLICE_LITERAL("record");
	assert_true(cx_slice_starts_with(whole, CX_SLICE_LITERAL("")));
	assert_true(cx_slice_starts_with(whole, CX_SLICE_LITERAL("rec")));
	assert_true(cx_slice_starts_with(whole, whole));
	assert_false(cx_slice_starts_with(whole, CX_SLICE_LITERAL("records")));
	assert_false(
		cx_slice_starts_with(whole, CX_SLICE_LITERAL("record\0"))); /* as in memory */
	assert_false(cx_slice_starts_with(whole, CX_SLICE_LITERAL("cord")));
}

static void what_is_left_after_a_cut_is_the_rest(void **state)
{
	(void)state;
	cx_slice whole = CX_SLICE_LITERAL("record");
	assert_true(cx_slice_equal(cx_slice_from(whole, 0), whole));
	assert_true(cx_slice_equal(cx_slice_from(whole, 2), CX_SLICE_LITERAL("cord")));
	assert_int_equal(cx_slice_from(whole, 6).size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_bytewise_and_a_beginning_is_smaller),
		cmocka_unit_test(a_zero_byte_counts_like_any_other),
		cmocka_unit_test(the_empty_slice_needs_no_memory),
		cmocka_unit_test(a_prefix_is_at_the_start_and_not_longer),
		cmocka_unit_test(what_is_left_after_a_cut_is_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
