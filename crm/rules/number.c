/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/number.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "base/text.h"
#include "crm/rules/day.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	NUMBER_BYTES = 128, /* of string(32) and its end */
	NUMBER_LENGTH_MAX = 32,
};

static const char *const defaults[] = {
	[CRM__NUMBERED_OPPORTUNITY] = "OP-{yyyymm}-{seq5}",
	[CRM__NUMBERED_SALES_ORDER] = "SO-{yyyymm}-{seq5}",
	[CRM__NUMBERED_SERVICE_REQUEST] = "SR-{yyyymm}-{seq5}",
};

/* A format, taken apart for one day. */
typedef struct numbering {
	char series[NUMBER_BYTES]; /* what stands before the running part */
	size_t size;
	unsigned digits; /* of the running part, at least */
} numbering;

/* ---- formats ---- */

/* The names of marks are made of these, in this order. */
typedef enum date_part { YEAR4, YEAR2, MONTH, DAY, DATE_PARTS } date_part;
static const char *const part_names[] = {
	[YEAR4] = "yyyy", [YEAR2] = "yy", [MONTH] = "mm", [DAY] = "dd"
};

typedef struct calendar_day {
	unsigned parts[DATE_PARTS];
} calendar_day;

static calendar_day day_of(int64_t days)
{
	int64_t year;
	unsigned month, day;
	cx_date_to_civil(days, &year, &month, &day);
	const unsigned year4 = (unsigned)((year % 10000 + 10000) % 10000);
	return (calendar_day){
		{ [YEAR4] = year4, [YEAR2] = year4 % 100, [MONTH] = month, [DAY] = day }
	};
}

static bool append(numbering *self, const char *text, size_t size)
{
	if (size >= sizeof self->series - self->size)
		return false;
	memcpy(self->series + self->size, text, size);
	self->size += size;
	self->series[self->size] = '\0';
	return true;
}

static bool begins_with(cx_slice text, const char *head)
{
	const size_t size = strlen(head);
	return text.size >= size && memcmp(text.data, head, size) == 0;
}

/* "yyyymm" and the like, each part once at most and in order. False: it is something else. */
static bool append_date(numbering *self, cx_slice mark, const calendar_day *day)
{
	int last = -1;
	while (mark.size > 0) {
		int part = 0;
		while (part < DATE_PARTS && !begins_with(mark, part_names[part]))
			part++;
		const bool year_twice = part == YEAR2 && last == YEAR4;
		if (part == DATE_PARTS || part <= last || year_twice)
			return false;
		char text[8];
		const int size = snprintf(text, sizeof text, "%0*u", part == YEAR4 ? 4 : 2,
		                          day->parts[part] % 10000);
		if (!append(self, text, (size_t)size))
			return false;
		last = part;
		mark = cx_slice_from(mark, strlen(part_names[part]));
	}
	return last >= 0;
}

/* "seq", "seq5": `*ret` is 0 or the number. */
static bool read_running(cx_slice mark, unsigned *ret)
{
	if (!begins_with(mark, "seq") || mark.size > 4)
		return false;
	*ret = 0;
	if (mark.size == 4)
		*ret = (unsigned)(mark.data[3] - '0');
	return mark.size == 3 || (*ret >= 1 && *ret <= 9);
}

static bool ends_in_digit(cx_slice text)
{
	return text.size > 0 && text.data[text.size - 1] >= '0' &&
	       text.data[text.size - 1] <= '9';
}

static cx_status fail_format(cx_slice format, const char *why, cx_error *error)
{
	return cx_fail_field(error, CX_CHECK, "number_format",
	                     "number format \"%.*s\" %s, as in SO-{yyyymm}-{seq5}",
	                     (int)format.size, (const char *)format.data, why);
}

/* Where in the text the character stands; its size when nowhere. */
static size_t position_of(cx_slice text, char character)
{
	const void *found = text.size == 0 ? NULL : memchr(text.data, character, text.size);
	return found == NULL ? text.size : (size_t)((const uint8_t *)found - text.data);
}

static cx_status check_running(cx_slice format, cx_slice literal, cx_slice rest,
                               const numbering *made, cx_error *error)
{
	if (rest.size > 0)
		return fail_format(format, "must end with its running part", error);
	if (made->size == 0)
		return fail_format(format, "must begin with some text", error);
	if (ends_in_digit(literal))
		return fail_format(format, "may not have a digit right before {seq}", error);
	return CX_OK;
}

