/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary/order.h"

#include "base/check.h"
#include "base/text.h"
#include "engine/index/key.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN_MAX = 40 };

/* ---- reading ---- */

/* Whether they are the same but for blanks. */
static bool same_words(cx_slice a, const char *b)
{
	size_t at = 0;
	for (size_t i = 0; i < a.size; i++) {
		if (a.data[i] == ' ')
			continue;
		while (b[at] == ' ')
			at++;
		if (b[at] == '\0' || (uint8_t)b[at] != a.data[i])
			return false;
		at++;
	}
	return b[at] == '\0';
}

static bool take_end(cx_slice *words, cx_slice end)
{
	if (words->size <= end.size ||
	    memcmp(words->data + words->size - end.size, end.data, end.size) != 0)
		return false;
	words->size -= end.size;
	return true;
}

static bool find_words(const engine__request *request, cx_slice words, engine__group_order *ret)
{
	for (uint16_t i = 0; i < request->column_count; i++)
		if (same_words(words, request->columns[i].column.field->name)) {
			*ret = (engine__group_order){ .at = i };
			return true;
		}
	for (uint16_t i = 0; i < request->measure_count; i++)
		if (same_words(words, request->measures[i].name)) {
			*ret = (engine__group_order){ .is_measure = true, .at = i };
			return true;
		}
	return false;
}

static cx_status read_term(engine__request *request, cx_slice term, cx_error *error)
{
	cx_slice words = term;
	engine__group_order *order = &request->order[request->order_count];
	const bool descending = take_end(&words, CX_SLICE_LITERAL(" desc"));
	if (!descending)
		(void)take_end(&words, CX_SLICE_LITERAL(" asc"));
	if (!find_words(request, words, order))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "order, \"%.*s\": it is none of the group's columns or values, "
		               "with or without \"asc\" or \"desc\"",
		               CX_SLICE_ARG(cx_text_head(term, SHOWN_MAX)));
	order->descending = descending;
	request->order_count++;
	return CX_OK;
}

cx_status engine__order_words_read(cx_slice words, engine__request *request, cx_error *error)
{
	cx_reader reader = cx_reader_of(words);
	if (words.size == 0 || cx_read_if_nil(&reader))
		return CX_OK;
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count > ENGINE_ORDER_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "order: an array of at most %d texts", ENGINE_ORDER_MAX);
	for (uint32_t i = 0; i < count; i++) {
		const cx_slice term = cx_read_str(&reader);
		if (reader.failed || !cx_text_is_utf8(term, NULL))
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "order: element %" PRIu32 " is no text", i);
		cx_status status = read_term(request, term, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* ---- comparing ---- */

/* The bytes of one column of a key; they compare as its values do. */
static cx_slice column_of(const engine__request *request, cx_slice key, uint16_t at)
{
	for (uint16_t i = 0; i < at; i++)
		key = cx_slice_from(key, engine__key_skip(&request->columns[i].column, key));
	key.size = engine__key_skip(&request->columns[at].column, key);
	return key;
}

static int compare_counts(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_tallies(const engine__measure *measure, const engine__tally *a,
                           const engine__tally *b)
{
	if (measure->kind == ENGINE__MEASURE_COUNT)
		return compare_counts(a->count, b->count);
	if (measure->kind == ENGINE__MEASURE_SUM)
		return engine_sum_compare(a->sum, b->sum);
	if (a->count == 0 || b->count == 0)
		return (a->count > 0) - (b->count > 0);
	if (measure->kind == ENGINE__MEASURE_AVG)
		return engine_sum_compare(engine_sum_divide(a->sum, a->count),
		                          engine_sum_divide(b->sum, b->count));
	return (a->extreme > b->extreme) - (a->extreme < b->extreme);
}

static int compare_by(const engine__request *request, const engine__group_order *order,
                      const engine__table_entry *a, const engine__table_entry *b)
{
	if (!order->is_measure)
		return cx_slice_compare(column_of(request, a->key, order->at),
		                        column_of(request, b->key, order->at));
	const engine__tally *a_tallies = a->value;
	const engine__tally *b_tallies = b->value;
	return compare_tallies(&request->measures[order->at], &a_tallies[order->at],
	                       &b_tallies[order->at]);
}

int engine__group_compare(const engine__request *request, const engine__table_entry *a,
                          const engine__table_entry *b)
{
	for (uint16_t i = 0; i < request->order_count; i++) {
		const int found = compare_by(request, &request->order[i], a, b);
		if (found != 0)
			return request->order[i].descending ? -found : found;
	}
	return cx_slice_compare(a->key, b->key);
}
