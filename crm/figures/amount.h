/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts multiplied and divided exactly: the intermediate has 128 bits, and there is one
 * rounding, at the end, to the nearest integer, halves away from zero.
 *
 * Each returns false, and writes nothing, when the result does not fit 64 bits or the
 * intermediate 128. The caller says which field it was. */
#pragma once

#include "base/cleanup.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CRM_BP_ONE = 10000,       /* 100 % in basis points */
	CRM_RATE_ONE = 100000000, /* a rate of 1, in 10⁻⁸ */
	CRM_QTY_ONE = 1000,       /* a quantity of 1, in 10⁻³ */
};

/* a · b / divisor; `divisor` > 0. */
CX_MUST_USE bool crm__amount_scale(int64_t a, int64_t b, int64_t divisor, int64_t *ret);

/* a · b · c / divisor; `divisor` > 0. */
CX_MUST_USE bool crm__amount_scale3(int64_t a, int64_t b, int64_t c, int64_t divisor,
                                    int64_t *ret);

/* amount · bp / 10000: a weighted amount, a tax. */
CX_MUST_USE bool crm__amount_of_bp(int64_t amount, int64_t bp, int64_t *ret);

/* The sum. */
CX_MUST_USE bool crm__amount_add(int64_t a, int64_t b, int64_t *ret);

/* A conversion: minor units of `from` into minor units of `to`, at `rate_e8` · 10⁻⁸ units of
 * `to` for one unit of `from` (units, not minor units: 1 USD = 7.1 CNY is 710000000 whatever
 * their minor units are). Source: base/currency.h for both exponents. */
typedef struct crm__conversion {
	cx_slice from;
	cx_slice to;
	int64_t rate_e8;
} crm__conversion;

CX_MUST_USE bool crm__amount_convert(int64_t amount, const crm__conversion *at, int64_t *ret);

enum { CRM_AMOUNT_TEXT_SIZE = 40 };

/* As people write it, with the decimals of the currency and its code: "37.23 CNY", "-5 JPY".
 * Returns `text`, ended by a zero; a code that is too long is cut. */
const char *crm__amount_text(int64_t amount, cx_slice currency,
                             char text[CRM_AMOUNT_TEXT_SIZE]);
