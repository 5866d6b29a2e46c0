/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/cell.h"

#include "base/clock.h"
#include "base/text.h"
#include "client/cli/format.h"

#include <string.h>
#include <time.h>

enum { MS_PER_MINUTE = 60 * 1000, MINUTES_PER_DAY = 24 * 60 };

static cx_status fail(const cli_cell *cell, const char *expected, cx_error *error)
{
	return cx_fail_field(error, CX_TYPE, cell->field->field->name, "%s: \"%.60s\" is no %s",
	                     cell->field->field->name, (const char *)cell->text.data, expected);
}

static cx_slice trim(cx_slice text)
{
	while (text.size > 0 && strchr(" \t\r\n", text.data[0]) != NULL)
		text = cx_slice_from(text, 1);
	while (text.size > 0 && strchr(" \t\r\n", text.data[text.size - 1]) != NULL)
		text.size--;
	return text;
}

/* ---- numbers ---- */

static unsigned digits_of(int64_t scale)
{
	unsigned digits = 0;
	for (; scale > 1; scale /= 10)
		digits++;
	return digits;
}

__extension__ typedef __int128 wide;

enum { MORE = 4, ONE = 10000 }; /* decimals of divisors, and 1 with them */

/* The share left by the discount, in 1/ONE. */
static bool share_left(const cli_cell *cell, int64_t *ret)
{
	const cx_slice text = trim(cell->discount);
	int64_t off = 0;
	if (text.size > 0 && !cli_decimal_parse(text, MORE, false, &off))
		return false;
	*ret = ONE - off;
	return off >= 0 && off < ONE;
}

/* a / (per · share) of decimals, rounded half away from zero; where one of the two divisors is
 * not asked for it is 1. */
static bool divide(const cli_cell *cell, cx_slice a, unsigned digits, int64_t share,
                   int64_t *ret)
{
	int64_t upper, per = ONE;
	if (!cli_decimal_parse(a, digits + MORE, true, &upper) ||
	    (cell->field->per != NULL &&
	     (!cli_decimal_parse(trim(cell->per), MORE, true, &per) || per == 0)))
		return false;
	const wide twice = (wide)upper * 2 * ONE / ((wide)per * share);
	const wide whole = (twice + (twice < 0 ? -1 : 1)) / 2;
	*ret = (int64_t)whole;
	return *ret == whole;
}

static cx_status set_number(const cli_cell *cell, unsigned digits, cardex_doc *fields,
                            cx_error *error)
{
	const cx_slice text = trim(cell->text);
	const bool divided = cell->field->per != NULL || cell->field->after_discount != NULL;
	int64_t number, share;
	if (!share_left(cell, &share))
		return cx_fail_field(
			error, CX_TYPE, cell->field->field->name,
			"%s: the discount \"%.*s\" is not from 0 to below 1, with at "
			"most %d decimals",
			cell->field->field->name, CX_SLICE_ARG(cell->discount), MORE);
	const bool good =
		divided ? divide(cell, text, digits, share, &number)
			: cli_decimal_parse(text, digits, cell->field->round, &number);
	if (!good)
		return fail(cell, digits > 0 ? "amount with so many decimals" : "integer",
		            error);
	cardex_set_int(fields, cell->field->field->name, number);
	return CX_OK;
}

/* ---- dates and times ---- */

/* By the mapping's formats: minutes since 1970 and milliseconds past it, without a zone. */
static bool parse_format(const char *text, const char *format, int64_t *ret_ms)
{
	struct tm parts = { .tm_mday = 1 };
	const char *end = strptime(text, format, &parts);
	int64_t days;
	if (end == NULL || *end != '\0' ||
	    !cx_date_of_civil(parts.tm_year + 1900, (unsigned)parts.tm_mon + 1,
	                      (unsigned)parts.tm_mday, &days))
		return false;
	*ret_ms = (days * MINUTES_PER_DAY + parts.tm_hour * 60 + parts.tm_min) * MS_PER_MINUTE +
	          parts.tm_sec * 1000;
	return true;
}

static bool has_zone(cx_slice text)
{
	for (size_t i = 10; i < text.size; i++)
		if (strchr("Zz+-", text.data[i]) != NULL)
			return true;
	return false;
}

