/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/property/naive_groups.h"

#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int naive_beyond_64_bits;

static cell cell_of(const engine_type *type, const naive_record *record, cx_slice name)
{
	const engine_field *field = engine_type_field(type, name);
	const cx_value *value = &record->row->as.array.items[field->slot];
	if (value->kind == CX_KIND_NIL)
		return (cell){ .null = true };
	if (field->kind == ENGINE_BOOL)
		return (cell){ .number = value->as.boolean };
	if (field->kind == ENGINE_STRING)
		return (cell){ .text = value->as.bytes };
	if (field->kind == ENGINE_ENUM)
		return (cell){ .number = engine_field_label(field, value->as.bytes) };
	return (cell){ .number = value->as.integer };
}

/* The C library's calendar. */
static int64_t day_or_month(int64_t day, bool month)
{
	const time_t seconds = (time_t)day * 86400;
	struct tm parts;
	assert_non_null(gmtime_r(&seconds, &parts));
	return month ? day - parts.tm_mday + 1 : day;
}

/* What stands between the brackets of "sum(a * b)"; all of it where there are none. */
static cx_slice inside(const char *words)
{
	const char *open = strchr(words, '(');
	if (open == NULL)
		return cx_slice_of(words);
	return (cx_slice){ .data = (const uint8_t *)open + 1, .size = strlen(open) - 2 };
}

static cell column_of(const engine_type *type, const naive_record *record, const char *words,
                      int zone_min)
{
	const bool month = strncmp(words, "month(", 6) == 0;
	cell found = cell_of(type, record, inside(words));
	if (found.null || (!month && strncmp(words, "day(", 4) != 0))
		return found;
	if (cx_slice_equal(inside(words), CX_SLICE_LITERAL("at"))) {
		const int64_t ms = found.number + zone_min * 60000LL;
		found.number = ms >= 0 ? ms / 86400000 : -((-ms + 86399999) / 86400000);
	}
	found.number = day_or_month(found.number, month);
	return found;
}

/* The value of "a", "-a", "a * b" and "a - b"; false when a field is null. */
static bool evaluate(const engine_type *type, const naive_record *record, cx_slice words,
                     wide *ret)
{
	char text[80];
	char op = '\0';
	snprintf(text, sizeof text, "%.*s", CX_SLICE_ARG(words));
	const bool negative = text[0] == '-';
	char *first = negative ? text + 1 : text;
	char *second = strchr(first, ' ');
	if (second != NULL) {
		*second = '\0';
		op = second[1];
		second += 3;
	}
	const cell a = cell_of(type, record, cx_slice_of(first));
	const cell b =
		second != NULL ? cell_of(type, record, cx_slice_of(second)) : (cell){ 0 };
	const wide x = negative ? -(wide)a.number : a.number;
	*ret = op == '*' ? x * b.number : op == '-' ? x - b.number : x;
	return !a.null && !b.null;
}

static void add_value(answer *self, const engine_type *type, const naive_record *record,
                      const char *words, tally *to)
{
	const wide limit = (wide)1 << 71;
	if (strcmp(words, "count") == 0) {
		to->count++;
		return;
	}
	if (words[0] == 's' || words[0] == 'a') { /* sum, avg */
		wide value;
		if (!evaluate(type, record, inside(words), &value))
			return;
		self->overflows = self->overflows || value > limit || value < -limit;
		to->count++;
		to->sum += value;
		return;
	}
	const cell found = cell_of(type, record, inside(words));
	if (found.null)
		return;
	to->least = to->count == 0 || found.number < to->least ? found.number : to->least;
	to->most = to->count == 0 || found.number > to->most ? found.number : to->most;
	to->count++;
}

static int compare_cells(const cell *a, const cell *b)
{
	if (a->null || b->null)
		return (int)b->null - (int)a->null;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return cx_slice_compare(a->text, b->text);
}

static int compare_groups(const void *a, const void *b)
{
	const group *x = a;
	const group *y = b;
	for (int i = 0; i < COLUMNS; i++) {
		const int order = compare_cells(&x->cells[i], &y->cells[i]);
		if (order != 0)
			return order;
	}
	return 0;
}

static wide rounded(wide sum, wide count)
{
	const wide twice = sum < 0 ? -2 * sum : 2 * sum;
	const wide quotient = (twice + count) / (2 * count);
	return sum < 0 ? -quotient : quotient;
}

/* What is sorted by; qsort() takes nothing along. */
static const question *sorting;

