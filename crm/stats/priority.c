/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/priority.h"

#include "base/check.h"
#include "crm/stats/proportion.h"
#include "crm/stats/rank.h"

enum {
	VALUE_POINTS = 500,
	CUSTOMER_POINTS = 200,
	NEARNESS_POINTS = 150,
	MOMENTUM_POINTS = 150,
	NEAR_DAYS = 30,
	FAR_DAYS = 180,
	FRESH_DAYS = 7,
	COLD_DAYS = 45,
};

static const int64_t day_ms = 86400000;

/* All of `points` up to `full`, falling in a line to none at `none`. */
static int64_t falling(int64_t at, int64_t full, int64_t none, int64_t points)
{
	if (at >= none)
		return 0;
	const int64_t left = at <= full ? none - full : none - at;
	return crm__share_of((crm__share){ .part = left, .whole = none - full }, points);
}

static int64_t points_of(crm__tier tier)
{
	switch (tier) {
	case CRM_TIER_HIGH:
		return CUSTOMER_POINTS;
	case CRM_TIER_POTENTIAL:
		return CUSTOMER_POINTS / 2;
	case CRM_TIER_LOW:
	case CRM_TIER_UNRATED:
		return 0;
	}
	CX_UNREACHABLE();
}

crm__priority crm__priority_of(const crm__deal_facts *deal, const int64_t *sorted, size_t count)
{
	CX_ASSERT(count >= 1 && count <= INT64_MAX);
	const size_t less = crm__rank_below(sorted, count, deal->expected_base);
	crm__priority parts = {
		.value = crm__share_of((crm__share){ (int64_t)less, (int64_t)count },
		                       VALUE_POINTS),
		.customer = points_of(deal->tier),
		.nearness = falling(deal->close_in_days, NEAR_DAYS, FAR_DAYS, NEARNESS_POINTS),
		.momentum = deal->active ? falling(deal->idle_ms, FRESH_DAYS * day_ms,
		                                   COLD_DAYS * day_ms, MOMENTUM_POINTS)
		                         : 0,
	};
	parts.total = parts.value + parts.customer + parts.nearness + parts.momentum;
	return parts;
}
