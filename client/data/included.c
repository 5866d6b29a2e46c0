/* SPDX-License-Identifier: Apache-2.0 */
/* What came with the rows of an answer: a result of rows for each include, and which of them
 * belong to which row. */
#include "client/data/included.h"

static bool is(const cardex_value *value, cardex_value_kind kind)
{
	return cardex_value_kind_of(value) == kind;
}

static bool is_number(const cardex_value *value)
{
	return is(value, CARDEX_VALUE_INT) && value->as.integer >= 0;
}

/* By row: the number of its parent. */
static cx_status take_parents(cardex__included *self, const cardex_value *at, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		const cardex_value *number = &at->as.items[i];
		if (is(number, CARDEX_VALUE_NULL))
			continue;
		if (!is_number(number) ||
		    (uint64_t)number->as.integer >= self->result->row_count)
			return CX_MALFORMED;
		self->from[i] = (size_t)number->as.integer;
		self->counts[i] = 1;
	}
	return CX_OK;
}

/* By row: how many children, and whether there are others. */
static cx_status take_children(cardex__included *self, const cardex_value *counts,
                               const cardex_value *more, size_t rows)
{
	size_t from = 0;
	for (size_t i = 0; i < rows; i++) {
		const cardex_value *count = &counts->as.items[i];
		if (!is_number(count) || !is(&more->as.items[i], CARDEX_VALUE_BOOL) ||
		    (uint64_t)count->as.integer > self->result->row_count - from)
			return CX_MALFORMED;
		self->from[i] = from;
		self->counts[i] = (size_t)count->as.integer;
		self->more[i] = more->as.items[i].as.boolean;
		from += self->counts[i];
	}
	return from == self->result->row_count ? CX_OK : CX_MALFORMED;
}

static bool is_list_of(const cardex_value *value, size_t count)
{
	return is(value, CARDEX_VALUE_LIST) && value->count == count;
}

static cx_status take_one(cx_arena *arena, size_t rows, const cardex_value *value,
                          cardex__included *ret)
{
	ret->from = cx_arena_zalloc(arena, (rows + 1) * sizeof *ret->from);
	ret->counts = cx_arena_zalloc(arena, (rows + 1) * sizeof *ret->counts);
	ret->more = cx_arena_zalloc(arena, rows + 1);
	if (ret->from == NULL || ret->counts == NULL || ret->more == NULL)
		return CX_NO_MEMORY;
	if (!is(value, CARDEX_VALUE_MAP))
		return CX_MALFORMED;
	cx_status status =
		cardex__result_of_rows(arena, cardex_value_member(value, "layout"),
	                               cardex_value_member(value, "names"),
	                               cardex_value_member(value, "rows"), &ret->result);
	const cardex_value *at = cardex_value_member(value, "at");
	const cardex_value *counts = cardex_value_member(value, "counts");
	const cardex_value *more = cardex_value_member(value, "more");
	if (status != CX_OK)
		return status;
	if (is_list_of(at, rows))
		return take_parents(ret, at, rows);
	if (is_list_of(counts, rows) && is_list_of(more, rows))
		return take_children(ret, counts, more, rows);
	return CX_MALFORMED;
}

cx_status cardex__included_take(cardex_result *result, const cardex_value *value)
{
	if (value == NULL)
		return CX_OK;
	if (!is(value, CARDEX_VALUE_LIST))
		return CX_MALFORMED;
	result->included =
		cx_arena_zalloc(result->arena, (value->count + 1) * sizeof *result->included);
	if (result->included == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < value->count; i++) {
		cx_status status = take_one(result->arena, result->row_count,
		                            &value->as.items[i], &result->included[i]);
		result->included_count = i + 1;
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

void cardex__included_release(cardex_result *result)
{
	for (size_t i = 0; i < result->included_count; i++)
		if (result->included[i].result != NULL)
			cardex__layout_drop(&result->included[i].result->layout);
}

/* ---- for users ---- */

size_t cardex_include_count(const cardex_result *result)
{
	return result->included_count;
}

const cardex_result *cardex_included(const cardex_result *result, size_t include)
{
	return include < result->included_count ? result->included[include].result : NULL;
}

/* NULL when the row has no such include. */
static const cardex__included *of_row(const cardex_row *row, size_t include, size_t *ret_number)
{
	if (row == NULL || include >= row->result->included_count)
		return NULL;
	*ret_number = (size_t)(row - row->result->rows);
	return &row->result->included[include];
}

size_t cardex_row_included_count(const cardex_row *row, size_t include)
{
	size_t number;
	const cardex__included *from = of_row(row, include, &number);
	return from != NULL ? from->counts[number] : 0;
}

const cardex_row *cardex_row_included(const cardex_row *row, size_t include, size_t i)
{
	size_t number;
	const cardex__included *from = of_row(row, include, &number);
	if (from == NULL || i >= from->counts[number])
		return NULL;
	return &from->result->rows[from->from[number] + i];
}

bool cardex_row_included_more(const cardex_row *row, size_t include)
{
	size_t number;
	const cardex__included *from = of_row(row, include, &number);
	return from != NULL && from->more[number];
}
