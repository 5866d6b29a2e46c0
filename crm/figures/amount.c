/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/figures/amount.h"

#include "base/currency.h"
#include "crm/figures/wide.h"

#include <inttypes.h>
#include <stdio.h>

bool crm__amount_scale(int64_t a, int64_t b, int64_t divisor, int64_t *ret)
{
	return crm__wide_round((crm__wide)a * b, divisor, ret);
}

bool crm__amount_scale3(int64_t a, int64_t b, int64_t c, int64_t divisor, int64_t *ret)
{
	crm__wide product;
	if (__builtin_mul_overflow((crm__wide)a * b, (crm__wide)c, &product))
		return false;
	return crm__wide_round(product, divisor, ret);
}

bool crm__amount_of_bp(int64_t amount, int64_t bp, int64_t *ret)
{
	return crm__amount_scale(amount, bp, CRM_BP_ONE, ret);
}

bool crm__amount_add(int64_t a, int64_t b, int64_t *ret)
{
	int64_t sum;
	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*ret = sum;
	return true;
}

static int64_t power_of_ten(unsigned exponent)
{
	int64_t power = 1;
	for (; exponent > 0; exponent--)
		power *= 10;
	return power;
}

bool crm__amount_convert(int64_t amount, const crm__conversion *at, int64_t *ret)
{
	const int64_t up = power_of_ten(cx_currency_digits(at->to));
	const int64_t down = power_of_ten(cx_currency_digits(at->from));
	return crm__amount_scale3(amount, at->rate_e8, up, CRM_RATE_ONE * down, ret);
}

const char *crm__amount_text(int64_t amount, cx_slice currency, char text[CRM_AMOUNT_TEXT_SIZE])
{
	const uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
	const int digits = (int)cx_currency_digits(currency);
	const char *sign = amount < 0 ? "-" : "";
	uint64_t unit = 1;
	for (int i = 0; i < digits; i++)
		unit *= 10;
	if (digits == 0)
		snprintf(text, CRM_AMOUNT_TEXT_SIZE, "%s%" PRIu64 " %.*s", sign, size,
		         CX_SLICE_ARG(currency));
	else
		snprintf(text, CRM_AMOUNT_TEXT_SIZE, "%s%" PRIu64 ".%0*" PRIu64 " %.*s", sign,
		         size / unit, digits, size % unit, CX_SLICE_ARG(currency));
	return text;
}