/* Null is less than anything. */
static int compare_tallies(const char *words, const tally *a, const tally *b)
{
	if (words[0] == 'c')
		return (a->count > b->count) - (a->count < b->count);
	if (words[0] == 's')
		return (a->sum > b->sum) - (a->sum < b->sum);
	if (a->count == 0 || b->count == 0)
		return (a->count > 0) - (b->count > 0);
	if (words[0] == 'a') {
		const wide x = rounded(a->sum, (wide)a->count);
		const wide y = rounded(b->sum, (wide)b->count);
		return (x > y) - (x < y);
	}
	const int64_t x = words[1] == 'i' ? a->least : a->most;
	const int64_t y = words[1] == 'i' ? b->least : b->most;
	return (x > y) - (x < y);
}

static int compare_in_order(const void *a, const void *b)
{
	const group *x = a;
	const group *y = b;
	int order = 0;
	for (size_t i = 0; i < sorting->column_count; i++)
		if (sorting->columns[i] == sorting->order)
			order = compare_cells(&x->cells[i], &y->cells[i]);
	for (size_t i = 0; i < sorting->value_count; i++)
		if (sorting->values[i] == sorting->order)
			order = compare_tallies(sorting->order, &x->tallies[i], &y->tallies[i]);
	if (order != 0)
		return sorting->descending ? -order : order;
	return compare_groups(a, b);
}

void naive_groups(const question *ask, const naive_table *table, cx_slice also, int zone_min,
                  answer *ret)
{
	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; i < table->count; i++) {
		const naive_record *record = &table->records[i];
		if (!naive_matches(table, record, ask->filter) ||
		    (also.size > 0 && !naive_matches(table, record, also)))
			continue;
		group one = { 0 };
		for (size_t c = 0; c < ask->column_count; c++)
			one.cells[c] = column_of(ask->type, record, ask->columns[c], zone_min);
		size_t at = 0;
		while (at < ret->count && compare_groups(&ret->groups[at], &one) != 0)
			at++;
		assert_true(at < GROUPS_MAX);
		if (at == ret->count)
			ret->groups[ret->count++] = one;
		for (size_t v = 0; v < ask->value_count; v++)
			add_value(ret, ask->type, record, ask->values[v],
			          &ret->groups[at].tallies[v]);
	}
	sorting = ask;
	qsort(ret->groups, ret->count, sizeof *ret->groups, compare_in_order);
}

static void write_wide(wide number, cx_buf *out)
{
	if (number >= INT64_MIN && number <= INT64_MAX) {
		cx_write_int(out, (int64_t)number);
		return;
	}
	naive_beyond_64_bits++;
	char text[50];
	size_t at = sizeof text;
	const bool negative = number < 0;
	text[--at] = '\0';
	for (; number != 0; number /= 10)
		text[--at] = (char)('0' + (negative ? -(number % 10) : number % 10));
	if (negative)
		text[--at] = '-';
	cx_write_text(out, text + at);
}

static void write_number(const engine_field *field, int64_t number, cx_buf *out)
{
	if (field->kind == ENGINE_ENUM)
		cx_write_text(out, field->labels[number]);
	else if (field->kind == ENGINE_BOOL)
		cx_write_bool(out, number != 0);
	else
		cx_write_int(out, number);
}

static void write_cell(const engine_type *type, const char *words, const cell *found,
                       cx_buf *out)
{
	const engine_field *field = engine_type_field(type, inside(words));
	if (found->null)
		cx_write_nil(out);
	else if (field->kind == ENGINE_STRING)
		cx_write_str(out, found->text);
	else
		write_number(field, found->number, out);
}

static void write_tally(const engine_type *type, const char *words, const tally *from,
                        cx_buf *out)
{
	if (words[0] == 'c')
		cx_write_uint(out, from->count);
	else if (words[0] == 's')
		write_wide(from->sum, out);
	else if (from->count == 0)
		cx_write_nil(out);
	else if (words[0] == 'a')
		write_wide(rounded(from->sum, (wide)from->count), out);
	else
		write_number(engine_type_field(type, inside(words)),
		             words[1] == 'i' ? from->least : from->most, out);
}

void naive_groups_write(const question *ask, const answer *from, cx_buf *out)
{
	for (size_t i = 0; i < from->count; i++) {
		const group *one = &from->groups[i];
		cx_write_array(out, ask->column_count + ask->value_count);
		for (size_t c = 0; c < ask->column_count; c++)
			write_cell(ask->type, ask->columns[c], &one->cells[c], out);
		for (size_t v = 0; v < ask->value_count; v++)
			write_tally(ask->type, ask->values[v], &one->tallies[v], out);
	}
}
