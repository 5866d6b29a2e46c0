/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/naive_search.h"

#include "base/text.h"
#include "engine/record.h"
#include "engine/search.h"
#include "tests/support/unit.h"

#include <string.h>

static cx_slice folded(cx_slice text, cx_arena *arena)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 24);
	assert_int_equal(cx_text_fold(text, &out), CX_OK);
	return cx_arena_copy(arena, cx_buf_slice(&out));
}

typedef enum sort { OTHER, LETTER, HAN } sort;

/* Of the character that begins there; 0 bytes at the end. */
static sort sort_at(cx_slice rest, size_t *ret_size)
{
	*ret_size = rest.size > 0;
	if (rest.size == 0 || rest.data[0] < 0x80)
		return rest.size > 0 && rest.data[0] >= 'a' && rest.data[0] <= 'z' ? LETTER
		                                                                   : OTHER;
	while (*ret_size < rest.size && (rest.data[*ret_size] & 0xc0) == 0x80)
		++*ret_size;
	return rest.data[0] >= 0xe4 && rest.data[0] <= 0xe9 ? HAN : LETTER;
}

/* The next run of one sort, from `*at` on; empty at the end. */
static cx_slice next_run(cx_slice text, size_t *at, sort *ret)
{
	size_t size = 0;
	while (*at < text.size && (*ret = sort_at(cx_slice_from(text, *at), &size)) == OTHER)
		*at += size;
	const size_t from = *at;
	while (*at < text.size && sort_at(cx_slice_from(text, *at), &size) == *ret)
		*at += size;
	return (cx_slice){ .data = text.data + from, .size = *at - from };
}

/* Chinese anywhere, words from their beginning. */
static bool has_term(cx_slice text, cx_slice term, sort kind)
{
	size_t at = 0;
	sort other = OTHER;
	for (cx_slice run; (run = next_run(text, &at, &other)).size > 0;)
		if (other == kind &&
		    (kind == HAN ? memmem(run.data, run.size, term.data, term.size) != NULL
		                 : run.size >= term.size &&
		                           memcmp(run.data, term.data, term.size) == 0))
			return true;
	return false;
}

static bool is_looked_at(const engine_field *field, const cx_value *only)
{
	return field->search_as == ENGINE_SEARCH_TEXT &&
	       (only == NULL || cx_slice_equal(only->as.bytes, cx_slice_of(field->name)));
}

static bool some_field_has(const engine_type *type, const cx_value *row, const cx_value *only,
                           cx_slice term, sort kind, cx_arena *arena)
{
	for (uint16_t i = 0; i < type->field_count; i++) {
		const cx_value *value = &row->as.array.items[i];
		if (!is_looked_at(&type->fields[i], only) || value->kind != CX_KIND_STR)
			continue;
		cx_slice text = value->as.bytes;
		if (text.size > ENGINE_SEARCH_FIELD_BYTES_MAX) /* of one byte each */
			text.size = ENGINE_SEARCH_FIELD_BYTES_MAX;
		if (has_term(folded(text, arena), term, kind))
			return true;
	}
	return false;
}

bool naive_finds(const engine_type *type, const cx_value *row, const cx_value *filter,
                 cx_arena *arena)
{
	const cx_value *items = filter->as.array.items;
	const bool one = filter->as.array.count == 3;
	const cx_slice wanted = folded(items[one ? 2 : 1].as.bytes, arena);
	if (row->as.array.items[ENGINE_SLOT_DELETED_AT].kind != CX_KIND_NIL)
		return false;
	size_t at = 0;
	sort kind = OTHER;
	for (cx_slice term; (term = next_run(wanted, &at, &kind)).size > 0;)
		if (!some_field_has(type, row, one ? &items[1] : NULL, term, kind, arena))
			return false;
	return true;
}
