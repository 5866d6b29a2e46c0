/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/tier.h"

#include "base/check.h"
#include "base/cleanup.h"
#include "crm/stats/proportion.h"
#include "crm/stats/rank.h"

#include <inttypes.h>
#include <stdio.h>

enum { PARAMETER_MAX = 100000, SCORE_MAX = 5, TENTHS = 10 };

typedef struct parameter {
	const char *name;
	size_t offset;
	int64_t value;
	int64_t least;
	int64_t most;
} parameter;

/* What is divided by is at least 1. */
static int64_t least_of(size_t offset)
{
	return offset == offsetof(crm__tier_parameters, engagement_full) ||
	                       offset == offsetof(crm__tier_parameters, window_days)
	               ? 1
	               : 0;
}

static int64_t most_of(size_t offset)
{
	return offset == offsetof(crm__tier_parameters, high_percentile) ? 100 : PARAMETER_MAX;
}

enum {
	PARAMETER_COUNT = 0
#define ONE(name, value, text) +1
	CRM_TIER_PARAMETERS(ONE)
#undef ONE
};

static parameter parameter_at(size_t at)
{
	static const struct {
		const char *name;
		size_t offset;
		int64_t value;
	} rows[PARAMETER_COUNT] = {
#define ROW(name, value, text) { #name, offsetof(crm__tier_parameters, name), value },
		CRM_TIER_PARAMETERS(ROW)
#undef ROW
	};
	return (parameter){ .name = rows[at].name,
		            .offset = rows[at].offset,
		            .value = rows[at].value,
		            .least = least_of(rows[at].offset),
		            .most = most_of(rows[at].offset) };
}

crm__tier_parameters crm__tier_defaults(void)
{
	return (crm__tier_parameters){
#define DEFAULT(name, value, text) .name = (value),
		CRM_TIER_PARAMETERS(DEFAULT)
#undef DEFAULT
	};
}

bool crm__tier_set(crm__tier_parameters *parameters, cx_slice name, int64_t value)
{
	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		const parameter one = parameter_at(i);
		if (!cx_slice_equal(name, cx_slice_of(one.name)))
			continue;
		if (value < one.least || value > one.most)
			return false;
		memcpy((char *)parameters + one.offset, &value, sizeof value);
		return true;
	}
	return false;
}

void crm__tier_text(const crm__tier_parameters *parameters, char text[CRM_TIER_TEXT_SIZE])
{
	size_t used = (size_t)snprintf(text, CRM_TIER_TEXT_SIZE, "v1");
	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		const parameter one = parameter_at(i);
		int64_t value;
		memcpy(&value, (const char *)parameters + one.offset, sizeof value);
		if (value == one.value)
			continue;
		used += (size_t)snprintf(text + used, CRM_TIER_TEXT_SIZE - used, " %s=%" PRId64,
		                         one.name, value);
		CX_ASSERT(used < CRM_TIER_TEXT_SIZE); /* all of them at their longest fit */
	}
}

const char *crm__tier_label(crm__tier tier)
{
	static const char *const labels[] = {
#define LABEL(name, label) label,
		CRM_TIERS(LABEL)
#undef LABEL
	};
	return labels[tier];
}

int crm__rfm_score(size_t worse, size_t n)
{
	CX_ASSERT(worse <= n && n < SIZE_MAX / SCORE_MAX);
	if (n == 0)
		return 1;
	const size_t fifth = SCORE_MAX * worse / n;
	return 1 + (int)(fifth < SCORE_MAX - 1 ? fifth : SCORE_MAX - 1);
}

static void score_value(const crm__customer_facts *facts, const crm__tier_ranking *ranking,
                        const crm__tier_parameters *by, crm__customer_scores *ret)
{
	const size_t n = ranking->ordered_count;
	ret->r = ret->f = ret->m = 1;
	if (facts->f_count > 0) {
		/* More days are worse. */
		ret->r = crm__rfm_score(crm__rank_above(ranking->r_days, n, facts->r_days), n);
		ret->f = crm__rfm_score(crm__rank_below(ranking->f_counts, n, facts->f_count),
		                        n);
		ret->m = crm__rfm_score(crm__rank_below(ranking->m_bases, n, facts->m_base), n);
	}
	ret->value = by->weight_r * ret->r + by->weight_f * ret->f + by->weight_m * ret->m;
}

static double growth_of(const crm__customer_facts *facts)
{
	const double before = facts->earlier > 1 ? (double)facts->earlier : 1;
	const double growth = ((double)facts->recent - (double)facts->earlier) / before;
	return growth < 0 ? 0 : growth > 1 ? 1 : growth;
}

static int64_t score_potential(const crm__customer_facts *facts,
                               const crm__tier_ranking *ranking, const crm__tier_parameters *by)
{
	const size_t less = crm__rank_below(ranking->open, ranking->count, facts->open);
	const double open = ranking->count == 0 ? 0 : (double)less / (double)ranking->count;
	const double engagement =
		facts->activities >= by->engagement_full
			? 1
			: (double)facts->activities / (double)by->engagement_full;
	const double size = (double)facts->size_tenths / TENTHS;
	return crm__round_to((double)by->weight_open * open +
	                             (double)by->weight_growth * growth_of(facts) +
	                             (double)by->weight_engagement * engagement +
	                             (double)by->weight_size * size,
	                     1);
}

crm__customer_scores crm__customer_score(const crm__customer_facts *facts,
                                         const crm__tier_ranking *ranking,
                                         const crm__tier_parameters *parameters)
{
	crm__customer_scores scores;
	score_value(facts, ranking, parameters, &scores);
	scores.potential = score_potential(facts, ranking, parameters);
	return scores;
}

crm__tier_verdict crm__tier_of(const crm__customer_facts *facts,
                               const crm__customer_scores *scores, int64_t high_from,
                               const crm__tier_parameters *parameters)
{
	if (facts->age_days < parameters->unrated_days && !facts->ordered && !facts->dealt)
		return (crm__tier_verdict){ CRM_TIER_UNRATED, CRM_TIER_BY_AGE };
	if (facts->f_count > 0 && scores->value >= high_from && scores->r >= parameters->high_r)
		return (crm__tier_verdict){ CRM_TIER_HIGH, CRM_TIER_BY_VALUE };
	if (scores->potential >= parameters->potential_from)
		return (crm__tier_verdict){ CRM_TIER_POTENTIAL, CRM_TIER_BY_POTENTIAL };
	if (facts->deal_far)
		return (crm__tier_verdict){ CRM_TIER_POTENTIAL, CRM_TIER_BY_DEAL };
	return (crm__tier_verdict){ CRM_TIER_LOW, CRM_TIER_BY_NOTHING };
}
