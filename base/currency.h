/* SPDX-License-Identifier: Apache-2.0 */
/* Currencies as far as amounts in minor units need them. */
#pragma once

#include "base/slice.h"

/* The most that any currency has. */
enum { CX_CURRENCY_DIGITS_MAX = 4 };

/* Digits after the decimal point of amounts in a currency (the exponent of its minor unit): CNY
 * 2, JPY 0, KWD 3, CLF 4; 2 for a code it does not know. Source: ISO 4217, list one. */
unsigned cx_currency_digits(cx_slice code);
