/* SPDX-License-Identifier: Apache-2.0 */
/* NFC is what utf8proc makes of the whole text at once, folding is idempotent and blind to
 * case, width and canonical form, and no text takes more than linear time. */
#include "base/clock.h"
#include "base/text.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { TEXT_MAX = 4096 };

static const utf8proc_option_t nfc = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
static const utf8proc_option_t nfd = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
static const utf8proc_option_t folding = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                         UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

static void put_code(cx_buf *out, uint32_t code)
{
	uint8_t text[4];
	utf8proc_ssize_t size = utf8proc_encode_char((utf8proc_int32_t)code, text);
	assert_true(cx_buf_append(out, text, (size_t)size));
}

/* What utf8proc makes of the whole text; appended. */
static void put_mapped(cx_buf *out, cx_slice text, utf8proc_option_t options)
{
	uint8_t *mapped = NULL;
	utf8proc_ssize_t size =
		utf8proc_map(text.data, (utf8proc_ssize_t)text.size, &mapped, options);
	assert_true(size >= 0);
	assert_true(cx_buf_append(out, mapped, (size_t)size));
	free(mapped);
}

/* Characters that meet in unusual ways, besides ones from everywhere. */
static uint32_t random_code(dice *from)
{
	static const uint32_t meeting[] = {
		'a',    'A',    'e',    0x20,    0xe9,    0x300,   0x301,  0x308,  0x323,
		0x327,  0x345,  0x3b1,  0x391,   0x1fb4,  0x3c3,   0x3a3,  0x130,  0x131,
		0x1e9e, 0xdf,   0x1100, 0x1161,  0x11a8,  0xac00,  0xac01, 0x304b, 0x3099,
		0x30ab, 0xff76, 0xff9e, 0x212b,  0x2126,  0x4e2d,  0xf900, 0x6587, 0xff21,
		0x200b, 0x200d, 0xad,   0xfe0f,  0x1d15e, 0x2f800, 0xfb01, 0x3392, 0x9be,
		0x9c7,  0xdca,  0xdcf,  0x1f600, 0x34f,
	};
	if (dice_below(from, 4) > 0)
		return meeting[dice_below(from, CX_COUNT_OF(meeting))];
	uint32_t code = (uint32_t)dice_below(from, dice_below(from, 2) ? 0x3100 : 0x30000);
	return code >= 0xd800 && code <= 0xdfff ? 'x' : code;
}

static void put_random_text(dice *from, cx_buf *out)
{
	size_t length = (size_t)dice_below(from, 9);
	for (size_t i = 0; i < length; i++)
		put_code(out, random_code(from));
}

static void nfc_of_random_text_is_what_utf8proc_makes_of_the_whole(void **state)
{
	(void)state;
	dice random = dice_init();
	cx_buf text = CX_BUF_INIT(TEXT_MAX);
	cx_buf form = CX_BUF_INIT(TEXT_MAX);
	cx_buf expected = CX_BUF_INIT(TEXT_MAX);
	for (int round = 0; round < 30000; round++) {
		cx_buf_clear(&text);
		cx_buf_clear(&form);
		cx_buf_clear(&expected);
		put_random_text(&random, &text);
		put_mapped(&expected, cx_buf_slice(&text), nfc);
		assert_int_equal(cx_text_nfc(cx_buf_slice(&text), &form), CX_OK);
		assert_true(cx_slice_equal(cx_buf_slice(&form), cx_buf_slice(&expected)));
		if (cx_text_is_nfc_quick(cx_buf_slice(&text)))
			assert_true(cx_slice_equal(cx_buf_slice(&form), cx_buf_slice(&text)));
	}
	cx_buf_release(&text);
	cx_buf_release(&form);
	cx_buf_release(&expected);
}

static void fold_into(cx_buf *out, cx_slice text)
{
	cx_buf_clear(out);
	assert_int_equal(cx_text_fold(text, out), CX_OK);
}

/* All that folding promises of one text. */
static void assert_folds_well(cx_slice text, cx_buf work[4])
{
	fold_into(&work[0], text);
	fold_into(&work[1], cx_buf_slice(&work[0]));
	assert_true(cx_slice_equal(cx_buf_slice(&work[0]), cx_buf_slice(&work[1])));

	cx_buf_clear(&work[2]);
	put_mapped(&work[2], text, nfd);
	fold_into(&work[1], cx_buf_slice(&work[2]));
	assert_true(cx_slice_equal(cx_buf_slice(&work[0]), cx_buf_slice(&work[1])));

	cx_buf_clear(&work[3]);
	put_mapped(&work[3], cx_buf_slice(&work[2]), folding);
	assert_true(cx_slice_equal(cx_buf_slice(&work[0]), cx_buf_slice(&work[3])));
}

static void work_release(cx_buf work[4])
{
	for (int i = 0; i < 4; i++)
		cx_buf_release(&work[i]);
}

