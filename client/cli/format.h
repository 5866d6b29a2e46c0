/* SPDX-License-Identifier: Apache-2.0 */
/* Values as people write and read them. */
#pragma once

#include "base/buf.h"
#include "client/cardex.h"

/* Digits after the decimal point of amounts in a currency; 2 for an unknown or NULL code.
 * Source: base/currency.h. */
unsigned cli_currency_digits(const char *code);

/* True for an amount in the currency of its record; those of fields named *_base are in the
 * organisation's. */
bool cli_has_record_currency(const cardex_field *field);

/* Digits after the decimal point of a money field's amounts in a record with this currency
 * (may be NULL); 2 for those in the organisation's currency, as everywhere in the tool. */
unsigned cli_money_digits(const cardex_field *field, const char *currency);

/* Appends a value of the field (NULL: a value of no field): dates and times in ISO 8601, money
 * with its decimals in a record of `currency` (may be NULL), lists parted by commas, bytes in
 * hexadecimal, null as nothing. `raw`: numbers as stored. Control characters are left as they
 * are. */
void cli_format_value(const cardex_field *field, const cardex_value *value,
                      const char *currency, bool raw, cx_buf *out);

/* Reads a decimal number ("-1234.50", also "1.5e3" is refused) as an integer of 10^-digits.
 * More digits than that are refused, unless `round`: half away from zero. False when it is no
 * number or does not fit int64. */
bool cli_decimal_parse(cx_slice text, unsigned digits, bool round, int64_t *ret);
