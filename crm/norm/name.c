/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/norm/name.h"

#include "base/text.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 64 * 1024 };

/* Words, as they are when folded and without dots. */
static const char *const word_forms[] = {
	"co",      "coltd", "company", "ltd", "limited", "inc",         "incorporated",
	"corp",    "llc",   "llp",     "lp",  "plc",     "corporation", "gmbh",
	"mbh",     "ag",    "kg",      "ohg", "ug",      "se",          "sa",
	"sarl",    "sas",   "srl",     "spa", "bv",      "nv",          "ab",
	"as",      "aps",   "oy",      "oyj", "pty",     "pte",         "pvt",
	"private", "sdn",   "bhd",     "kk",  "group",   "holding",     "holdings",
};

/* Ends of a run of Han; longer ones first, as an end of one is an end of the other. */
static const char *const han_forms[] = {
	"有限责任公司", "有限責任公司", "股份有限公司", "集团公司", "集團公司",
	"株式会社",     "有限公司",     "总公司",       "總公司",   "公司",
	"集团",         "集團",         "控股",         "股份",
};

/* Ends of what belongs to a company and is not it. */
static const char *const branches[] = { "分公司", "子公司" };

static bool ends_with(cx_slice text, const char *end)
{
	const size_t size = strlen(end);
	return text.size >= size && memcmp(text.data + text.size - size, end, size) == 0;
}

static bool is_one_of(cx_slice text, const char *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cx_slice_equal(text, cx_slice_of(items[i])))
			return true;
	return false;
}

/* ---- punctuation ---- */

/* Stands inside words: dots, apostrophes. */
static bool joins(cx_slice character)
{
	static const char *const joining[] = { ".", "'", "’", "‘", "`", "´", "·", "・" };
	return is_one_of(character, joining, CX_COUNT_OF(joining));
}

/* Words with one blank between them, where a script has blanks. */
static void write_words(cx_slice folded, cx_buf *out)
{
	cx_text_class last = CX_TEXT_OTHER;
	bool parted = false;
	while (folded.size > 0) {
		size_t size;
		const cx_text_class class = cx_text_class_of(folded, &size);
		const cx_slice character = { .data = folded.data, .size = size };
		folded = cx_slice_from(folded, size);
		if (class == CX_TEXT_OTHER) {
			parted = parted || !joins(character);
			continue;
		}
		const bool dense = class == CX_TEXT_DENSE || last == CX_TEXT_DENSE;
		if (parted && !dense && last != CX_TEXT_OTHER)
			cx_buf_append_byte(out, ' ');
		cx_buf_append_slice(out, character);
		last = class;
		parted = false;
	}
}

/* ---- legal forms ---- */

/* The last word of a script with blanks: what follows the last blank, or the last character
 * that is dense. */
static cx_slice last_word(cx_slice text)
{
	size_t start = 0;
	for (size_t at = 0; at < text.size;) {
		size_t size;
		const cx_text_class class = cx_text_class_of(cx_slice_from(text, at), &size);
		at += size;
		if (class == CX_TEXT_OTHER || class == CX_TEXT_DENSE)
			start = at;
	}
	return cx_slice_from(text, start);
}

static cx_slice without_blank(cx_slice text)
{
	if (ends_with(text, " "))
		text.size--;
	return text;
}

static size_t han_end(cx_slice text)
{
	for (size_t i = 0; i < CX_COUNT_OF(branches); i++)
		if (ends_with(text, branches[i]))
			return 0;
	for (size_t i = 0; i < CX_COUNT_OF(han_forms); i++)
		if (ends_with(text, han_forms[i]))
			return strlen(han_forms[i]);
	return 0;
}

/* Bytes of the legal form at the end; 0 when there is none. */
static size_t form_at_end(cx_slice text)
{
	const cx_slice word = last_word(text);
	if (word.size > 0)
		return is_one_of(word, word_forms, CX_COUNT_OF(word_forms)) ? word.size : 0;
	return han_end(text);
}

/* Two characters are a name in any script; one letter is not, nor one ideograph. */
static cx_slice strip(cx_slice text)
{
	for (;;) {
		const size_t form = form_at_end(text);
		if (form == 0)
			return text;
		const cx_slice rest = without_blank(
			(cx_slice){ .data = text.data, .size = text.size - form });
		if (cx_text_length(rest) < 2)
			return text;
		text = rest;
	}
}

cx_status crm__norm_name(cx_slice name, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(TEXT_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf words = CX_BUF_INIT(TEXT_BYTES_MAX);
	cx_status status = cx_text_fold(name, &folded);
	if (status != CX_OK)
		return status;
	write_words(cx_buf_slice(&folded), &words);
	if (cx_buf_status(&words) != CX_OK)
		return cx_buf_status(&words);
	if (words.size == 0)
		return cx_text_nfc(cx_buf_slice(&folded), out);
	return cx_text_nfc(strip(cx_buf_slice(&words)), out);
}