static void every_character_folds_to_what_folds_to_itself(void **state)
{
	(void)state;
	cx_buf text = CX_BUF_INIT(TEXT_MAX);
	cx_buf work[4] = { CX_BUF_INIT(TEXT_MAX), CX_BUF_INIT(TEXT_MAX), CX_BUF_INIT(TEXT_MAX),
		           CX_BUF_INIT(TEXT_MAX) };
	for (uint32_t code = 0; code < 0x30000; code++) {
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		cx_buf_clear(&text);
		put_code(&text, code);
		assert_folds_well(cx_buf_slice(&text), work);
	}
	cx_buf_release(&text);
	work_release(work);
}

static void random_text_folds_to_what_folds_to_itself(void **state)
{
	(void)state;
	dice random = dice_init();
	cx_buf text = CX_BUF_INIT(TEXT_MAX);
	cx_buf work[4] = { CX_BUF_INIT(TEXT_MAX), CX_BUF_INIT(TEXT_MAX), CX_BUF_INIT(TEXT_MAX),
		           CX_BUF_INIT(TEXT_MAX) };
	for (int round = 0; round < 20000; round++) {
		cx_buf_clear(&text);
		put_random_text(&random, &text);
		assert_folds_well(cx_buf_slice(&text), work);
	}
	cx_buf_release(&text);
	work_release(work);
}

static void case_and_width_are_folded_away(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *folded;
	} texts[] = {
		{ "", "" },
		{ "ACME Ltd. [7]", "acme ltd. [7]" },
		{ "\uff21\uff22\uff23\uff11", "abc1" },
		{ "\uff76\uff9e", "\u30ac" }, /* half-width ga */
		{ "\u30ab\uff9e", "\u30ac" },
		{ "\u3000", " " }, /* ideographic space */
		{ "M\u00dcLLER", "m\u00fcller" },
		{ "MU\u0308LLER", "m\u00fcller" },
		{ "Stra\u00dfe", "strasse" },
		{ "\u03a3\u03c3\u03c2", "\u03c3\u03c3\u03c3" },
		{ "\u4e0a\u6d77\u6d66\u4e1c", "\u4e0a\u6d77\u6d66\u4e1c" },
		{ "\u4e0a\u6d77 ABC \uff08\u4e2d\u56fd\uff09",
		  "\u4e0a\u6d77 abc (\u4e2d\u56fd)" },
		{ "\u041c\u043e\u0441\u043a\u0432\u0430",
		  "\u043c\u043e\u0441\u043a\u0432\u0430" },
		{ "a\u200bb\u00adc", "abc" }, /* zero width, soft hyphen */
		{ "\ufb01le", "file" },
	};
	cx_buf out = CX_BUF_INIT(TEXT_MAX);
	for (size_t i = 0; i < CX_COUNT_OF(texts); i++) {
		fold_into(&out, cx_slice_of(texts[i].text));
		assert_true(cx_slice_equal(cx_buf_slice(&out), cx_slice_of(texts[i].folded)));
	}
	cx_buf_release(&out);
}

static void quick_says_yes_for_usual_text_and_no_where_marks_are(void **state)
{
	(void)state;
	static const char *const quick[] = { "",
		                             "plain",
		                             "plain text of more than eight bytes",
		                             "\u00e9t\u00e9",
		                             "\u4e0a\u6d77\u6d66\u4e1c\u94f6\u884c",
		                             "\u4e0a\u6d77\uff08ABC\uff09\u3001\u3042\u30ab",
		                             "\ud55c\uad6d",
		                             "\u041c\u043e\u0441\u043a\u0432\u0430",
		                             "\U0001f600\U00020000" };
	static const char *const slow[] = { "e\u0301",
		                            "\u304b\u3099",
		                            "\u212b",
		                            "\u1100\u1161",
		                            "long plain text, then e\u0301",
		                            "\u4e2d\uf900" };
	for (size_t i = 0; i < CX_COUNT_OF(quick); i++)
		assert_true(cx_text_is_nfc_quick(cx_slice_of(quick[i])));
	for (size_t i = 0; i < CX_COUNT_OF(slow); i++)
		assert_false(cx_text_is_nfc_quick(cx_slice_of(slow[i])));
}

typedef cx_status (*normaliser)(cx_slice text, cx_buf *out);
static const normaliser normalisers[] = { cx_text_nfc, cx_text_fold };

static void a_result_over_the_limit_is_refused_and_taken_back(void **state)
{
	(void)state;
	cx_slice text = CX_SLICE_LITERAL("ab \u4e2d\u6587 e\u0301\u0301 tail");
	for (size_t i = 0; i < CX_COUNT_OF(normalisers); i++) {
		cx_buf out = CX_BUF_INIT(TEXT_MAX);
		assert_int_equal(normalisers[i](text, &out), CX_OK);
		size_t whole = out.size;
		cx_buf_release(&out);
		for (size_t room = 0; room <= whole + 1; room++) {
			cx_buf tight = CX_BUF_INIT(room + 2);
			assert_true(cx_buf_append(&tight, "::", 2));
			cx_status expected = room < whole ? CX_TOO_LARGE : CX_OK;
			assert_int_equal(normalisers[i](text, &tight), expected);
			assert_int_equal(cx_buf_status(&tight), expected);
			assert_int_equal(tight.size, 2 + (expected == CX_OK ? whole : 0));
			cx_buf_release(&tight);
		}
	}
}

