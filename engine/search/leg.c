/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/search/leg.h"

#include "base/check.h"
#include "engine/token/number.h"

#include <string.h>

enum { TOKENS_MAX = 3, FOUND_FIRST = 64, TYPE_BYTES = 2 };

int engine__prospect_compare(const engine__prospect *a, const engine__prospect *b)
{
	if (a->type != b->type)
		return a->type > b->type ? -1 : 1;
	return (a->id < b->id) - (a->id > b->id);
}

/* ---- making them ---- */

/* What a leg is made of: tokens, each itself or all that begin with it. */
typedef struct part {
	cx_slice token;
	bool prefix;
} part;

static cx_status range_of(engine__legs *legs, cx_slice low, size_t size,
                          engine__postings_range *ret)
{
	uint8_t *bytes = cx_arena_alloc(legs->arena, 2 * size);
	if (bytes == NULL)
		return CX_NO_MEMORY;
	memcpy(bytes, low.data, size);
	memcpy(bytes + size, low.data, size);
	/* No byte of a folded text is FF, and a type id of FFFF is never given. */
	size_t at = 2 * size - 1;
	while (bytes[at] == 0xff)
		bytes[at--] = 0;
	bytes[at]++;
	ret->low = (cx_slice){ .data = bytes, .size = size };
	ret->high = (cx_slice){ .data = bytes + size, .size = size };
	return CX_OK;
}

