/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/search/wanted.h"

#include "base/check.h"
#include "base/text.h"
#include "engine/token/number.h"

#include <string.h>

enum {
	FOLDED_BYTES_MAX = 16 * ENGINE_SEARCH_TEXT_BYTES_MAX,
	JOINED_DIGITS_MIN = 7, /* fewer are rather two short words */
};

typedef struct reading_text {
	cx_arena *arena;
	cx_error *error;
	engine__term terms[ENGINE_SEARCH_WORDS_MAX];
	size_t count;
} reading_text;

static bool is_blank(uint8_t byte)
{
	return byte <= ' ';
}

/* The digits of a number; empty when it is none. */
static cx_status digits_of(cx_slice word, cx_arena *arena, cx_slice *ret)
{
	uint8_t digits[ENGINE__NUMBER_DIGITS_MAX];
	size_t count = 0;
	*ret = (cx_slice){ 0 };
	for (size_t i = 0; i < word.size; i++) {
		if (!engine__is_in_number(word.data[i]))
			return CX_OK;
		if (!engine__is_digit(word.data[i]))
			continue;
		if (count == sizeof digits)
			return CX_OK;
		digits[count++] = word.data[i];
	}
	if (count == 0)
		return CX_OK;
	*ret = cx_arena_copy(arena, (cx_slice){ .data = digits, .size = count });
	return ret->size == count ? CX_OK : CX_NO_MEMORY;
}

static size_t count_segments(cx_slice word)
{
	size_t at = 0, count = 0;
	for (engine__segment segment; engine__segment_next(word, &at, &segment);)
		count++;
	return count;
}

static cx_status add_word(reading_text *self, cx_slice word)
{
	const size_t count = count_segments(word);
	if (count == 0)
		return CX_OK; /* nothing but punctuation */
	if (self->count == ENGINE_SEARCH_WORDS_MAX)
		return cx_fail(self->error, CX_INVALID_ARGUMENT, "search: at most %d words",
		               ENGINE_SEARCH_WORDS_MAX);
	engine__segment *pieces = cx_arena_alloc(self->arena, count * sizeof *pieces);
	if (pieces == NULL)
		return CX_NO_MEMORY;
	size_t at = 0;
	for (size_t i = 0; i < count; i++)
		CX_ASSERT(engine__segment_next(word, &at, &pieces[i]));
	engine__term *term = &self->terms[self->count++];
	*term = (engine__term){ .pieces = pieces, .count = count };
	return digits_of(word, self->arena, &term->digits);
}

static cx_status add_words(reading_text *self, cx_slice folded)
{
	size_t at = 0;
	while (at < folded.size) {
		while (at < folded.size && is_blank(folded.data[at]))
			at++;
		const size_t from = at;
		while (at < folded.size && !is_blank(folded.data[at]))
			at++;
		const cx_slice word = { .data = folded.data + from, .size = at - from };
		cx_status status = word.size > 0 ? add_word(self, word) : CX_OK;
		if (status != CX_OK)
			return status;
	}
	if (self->count == 0)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "search: there is no letter and no digit in the text");
	return CX_OK;
}

static cx_status keep(reading_text *self, const engine__term *terms, size_t count,
                      engine__wanted *wanted)
{
	engine__term *copy = cx_arena_alloc(self->arena, count * sizeof *copy);
	if (copy == NULL)
		return CX_NO_MEMORY;
	memcpy(copy, terms, count * sizeof *copy);
	wanted->readings[wanted->reading_count++] =
		(engine__reading){ .terms = copy, .count = count };
	return CX_OK;
}

/* How many terms from `from` on are numbers, and their digits together. */
static size_t numbers_from(const reading_text *self, size_t from, size_t *ret_digits)
{
	size_t count = 0;
	*ret_digits = 0;
	while (from + count < self->count && self->terms[from + count].digits.size > 0)
		*ret_digits += self->terms[from + count++].digits.size;
	return count;
}

static cx_status join(const reading_text *self, size_t from, size_t count, size_t size,
                      engine__term *ret)
{
	uint8_t *digits = cx_arena_alloc(self->arena, size);
	if (digits == NULL)
		return CX_NO_MEMORY;
	*ret = (engine__term){ .digits = { .data = digits, .size = size } };
	for (size_t i = from; i < from + count; i++) {
		memcpy(digits, self->terms[i].digits.data, self->terms[i].digits.size);
		digits += self->terms[i].digits.size;
	}
	return CX_OK;
}

/* The reading in which numbers beside one another are one, if there are such. */
static cx_status add_joined(reading_text *self, engine__wanted *wanted)
{
	engine__term terms[ENGINE_SEARCH_WORDS_MAX];
	size_t count = 0;
	bool joined = false;
	for (size_t i = 0; i < self->count;) {
		size_t digits;
		const size_t numbers = numbers_from(self, i, &digits);
		if (numbers < 2 || digits < JOINED_DIGITS_MIN ||
		    digits > ENGINE__NUMBER_DIGITS_MAX) {
			terms[count++] = self->terms[i++];
			continue;
		}
		cx_status status = join(self, i, numbers, digits, &terms[count++]);
		if (status != CX_OK)
			return status;
		i += numbers;
		joined = true;
	}
	return joined ? keep(self, terms, count, wanted) : CX_OK;
}

cx_status engine__wanted_read(cx_slice text, cx_arena *arena, engine__wanted *ret,
                              cx_error *error)
{
	if (text.size > ENGINE_SEARCH_TEXT_BYTES_MAX)
		return cx_fail(error, CX_TOO_LONG, "search: the text has at most %d bytes",
		               ENGINE_SEARCH_TEXT_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf buf = CX_BUF_INIT(FOLDED_BYTES_MAX);
	cx_status status = cx_text_fold(text, &buf);
	if (status != CX_OK)
		return cx_fail(error, status, "search: %s",
		               status == CX_MALFORMED ? "the text is not UTF-8"
		                                      : cx_status_text(status));
	const cx_slice folded = cx_arena_copy(arena, cx_buf_slice(&buf));
	if (folded.size != buf.size)
		return CX_NO_MEMORY;
	reading_text self = { .arena = arena, .error = error };
	engine__wanted wanted = { 0 };
	status = add_words(&self, folded);
	if (status == CX_OK)
		status = keep(&self, self.terms, self.count, &wanted);
	if (status == CX_OK)
		status = add_joined(&self, &wanted);
	if (status == CX_OK)
		*ret = wanted;
	return status;
}