static void bytes_that_are_no_utf8_are_malformed_wherever_they_stand(void **state)
{
	(void)state;
	static const char *const bad[] = { "\xff",  "abc\xe4\xb8",          "\u4e2d\x80",
		                           "e\xcc", "e\u0301\xc0\x80 tail", "\xed\xa0\x80" };
	for (size_t i = 0; i < CX_COUNT_OF(bad); i++) {
		for (size_t j = 0; j < CX_COUNT_OF(normalisers); j++) {
			cx_buf out = CX_BUF_INIT(TEXT_MAX);
			assert_int_equal(normalisers[j](cx_slice_of(bad[i]), &out),
			                 CX_MALFORMED);
			assert_int_equal(out.size, 0);
			assert_int_equal(cx_buf_status(&out), CX_OK);
			cx_buf_release(&out);
		}
		assert_false(cx_text_is_nfc_quick(cx_slice_of(bad[i])));
	}
}

/* utf8proc's own ordering would take minutes for this. */
static void a_long_run_of_unordered_marks_takes_linear_time(void **state)
{
	(void)state;
	enum { MARKS = 300000 };
	cx_buf text = CX_BUF_INIT(1 << 20);
	put_code(&text, 'e');
	for (int i = 0; i < MARKS; i++)
		put_code(&text, i % 2 == 0 ? 0x301 : 0x323); /* class 230, then 220 */
	for (size_t i = 0; i < CX_COUNT_OF(normalisers); i++) {
		cx_buf out = CX_BUF_INIT(1 << 20);
		uint64_t begin = cx_clock_monotonic_ns();
		assert_int_equal(normalisers[i](cx_buf_slice(&text), &out), CX_OK);
		assert_true(cx_clock_monotonic_ns() - begin < UINT64_C(5000000000));
		/* U+1EB9 takes one of the 220s; no composed form takes a 230 with it. */
		assert_memory_equal(out.data, "\u1eb9\u0323\u0323", 7);
		assert_memory_equal(out.data + out.size - 4, "\u0301\u0301", 4);
		assert_int_equal(out.size, 3 + 2 * (MARKS - 1));
		cx_buf_release(&out);
	}
	cx_buf_release(&text);
}

static void runs_that_fill_the_working_memory_exactly_are_encoded_within_it(void **state)
{
	(void)state;
	/* Marks of four bytes: as UTF-8 they need all the room of their code points, and the
	 * zero that utf8proc adds needs more. */
	for (int marks = 250; marks < 1030; marks++) {
		cx_buf text = CX_BUF_INIT(TEXT_MAX * 2);
		for (int i = 0; i < marks; i++)
			put_code(&text, 0x1e000);
		cx_buf out = CX_BUF_INIT(TEXT_MAX * 2);
		assert_int_equal(cx_text_nfc(cx_buf_slice(&text), &out), CX_OK);
		assert_true(cx_slice_equal(cx_buf_slice(&out), cx_buf_slice(&text)));
		cx_buf_release(&out);
		cx_buf_release(&text);
	}
}

static void marks_of_one_class_keep_their_order_in_short_and_long_runs(void **state)
{
	(void)state;
	for (size_t count = 1; count < 100; count += 7) {
		cx_buf text = CX_BUF_INIT(TEXT_MAX);
		cx_buf form = CX_BUF_INIT(TEXT_MAX);
		cx_buf expected = CX_BUF_INIT(TEXT_MAX);
		put_code(&text, 0x5d0); /* composes with none of them */
		for (size_t i = 0; i < count; i++) {
			static const uint32_t marks[] = { 0x301, 0x323, 0x300,
				                          0x331, 0x302, 0x5bc };
			put_code(&text, marks[i % CX_COUNT_OF(marks)]);
		}
		put_mapped(&expected, cx_buf_slice(&text), nfc);
		assert_int_equal(cx_text_nfc(cx_buf_slice(&text), &form), CX_OK);
		assert_true(cx_slice_equal(cx_buf_slice(&form), cx_buf_slice(&expected)));
		cx_buf_release(&text);
		cx_buf_release(&form);
		cx_buf_release(&expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nfc_of_random_text_is_what_utf8proc_makes_of_the_whole),
		cmocka_unit_test(every_character_folds_to_what_folds_to_itself),
		cmocka_unit_test(random_text_folds_to_what_folds_to_itself),
		cmocka_unit_test(case_and_width_are_folded_away),
		cmocka_unit_test(quick_says_yes_for_usual_text_and_no_where_marks_are),
		cmocka_unit_test(a_result_over_the_limit_is_refused_and_taken_back),
		cmocka_unit_test(bytes_that_are_no_utf8_are_malformed_wherever_they_stand),
		cmocka_unit_test(a_long_run_of_unordered_marks_takes_linear_time),
		cmocka_unit_test(
			runs_that_fill_the_working_memory_exactly_are_encoded_within_it),
		cmocka_unit_test(marks_of_one_class_keep_their_order_in_short_and_long_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
