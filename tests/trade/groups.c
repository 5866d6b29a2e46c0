/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/groups.h"

#include "base/hash.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { ZONE_MINUTES = 480 };
static const int64_t day_ms = 86400000;

/* ---- days and months ---- */

int64_t trade_day_of(int64_t ms)
{
	const int64_t local = ms + ZONE_MINUTES * 60000;
	return local / day_ms - (local % day_ms < 0);
}

int64_t trade_day_begin_ms(int64_t day)
{
	return day * day_ms - ZONE_MINUTES * 60000;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* From 1970 on, a year and then a month at a time. */
int64_t trade_month_of(int64_t day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t first = 0, year = 1970;
	assert_true(day >= 0);
	for (; first + 365 + is_leap(year) <= day; year++)
		first += 365 + is_leap(year);
	for (int month = 0;; month++) {
		const int64_t length = lengths[month] + (month == 1 && is_leap(year));
		if (first + length > day)
			return first;
		first += length;
	}
}

/* ---- what is to be grouped ---- */

static const engine_field *field_of(const engine_type *type, const char *name)
{
	const engine_field *field = engine_type_field(type, cx_slice_of(name));
	if (field == NULL)
		fail_msg("no field %s of %s", name, type->name);
	return field;
}

static trade_column read_column(const engine_type *type, char *word)
{
	trade_column column = { .bucket = ENGINE_BUCKET_NONE };
	char *open = strchr(word, '(');
	if (open != NULL) {
		column.bucket = *word == 'm' ? ENGINE_BUCKET_MONTH : ENGINE_BUCKET_DAY;
		open[strlen(open) - 1] = '\0';
		word = open + 1;
	}
	column.field = field_of(type, word);
	return column;
}

static trade_sum read_sum(const engine_type *type, char *word)
{
	trade_sum sum = { .count = 0 };
	for (char *part; (part = strsep(&word, "-")) != NULL;) {
		trade_term *term = &sum.terms[sum.count++];
		char *second = strchr(part, '*');
		term->minus = sum.count > 1;
		if (second != NULL) {
			*second++ = '\0';
			term->factors[1] = field_of(type, second);
		}
		term->factors[0] = field_of(type, part);
	}
	return sum;
}

void trade_groups_init(trade_groups *self, const engine_type *type, const char *columns,
                       const char *sums)
{
	char copy[160], *rest = copy;
	*self = (trade_groups){ .capacity = 1024 };
	self->slots = calloc(self->capacity, sizeof *self->slots);
	assert_non_null(self->slots);
	snprintf(copy, sizeof copy, "%s", columns);
	for (char *word; (word = strsep(&rest, ",")) != NULL;)
		self->columns[self->column_count++] = read_column(type, word);
	snprintf(copy, sizeof copy, "%s", sums);
	rest = *copy != '\0' ? copy : NULL;
	for (char *word; (word = strsep(&rest, ",")) != NULL;)
		self->sums[self->sum_count++] = read_sum(type, word);
}

void trade_groups_release(trade_groups *self)
{
	free(self->slots);
	self->slots = NULL;
}

/* ---- values ---- */

static int64_t label_position(const engine_field *field, cx_slice label)
{
	for (uint16_t i = 0; i < field->label_count; i++)
		if (cx_slice_equal(cx_slice_of(field->labels[i]), label))
			return i;
	fail_msg("%s has no such label", field->name);
	return 0;
}

static int64_t text_value(const engine_field *field, cx_slice text)
{
	if (field->kind == ENGINE_ENUM)
		return label_position(field, text);
	return (int64_t)(cx_hash64(text, 0) >> 1);
}

static int64_t column_value(const trade_column *column, const cx_value *row)
{
	const cx_value *value = &row->as.array.items[column->field->slot];
	if (value->kind == CX_KIND_NIL)
		return TRADE_NULL;
	if (value->kind == CX_KIND_STR)
		return text_value(column->field, value->as.bytes);
	if (column->bucket == ENGINE_BUCKET_NONE)
		return value->as.integer;
	const int64_t day = column->field->kind == ENGINE_TS ? trade_day_of(value->as.integer)
	                                                     : value->as.integer;
	return column->bucket == ENGINE_BUCKET_DAY ? day : trade_month_of(day);
}

int64_t trade_column_read(const trade_column *column, cx_reader *reader)
{
	if (cx_read_if_nil(reader))
		return TRADE_NULL;
	if (cx_reader_peek(reader) == CX_KIND_STR)
		return text_value(column->field, cx_read_str(reader));
	return cx_read_int(reader);
}

/* ---- the table ---- */

static trade_group *place_of(const trade_groups *self, const int64_t *columns)
{
	const size_t size = self->column_count * sizeof *columns;
	const cx_slice bytes = { (const uint8_t *)columns, size };
	size_t at = cx_hash64(bytes, 1) % self->capacity;
	while (self->slots[at].used && memcmp(self->slots[at].columns, columns, size) != 0)
		at = (at + 1) % self->capacity;
	return &self->slots[at];
}

const trade_group *trade_groups_find(const trade_groups *self, const int64_t *columns)
{
	const trade_group *group = place_of(self, columns);
	return group->used ? group : NULL;
}

static void grow(trade_groups *self)
{
	trade_groups bigger = *self;
	bigger.capacity *= 2;
	bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
	assert_non_null(bigger.slots);
	for (size_t i = 0; i < self->capacity; i++)
		if (self->slots[i].used)
			*place_of(&bigger, self->slots[i].columns) = self->slots[i];
	free(self->slots);
	*self = bigger;
}

/* A sum leaves out records in which one of its fields is null. */
static void add_sum(const trade_sum *sum, const cx_value *row, trade_wide *total)
{
	trade_wide all = 0;
	for (size_t i = 0; i < sum->count; i++) {
		trade_wide one = sum->terms[i].minus ? -1 : 1;
		for (size_t k = 0; k < 2 && sum->terms[i].factors[k] != NULL; k++) {
			const cx_value *value =
				&row->as.array.items[sum->terms[i].factors[k]->slot];
			if (value->kind == CX_KIND_NIL)
				return;
			one *= value->as.integer;
		}
		all += one;
	}
	*total += all;
}

void trade_groups_add(trade_groups *self, const trade_record *record)
{
	int64_t columns[ENGINE_GROUP_COLUMNS_MAX] = { 0 };
	for (size_t i = 0; i < self->column_count; i++)
		columns[i] = column_value(&self->columns[i], record->row);
	if (self->count > self->capacity / 2)
		grow(self);
	trade_group *group = place_of(self, columns);
	if (!group->used) {
		memcpy(group->columns, columns, sizeof columns);
		group->used = true;
		self->count++;
	}
	group->count++;
	for (size_t i = 0; i < self->sum_count; i++)
		add_sum(&self->sums[i], record->row, &group->sums[i]);
}

trade_wide trade_wide_of(engine_sum sum)
{
	const trade_wide word = (trade_wide)1 << 64;
	return (trade_wide)sum.high * word + (trade_wide)sum.low;
}
