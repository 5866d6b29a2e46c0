/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/format.h"

#include "base/clock.h"
#include "base/currency.h"

#include <inttypes.h>
#include <string.h>

unsigned cli_currency_digits(const char *code)
{
	return cx_currency_digits(cx_slice_of(code));
}

bool cli_has_record_currency(const cardex_field *field)
{
	static const char suffix[] = "_base";
	const size_t size = strlen(field->name), tail = sizeof suffix - 1;
	return field->kind == CARDEX_KIND_MONEY &&
	       (size < tail || strcmp(field->name + size - tail, suffix) != 0);
}

unsigned cli_money_digits(const cardex_field *field, const char *currency)
{
	return cli_currency_digits(cli_has_record_currency(field) ? currency : NULL);
}

static void put_money(int64_t amount, unsigned digits, cx_buf *out)
{
	uint64_t unit = 1;
	for (unsigned i = 0; i < digits; i++)
		unit *= 10;
	const uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
	cx_buf_printf(out, "%s%" PRIu64, amount < 0 ? "-" : "", size / unit);
	if (digits > 0)
		cx_buf_printf(out, ".%0*" PRIu64, (int)digits, size % unit);
}

static void put_integer(const cardex_field *field, int64_t number, const char *currency,
                        bool raw, cx_buf *out)
{
	char text[CX_TS_TEXT_SIZE];
	const cardex_kind kind = field == NULL || raw ? CARDEX_KIND_INT : field->kind;
	if (kind == CARDEX_KIND_DATE) {
		cx_date_format(number, text);
		cx_buf_append_slice(out, cx_slice_of(text));
	} else if (kind == CARDEX_KIND_TS) {
		cx_ts_format(number, text);
		cx_buf_append_slice(out, cx_slice_of(text));
	} else if (kind == CARDEX_KIND_MONEY) {
		put_money(number, cli_money_digits(field, currency), out);
	} else {
		cx_buf_printf(out, "%" PRId64, number);
	}
}

static void put_list(const cardex_value *list, cx_buf *out)
{
	for (size_t i = 0; i < cardex_value_count(list); i++) {
		if (i > 0)
			cx_buf_append_byte(out, ',');
		cli_format_value(NULL, cardex_value_at(list, i), NULL, true, out);
	}
}

static void put_map(const cardex_value *map, cx_buf *out)
{
	for (size_t i = 0; i < cardex_value_count(map); i++) {
		if (i > 0)
			cx_buf_append_byte(out, ' ');
		cli_format_value(NULL, cardex_value_key(map, i), NULL, true, out);
		cx_buf_append_byte(out, '=');
		cli_format_value(NULL, cardex_value_at(map, i), NULL, true, out);
	}
}

static void put_bytes(const cardex_value *value, cx_buf *out)
{
	size_t size;
	const uint8_t *bytes = cardex_value_bytes(value, &size);
	for (size_t i = 0; i < size; i++)
		cx_buf_printf(out, "%02x", bytes[i]);
}

void cli_format_value(const cardex_field *field, const cardex_value *value,
                      const char *currency, bool raw, cx_buf *out)
{
	size_t size;
	switch (cardex_value_kind_of(value)) {
	case CARDEX_VALUE_NULL:
		break;
	case CARDEX_VALUE_BOOL:
		cx_buf_printf(out, "%s", cardex_value_bool(value) ? "true" : "false");
		break;
	case CARDEX_VALUE_INT:
		put_integer(field, cardex_value_int(value), currency, raw, out);
		break;
	case CARDEX_VALUE_FLOAT:
		cx_buf_printf(out, "%.17g", cardex_value_float(value));
		break;
	case CARDEX_VALUE_TEXT: {
		const void *text = cardex_value_bytes(value, &size);
		cx_buf_append(out, text, size);
		break;
	}
	case CARDEX_VALUE_BYTES:
		put_bytes(value, out);
		break;
	case CARDEX_VALUE_LIST:
		put_list(value, out);
		break;
	case CARDEX_VALUE_MAP:
		put_map(value, out);
		break;
	}
}

/* ---- decimals ---- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Appends one digit to `*number`; false when it does not fit. */
static bool push(uint64_t *number, unsigned digit)
{
	if (__builtin_mul_overflow(*number, 10u, number))
		return false;
	return !__builtin_add_overflow(*number, digit, number);
}

typedef struct decimal {
	uint64_t number;
	unsigned fraction; /* digits taken after the point */
	bool round_up;
} decimal;

static bool take_digits(cx_slice text, unsigned digits, bool round, decimal *ret)
{
	bool point = false, any = false, past = false;
	for (size_t i = 0; i < text.size; i++) {
		const uint8_t c = text.data[i];
		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (!is_digit(c))
			return false;
		any = true;
		if (!point || ret->fraction < digits) {
			ret->fraction += point;
			if (!push(&ret->number, c - '0'))
				return false;
		} else {
			if (!round && c != '0')
				return false;
			ret->round_up = past ? ret->round_up : c >= '5';
			past = true;
		}
	}
	return any;
}

bool cli_decimal_parse(cx_slice text, unsigned digits, bool round, int64_t *ret)
{
	const bool negative = text.size > 0 && text.data[0] == '-';
	if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+'))
		text = cx_slice_from(text, 1);
	decimal found = { 0 };
	if (!take_digits(text, digits, round, &found))
		return false;
	for (; found.fraction < digits; found.fraction++)
		if (!push(&found.number, 0))
			return false;
	if (found.number > (uint64_t)INT64_MAX - found.round_up)
		return false;
	found.number += found.round_up;
	*ret = negative ? -(int64_t)found.number : (int64_t)found.number;
	return true;
}