/* The postings of one token: as one range, or one of each type. */
static cx_status token_ranges(engine__legs *legs, cx_slice token, engine__leg *leg)
{
	uint8_t key[ENGINE__POSTING_KEY_MAX];
	memcpy(key, token.data, token.size);
	key[token.size] = 0;
	const engine__types *types = legs->types;
	if (types->all)
		return range_of(legs, (cx_slice){ .data = key }, token.size + 1,
		                &leg->ranges[leg->range_count++]);
	for (size_t i = 0; i < types->count; i++) {
		key[token.size + 1] = (uint8_t)(types->each[i]->id >> 8);
		key[token.size + 2] = (uint8_t)types->each[i]->id;
		cx_status status =
			range_of(legs, (cx_slice){ .data = key }, token.size + 1 + TYPE_BYTES,
		                 &leg->ranges[leg->range_count++]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status add(engine__legs *legs, const part *parts, size_t count, engine__leg **ret)
{
	if (legs->count == ENGINE__LEGS_MAX) {
		*ret = NULL;
		return CX_OK;
	}
	engine__leg *leg = &legs->each[legs->count];
	const size_t each = legs->types->all ? 1 : legs->types->count;
	*leg = (engine__leg){
		.sorted = count == 1 && !parts[0].prefix,
		.token = parts[0].token,
		.ranges = cx_arena_alloc(legs->arena, count * each * sizeof *leg->ranges),
	};
	cx_status status = leg->ranges == NULL ? CX_NO_MEMORY : CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++)
		status = parts[i].prefix ? range_of(legs, parts[i].token, parts[i].token.size,
		                                    &leg->ranges[leg->range_count++])
		                         : token_ranges(legs, parts[i].token, leg);
	if (status == CX_OK)
		legs->count++;
	*ret = leg;
	return status;
}

/* Where a number may be found by its end; no parts when that is where it is found anyway. */
static size_t number_parts(cx_slice digits, part parts[TOKENS_MAX])
{
	parts[0] = (part){ .token = digits, .prefix = true };
	const size_t tail = digits.size > ENGINE__NUMBER_TAIL_LONG ? ENGINE__NUMBER_TAIL_LONG
	                                                           : ENGINE__NUMBER_TAIL_SHORT;
	if (digits.size <= tail || digits.size == ENGINE__NUMBER_TAIL_LONG)
		return 1;
	parts[1] = (part){ .token = engine__tail(digits, tail) };
	return 2;
}

static bool is_one_character(cx_slice run)
{
	return engine__character_size(run) == run.size;
}

static cx_status add_one(engine__legs *legs, cx_slice token, bool prefix, engine__leg **ret)
{
	const part one = { .token = token, .prefix = prefix };
	return add(legs, &one, 1, ret);
}

static cx_status add_pairs(engine__legs *legs, cx_slice run, engine__leg **ret)
{
	cx_slice rest = run;
	for (;;) {
		const size_t one = engine__character_size(rest);
		const size_t two = one + engine__character_size(cx_slice_from(rest, one));
		cx_status status =
			add_one(legs, (cx_slice){ .data = rest.data, .size = two }, false, ret);
		if (status != CX_OK || two == rest.size)
			return status;
		rest = cx_slice_from(rest, one);
	}
}

/* `ends`: nothing follows it in its segment, as another part does in the next. */
static cx_status add_piece(engine__legs *legs, const engine__segment *piece, bool ends,
                           engine__leg **ret)
{
	if (piece->kind == ENGINE__WORD)
		return add_one(legs, engine__token_cut(piece->text), !ends, ret);
	if (is_one_character(piece->text))
		return add_one(legs, piece->text, !ends, ret);
	return add_pairs(legs, piece->text, ret);
}

/* What may be a number or words: one leg that holds both. */
static cx_status add_number(engine__legs *legs, const engine__term *term, engine__leg **ret)
{
	part parts[TOKENS_MAX];
	size_t count = number_parts(term->digits, parts);
	if (term->count > 1)
		parts[count++] = (part){ .token = term->pieces[0].text };
	return add(legs, parts, count, ret);
}

static cx_status add_term(engine__legs *legs, const engine__term *term, bool only)
{
	const size_t first = legs->count;
	engine__leg *last = NULL;
	cx_status status = CX_OK;
	if (term->digits.size > 0)
		status = add_number(legs, term, &last);
	else
		for (size_t i = 0; i < term->count && status == CX_OK; i++)
			status = add_piece(legs, &term->pieces[i], i + 1 < term->count, &last);
	if (status != CX_OK)
		return status;
	if (first < legs->count)
		legs->each[first].first = true;
	if (only && last != NULL)
		last->last = true;
	return CX_OK;
}

cx_status engine__legs_begin(engine_read *read, const engine__types *types,
                             const engine__reading *reading, cx_arena *arena, engine__legs *ret)
{
	*ret = (engine__legs){
		.view = read->view, .tree = read->engine->search, .types = types, .arena = arena
	};
	for (size_t i = 0; i < reading->count; i++) {
		cx_status status = add_term(ret, &reading->terms[i], reading->count == 1);
		if (status != CX_OK)
			return status;
	}
	CX_ASSERT(ret->count > 0);
	return CX_OK;
}

void engine__legs_end(engine__legs *legs)
{
	for (size_t i = 0; i < legs->count; i++)
		engine__cursor_close(&legs->each[i].cursor);
}

/* ---- reading them ---- */

static bool make_room(engine__legs *legs, engine__leg *leg, size_t more)
{
	if (more <= leg->capacity - leg->count)
		return true;
	size_t capacity = leg->capacity > 0 ? 2 * leg->capacity : FOUND_FIRST;
	while (capacity - leg->count < more)
		capacity *= 2;
	engine__prospect *found = cx_arena_alloc(legs->arena, capacity * sizeof *found);
	if (found == NULL)
		return false;
	if (leg->count > 0)
		memcpy(found, leg->found, leg->count * sizeof *found);
	leg->found = found;
	leg->capacity = capacity;
	return true;
}

static cx_status begin(engine__legs *legs, engine__leg *leg)
{
	cx_status status = CX_OK;
	if (leg->cursor == NULL)
		status = engine__cursor_open(legs->view, legs->tree,
		                             leg->sorted ? ENGINE__BACKWARD : ENGINE__FORWARD,
		                             &leg->cursor);
	const engine__postings_range *range = &leg->ranges[leg->range];
	if (status == CX_OK)
		status = engine__cursor_seek(leg->cursor,
		                             leg->sorted ? range->high : range->low);
	leg->begun = status == CX_OK;
	return status;
}

static bool is_in(const engine__leg *leg, cx_slice key)
{
	const engine__postings_range *range = &leg->ranges[leg->range];
	return leg->sorted ? cx_slice_compare(key, range->low) >= 0
	                   : cx_slice_compare(key, range->high) < 0;
}

/* What of the flags of a posting is true of the term when the leg is read alone. */
static uint8_t flags_of(const engine__leg *leg, const engine__posting *posting)
{
	const bool whole = leg->sorted || cx_slice_equal(posting->token, leg->token);
	const unsigned start = leg->first ? posting->flags & ENGINE__TOKEN_START : 0u;
	const unsigned end = leg->last && whole ? posting->flags & ENGINE__TOKEN_END : 0u;
	return (uint8_t)(start | end);
}

static cx_status take(const engine__legs *legs, engine__leg *leg, const engine__pair *pair)
{
	engine__posting posting;
	cx_status status = engine__posting_read(pair, &posting);
	if (status != CX_OK)
		return status;
	const engine__types *types = legs->types;
	if (posting.type >= types->of_id_count || types->of_id[posting.type] == NULL)
		return CX_OK;
	leg->found[leg->count++] = (engine__prospect){ .id = posting.id,
		                                       .type = posting.type,
		                                       .flags = flags_of(leg, &posting) };
	return CX_OK;
}

cx_status engine__leg_read(engine__legs *legs, engine__leg *leg, size_t max, size_t *ret_read)
{
	CX_ASSERT(max <= ENGINE__LEG_BATCH);
	CX_ASSERT(!leg->ended);
	*ret_read = 0;
	cx_status status = leg->begun ? CX_OK : begin(legs, leg);
	if (status == CX_OK && !make_room(legs, leg, max))
		status = CX_NO_MEMORY;
	CX_UNSET engine__pair pairs[ENGINE__LEG_BATCH];
	size_t got = 0;
	if (status == CX_OK)
		status = engine__cursor_next(leg->cursor, pairs, max, &got);
	size_t in = 0;
	for (; in < got && status == CX_OK && is_in(leg, pairs[in].key); in++)
		status = take(legs, leg, &pairs[in]);
	if (status != CX_OK)
		return status;
	*ret_read = got;
	if (in == max)
		return CX_OK;
	leg->range++;
	leg->begun = false;
	leg->ended = leg->range == leg->range_count;
	return CX_OK;
}

cx_status engine__leg_has(engine__legs *legs, const engine__leg *leg,
                          const engine__prospect *candidate, bool *ret, uint8_t *ret_flags)
{
	CX_ASSERT(leg->sorted);
	const engine__token token = { .bytes = leg->token };
	const engine_type *type = legs->types->of_id[candidate->type];
	engine__posting_room room;
	engine__pair pair = engine__posting_write(type, candidate->id, &token, &room);
	cx_status status = engine__view_get(legs->view, legs->tree, pair.key, &pair.value);
	*ret = status == CX_OK;
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_OK : status;
	engine__posting posting;
	status = engine__posting_read(&pair, &posting);
	*ret_flags = status == CX_OK ? flags_of(leg, &posting) : 0;
	return status;
}
