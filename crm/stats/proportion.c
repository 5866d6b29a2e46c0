/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/proportion.h"

#include "crm/figures/amount.h"
#include "crm/figures/wide.h"

#include <math.h>

/* The 97.5th percentile of the normal distribution. */
static const double z = 1.959963984540054;

int64_t crm__round_to(double value, int64_t scale)
{
	CX_ASSERT(!isnan(value));
	const double scaled = value * (double)scale;
	/* 2^63 is a double, INT64_MAX is not. */
	if (scaled >= 0x1p63)
		return INT64_MAX;
	if (scaled < -0x1p63)
		return INT64_MIN;
	return llround(scaled);
}

int64_t crm__share_of(crm__share share, int64_t scale)
{
	CX_ASSERT(share.part >= 0 && share.part <= share.whole);
	if (share.whole == 0)
		return 0;
	int64_t rounded = 0;
	const bool fits = crm__amount_scale(share.part, scale, share.whole, &rounded);
	CX_ASSERT(fits); /* not above `scale` */
	return rounded;
}

static double rate_of(crm__share share)
{
	return (double)share.part / (double)share.whole;
}

crm__interval crm__wilson(crm__share share)
{
	CX_ASSERT(share.part >= 0 && share.part <= share.whole);
	if (share.whole == 0)
		return (crm__interval){ .low = 0, .high = 1 };
	const double n = (double)share.whole, p = rate_of(share);
	const double middle = p + z * z / (2 * n);
	const double reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	const double whole = 1 + z * z / n;
	/* None and all are limits themselves; rounding would leave a hair. */
	return (crm__interval){
		.low = share.part == 0 ? 0 : (middle - reach) / whole,
		.high = share.part == share.whole ? 1 : (middle + reach) / whole,
	};
}

static double length_of(double x, double y)
{
	return sqrt(x * x + y * y);
}

crm__interval crm__newcombe(crm__share a, crm__share b)
{
	CX_ASSERT(a.whole > 0 && b.whole > 0);
	const crm__interval of_a = crm__wilson(a), of_b = crm__wilson(b);
	const double p = rate_of(a), q = rate_of(b), difference = p - q;
	return (crm__interval){
		.low = difference - length_of(p - of_a.low, of_b.high - q),
		.high = difference + length_of(of_a.high - p, q - of_b.low),
	};
}

int64_t crm__shrunk_rate_bp(int64_t won, int64_t lost, int64_t prior_bp, int64_t weight)
{
	CX_ASSERT(won >= 0 && won < (int64_t)1 << 40);
	CX_ASSERT(lost >= 0 && lost < (int64_t)1 << 40);
	CX_ASSERT(weight > 0);
	int64_t rounded = 0;
	const crm__wide sum = (crm__wide)won * CRM_BP_ONE + (crm__wide)weight * prior_bp;
	const bool fits = crm__wide_round(sum, (crm__wide)won + lost + weight, &rounded);
	CX_ASSERT(fits);
	return rounded;
}
