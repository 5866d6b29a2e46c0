/* SPDX-License-Identifier: Apache-2.0 */
#include "client/filter/literal.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/msgpack.h"

#include <string.h>

enum { MINOR_UNITS = 100, MS_PER_DAY = 24 * 60 * 60 * 1000 };

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* Appends one decimal digit on the side of zero where `sign` is. */
static bool push_digit(int64_t *number, int sign, uint8_t digit)
{
	return !__builtin_mul_overflow(*number, 10, number) &&
	       !__builtin_add_overflow(*number, sign * (digit - '0'), number);
}

/* Takes a sign off the begin; -1 or 1. */
static int take_sign(cx_slice *text)
{
	if (text->size == 0 || (text->data[0] != '-' && text->data[0] != '+'))
		return 1;
	int sign = text->data[0] == '-' ? -1 : 1;
	*text = cx_slice_from(*text, 1);
	return sign;
}

static bool parse_int(cx_slice text, int64_t *ret)
{
	int sign = take_sign(&text);
	int64_t number = 0;
	for (size_t i = 0; i < text.size; i++)
		if (!is_digit(text.data[i]) || !push_digit(&number, sign, text.data[i]))
			return false;
	*ret = number;
	return text.size > 0;
}

/* "12", "12.5" and "12.50" as 1250 minor units. */
static bool parse_money(cx_slice text, int64_t *ret)
{
	const uint8_t *point = text.size > 0 ? memchr(text.data, '.', text.size) : NULL;
	int64_t number = 0;
	if (point == NULL)
		return parse_int(text, &number) &&
		       !__builtin_mul_overflow(number, MINOR_UNITS, ret);
	cx_slice whole = { .data = text.data, .size = (size_t)(point - text.data) };
	cx_slice cents = cx_slice_from(text, whole.size + 1);
	cx_slice digits = whole;
	int sign = take_sign(&digits); /* "-0.50" is below zero, though its whole part is not */
	if (!parse_int(whole, &number) || cents.size < 1 || cents.size > 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		uint8_t digit = i < cents.size ? cents.data[i] : '0';
		if (!is_digit(digit) || !push_digit(&number, sign, digit))
			return false;
	}
	*ret = number;
	return true;
}

/* A time, or a date: its midnight in UTC. */
static bool parse_ts(cx_slice text, int64_t *ret)
{
	int64_t days = 0;
	if (!cx_date_parse(text, &days))
		return cx_ts_parse(text, ret);
	*ret = days * MS_PER_DAY;
	return true;
}

static bool parse_bool(cx_slice text, bool *ret)
{
	*ret = cx_slice_equal(text, CX_SLICE_LITERAL("true"));
	return *ret || cx_slice_equal(text, CX_SLICE_LITERAL("false"));
}

static bool is_label(const cardex_field *field, cx_slice text)
{
	for (size_t i = 0; i < field->label_count; i++)
		if (cx_slice_equal(cx_slice_of(field->labels[i]), text))
			return true;
	return false;
}

static cx_status fail(const cardex_field *field, cx_slice text, const char *expected,
                      cx_error *error)
{
	return cx_fail_field(error, CX_TYPE, field->name, "%s: \"%.*s\" is not %s", field->name,
	                     CX_SLICE_ARG(text), expected);
}

static cx_status fail_label(const cardex_field *field, cx_slice text, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf labels = CX_BUF_INIT(CX_ERROR_TEXT_SIZE);
	for (size_t i = 0; i < field->label_count; i++)
		cx_buf_printf(&labels, "%s%s", i == 0 ? "" : ", ", field->labels[i]);
	return cx_fail_field(error, CX_TYPE, field->name, "%s: \"%.*s\" is none of: %.*s",
	                     field->name, CX_SLICE_ARG(text),
	                     CX_SLICE_ARG(cx_buf_slice(&labels)));
}

/* No `default`: a new kind must be thought about here. */
static cx_status write_kind(const cardex_field *field, cardex_kind kind, cx_slice text,
                            cx_buf *out, cx_error *error)
{
	int64_t number = 0;
	bool truth = false;
	switch (kind) {
	case CARDEX_KIND_BOOL:
		if (!parse_bool(text, &truth))
			return fail(field, text, "true or false", error);
		cx_write_bool(out, truth);
		return CX_OK;
	case CARDEX_KIND_INT:
	case CARDEX_KIND_REF:
		if (!parse_int(text, &number))
			return fail(field, text, "an integer", error);
		break;
	case CARDEX_KIND_MONEY:
		if (!parse_money(text, &number))
			return fail(field, text, "an amount with at most two decimals", error);
		break;
	case CARDEX_KIND_DATE:
		if (!cx_date_parse(text, &number))
			return fail(field, text, "a date (2026-11-23)", error);
		break;
	case CARDEX_KIND_TS:
		if (!parse_ts(text, &number))
			return fail(field, text, "a time (2026-11-23T08:15:00Z) or date",
			            error);
		break;
	case CARDEX_KIND_ENUM:
		if (!is_label(field, text))
			return fail_label(field, text, error);
		cx_write_str(out, text);
		return CX_OK;
	case CARDEX_KIND_STRING:
	case CARDEX_KIND_TEXT:
		cx_write_str(out, text);
		return CX_OK;
	case CARDEX_KIND_BYTES:
		cx_write_bin(out, text);
		return CX_OK;
	case CARDEX_KIND_INT_LIST:
	case CARDEX_KIND_STRING_LIST:
		return fail(field, text, "a list; a list is asked with `has`", error);
	case CARDEX_KIND_OTHER:
		return cx_fail_field(error, CX_TYPE, field->name,
		                     "%s is of the kind %s, which this version does not know",
		                     field->name, field->kind_name);
	}
	cx_write_int(out, number);
	return CX_OK;
}

static cardex_kind element_kind(cardex_kind kind)
{
	if (kind == CARDEX_KIND_INT_LIST)
		return CARDEX_KIND_INT;
	return kind == CARDEX_KIND_STRING_LIST ? CARDEX_KIND_STRING : kind;
}

cx_status cardex__literal_write(const cardex_field *field, bool element, cx_slice text,
                                cx_buf *out, cx_error *error)
{
	cardex_kind kind = element ? element_kind(field->kind) : field->kind;
	return write_kind(field, kind, text, out, error);
}

static bool is_word(cx_slice text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];
		bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
		if (!letter && byte != '_' && byte < 0x80 && (i == 0 || !is_digit(byte)))
			return false;
	}
	return text.size > 0;
}

cx_status cardex__literal_write_by_form(cx_slice text, bool quoted, cx_buf *out,
                                        cx_error *error)
{
	int64_t number = 0;
	bool truth = false;
	if (quoted)
		cx_write_str(out, text);
	else if (parse_int(text, &number) || cx_date_parse(text, &number) ||
	         cx_ts_parse(text, &number))
		cx_write_int(out, number);
	else if (parse_bool(text, &truth))
		cx_write_bool(out, truth);
	else if (is_word(text))
		cx_write_str(out, text);
	else if (parse_money(text, &number))
		return cx_fail(
			error, CX_TYPE,
			"%.*s: an amount can be written so only where the schema is known",
			CX_SLICE_ARG(text));
	else
		return cx_fail(error, CX_TYPE,
		               "\"%.*s\" is no integer, date or time; text is 'quoted'",
		               CX_SLICE_ARG(text));
	return CX_OK;
}