/* `*ret_local`: the text named no zone. */
static bool parse_time(const cli_cell *cell, cx_slice text, int64_t *ret_ms, bool *ret_local)
{
	*ret_local = true;
	for (size_t i = 0; i < cell->field->format_count; i++)
		if (parse_format((const char *)cell->text.data, cell->field->formats[i],
		                 ret_ms))
			return true;
	int64_t days;
	if (cx_date_parse(text, &days)) {
		*ret_ms = days * MINUTES_PER_DAY * MS_PER_MINUTE;
		return true;
	}
	*ret_local = !has_zone(text);
	return cx_ts_parse(text, ret_ms);
}

cx_status cli_cell_time(const cli_cell *cell, int64_t *ret_ms, cx_error *error)
{
	int64_t ms;
	bool local;
	if (!parse_time(cell, trim(cell->text), &ms, &local))
		return fail(cell, "time", error);
	*ret_ms = local ? ms - (int64_t)cell->offset_minutes * MS_PER_MINUTE : ms;
	return CX_OK;
}

static cx_status set_time(const cli_cell *cell, bool date, cardex_doc *fields, cx_error *error)
{
	const int64_t offset = (int64_t)cell->offset_minutes * MS_PER_MINUTE;
	const int64_t day = (int64_t)MINUTES_PER_DAY * MS_PER_MINUTE;
	int64_t ms;
	bool local;
	if (!parse_time(cell, trim(cell->text), &ms, &local))
		return fail(cell, date ? "date" : "time", error);
	if (!date) {
		cardex_set_int(fields, cell->field->field->name, local ? ms - offset : ms);
		return CX_OK;
	}
	if (!local)
		ms += offset; /* the day it is there */
	cardex_set_int(fields, cell->field->field->name, (ms - (ms % day + day) % day) / day);
	return CX_OK;
}

/* ---- the rest ---- */

static cx_status set_bool(const cli_cell *cell, cardex_doc *fields, cx_error *error)
{
	static const char *const yes[] = { "true", "1", "yes", "y", "是", NULL };
	static const char *const no[] = { "false", "0", "no", "n", "否", NULL };
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(256);
	if (cx_text_fold(trim(cell->text), &folded) != CX_OK)
		return fail(cell, "yes or no", error);
	for (int i = 0; yes[i] != NULL; i++) {
		const bool is_yes = cx_slice_equal(cx_buf_slice(&folded), cx_slice_of(yes[i]));
		if (is_yes || cx_slice_equal(cx_buf_slice(&folded), cx_slice_of(no[i]))) {
			cardex_set_bool(fields, cell->field->field->name, is_yes);
			return CX_OK;
		}
	}
	return fail(cell, "yes or no", error);
}

static cx_status set_text(const cli_cell *cell, cardex_doc *fields)
{
	const cardex_field *field = cell->field->field;
	cx_slice text = cell->text;
	if (cell->field->cut && field->length_max > 0)
		text = cx_text_head(text, field->length_max);
	CX_SCOPED(cx_buf_release) cx_buf copy = CX_BUF_INIT(text.size + 1);
	cx_buf_append_slice(&copy, text);
	cx_buf_append_byte(&copy, 0);
	if (cx_buf_status(&copy) != CX_OK)
		return CX_NO_MEMORY;
	cardex_set_text(fields, field->name, (const char *)copy.data);
	return CX_OK;
}

static cx_status set_other(const cli_cell *cell, cardex_doc *fields, cx_error *error)
{
	cardex_error why;
	if (cardex_set_from_text(fields, cell->field->field, (const char *)cell->text.data,
	                         &why) == CARDEX_OK)
		return CX_OK;
	return cx_fail(error, CX_TYPE, "%s", why.message);
}

cx_status cli_cell_set(const cli_cell *cell, cardex_doc *fields, cx_error *error)
{
	switch (cell->field->field->kind) {
	case CARDEX_KIND_INT:
	case CARDEX_KIND_REF:
		return set_number(cell, digits_of(cell->field->scale), fields, error);
	case CARDEX_KIND_MONEY:
		return set_number(cell, cli_money_digits(cell->field->field, cell->currency),
		                  fields, error);
	case CARDEX_KIND_DATE:
		return set_time(cell, true, fields, error);
	case CARDEX_KIND_TS:
		return set_time(cell, false, fields, error);
	case CARDEX_KIND_BOOL:
		return set_bool(cell, fields, error);
	case CARDEX_KIND_STRING:
	case CARDEX_KIND_TEXT:
	case CARDEX_KIND_ENUM:
		return set_text(cell, fields);
	case CARDEX_KIND_BYTES:
	case CARDEX_KIND_INT_LIST:
	case CARDEX_KIND_STRING_LIST:
	case CARDEX_KIND_OTHER:
		break;
	}
	return set_other(cell, fields, error);
}
