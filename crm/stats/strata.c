/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/strata.h"

typedef struct fraction {
	double over;
	double under;
} fraction;

static bool divide(fraction sums, double *ret)
{
	if (!(sums.under > 0))
		return false;
	*ret = sums.over / sums.under;
	return true;
}

static double size_of(const crm__stratum *stratum)
{
	return (double)stratum->exposed.whole + (double)stratum->other.whole;
}

bool crm__mantel_haenszel_risk(const crm__stratum *strata, size_t count, double *ret)
{
	fraction sums = { 0 };
	for (size_t i = 0; i < count; i++) {
		const crm__share a = strata[i].exposed, c = strata[i].other;
		const double n = size_of(&strata[i]);
		if (a.whole == 0 || c.whole == 0)
			continue;
		sums.over += (double)a.part * (double)c.whole / n;
		sums.under += (double)c.part * (double)a.whole / n;
	}
	return divide(sums, ret);
}

bool crm__mantel_haenszel_odds(const crm__stratum *strata, size_t count, double *ret)
{
	fraction sums = { 0 };
	for (size_t i = 0; i < count; i++) {
		const crm__share a = strata[i].exposed, c = strata[i].other;
		const double n = size_of(&strata[i]);
		if (a.whole == 0 || c.whole == 0)
			continue;
		sums.over += (double)a.part * (double)(c.whole - c.part) / n;
		sums.under += (double)(a.whole - a.part) * (double)c.part / n;
	}
	return divide(sums, ret);
}
