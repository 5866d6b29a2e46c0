/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/promoter.h"

#include "crm/figures/amount.h"
#include "crm/figures/wide.h"

enum { PASSIVE_FROM = 7, PROMOTER_FROM = 9 };

bool crm__promoters_of(const int64_t counts[CRM_SCORES], crm__promoters *ret)
{
	crm__promoters found = { 0 };
	for (int score = 0; score < CRM_SCORES; score++) {
		CX_ASSERT(counts[score] >= 0 && counts[score] < (int64_t)1 << 50);
		if (score >= PROMOTER_FROM)
			found.promoters += counts[score];
		else if (score >= PASSIVE_FROM)
			found.passives += counts[score];
		else
			found.detractors += counts[score];
	}
	const int64_t all = found.promoters + found.passives + found.detractors;
	if (all == 0)
		return false;
	const bool fits = crm__amount_scale(found.promoters - found.detractors, CRM_BP_ONE, all,
	                                    &found.nps_bp);
	CX_ASSERT(fits); /* not beyond ±10000 */
	*ret = found;
	return true;
}
