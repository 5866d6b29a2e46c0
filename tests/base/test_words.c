/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of characters, and texts cut where folding lets them be cut. */
#include "base/text.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <string.h>

static cx_text_class class_of(const char *text)
{
	size_t size = 0;
	const cx_slice slice = cx_slice_of(text);
	cx_text_class class = cx_text_class_of(slice, &size);
	assert_in_range(size, 1, slice.size);
	return class;
}

static void characters_have_the_class_of_their_script(void **state)
{
	(void)state;
	static const struct {
		const char *characters; /* parted by blanks */
		cx_text_class class;
	} rows[] = {
		{ "a Z ä ß Ω я ع א न 𝒜 \xcc\x88 ʰ", CX_TEXT_LETTER },
		{ "0 9 ٣ ² ½ Ⅷ ① 𝟘", CX_TEXT_DIGIT },
		{ "一 龥 㐀 𠀀 \xf0\xb1\x8d\x90 々 〇 〆 あ ア ー ｱ ゞ ㄅ 가 ᄀ ꀀ ⺀ ⼀ 﨎 ไ "
		  "ກ ក က",
		  CX_TEXT_DENSE },
		{ "- . _ ' ( « ¥ + 👍 、 。 「 ・ 〜 \xc2\xa0 \xe3\x80\x80 \xe2\x80\x8b \x01 ฿",
		  CX_TEXT_OTHER },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		char text[256];
		strcpy(text, rows[i].characters);
		for (char *one = strtok(text, " "); one != NULL; one = strtok(NULL, " "))
			if (class_of(one) != rows[i].class)
				fail_msg("%s is %d, not %d", one, class_of(one), rows[i].class);
	}
	assert_int_equal(class_of("\xff"), CX_TEXT_OTHER);
	assert_int_equal(class_of("\xe4\xb8"), CX_TEXT_OTHER);
}

static void append_code(cx_buf *out, uint32_t code)
{
	uint8_t bytes[4];
	size_t size;
	if (code < 0x80) {
		bytes[0] = (uint8_t)code;
		size = 1;
	} else if (code < 0x800) {
		bytes[0] = (uint8_t)(0xc0 | code >> 6);
		size = 2;
	} else if (code < 0x10000) {
		bytes[0] = (uint8_t)(0xe0 | code >> 12);
		size = 3;
	} else {
		bytes[0] = (uint8_t)(0xf0 | code >> 18);
		size = 4;
	}
	for (size_t i = 1; i < size; i++)
		bytes[i] = (uint8_t)(0x80 | (code >> (6 * (size - 1 - i)) & 0x3f));
	cx_buf_append(out, bytes, size);
}

static uint32_t random_code(dice *rolls)
{
	static const struct {
		uint32_t first, last;
	} blocks[] = {
		{ 0x20, 0x7e },     { 0xa0, 0x24f },    { 0x300, 0x36f },
		{ 0x370, 0x5ff },   { 0x900, 0xdff },   { 0x1100, 0x11ff },
		{ 0x1e00, 0x1fff }, { 0x2000, 0x24ff }, { 0x3000, 0x33ff },
		{ 0xac00, 0xd7ff }, { 0xf900, 0xffee }, { 0x10000, 0x1ffff },
		{ 0x345, 0x345 },   { 0xff9e, 0xff9f }, { 0xe0000, 0xe0fff },
	};
	const size_t i = dice_below(rolls, CX_COUNT_OF(blocks));
	return blocks[i].first +
	       (uint32_t)dice_below(rolls, blocks[i].last - blocks[i].first + 1);
}

/* The law that highlights rest on. */
static void a_text_folds_unit_by_unit(void **state)
{
	(void)state;
	dice rolls = dice_init();
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(1 << 16);
	CX_SCOPED(cx_buf_release) cx_buf whole = CX_BUF_INIT(1 << 20);
	CX_SCOPED(cx_buf_release) cx_buf parts = CX_BUF_INIT(1 << 20);
	for (int run = 0; run < 20000; run++) {
		cx_buf_clear(&text);
		cx_buf_clear(&whole);
		cx_buf_clear(&parts);
		for (uint64_t left = 1 + dice_below(&rolls, 12); left > 0; left--)
			append_code(&text, random_code(&rolls));
		/* Stored text is in normal form C. */
		CX_SCOPED(cx_buf_release) cx_buf stored = CX_BUF_INIT(1 << 16);
		assert_int_equal(cx_text_nfc(cx_buf_slice(&text), &stored), CX_OK);
		cx_slice rest = cx_buf_slice(&stored);
		assert_int_equal(cx_text_fold(rest, &whole), CX_OK);
		while (rest.size > 0) {
			const size_t size = cx_text_fold_unit(rest);
			assert_in_range(size, 1, rest.size);
			assert_int_equal(cx_text_fold((cx_slice){ rest.data, size }, &parts),
			                 CX_OK);
			rest = cx_slice_from(rest, size);
		}
		if (!cx_slice_equal(cx_buf_slice(&whole), cx_buf_slice(&parts)))
			fail_msg("run %d: %.*s", run, CX_SLICE_ARG(cx_buf_slice(&stored)));
	}
}

static void common_text_is_cut_at_every_character(void **state)
{
	(void)state;
	static const char *const texts[] = { "aB1 .", "一龥あア가", "ＡＢ１（", "ÄßéΩяЯ",
		                             "𠀀👍" };
	for (size_t i = 0; i < CX_COUNT_OF(texts); i++)
		for (cx_slice rest = cx_slice_of(texts[i]); rest.size > 0;) {
			const size_t size = cx_text_fold_unit(rest);
			assert_int_equal(cx_text_length((cx_slice){ rest.data, size }), 1);
			rest = cx_slice_from(rest, size);
		}
}

static void what_composes_stays_in_one_unit(void **state)
{
	(void)state;
	assert_int_equal(cx_text_fold_unit(CX_SLICE_LITERAL("e\xcc\x81x")), 3);
	assert_int_equal(cx_text_fold_unit(CX_SLICE_LITERAL("ｶﾞx")), 6);
	assert_int_equal(cx_text_fold_unit(CX_SLICE_LITERAL("x\xc2\xad\xcc\x81y")), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_the_class_of_their_script),
		cmocka_unit_test(a_text_folds_unit_by_unit),
		cmocka_unit_test(common_text_is_cut_at_every_character),
		cmocka_unit_test(what_composes_stays_in_one_unit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
