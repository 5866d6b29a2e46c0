/* SPDX-License-Identifier: Apache-2.0 */
/* The two tables, and looking a code point up in one. They name the scripts that are
 * common in business data; any other text is normalised, which is only slower. */
#include "base/text/stable.h"

#include "base/cleanup.h"

#include <stddef.h>

typedef struct range {
	uint32_t first;
	uint32_t last;
} range;

/* Ascending. */
static const range nfc_stable[] = {
	{ 0x0000, 0x02ff },   /* Latin and phonetic letters */
	{ 0x0388, 0x0482 },   /* Greek, Cyrillic */
	{ 0x048a, 0x058f },   /* Cyrillic, Armenian */
	{ 0x1e00, 0x1eff },   /* Latin with diacritics, as Vietnamese has them */
	{ 0x2002, 0x20cf },   /* punctuation, currencies */
	{ 0x212c, 0x2328 },   /* arrows, mathematics */
	{ 0x232b, 0x2adb },   /* symbols */
	{ 0x3000, 0x3029 },   /* CJK punctuation */
	{ 0x3030, 0x3098 },   /* hiragana */
	{ 0x309b, 0xa66e },   /* katakana, bopomofo, CJK ideographs, Yi */
	{ 0xac00, 0xd7a3 },   /* hangul syllables */
	{ 0xfe30, 0xffef },   /* half-width and full-width forms */
	{ 0x1f000, 0x2f7ff }, /* emoji, CJK ideographs */
	{ 0x30000, 0x323af }, /* CJK ideographs */
};

static const range fold_stable[] = {
	{ 0x0000, 0x0040 },   /* ASCII without the upper case */
	{ 0x005b, 0x009f },   /**/
	{ 0x00e0, 0x00ff },   /* Latin lower case */
	{ 0x0430, 0x045f },   /* Cyrillic lower case */
	{ 0x3001, 0x3029 },   /* CJK punctuation */
	{ 0x303b, 0x3098 },   /* hiragana */
	{ 0x30a0, 0x30fe },   /* katakana */
	{ 0x3400, 0xa63f },   /* CJK ideographs, Yi */
	{ 0xac00, 0xd7a3 },   /* hangul syllables */
	{ 0x1f252, 0x1fbef }, /* emoji */
	{ 0x20000, 0x2f7ff }, /* CJK ideographs */
	{ 0x30000, 0x323af }, /* CJK ideographs */
};

static bool is_in(const range *ranges, size_t count, uint32_t code)
{
	size_t low = 0;
	size_t high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (code > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && code >= ranges[low].first;
}

bool cx__text_is_in_nfc_table(uint32_t code)
{
	return is_in(nfc_stable, CX_COUNT_OF(nfc_stable), code);
}

bool cx__text_is_in_fold_table(uint32_t code)
{
	return is_in(fold_stable, CX_COUNT_OF(fold_stable), code);
}
