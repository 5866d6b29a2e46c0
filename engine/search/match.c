/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/search/match.h"

#include "base/text.h"
#include "engine/token/number.h"

#include <string.h>

enum { FOLDED_BYTES_MAX = 16 * ENGINE_SEARCH_FIELD_BYTES_MAX, SEGMENTS_FIRST = 16 };

/* ---- texts ---- */

static cx_status cut(engine__field_text *text, cx_arena *arena)
{
	size_t at = 0, capacity = 0;
	for (engine__segment segment; engine__segment_next(text->folded, &at, &segment);) {
		if (text->count == capacity) {
			capacity = capacity > 0 ? 2 * capacity : SEGMENTS_FIRST;
			engine__segment *more = cx_arena_alloc(arena, capacity * sizeof *more);
			if (more == NULL)
				return CX_NO_MEMORY;
			if (text->count > 0)
				memcpy(more, text->segments, text->count * sizeof *more);
			text->segments = more;
		}
		text->segments[text->count++] = segment;
	}
	return CX_OK;
}

static cx_status take(const engine__searched *searched, cx_arena *arena, cx_buf *buf,
                      engine__field_text *ret)
{
	cx_buf_clear(buf);
	cx_status status = cx_text_fold(searched->text, buf);
	if (status != CX_OK)
		return status;
	*ret = (engine__field_text){ .field = searched->field,
		                     .text = searched->text,
		                     .folded = cx_arena_copy(arena, cx_buf_slice(buf)) };
	if (ret->folded.size != buf->size)
		return CX_NO_MEMORY;
	return searched->field->search_as == ENGINE_SEARCH_PHONE ? CX_OK : cut(ret, arena);
}

cx_status engine__record_text_of(const engine_type *type, const engine__value *values,
                                 cx_arena *arena, engine__record_text *ret)
{
	engine__searched searched[ENGINE_SLOTS_MAX];
	ret->count = engine__searched_texts(type, values, searched);
	CX_SCOPED(cx_buf_release) cx_buf buf = CX_BUF_INIT(FOLDED_BYTES_MAX);
	cx_status status = CX_OK;
	for (size_t i = 0; i < ret->count && status == CX_OK; i++)
		status = take(&searched[i], arena, &buf, &ret->fields[i]);
	return status;
}

/* ---- one term in one text ---- */

/* Where in the folded text something was found. */
typedef struct place {
	size_t from;
	size_t to;
} place;

/* Goes over all places, or only up to the first when there is nobody to tell. */
typedef struct finding {
	bool found;
	bool at_start;
	bool whole;
	place *places; /* NULL: nobody asks for them */
	size_t place_count;
} finding;

/* Only the first segment can be the start of a text. */
static bool is_enough(const finding *self, size_t segment)
{
	if (self->places != NULL)
		return self->place_count == ENGINE_SEARCH_SPANS_MAX;
	return self->at_start || (self->found && segment > 0);
}

static void tell(finding *self, const engine__field_text *text, size_t from, size_t to)
{
	const engine__segment *last = &text->segments[text->count - 1];
	const bool at_start = from == text->segments[0].from;
	self->found = true;
	self->at_start |= at_start;
	self->whole |= at_start && to == last->from + last->text.size;
	if (self->places != NULL && self->place_count < ENGINE_SEARCH_SPANS_MAX)
		self->places[self->place_count++] = (place){ from, to };
}

static bool ends_with(cx_slice whole, cx_slice end)
{
	return end.size <= whole.size && cx_slice_equal(engine__tail(whole, end.size), end);
}

/* The only part of a term: anywhere in a run, at each start of a word. */
static void find_alone(const engine__segment *piece, const engine__field_text *text,
                       const engine__segment *in, finding *ret)
{
	if (piece->kind == ENGINE__WORD) {
		size_t starts[ENGINE__STARTS_MAX];
		const size_t count = engine__word_starts(in->text, starts);
		for (size_t i = 0; i < count; i++) {
			const size_t from = starts[i];
			if (!cx_slice_starts_with(cx_slice_from(in->text, from), piece->text))
				continue;
			tell(ret, text, in->from + from, in->from + from + piece->text.size);
			if (ret->places == NULL)
				return;
		}
		return;
	}
	cx_slice rest = in->text;
	for (bool more = true; more; more = ret->places != NULL) {
		const uint8_t *at =
			memmem(rest.data, rest.size, piece->text.data, piece->text.size);
		if (at == NULL)
			return;
		const size_t from = in->from + (size_t)(at - in->text.data);
		tell(ret, text, from, from + piece->text.size);
		rest = cx_slice_from(rest, (size_t)(at - rest.data) + piece->text.size);
	}
}

