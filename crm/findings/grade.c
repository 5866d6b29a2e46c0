/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/grade.h"

#include "crm/findings/numbers.h"
#include "crm/reports/frame/read.h"
#include "crm/stats/rank.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- among all ---- */

typedef struct lists {
	crm__numbers r_days, f_counts, m_bases, open, values;
} lists;

static void release(lists *self)
{
	crm__numbers_release(&self->r_days);
	crm__numbers_release(&self->f_counts);
	crm__numbers_release(&self->m_bases);
	crm__numbers_release(&self->open);
	crm__numbers_release(&self->values);
}

static cx_status collect(const crm__grading *self, lists *to)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->count && status == CX_OK; i++) {
		const crm__customer_facts *facts = &self->items[i].facts;
		status = crm__numbers_add(&to->open, facts->open);
		if (status != CX_OK || facts->f_count == 0)
			continue;
		status = crm__numbers_add(&to->r_days, facts->r_days);
		if (status == CX_OK)
			status = crm__numbers_add(&to->f_counts, facts->f_count);
		if (status == CX_OK)
			status = crm__numbers_add(&to->m_bases, facts->m_base);
	}
	crm__numbers_sort(&to->open);
	crm__numbers_sort(&to->r_days);
	crm__numbers_sort(&to->f_counts);
	crm__numbers_sort(&to->m_bases);
	return status;
}

static cx_status score(crm__grading *self, lists *all)
{
	const crm__tier_ranking ranking = { .r_days = all->r_days.items,
		                            .f_counts = all->f_counts.items,
		                            .m_bases = all->m_bases.items,
		                            .ordered_count = all->r_days.count,
		                            .open = all->open.items,
		                            .count = all->open.count };
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->count && status == CX_OK; i++) {
		crm__graded *one = &self->items[i];
		one->scores = crm__customer_score(&one->facts, &ranking, &self->parameters);
		if (one->facts.f_count > 0)
			status = crm__numbers_add(&all->values, one->scores.value);
	}
	crm__numbers_sort(&all->values);
	return status;
}

cx_status crm__grade_all(crm__grading *self)
{
	CX_SCOPED(release) lists all = { 0 };
	cx_status status = collect(self, &all);
	if (status == CX_OK)
		status = score(self, &all);
	if (status != CX_OK)
		return status;
	self->high_from = INT64_MAX;
	if (all.values.count > 0)
		self->high_from =
			crm__percentile_up(all.values.items, all.values.count,
		                           (unsigned)self->parameters.high_percentile);
	for (size_t i = 0; i < self->count; i++) {
		crm__graded *one = &self->items[i];
		one->verdict = crm__tier_of(&one->facts, &one->scores, self->high_from,
		                            &self->parameters);
	}
	return CX_OK;
}

/* ---- by hand ---- */

typedef struct newest {
	crm__report *report;
	crm__graded *one;
	bool no_memory;
} newest;

static bool tier_of(const crm__value *value, crm__tier *ret)
{
	static const crm__tier tiers[] = { CRM_TIER_HIGH, CRM_TIER_POTENTIAL, CRM_TIER_LOW,
		                           CRM_TIER_UNRATED };
	for (size_t i = 0; i < CX_COUNT_OF(tiers); i++)
		if (crm__is(value, crm__tier_label(tiers[i]))) {
			*ret = tiers[i];
			return true;
		}
	return false;
}

static const char *keep_text(newest *self, cx_slice text)
{
	char *kept = cx_arena_zalloc(self->report->arena, text.size + 1);
	if (kept == NULL)
		self->no_memory = true;
	else if (text.size > 0)
		memcpy(kept, text.data, text.size);
	return kept;
}

enum { TIER, MANUAL, REASON, EXPIRES };

static cx_status take_row(void *context, const crm__value *values)
{
	newest *self = context;
	const crm__value *expires = &values[EXPIRES];
	crm__tier tier;
	if (values[MANUAL].number == 0 || !tier_of(&values[TIER], &tier))
		return CX_OK;
	if (!crm__is_null(expires) && expires->number < crm__today(self->report))
		return CX_OK;
	self->one->manual = true;
	self->one->verdict.tier = tier;
	self->one->has_expiry = !crm__is_null(expires);
	self->one->expires_on = expires->number;
	self->one->reason = keep_text(self, values[REASON].text);
	return self->no_memory ? CX_NO_MEMORY : CX_OK;
}

cx_status crm__grade_by_hand(crm__report *report, crm__grading *self)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->count && status == CX_OK; i++) {
		newest found = { .report = report, .one = &self->items[i] };
		const crm__condition where[] = {
			crm__equal("customer", crm__number(found.one->id)),
			crm__compare("as_of", "<=", crm__number(report->now_ms)),
		};
		const crm__query query = { .type = "customer_tier",
			                   .where = where,
			                   .where_count = CX_COUNT_OF(where),
			                   .index = "customer,as_of",
			                   .order = "as_of desc",
			                   .limit = 1,
			                   .fields = "tier manual reason expires_on" };
		status = crm__query_run(report, &query, take_row, &found);
	}
	return status;
}

/* ---- why ---- */

void crm__graded_reason(const crm__grading *grading, const crm__graded *one,
                        char text[CRM_TIER_REASON_SIZE])
{
	const crm__customer_scores *scores = &one->scores;
	const int64_t from = grading->high_from, least = grading->parameters.potential_from;
	const size_t room = CRM_TIER_REASON_SIZE;
	switch (one->verdict.cause) {
	case CRM_TIER_BY_AGE:
		snprintf(text, room, "%" PRId64 " days old", one->facts.age_days);
		return;
	case CRM_TIER_BY_VALUE:
		snprintf(text, room, "value %" PRId64 ">=%" PRId64 " R%d", scores->value, from,
		         scores->r);
		return;
	case CRM_TIER_BY_POTENTIAL:
		snprintf(text, room, "potential %" PRId64 ">=%" PRId64, scores->potential,
		         least);
		return;
	case CRM_TIER_BY_DEAL:
		snprintf(text, room, "deal at proposal");
		return;
	case CRM_TIER_BY_NOTHING:
		break;
	}
	if (one->facts.f_count > 0)
		snprintf(text, room,
		         "value %" PRId64 " of %" PRId64 " R%d potential %" PRId64 "<%" PRId64,
		         scores->value, from, scores->r, scores->potential, least);
	else
		snprintf(text, room, "no order potential %" PRId64 "<%" PRId64,
		         scores->potential, least);
}
