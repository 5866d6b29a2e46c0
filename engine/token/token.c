/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/token/token.h"

#include "base/check.h"
#include "base/text.h"
#include "engine/search.h"
#include "engine/token/number.h"
#include "engine/token/segment.h"

#include <stdlib.h>
#include <string.h>

enum {
	FOLDED_BYTES_MAX = 16 * ENGINE_SEARCH_FIELD_BYTES_MAX, /* folding makes 11 of one */
	TOKENS_FIRST = 64,
};

/* ---- which texts ---- */

bool engine__is_searched(const engine_type *type)
{
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++)
		if (type->fields[i].search)
			return true;
	return false;
}

static cx_slice head_of(cx_slice text, size_t bytes_max)
{
	if (text.size <= bytes_max)
		return text;
	size_t size = bytes_max;
	while (size > 0 && (text.data[size] & 0xc0) == 0x80)
		size--;
	return (cx_slice){ .data = text.data, .size = size };
}

size_t engine__searched_texts(const engine_type *type, const engine__value *values,
                              engine__searched *ret)
{
	size_t count = 0;
	size_t left = ENGINE_SEARCH_RECORD_BYTES_MAX;
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++) {
		const engine_field *field = &type->fields[i];
		if (!field->search || values[i].shape != ENGINE__CHARS)
			continue;
		const size_t most = left < ENGINE_SEARCH_FIELD_BYTES_MAX
		                            ? left
		                            : (size_t)ENGINE_SEARCH_FIELD_BYTES_MAX;
		const cx_slice text = head_of(values[i].bytes, most);
		if (text.size == 0)
			continue;
		left -= text.size;
		ret[count++] = (engine__searched){ .field = field, .text = text };
	}
	return count;
}

static bool is_deleted(const engine__value *values)
{
	return values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL;
}

bool engine__searched_equal(const engine_type *type, const engine__value *a,
                            const engine__value *b)
{
	if (is_deleted(a) != is_deleted(b))
		return false;
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++)
		if (type->fields[i].search && !engine__value_equal(&a[i], &b[i]))
			return false;
	return true;
}

/* ---- order ---- */

static uint64_t head_number(cx_slice bytes)
{
	uint64_t head = 0;
	for (size_t i = 0; i < sizeof head; i++)
		head = head << 8 | (i < bytes.size ? bytes.data[i] : 0);
	return head;
}

int engine__token_compare(const engine__token *a, const engine__token *b)
{
	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	if (a->bytes.size <= sizeof a->head && b->bytes.size <= sizeof b->head)
		return 0; /* no token holds a 00 */
	return cx_slice_compare(a->bytes, b->bytes);
}

static int compare(const void *a, const void *b)
{
	return engine__token_compare(a, b);
}

/* Sorts, and makes one of those that are equal. */
static void settle(engine__tokens *tokens)
{
	if (tokens->count == 0)
		return;
	qsort(tokens->items, tokens->count, sizeof *tokens->items, compare);
	size_t kept = 0;
	for (size_t i = 1; i < tokens->count; i++) {
		engine__token *last = &tokens->items[kept];
		if (engine__token_compare(last, &tokens->items[i]) == 0)
			last->flags |= tokens->items[i].flags;
		else
			tokens->items[++kept] = tokens->items[i];
	}
	tokens->count = kept + 1;
}

/* ---- tokens of a text ---- */

static bool add(engine__tokens *tokens, cx_slice bytes, unsigned flags)
{
	CX_ASSERT(bytes.size > 0);
	if (tokens->count == tokens->capacity) {
		const size_t capacity =
			tokens->capacity > 0 ? 2 * tokens->capacity : TOKENS_FIRST;
		engine__token *items = cx_arena_alloc(tokens->arena, capacity * sizeof *items);
		if (items == NULL)
			return false;
		if (tokens->count > 0)
			memcpy(items, tokens->items, tokens->count * sizeof *items);
		tokens->items = items;
		tokens->capacity = capacity;
	}
	tokens->items[tokens->count++] = (engine__token){ .head = head_number(bytes),
		                                          .bytes = bytes,
		                                          .flags = (uint8_t)flags };
	return true;
}

cx_slice engine__token_cut(cx_slice word)
{
	return head_of(word, ENGINE__TOKEN_BYTES_MAX);
}

