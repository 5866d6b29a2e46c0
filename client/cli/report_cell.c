/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/report_cell.h"

#include "base/clock.h"
#include "client/cli/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MS_DIGITS = 0, BP_DIGITS = 2, CENTI_DIGITS = 2, MILLI_DIGITS = 3 };

bool cli_report_is_number(cardex_report_kind kind)
{
	return kind == CARDEX_REPORT_INT || kind == CARDEX_REPORT_MONEY ||
	       kind == CARDEX_REPORT_BP || kind == CARDEX_REPORT_CENTI ||
	       kind == CARDEX_REPORT_MILLI || kind == CARDEX_REPORT_MS ||
	       kind == CARDEX_REPORT_ID;
}

const char *cli_report_label(cli_language language, const char *name, const char *en,
                             const char *zh)
{
	if (language == CLI_NAMES)
		return name;
	return language == CLI_CHINESE ? zh : en;
}

bool cli_report_is_shown(cli_language language, const char *name)
{
	if (strcmp(name, "label_en") == 0)
		return language == CLI_ENGLISH;
	return strcmp(name, "label_zh") != 0 || language == CLI_CHINESE;
}

/* Appends whole digits, maybe with a sign, with a point before the last `digits`. */
static void put_decimal(cx_slice number, unsigned digits, cx_buf *out)
{
	if (number.size > 0 && number.data[0] == '-') {
		cx_buf_append_byte(out, '-');
		number = cx_slice_from(number, 1);
	}
	const size_t whole = number.size > digits ? number.size - digits : 0;
	if (whole > 0)
		cx_buf_append(out, number.data, whole);
	else
		cx_buf_append_byte(out, '0');
	if (digits == 0)
		return;
	cx_buf_append_byte(out, '.');
	for (size_t i = number.size; i < digits; i++)
		cx_buf_append_byte(out, '0');
	cx_buf_append_slice(out, cx_slice_from(number, whole));
}

/* The currency of an amount in this row. */
static const char *currency_of(const cardex_result *result, cli_report_place place,
                               const cardex_report_column *column)
{
	cardex_report_info info;
	if (column->of != NULL)
		return cardex_report_text(result, place.section, place.row, column->of);
	return cardex_report_info_of(result, &info) ? info.currency : NULL;
}

static void put_length(int64_t ms, cx_buf *out)
{
	if (ms < 0)
		cx_buf_append_byte(out, '-');
	const uint64_t seconds = (ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms) / 1000;
	const uint64_t days = seconds / 86400;
	if (days > 0)
		cx_buf_printf(out, "%" PRIu64 "d ", days);
	cx_buf_printf(out, "%02u:%02u:%02u", (unsigned)(seconds / 3600 % 24),
	              (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
}

static void put_date(int64_t days, bool month, cx_buf *out)
{
	enum { DAY_SIZE = 3 }; /* "-01" */
	char text[CX_DATE_TEXT_SIZE];
	cx_date_format(days, text);
	const size_t size = strlen(text);
	cx_buf_append(out, text, month ? size - DAY_SIZE : size);
}

static void put_ts(int64_t ms, cx_buf *out)
{
	char text[CX_TS_TEXT_SIZE];
	cx_ts_format(ms, text);
	cx_buf_append_slice(out, cx_slice_of(text));
}

/* What is no number, and numbers that stand for nothing else. */
static void put_as_it_is(const cardex_value *value, cx_buf *out)
{
	cli_format_value(NULL, value, NULL, true, out);
}

static void put_digits(const cardex_value *value, unsigned digits, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(256);
	put_as_it_is(value, &text);
	put_decimal(cx_buf_slice(&text), digits, out);
}

/* What is the same for people and programs. */
static void put_common(const cardex_result *result, cli_report_place place,
                       const cardex_report_column *column, const cardex_value *value,
                       cx_buf *out)
{
	const int64_t number = cardex_value_int(value);
	switch (column->kind) {
	case CARDEX_REPORT_MONEY:
		put_digits(value, cli_currency_digits(currency_of(result, place, column)), out);
		return;
	case CARDEX_REPORT_BP:
		put_digits(value, BP_DIGITS, out);
		return;
	case CARDEX_REPORT_CENTI:
		put_digits(value, CENTI_DIGITS, out);
		return;
	case CARDEX_REPORT_MILLI:
		put_digits(value, MILLI_DIGITS, out);
		return;
	case CARDEX_REPORT_DATE:
	case CARDEX_REPORT_MONTH:
		put_date(number, column->kind == CARDEX_REPORT_MONTH, out);
		return;
	case CARDEX_REPORT_TS:
		put_ts(number, out);
		return;
	case CARDEX_REPORT_BOOL:
	case CARDEX_REPORT_INT:
	case CARDEX_REPORT_MS:
	case CARDEX_REPORT_TEXT:
	case CARDEX_REPORT_ENUM:
	case CARDEX_REPORT_REF:
	case CARDEX_REPORT_ID:
	case CARDEX_REPORT_OTHER:
		put_as_it_is(value, out);
		return;
	}
}

/* The column and value of a cell; false when there is no value. */
static bool find(const cardex_result *result, cli_report_place place,
                 cardex_report_column *ret_column, const cardex_value **ret)
{
	*ret = cardex_report_cell(result, place.section, place.row, place.column);
	return cardex_value_kind_of(*ret) != CARDEX_VALUE_NULL &&
	       cardex_report_column_at(result, place.section, place.column, ret_column);
}

void cli_report_cell_plain(const cardex_result *result, cli_report_place place, bool raw,
                           cx_buf *out)
{
	cardex_report_column column;
	const cardex_value *value;
	if (!find(result, place, &column, &value))
		return;
	if (raw)
		put_as_it_is(value, out);
	else
		put_common(result, place, &column, value, out);
}

void cli_report_cell_text(const cardex_result *result, cli_report_place place,
                          cli_language language, bool raw, cx_buf *out)
{
	cardex_report_column column;
	const cardex_value *value;
	if (!find(result, place, &column, &value))
		return;
	if (raw) {
		put_as_it_is(value, out);
		return;
	}
	const char *name = NULL;
	if (column.kind == CARDEX_REPORT_REF && column.of != NULL)
		name = cardex_report_name(result, column.of, cardex_value_int(value),
		                          language == CLI_CHINESE);
	if (name != NULL)
		cx_buf_append_slice(out, cx_slice_of(name));
	else if (column.kind == CARDEX_REPORT_MS)
		put_length(cardex_value_int(value), out);
	else
		put_common(result, place, &column, value, out);
	if (column.kind == CARDEX_REPORT_BP)
		cx_buf_append_slice(out, CX_SLICE_LITERAL(" %"));
}