/* The first of several parts ends its segment. */
static bool ends_segment(const engine__segment *piece, cx_slice segment)
{
	if (!ends_with(segment, piece->text))
		return false;
	if (piece->kind == ENGINE__RUN)
		return true;
	size_t starts[ENGINE__STARTS_MAX];
	const size_t count = engine__word_starts(segment, starts);
	for (size_t i = 0; i < count; i++)
		if (starts[i] == segment.size - piece->text.size)
			return true;
	return false;
}

/* All parts, the first in segment `at`. */
static void find_together(const engine__term *term, const engine__field_text *text, size_t at,
                          finding *ret)
{
	const engine__segment *in = &text->segments[at];
	for (size_t i = 0; i < term->count; i++) {
		const engine__segment *piece = &term->pieces[i];
		const bool fits = i == 0 ? ends_segment(piece, in[0].text)
		                  : i + 1 < term->count
		                          ? cx_slice_equal(in[i].text, piece->text)
		                          : cx_slice_starts_with(in[i].text, piece->text);
		if (!fits || in[i].kind != piece->kind)
			return;
	}
	const size_t last = term->count - 1;
	tell(ret, text, in[0].from + in[0].text.size - term->pieces[0].text.size,
	     in[last].from + term->pieces[last].text.size);
}

static void find_in_text(const engine__term *term, const engine__field_text *text, finding *ret)
{
	if (term->count == 0)
		return;
	for (size_t i = 0; i + term->count <= text->count && !is_enough(ret, i); i++) {
		if (term->count > 1)
			find_together(term, text, i, ret);
		else if (term->pieces[0].kind == text->segments[i].kind)
			find_alone(&term->pieces[0], text, &text->segments[i], ret);
	}
}

static void find_in_numbers(const engine__term *term, const engine__field_text *text,
                            finding *ret)
{
	if (term->digits.size == 0)
		return;
	size_t at = 0;
	engine__number number;
	while (engine__number_next(text->folded, &at, &number)) {
		const engine__agreement agreement =
			engine__number_agrees(engine__number_digits(&number), term->digits);
		if (agreement == ENGINE__DIFFERS)
			continue;
		ret->found = true;
		ret->at_start |= agreement == ENGINE__BEGINS || agreement == ENGINE__SAME;
		ret->whole |= agreement == ENGINE__SAME;
		if (ret->places != NULL && ret->place_count < ENGINE_SEARCH_SPANS_MAX)
			ret->places[ret->place_count++] = (place){ number.from, number.to };
	}
}

static void find(const engine__term *term, const engine__field_text *text, finding *ret)
{
	if (text->field->search_as == ENGINE_SEARCH_PHONE)
		find_in_numbers(term, text, ret);
	else
		find_in_text(term, text, ret);
}

/* ---- a record ---- */

static bool find_term(const engine__term *term, const engine__record_text *record, finding *ret)
{
	*ret = (finding){ 0 };
	for (size_t i = 0; i < record->count; i++)
		find(term, &record->fields[i], ret);
	return ret->found;
}

/* Whether a text is all parts of all terms and nothing else. */
static bool is_whole(const engine__reading *reading, const engine__field_text *text)
{
	size_t at = 0;
	for (size_t t = 0; t < reading->count; t++) {
		const engine__term *term = &reading->terms[t];
		if (term->count == 0 || at + term->count > text->count)
			return false;
		for (size_t i = 0; i < term->count; i++, at++)
			if (!cx_slice_equal(term->pieces[i].text, text->segments[at].text))
				return false;
	}
	return at == text->count;
}

static bool is_whole_of_any(const engine__reading *reading, const engine__record_text *record)
{
	for (size_t i = 0; i < record->count; i++)
		if (is_whole(reading, &record->fields[i]))
			return true;
	return false;
}

