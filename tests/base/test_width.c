/* SPDX-License-Identifier: Apache-2.0 */
/* Text is as wide as a terminal shows it, and what is cut fits. */
#include "base/text.h"
#include "tests/support/unit.h"

static void characters_have_the_columns_a_terminal_gives_them(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t width;
	} texts[] = {
		{ "", 0 },
		{ "card", 4 },
		{ "\u00e9\u00fc\u00df", 3 },
		{ "\u4e0a\u6d77\u6d66\u4e1c", 8 }, /* Chinese */
		{ "\u4e0a\u6d77 Ltd", 8 },         /* mixed */
		{ "\u3042\u30ab", 4 },             /* kana */
		{ "\uff76\uff9e", 2 },             /* half-width kana */
		{ "\ud55c\uad6d", 4 },             /* hangul */
		{ "\uff21\uff11", 4 },             /* full-width latin */
		{ "\u3000\u3001", 4 },             /* ideographic space, comma */
		{ "\U00020000", 2 },               /* ideograph beyond the first plane */
		{ "\U0001f600", 2 },               /* emoji */
		{ "e\u0301", 1 },                  /* combining mark */
		{ "\u200b\u200d", 0 },             /* zero width */
		{ "\x01\x1b\x7f", 0 },             /* control */
		{ "\xff", 1 },                     /* shown as a replacement character */
		{ "a\xe4\xb8", 3 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(texts); i++)
		assert_int_equal(cx_text_width(cx_slice_of(texts[i].text)), texts[i].width);
}

static void what_fits_is_the_longest_head_within_the_columns(void **state)
{
	(void)state;
	cx_slice text = CX_SLICE_LITERAL("a\u4e2de\u0301\u6587");
	static const struct {
		size_t size, width;
	} fits[] = { { 0, 0 }, { 1, 1 }, { 1, 1 },  { 4, 3 },
		     { 7, 4 }, { 7, 4 }, { 10, 6 }, { 10, 6 } };
	for (size_t columns = 0; columns < CX_COUNT_OF(fits); columns++) {
		size_t width = 777;
		cx_slice head = cx_text_fit(text, columns, &width);
		assert_ptr_equal(head.data, text.data);
		assert_int_equal(head.size, fits[columns].size);
		assert_int_equal(width, fits[columns].width);
	}
}

static void marks_stay_with_the_character_before_them(void **state)
{
	(void)state;
	size_t width;
	cx_slice head = cx_text_fit(CX_SLICE_LITERAL("e\u0301\u0302x"), 1, &width);
	assert_int_equal(head.size, 5);
	assert_int_equal(width, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_the_columns_a_terminal_gives_them),
		cmocka_unit_test(what_fits_is_the_longest_head_within_the_columns),
		cmocka_unit_test(marks_stay_with_the_character_before_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
