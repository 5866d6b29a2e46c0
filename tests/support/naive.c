/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/naive.h"

#include "base/text.h"
#include "tests/support/naive_search.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdlib.h>
#include <string.h>

static const cx_scan_limits limits = { .bytes = 1 << 22, .items = 1 << 20, .depth = 32 };

typedef enum truth { NO = 0, MAYBE = 1, YES = 2 } truth;

static const cx_value *decode(cx_slice bytes, cx_arena *arena)
{
	const cx_value *value;
	assert_int_equal(cx_value_decode(bytes, limits, arena, &value), CX_OK);
	return value;
}

void naive_read(naive_table *self, engine_read *read, const engine_type *type, int64_t last)
{
	*self = (naive_table){ .type = type };
	assert_int_equal(cx_arena_new(1 << 28, &self->arena), CX_OK);
	self->records = calloc((size_t)last + 1, sizeof *self->records);
	for (int64_t id = 1; id <= last; id++) {
		engine_row row;
		cx_status status = engine_get_any(read, type, id, &row, NULL);
		if (status == CX_NOT_FOUND)
			continue; /* it was refused or purged */
		assert_int_equal(status, CX_OK);
		naive_record *record = &self->records[self->count++];
		record->id = id;
		record->bytes = cx_arena_copy(self->arena, row.array);
		record->row = decode(record->bytes, self->arena);
		assert_int_equal(record->row->as.array.count, type->field_count);
		record->deleted =
			record->row->as.array.items[ENGINE_SLOT_DELETED_AT].kind != CX_KIND_NIL;
	}
}

void naive_release(naive_table *self)
{
	cx_arena_free(&self->arena);
	free(self->records);
	self->records = NULL;
}

const naive_record *naive_find(const naive_table *self, int64_t id)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->records[i].id == id)
			return &self->records[i];
	return NULL;
}

static int64_t number_of(const engine_field *field, const cx_value *value)
{
	if (field->kind == ENGINE_BOOL)
		return value->as.boolean;
	if (field->kind != ENGINE_ENUM)
		return value->as.integer;
	for (uint16_t i = 0; i < field->label_count; i++)
		if (cx_slice_equal(cx_slice_of(field->labels[i]), value->as.bytes))
			return i;
	fail();
	return -1;
}

static bool is_text(engine_kind kind)
{
	return kind == ENGINE_STRING || kind == ENGINE_TEXT || kind == ENGINE_STRING_LIST;
}

static cx_slice transformed(const cx_value *value, cx_status (*change)(cx_slice, cx_buf *),
                            cx_arena *arena)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 24);
	assert_int_equal(change(value->as.bytes, &out), CX_OK);
	return cx_arena_copy(arena, cx_buf_slice(&out));
}

/* Of two values that are not null. */
static int compare(const engine_field *field, const cx_value *a, const cx_value *b)
{
	if (is_text(field->kind) || field->kind == ENGINE_BYTES) {
		const cx_slice x = a->as.bytes;
		const cx_slice y = b->as.bytes;
		const size_t common = x.size < y.size ? x.size : y.size;
		const int order = common > 0 ? memcmp(x.data, y.data, common) : 0;
		return order != 0 ? order : (x.size > y.size) - (x.size < y.size);
	}
	const int64_t x = number_of(field, a);
	const int64_t y = number_of(field, b);
	return (x > y) - (x < y);
}

static bool starts_with(cx_slice text, cx_slice head)
{
	return text.size >= head.size &&
	       (head.size == 0 || memcmp(text.data, head.data, head.size) == 0);
}

static bool is(const cx_value *op, const char *text)
{
	return cx_slice_equal(op->as.bytes, cx_slice_of(text));
}

/* A value of the filter, in the form that is stored. */
static cx_value normal(const engine_field *field, const cx_value *value, cx_arena *arena)
{
	cx_value stored = *value;
	if (is_text(field->kind))
		stored.as.bytes = transformed(value, cx_text_nfc, arena);
	return stored;
}

static bool holds_folded(const cx_value *op, const cx_value *value, const cx_value *wanted,
                         cx_arena *arena)
{
	const cx_slice text = transformed(value, cx_text_fold, arena);
	const cx_slice head = transformed(wanted, cx_text_fold, arena);
	return is(op, "=~") ? cx_slice_equal(text, head) : starts_with(text, head);
}

static bool contains(const cx_value *op, const cx_value *value, const cx_value *wanted,
                     cx_arena *arena)
{
	const bool folds = is(op, "contains~");
	cx_slice rest = folds ? transformed(value, cx_text_fold, arena) : value->as.bytes;
	const cx_slice part =
		folds ? transformed(wanted, cx_text_fold, arena) : wanted->as.bytes;
	while (!starts_with(rest, part) && rest.size > 0)
		rest = cx_slice_from(rest, 1);
	return starts_with(rest, part);
}