static cx_status read_format(cx_slice format, const calendar_day *day, numbering *ret,
                             cx_error *error)
{
	*ret = (numbering){ 0 };
	for (cx_slice rest = format; rest.size > 0;) {
		const size_t open = position_of(rest, '{');
		const cx_slice literal = { .data = rest.data, .size = open };
		if (!append(ret, (const char *)literal.data, literal.size))
			return fail_format(format, "is too long", error);
		rest = cx_slice_from(rest, open);
		if (rest.size == 0)
			break;
		const size_t close = position_of(rest, '}');
		if (close == rest.size)
			return fail_format(format, "has a { without its }", error);
		const cx_slice mark = { .data = rest.data + 1, .size = close - 1 };
		rest = cx_slice_from(rest, close + 1);
		if (read_running(mark, &ret->digits))
			return check_running(format, literal, rest, ret, error);
		if (!append_date(ret, mark, day))
			return fail_format(format,
			                   "has a mark that is neither of the date ({yyyy}, "
			                   "{yymm} …) nor {seq1} to {seq9}",
			                   error);
	}
	return fail_format(format, "must end with its running part", error);
}

cx_status crm__number_formats_check(cx_slice list, cx_error *error)
{
	const calendar_day any = day_of(0);
	numbering made;
	cx_reader reader = cx_reader_of(list);
	const uint32_t count = list.size == 0 ? 0 : cx_read_array(&reader);
	if (count > CRM__NUMBERED_COUNT)
		return cx_fail_field(error, CX_CHECK, "number_format",
		                     "there are %d number formats at most: of opportunities, "
		                     "orders and service requests",
		                     CRM__NUMBERED_COUNT);
	cx_status status = CX_OK;
	for (uint32_t i = 0; i < count && status == CX_OK; i++) {
		const cx_slice format = cx_read_str(&reader);
		if (format.size > 0)
			status = read_format(format, &any, &made, error);
	}
	return reader.failed ? CX_CORRUPT : status;
}

/* ---- giving ---- */

/* The organisation's format for a type. Lives as long as the draft. */
static cx_status format_of(engine_draft *draft, crm__numbered what, unsigned field,
                           cx_slice *ret, cx_error *error)
{
	*ret = cx_slice_of(defaults[what]);
	engine_draft *org;
	cx_status status = engine_draft_single(draft, field, &org, error);
	if (status != CX_OK || engine_draft_is_null(org, field))
		return status;
	cx_reader reader = cx_reader_of(engine_draft_text(org, field));
	const uint32_t count = cx_read_array(&reader);
	cx_slice format = { 0 };
	for (uint32_t i = 0; i < count && i <= (uint32_t)what; i++)
		format = cx_read_str(&reader);
	if (reader.failed)
		return CX_CORRUPT;
	if (count > (uint32_t)what && format.size > 0)
		*ret = format;
	return CX_OK;
}

/* The day on which what is written happens. */
static cx_status today(const engine_draft *draft, calendar_day *ret)
{
	int64_t days;
	cx_status status = crm__day_today(draft, &days);
	if (status == CX_OK)
		*ret = day_of(days);
	return status;
}

static cx_status open_series(engine_draft *draft, const crm__number_fields *at,
                             const numbering *made, engine_draft **ret, cx_error *error)
{
	const cx_slice name = { .data = (const uint8_t *)made->series, .size = made->size };
	cx_status status = engine_draft_find(draft, at->series, name, ret, error);
	if (status != CX_NOT_FOUND)
		return status;
	status = engine_draft_new(draft, at->series, ret);
	return status == CX_OK ? engine_draft_set_text(*ret, at->series, name) : status;
}

/* The next number of the series that no live record has. */
static cx_status take_free(engine_draft *draft, const crm__number_fields *at,
                           const numbering *made, engine_draft *series, cx_error *error)
{
	int64_t last = engine_draft_int(series, at->last);
	for (;;) {
		last++;
		char text[NUMBER_BYTES + 24];
		const int size = snprintf(text, sizeof text, "%s%0*" PRId64, made->series,
		                          (int)made->digits, last);
		const cx_slice number = { .data = (const uint8_t *)text, .size = (size_t)size };
		if (cx_text_length(number) > NUMBER_LENGTH_MAX)
			return cx_fail_field(error, CX_CHECK, "number",
			                     "number %s is over %d characters long: shorten "
			                     "org.number_format",
			                     text, NUMBER_LENGTH_MAX);
		engine_draft *other;
		cx_status status = engine_draft_find(draft, at->number, number, &other, error);
		if (status == CX_OK)
			continue;
		if (status == CX_NOT_FOUND)
			status = engine_draft_set_text(draft, at->number, number);
		if (status == CX_OK)
			engine_draft_set_int(series, at->last, last);
		return status;
	}
}

cx_status crm__number_give(engine_draft *draft, crm__numbered what,
                           const crm__number_fields *at, cx_error *error)
{
	if (!engine_draft_is_null(draft, at->number))
		return CX_OK;
	cx_slice format = { 0 };
	calendar_day day;
	numbering made;
	engine_draft *series;
	cx_status status = format_of(draft, what, at->format, &format, error);
	if (status == CX_OK)
		status = today(draft, &day);
	if (status == CX_OK)
		status = read_format(format, &day, &made, error);
	if (status == CX_OK)
		status = open_series(draft, at, &made, &series, error);
	if (status == CX_OK)
		status = take_free(draft, at, &made, series, error);
	return status == CX_OK ? engine_draft_save(series, error) : status;
}
