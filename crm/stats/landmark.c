/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/landmark.h"

#include "base/check.h"
#include "crm/figures/amount.h"
#include "crm/stats/rank.h"

#include <stdlib.h>

enum { THIRDS = 3, MILLI = 1000 };

static void release_numbers(int64_t **numbers)
{
	free(*numbers);
}

static void count_won(crm__share *share, bool won)
{
	share->whole++;
	if (won)
		share->part++;
}

static void find_cycle(const crm__landmark_deal *deals, size_t count, bool exposed,
                       int64_t *numbers, crm__landmark_group *ret)
{
	size_t won = 0;
	for (size_t i = 0; i < count; i++)
		if (deals[i].exposed == exposed && deals[i].won)
			numbers[won++] = deals[i].cycle_ms;
	ret->has_cycle = won > 0;
	if (won == 0)
		return;
	crm__rank_sort(numbers, won);
	ret->median_cycle_ms = crm__percentile(numbers, won, 50);
}

/* ---- strata ---- */

typedef struct placed {
	int64_t stage;
	int third;
	const crm__landmark_deal *deal;
} placed;

static void release_placed(placed **deals)
{
	free(*deals);
}

static void release_strata(crm__stratum **strata)
{
	free(*strata);
}

static int by_stratum(const void *a, const void *b)
{
	const placed *x = a, *y = b;
	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	return x->third - y->third;
}

static bool same_stratum(const placed *a, const placed *b)
{
	return a->stage == b->stage && a->third == b->third;
}

/* The third of its rank: ⌊3 · (those with a smaller amount) / n⌋. */
static int third_of(const int64_t *sorted, size_t count, int64_t amount)
{
	return (int)(THIRDS * crm__rank_below(sorted, count, amount) / count);
}

static cx_status adjust(const crm__landmark_deal *deals, size_t count, int64_t *numbers,
                        crm__landmark_effect *ret)
{
	CX_SCOPED(release_placed) placed *all = calloc(count, sizeof *all);
	CX_SCOPED(release_strata) crm__stratum *strata = calloc(count, sizeof *strata);
	if (all == NULL || strata == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		numbers[i] = deals[i].amount;
	crm__rank_sort(numbers, count);
	for (size_t i = 0; i < count; i++)
		all[i] = (placed){ .stage = deals[i].stage,
			           .third = third_of(numbers, count, deals[i].amount),
			           .deal = &deals[i] };
	qsort(all, count, sizeof *all, by_stratum);

	size_t made = 0;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !same_stratum(&all[i - 1], &all[i]))
			made++;
		crm__stratum *stratum = &strata[made - 1];
		count_won(all[i].deal->exposed ? &stratum->exposed : &stratum->other,
		          all[i].deal->won);
	}
	double ratio = 0;
	ret->strata = made;
	ret->has_adjusted = crm__mantel_haenszel_risk(strata, made, &ratio);
	if (ret->has_adjusted)
		ret->adjusted_milli = crm__round_to(ratio, MILLI);
	return CX_OK;
}

static void compare(crm__landmark_effect *effect)
{
	const crm__share a = effect->exposed.won, c = effect->other.won;
	const crm__interval interval = crm__newcombe(a, c);
	const double p = (double)a.part / (double)a.whole, q = (double)c.part / (double)c.whole;
	effect->difference_bp = crm__round_to(p - q, CRM_BP_ONE);
	effect->low_bp = crm__round_to(interval.low, CRM_BP_ONE);
	effect->high_bp = crm__round_to(interval.high, CRM_BP_ONE);
	effect->has_lift = c.part > 0;
	if (effect->has_lift)
		effect->lift_milli = crm__round_to(p / q, MILLI);
}

cx_status crm__landmark(const crm__landmark_deal *deals, size_t count,
                        crm__landmark_effect *ret)
{
	crm__landmark_effect effect = { 0 };
	for (size_t i = 0; i < count; i++)
		count_won(deals[i].exposed ? &effect.exposed.won : &effect.other.won,
		          deals[i].won);
	CX_SCOPED(release_numbers) int64_t *numbers = calloc(count + 1, sizeof *numbers);
	if (numbers == NULL)
		return CX_NO_MEMORY;
	find_cycle(deals, count, true, numbers, &effect.exposed);
	find_cycle(deals, count, false, numbers, &effect.other);
	effect.too_few = effect.exposed.won.whole < CRM_LANDMARK_LEAST ||
	                 effect.other.won.whole < CRM_LANDMARK_LEAST;
	if (!effect.too_few) {
		compare(&effect);
		const cx_status status = adjust(deals, count, numbers, &effect);
		if (status != CX_OK)
			return status;
	}
	*ret = effect;
	return CX_OK;
}