/* One of the operators with one operand, of a value that is not null. */
static bool holds(const engine_field *field, const cx_value *op, const cx_value *value,
                  const cx_value *given, cx_arena *arena)
{
	const cx_value wanted = normal(field, given, arena);
	if (is(op, "=~") || is(op, "prefix~"))
		return holds_folded(op, value, &wanted, arena);
	if (is(op, "contains") || is(op, "contains~"))
		return contains(op, value, &wanted, arena);
	if (is(op, "prefix"))
		return starts_with(value->as.bytes, wanted.as.bytes);
	const int order = compare(field, value, &wanted);
	if (is(op, "="))
		return order == 0;
	if (is(op, "!="))
		return order != 0;
	if (is(op, "<"))
		return order < 0;
	if (is(op, "<="))
		return order <= 0;
	if (is(op, ">"))
		return order > 0;
	assert_true(is(op, ">="));
	return order >= 0;
}

static bool has(const engine_field *field, const cx_value *list, const cx_value *given,
                cx_arena *arena)
{
	const cx_value wanted = normal(field, given, arena);
	for (uint32_t i = 0; i < list->as.array.count; i++) {
		const cx_value *item = &list->as.array.items[i];
		if (field->kind == ENGINE_INT_LIST
		            ? item->as.integer == wanted.as.integer
		            : cx_slice_equal(item->as.bytes, wanted.as.bytes))
			return true;
	}
	return false;
}

static truth leaf(const engine_type *type, const cx_value *row, const cx_value *filter,
                  cx_arena *arena)
{
	const cx_value *items = filter->as.array.items;
	const engine_field *field = engine_type_field(type, items[1].as.bytes);
	assert_non_null(field);
	const cx_value *value = &row->as.array.items[field->slot];
	const bool null = value->kind == CX_KIND_NIL;
	if (is(&items[0], "null"))
		return null ? YES : NO;
	if (is(&items[0], "notnull"))
		return null ? NO : YES;
	if (null)
		return MAYBE;
	if (is(&items[0], "has"))
		return has(field, value, &items[2], arena) ? YES : NO;
	if (is(&items[0], "between")) {
		const cx_value low = normal(field, &items[2], arena);
		const cx_value high = normal(field, &items[3], arena);
		return compare(field, value, &low) >= 0 && compare(field, value, &high) <= 0
		               ? YES
		               : NO;
	}
	if (!is(&items[0], "in"))
		return holds(field, &items[0], value, &items[2], arena) ? YES : NO;
	for (uint32_t i = 0; i < items[2].as.array.count; i++) {
		const cx_value wanted = normal(field, &items[2].as.array.items[i], arena);
		if (compare(field, value, &wanted) == 0)
			return YES;
	}
	return NO;
}

static truth evaluate(const engine_type *type, const cx_value *row, const cx_value *filter,
                      cx_arena *arena)
{
	const cx_value *items = filter->as.array.items;
	const uint32_t count = filter->as.array.count;
	if (is(&items[0], "match"))
		return naive_finds(type, row, filter, arena) ? YES : NO;
	if (is(&items[0], "not"))
		return (truth)(YES - evaluate(type, row, &items[1], arena));
	const bool all = is(&items[0], "and");
	if (!all && !is(&items[0], "or"))
		return leaf(type, row, filter, arena);
	truth result = all ? YES : NO;
	for (uint32_t i = 1; i < count; i++) {
		const truth part = evaluate(type, row, &items[i], arena);
		if (all ? part < result : part > result)
			result = part;
	}
	return result;
}

static bool names_deleted(const cx_value *filter)
{
	const cx_value *items = filter->as.array.items;
	if (!is(&items[0], "and") && !is(&items[0], "or") && !is(&items[0], "not"))
		return is(&items[1], "deleted_at");
	for (uint32_t i = 1; i < filter->as.array.count; i++)
		if (names_deleted(&items[i]))
			return true;
	return false;
}

bool naive_matches(const naive_table *self, const naive_record *record, cx_slice bytes)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 26, &arena), CX_OK);
	if (bytes.size == 0 || bytes.data[0] == 0xc0)
		return !record->deleted;
	const cx_value *filter = decode(bytes, arena);
	if (record->deleted && !names_deleted(filter))
		return false;
	return evaluate(self->type, record->row, filter, arena) == YES;
}

bool naive_holds(const engine_type *type, const cx_value *row, const cx_value *filter,
                 cx_arena *arena)
{
	return evaluate(type, row, filter, arena) == YES;
}

int naive_compare_values(const engine_field *field, const cx_value *a, const cx_value *b)
{
	const bool a_null = a->kind == CX_KIND_NIL;
	const bool b_null = b->kind == CX_KIND_NIL;
	return a_null || b_null ? (int)b_null - (int)a_null : compare(field, a, b);
}

int naive_compare(const naive_record *a, const naive_record *b, const engine_order *order,
                  size_t order_count)
{
	for (size_t i = 0; i < order_count; i++) {
		const engine_field *field = order[i].field;
		const cx_value *x = &a->row->as.array.items[field->slot];
		const cx_value *y = &b->row->as.array.items[field->slot];
		const int result = naive_compare_values(field, x, y);
		if (result != 0)
			return order[i].descending ? -result : result;
	}
	return 0;
}
