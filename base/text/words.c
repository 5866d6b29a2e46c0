/* SPDX-License-Identifier: Apache-2.0 */
/* What characters are to the search for words, by the categories of Unicode and the blocks of
 * the scripts that do not part theirs. */
#include "base/text.h"
#include "base/text/decode.h"
#include "base/text/stable.h"

#include <utf8proc.h>

typedef struct block {
	uint32_t first;
	uint32_t last;
} block;

/* Ascending. Only letters, marks and number letters in them count, but for the radicals, which
 * are symbols to Unicode, and the planes of ideographs, of which each version has more. */
static const block dense_blocks[] = {
	{ 0x0e00, 0x0eff },   /* Thai, Lao */
	{ 0x1000, 0x109f },   /* Burmese */
	{ 0x1100, 0x11ff },   /* hangul jamo */
	{ 0x1780, 0x17ff },   /* Khmer */
	{ 0x2e80, 0x2fdf },   /* radicals */
	{ 0x3005, 0x3007 },   /* iteration mark, closing mark, zero */
	{ 0x3021, 0x303c },   /* numerals of Hangzhou, repeat marks */
	{ 0x3041, 0x30ff },   /* hiragana, katakana */
	{ 0x3105, 0x318f },   /* bopomofo, hangul jamo */
	{ 0x31a0, 0x31bf },   /* bopomofo */
	{ 0x31f0, 0x31ff },   /* katakana */
	{ 0x3400, 0x4dbf },   /* Han */
	{ 0x4e00, 0xa4cf },   /* Han, Yi */
	{ 0xa960, 0xa97f },   /* hangul jamo */
	{ 0xac00, 0xd7ff },   /* hangul syllables, jamo */
	{ 0xf900, 0xfaff },   /* Han */
	{ 0xff66, 0xffdc },   /* half-width katakana, hangul */
	{ 0x1aff0, 0x1b16f }, /* kana */
	{ 0x20000, 0x3ffff }, /* Han */
};

enum { RADICALS_FIRST = 0x2e80, RADICALS_LAST = 0x2fdf, PLANES_OF_HAN = 0x20000 };

static bool is_in_dense_block(uint32_t code)
{
	size_t low = 0;
	size_t high = CX_COUNT_OF(dense_blocks);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (code > dense_blocks[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < CX_COUNT_OF(dense_blocks) && code >= dense_blocks[low].first;
}

static bool is_always_dense(uint32_t code)
{
	return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3) ||
	       (code >= RADICALS_FIRST && code <= RADICALS_LAST) || code >= PLANES_OF_HAN;
}

static cx_text_class class_of_ascii(uint32_t code)
{
	if (code >= '0' && code <= '9')
		return CX_TEXT_DIGIT;
	const uint32_t lower = code | 0x20;
	return lower >= 'a' && lower <= 'z' ? CX_TEXT_LETTER : CX_TEXT_OTHER;
}

static cx_text_class class_of_category(utf8proc_category_t category, bool dense)
{
	switch (category) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return dense ? CX_TEXT_DENSE : CX_TEXT_LETTER;
	case UTF8PROC_CATEGORY_NL:
		return dense ? CX_TEXT_DENSE : CX_TEXT_DIGIT;
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NO:
		return CX_TEXT_DIGIT;
	default:
		return CX_TEXT_OTHER;
	}
}

static cx_text_class class_of(uint32_t code)
{
	if (code < 0x80)
		return class_of_ascii(code);
	if (is_in_dense_block(code) && is_always_dense(code))
		return CX_TEXT_DENSE;
	return class_of_category(utf8proc_category((utf8proc_int32_t)code),
	                         is_in_dense_block(code));
}

cx_text_class cx_text_class_of(cx_slice text, size_t *ret_size)
{
	uint32_t code;
	size_t size = cx__text_decode(text.data, text.size, &code);
	*ret_size = size > 0 ? size : 1;
	return size > 0 ? class_of(code) : CX_TEXT_OTHER;
}

/* Vowels and finals of hangul compose with what stands before them, though they are letters;
 * so do vowels of Kirat Rai. All else that does is a mark. */
static bool is_joining_letter(uint32_t code)
{
	return (code >= 0x1160 && code <= 0x11ff) || (code >= 0xd7b0 && code <= 0xd7fb) ||
	       (code >= 0x16d40 && code <= 0x16d7f);
}

static bool stands_alone(uint32_t code)
{
	switch (utf8proc_category((utf8proc_int32_t)code)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
		return false;
	default:
		return !is_joining_letter(code);
	}
}

/* Whether a text may be cut before this character: neither it nor what it folds to has to do
 * with what stands before. */
static bool begins_unit(uint32_t code)
{
	enum { LONGEST = 32 }; /* U+FDFA folds to 18 characters */
	if (cx__text_is_fold_stable(code))
		return true;
	if (!stands_alone(code))
		return false;
	utf8proc_int32_t folded[LONGEST];
	int boundary = 0;
	utf8proc_ssize_t count =
		utf8proc_decompose_char((utf8proc_int32_t)code, folded, LONGEST,
	                                UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
	                                        UTF8PROC_IGNORE | UTF8PROC_DECOMPOSE,
	                                &boundary);
	return count > 0 && count <= LONGEST && stands_alone((uint32_t)folded[0]);
}

size_t cx_text_fold_unit(cx_slice text)
{
	uint32_t code;
	size_t at = cx__text_decode(text.data, text.size, &code);
	at = at > 0 ? at : 1;
	while (at < text.size) {
		size_t size = cx__text_decode(text.data + at, text.size - at, &code);
		if (size == 0 || begins_unit(code))
			break;
		at += size;
	}
	return at;
}
