/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/figures/amount.h"

#include "base/currency.h"
#include "crm/figures/wide.h"

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
