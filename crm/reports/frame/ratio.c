/* SPDX-License-Identifier: Apache-2.0 */
/* Quotients of sums of 128 bits. */
#include "base/check.h"
#include "crm/reports/frame/report.h"

/* A magnitude of 128 bits. */
typedef struct wide {
	uint64_t high, low;
} wide;

static wide magnitude(engine_sum sum)
{
	if (sum.high < 0)
		sum = engine_sum_negative(sum);
	return (wide){ .high = (uint64_t)sum.high, .low = sum.low };
}

__extension__ typedef unsigned __int128 u128;

static u128 whole_of(wide value)
{
	return (u128)value.high << 64 | value.low;
}

/* part × scale ÷ whole by long division of the scale's bits, so that the product, which may
 * need more than 128 bits, is never made: remainder < whole all along. Sums lie within ±2^126
 * (engine/aggregate.h). */
static bool divide(u128 part, u128 whole, uint64_t scale, u128 *ret)
{
	const u128 top = (u128)1 << 126;
	if (part > top || whole > top)
		return false;
	u128 quotient = 0, remainder = 0;
	const u128 each = part / whole, rest = part % whole;
	for (int bit = 63; bit >= 0; bit--) {
		if (quotient >= top / 4)
			return false;
		quotient *= 2;
		remainder *= 2;
		if ((scale >> bit & 1) != 0) {
			if (each >= top / 4)
				return false;
			quotient += each;
			remainder += rest;
		}
		while (remainder >= whole) {
			remainder -= whole;
			quotient++;
		}
	}
	*ret = quotient + (remainder >= whole - remainder);
	return true;
}

bool crm__ratio(engine_sum part, engine_sum whole, int64_t scale, int64_t *ret)
{
	CX_ASSERT(scale > 0);
	if (engine_sum_is_zero(whole))
		return false;
	u128 quotient;
	if (!divide(whole_of(magnitude(part)), whole_of(magnitude(whole)), (uint64_t)scale,
	            &quotient) ||
	    quotient > (u128)INT64_MAX)
		return false;
	const bool minus = (part.high < 0) != (whole.high < 0);
	*ret = minus ? -(int64_t)quotient : (int64_t)quotient;
	return true;
}