static bool add_word(engine__tokens *tokens, cx_slice word, bool first, bool last)
{
	size_t starts[ENGINE__STARTS_MAX];
	const size_t count = engine__word_starts(word, starts);
	for (size_t i = 0; i < count; i++) {
		const unsigned flags = (i == 0 && first ? ENGINE__TOKEN_START : 0) |
		                       (last ? ENGINE__TOKEN_END : 0);
		if (!add(tokens, engine__token_cut(cx_slice_from(word, starts[i])), flags))
			return false;
	}
	return true;
}

/* Pairs, so that two characters are one look-up and more an intersection; one alone is the
 * range of the pairs that begin with it, and the last of a run has none: so it stands for
 * itself. */
static bool add_run(engine__tokens *tokens, cx_slice run, bool first, bool last)
{
	const unsigned end = last ? ENGINE__TOKEN_END : 0;
	unsigned start = first ? ENGINE__TOKEN_START : 0;
	cx_slice rest = run;
	for (;;) {
		const size_t one = engine__character_size(rest);
		if (one == rest.size)
			return add(tokens, rest, start | end);
		const size_t two = one + engine__character_size(cx_slice_from(rest, one));
		const cx_slice pair = { .data = rest.data, .size = two };
		if (!add(tokens, pair, start | (two == rest.size ? end : 0)))
			return false;
		start = 0;
		rest = cx_slice_from(rest, one);
	}
}

/* One segment is held back until it is known whether another follows. */
static bool add_segments(engine__tokens *tokens, cx_slice folded)
{
	size_t at = 0;
	engine__segment segment, next;
	bool first = true;
	bool more = engine__segment_next(folded, &at, &segment);
	while (more) {
		more = engine__segment_next(folded, &at, &next);
		const bool added = segment.kind == ENGINE__WORD
		                           ? add_word(tokens, segment.text, first, !more)
		                           : add_run(tokens, segment.text, first, !more);
		if (!added)
			return false;
		segment = next;
		first = false;
	}
	return true;
}

static bool add_number(engine__tokens *tokens, const engine__number *number)
{
	const cx_slice digits = cx_arena_copy(tokens->arena, engine__number_digits(number));
	if (digits.data == NULL ||
	    !add(tokens, digits, ENGINE__TOKEN_START | ENGINE__TOKEN_END))
		return false;
	static const size_t tails[] = { ENGINE__NUMBER_TAIL_LONG, ENGINE__NUMBER_TAIL_SHORT };
	for (size_t i = 0; i < CX_COUNT_OF(tails); i++)
		if (digits.size > tails[i] &&
		    !add(tokens, engine__tail(digits, tails[i]), ENGINE__TOKEN_END))
			return false;
	return true;
}

static bool add_numbers(engine__tokens *tokens, cx_slice folded)
{
	size_t at = 0;
	engine__number number;
	while (engine__number_next(folded, &at, &number))
		if (!add_number(tokens, &number))
			return false;
	return true;
}

static cx_status add_text(engine__tokens *tokens, const engine__searched *what, cx_buf *buf)
{
	cx_buf_clear(buf);
	cx_status status = cx_text_fold(what->text, buf);
	if (status != CX_OK)
		return status;
	const cx_slice folded = cx_arena_copy(tokens->arena, cx_buf_slice(buf));
	if (folded.size != buf->size)
		return CX_NO_MEMORY;
	const bool added = what->field->search_as == ENGINE_SEARCH_PHONE
	                           ? add_numbers(tokens, folded)
	                           : add_segments(tokens, folded);
	return added ? CX_OK : CX_NO_MEMORY;
}

cx_status engine__tokens_of(const engine_type *type, const engine__value *values,
                            cx_arena *arena, engine__tokens *ret)
{
	engine__tokens tokens = { .arena = arena };
	engine__searched texts[ENGINE_SLOTS_MAX];
	const size_t count =
		is_deleted(values) ? 0 : engine__searched_texts(type, values, texts);
	CX_SCOPED(cx_buf_release) cx_buf buf = CX_BUF_INIT(FOLDED_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		cx_status status = add_text(&tokens, &texts[i], &buf);
		if (status != CX_OK)
			return status;
	}
	settle(&tokens);
	*ret = tokens;
	return CX_OK;
}