static bool match_reading(const engine__reading *reading, const engine__record_text *record,
                          engine_match *ret)
{
	finding one = { 0 };
	bool at_start = false;
	for (size_t t = 0; t < reading->count; t++) {
		if (!find_term(&reading->terms[t], record, &one))
			return false;
		at_start |= one.at_start;
	}
	const bool exact = reading->count == 1 ? one.whole : is_whole_of_any(reading, record);
	*ret = exact      ? ENGINE_MATCH_EXACT
	       : at_start ? ENGINE_MATCH_PREFIX
	                  : ENGINE_MATCH_INSIDE;
	return true;
}

bool engine__matches(const engine__wanted *wanted, const engine__record_text *record,
                     engine_match *ret)
{
	bool matches = false;
	engine_match best = ENGINE_MATCH_INSIDE;
	for (size_t i = 0; i < wanted->reading_count; i++) {
		engine_match match;
		if (!match_reading(&wanted->readings[i], record, &match))
			continue;
		best = match < best ? match : best;
		matches = true;
	}
	if (matches)
		*ret = best;
	return matches;
}

/* ---- spans ---- */

/* From places in the folded text, ascending and apart, to the stored one: both are gone through
 * unit by unit. A place inside of what one unit folds to is all of the unit. */
static cx_status to_stored(const engine__field_text *text, const place *places, size_t count,
                           cx_buf *buf, engine_span *spans, size_t *ret_count)
{
	size_t stored = 0, folded = 0, i = 0, made = 0;
	bool open = false;
	while (stored < text->text.size && i < count) {
		const cx_slice rest = cx_slice_from(text->text, stored);
		const cx_slice unit = { .data = rest.data, .size = cx_text_fold_unit(rest) };
		cx_buf_clear(buf);
		cx_status status = cx_text_fold(unit, buf);
		if (status != CX_OK)
			return status;
		folded += buf->size;
		while (i < count && places[i].from < folded) {
			/* The last one may have ended in the same unit: then it goes on. */
			if (!open && made > 0 &&
			    spans[made - 1].from + spans[made - 1].size > stored)
				made--;
			else if (!open)
				spans[made] = (engine_span){ .field = text->field,
					                     .from = (uint32_t)stored };
			open = places[i].to > folded;
			if (open)
				break;
			spans[made].size = (uint32_t)(stored + unit.size) - spans[made].from;
			made++;
			i++;
		}
		stored += unit.size;
	}
	*ret_count = made;
	return CX_OK;
}

static void sort_places(place *places, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const place moved = places[i];
		size_t at = i;
		for (; at > 0 && places[at - 1].from > moved.from; at--)
			places[at] = places[at - 1];
		places[at] = moved;
	}
}

/* Sorted, and overlapping ones as one. */
static size_t settle_places(place *places, size_t count)
{
	if (count == 0)
		return 0;
	sort_places(places, count);
	size_t kept = 0;
	for (size_t i = 1; i < count; i++) {
		if (places[i].from > places[kept].to)
			places[++kept] = places[i];
		else if (places[i].to > places[kept].to)
			places[kept].to = places[i].to;
	}
	return kept + 1;
}

static size_t places_in(const engine__wanted *wanted, const engine__record_text *record,
                        const engine__field_text *text, place *places)
{
	finding all = { .places = places };
	for (size_t r = 0; r < wanted->reading_count; r++) {
		engine_match match;
		const engine__reading *reading = &wanted->readings[r];
		if (!match_reading(reading, record, &match))
			continue;
		for (size_t t = 0; t < reading->count; t++)
			find(&reading->terms[t], text, &all);
	}
	return settle_places(places, all.place_count);
}

cx_status engine__match_spans(const engine__wanted *wanted, const engine__record_text *record,
                              engine_span spans[ENGINE_SEARCH_SPANS_MAX], size_t *ret_count)
{
	CX_SCOPED(cx_buf_release) cx_buf buf = CX_BUF_INIT(FOLDED_BYTES_MAX);
	size_t count = 0;
	for (size_t i = 0; i < record->count && count < ENGINE_SEARCH_SPANS_MAX; i++) {
		place places[ENGINE_SEARCH_SPANS_MAX];
		const engine__field_text *text = &record->fields[i];
		size_t found = places_in(wanted, record, text, places);
		if (found > ENGINE_SEARCH_SPANS_MAX - count)
			found = ENGINE_SEARCH_SPANS_MAX - count;
		size_t made;
		cx_status status = to_stored(text, places, found, &buf, spans + count, &made);
		if (status != CX_OK)
			return status;
		count += made;
	}
	*ret_count = count;
	return CX_OK;
}
