/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 is told from other bytes exactly as the standard's table 3-7 does, and text is cut
 * only between characters. */
#include "base/text.h"
#include "tests/base/bytes.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static bool is_between(unsigned byte, unsigned first, unsigned last)
{
	return byte >= first && byte <= last;
}

/* Table 3-7 row by row: the size of the well-formed sequence at `at`, or 0. */
static size_t reference_size(const uint8_t *at, size_t room)
{
	static const struct {
		uint8_t first_low, first_high, second_low, second_high;
		size_t size;
	} rows[] = {
		{ 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		if (!is_between(at[0], rows[i].first_low, rows[i].first_high))
			continue;
		if (rows[i].size > room)
			return 0;
		if (rows[i].size > 1 &&
		    !is_between(at[1], rows[i].second_low, rows[i].second_high))
			return 0;
		for (size_t j = 2; j < rows[i].size; j++) {
			if (!is_between(at[j], 0x80, 0xbf))
				return 0;
		}
		return rows[i].size;
	}
	return 0;
}

static void assert_as_reference(const uint8_t *data, size_t size)
{
	size_t good = 0;
	while (good < size) {
		size_t more = reference_size(data + good, size - good);
		if (more == 0)
			break;
		good += more;
	}
	uint8_t *copy = bytes_exact_copy((cx_slice){ data, size });
	size_t offset = 777;
	assert_int_equal(cx_text_is_utf8((cx_slice){ copy, size }, &offset), good == size);
	assert_int_equal(offset, good == size ? 777 : good);
	assert_int_equal(cx_text_is_utf8((cx_slice){ copy, size }, NULL), good == size);
	free(copy);
}

static void every_pair_of_bytes_is_judged_as_the_reference_does(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 0x100; first++) {
		for (unsigned second = 0; second < 0x100; second++) {
			uint8_t tail[] = { (uint8_t)first, (uint8_t)second, 0x80, 0xbf, 'x' };
			assert_as_reference(tail, 1);
			assert_as_reference(tail, 2);
			assert_as_reference(tail, 3);
			assert_as_reference(tail, 4);
			assert_as_reference(tail, 5);
			uint8_t third[] = { 0xe4, (uint8_t)first, (uint8_t)second };
			assert_as_reference(third, 3);
			uint8_t fourth[] = { 0xf1, 0x80, (uint8_t)first, (uint8_t)second };
			assert_as_reference(fourth, 4);
			uint8_t last[] = { (uint8_t)first, (uint8_t)second, 0x80, 0x80 };
			assert_as_reference(last, 4);
		}
	}
}

static void random_bytes_are_judged_as_the_reference_does(void **state)
{
	(void)state;
	static const uint8_t usual[] = { 'a',  0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
		                         0xc2, 0xdf, 0xe0, 0xe4, 0xed, 0xef, 0xf0, 0xf4 };
	dice random = dice_init();
	for (int round = 0; round < 50000; round++) {
		uint8_t noise[24];
		size_t size = (size_t)dice_below(&random, sizeof noise + 1);
		for (size_t i = 0; i < size; i++)
			noise[i] = usual[dice_below(&random, sizeof usual)];
		assert_as_reference(noise, size);
	}
}

static void a_bad_byte_is_found_behind_any_run_of_ascii(void **state)
{
	(void)state;
	for (size_t run = 0; run < 40; run++) {
		for (size_t bad = 0; bad < run; bad++) {
			uint8_t text[40];
			memset(text, 'a', sizeof text);
			text[bad] = 0xff;
			size_t offset = 777;
			assert_false(cx_text_is_utf8((cx_slice){ text, run }, &offset));
			assert_int_equal(offset, bad);
		}
	}
}

static void characters_are_counted_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(cx_text_length((cx_slice){ 0 }), 0);
	assert_int_equal(cx_text_length(CX_SLICE_LITERAL("abc")), 3);
	assert_int_equal(cx_text_length(CX_SLICE_LITERAL("\u4e0a\u6d77\u516c\u53f8")), 4);
	assert_int_equal(cx_text_length(CX_SLICE_LITERAL("a\u00e9\u4e2d\U0001f600")), 4);
	assert_int_equal(cx_text_length(CX_SLICE_LITERAL("e\u0301")), 2);
}

static void a_head_ends_between_characters(void **state)
{
	(void)state;
	cx_slice text = CX_SLICE_LITERAL("a\u00e9\u4e2d\U0001f600b");
	static const size_t sizes[] = { 0, 1, 3, 6, 10, 11, 11, 11 };
	for (size_t count = 0; count < CX_COUNT_OF(sizes); count++) {
		cx_slice head = cx_text_head(text, count);
		assert_int_equal(head.size, sizes[count]);
		assert_ptr_equal(head.data, text.data);
	}
	assert_int_equal(cx_text_head(text, SIZE_MAX).size, 11);
	assert_int_equal(cx_text_head((cx_slice){ 0 }, 3).size, 0);
}

static void the_unicode_version_is_known(void **state)
{
	(void)state;
	assert_true(strchr(cx_text_unicode_version(), '.') != NULL);
	assert_true(atoi(cx_text_unicode_version()) >= 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_bytes_is_judged_as_the_reference_does),
		cmocka_unit_test(random_bytes_are_judged_as_the_reference_does),
		cmocka_unit_test(a_bad_byte_is_found_behind_any_run_of_ascii),
		cmocka_unit_test(characters_are_counted_not_bytes),
		cmocka_unit_test(a_head_ends_between_characters),
		cmocka_unit_test(the_unicode_version_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
