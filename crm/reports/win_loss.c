/* SPDX-License-Identifier: Apache-2.0 */
/* What was won and what was lost, by month of closing, and why. */
#include "base/check.h"
#include "crm/reports/parts/scope.h"
#include "crm/reports/reports.h"

#include <stdlib.h>

static const crm__param params[] = { CRM__PARAM_SCOPE, CRM__PARAM_MONTHS("month-11") };

/* ---- adding ---- */

typedef struct outcome {
	int64_t won, lost;
	engine_sum won_base, lost_base;
	engine_sum cycle_ms; /* of the won */
} outcome;

/* As opportunity.lost_reason has them, and for none. */
enum { REASONS_MAX = ENGINE_LABELS_MAX + 1 };

typedef struct reason {
	cx_slice label; /* empty: none was given */
	int64_t lost;
	engine_sum lost_base;
} reason;

typedef struct tally {
	crm__report *report;
	crm__scope scope;
	crm__months months;
	outcome whole, by_month[CRM__MONTHS_MAX];
	reason reasons[REASONS_MAX];
	size_t reason_count;
} tally;

static void add(outcome *to, const crm__group *group, bool won)
{
	if (!won) {
		to->lost += (int64_t)group->count;
		to->lost_base = engine_sum_add(to->lost_base, group->sums[0]);
		return;
	}
	to->won += (int64_t)group->count;
	to->won_base = engine_sum_add(to->won_base, group->sums[0]);
	to->cycle_ms = engine_sum_add(to->cycle_ms, group->sums[1]);
}

static cx_status find_reason(tally *self, const crm__value *label, reason **ret)
{
	const cx_slice text = label->kind == CRM__TEXT ? label->text : (cx_slice){ 0 };
	for (size_t i = 0; i < self->reason_count; i++)
		if (cx_slice_equal(self->reasons[i].label, text)) {
			*ret = &self->reasons[i];
			return CX_OK;
		}
	CX_ASSERT(self->reason_count < REASONS_MAX); /* the enum has no more labels */
	const cx_slice kept = cx_arena_copy(self->report->arena, text);
	if (kept.size != text.size)
		return CX_NO_MEMORY;
	*ret = &self->reasons[self->reason_count++];
	**ret = (reason){ .label = kept };
	return CX_OK;
}

/* Columns: month, credited user and team, state, reason. */
static cx_status take_closed(void *context, const crm__group *group)
{
	tally *self = context;
	const bool won = crm__is(&group->columns[3], "won");
	size_t month;
	add(&self->whole, group, won);
	if (crm__months_find(&self->months, &group->columns[0], &month))
		add(&self->by_month[month], group, won);
	if (won)
		return CX_OK;
	reason *why;
	const cx_status status = find_reason(self, &group->columns[4], &why);
	if (status != CX_OK)
		return status;
	why->lost += (int64_t)group->count;
	why->lost_base = engine_sum_add(why->lost_base, group->sums[0]);
	return CX_OK;
}

/* ---- rows ---- */

#define OUTCOME                                                                              \
	{ "deals_won", CRM_INT, NULL, "Deals won", "成交单数" },                             \
		{ "won_base", CRM_MONEY, NULL, "Won", "赢单金额" },                          \
		{ "deals_lost", CRM_INT, NULL, "Deals lost", "输单数" },                     \
		{ "lost_base", CRM_MONEY, NULL, "Lost", "输单金额" },                        \
		{ "win_rate_bp", CRM_BP, NULL, "Win rate (count)", "赢单率(按单数)" },       \
		{ "win_rate_value_bp", CRM_BP, NULL, "Win rate (value)", "赢单率(按金额)" }, \
		{ "average_deal_base", CRM_MONEY, NULL, "Average deal", "平均单值" },        \
	{                                                                                    \
		"average_cycle_days", CRM_CENTI, NULL, "Average cycle (days)",               \
			"平均成交周期(天)"                                            \
	}

static const crm__column total_columns[] = {
	{ "months", CRM_INT, NULL, "Months", "月数" },
	OUTCOME,
};
static const crm__column month_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	OUTCOME,
};
static const crm__column reason_columns[] = {
	{ "lost_reason", CRM_ENUM, NULL, "Lost reason", "输单原因" },
	{ "deals_lost", CRM_INT, NULL, "Deals lost", "输单数" },
	{ "share_bp", CRM_BP, NULL, "Share (count)", "占比(按单数)" },
	{ "lost_base", CRM_MONEY, NULL, "Lost", "输单金额" },
	{ "share_value_bp", CRM_BP, NULL, "Share (value)", "占比(按金额)" },
};
static const crm__section total_section = { "total", "All of it", "合计", total_columns,
	                                    CX_COUNT_OF(total_columns) };
static const crm__section month_section = { "months", "By month closed", "按关闭月份",
	                                    month_columns, CX_COUNT_OF(month_columns) };
static const crm__section reason_section = { "reasons", "Why they were lost", "输单原因",
	                                     reason_columns, CX_COUNT_OF(reason_columns) };

static void put_outcome(crm__report *report, const outcome *found)
{
	const int64_t day_ms = 86400000, centi = 100;
	crm__put_number(report, found->won);
	crm__put_sum(report, found->won_base);
	crm__put_number(report, found->lost);
	crm__put_sum(report, found->lost_base);
	crm__put_share(report, found->won, found->won + found->lost);
	crm__put_ratio(report, found->won_base,
	               engine_sum_add(found->won_base, found->lost_base), 10000);
	crm__put_ratio(report, found->won_base, engine_sum_of(found->won), 1);
	crm__put_ratio(report, found->cycle_ms, engine_sum_product(found->won, day_ms), centi);
}

static void put_reasons(tally *self)
{
	crm__report *report = self->report;
	crm__section_begin(report, &reason_section);
	for (size_t i = 0; i < self->reason_count; i++) {
		const reason *why = &self->reasons[i];
		if (!crm__row(report))
			break;
		if (why->label.size > 0)
			crm__put_text(report, why->label);
		else
			crm__put_null(report);
		crm__put_number(report, why->lost);
		crm__put_share(report, why->lost, self->whole.lost);
		crm__put_sum(report, why->lost_base);
		crm__put_ratio(report, why->lost_base, self->whole.lost_base, 10000);
	}
	crm__section_end(report);
}

/* The most frequent first, then by name. */
static int compare_reasons(const void *left, const void *right)
{
	const reason *a = left, *b = right;
	if (a->lost != b->lost)
		return a->lost > b->lost ? -1 : 1;
	return cx_slice_compare(a->label, b->label);
}

static void put_all(tally *self)
{
	crm__report *report = self->report;
	crm__section_begin(report, &total_section);
	if (crm__row(report)) {
		crm__put_number(report, (int64_t)self->months.count);
		put_outcome(report, &self->whole);
	}
	crm__section_end(report);
	crm__section_begin(report, &month_section);
	for (size_t i = 0; i < self->months.count; i++)
		if (crm__row(report)) {
			crm__put_number(report, self->months.days[i]);
			put_outcome(report, &self->by_month[i]);
		}
	crm__section_end(report);
	qsort(self->reasons, self->reason_count, sizeof *self->reasons, compare_reasons);
	put_reasons(self);
}

static cx_status run(crm__report *report)
{
	static const crm__scope_groups closed = { .aggregate = "closed", .credited = true };
	tally *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	cx_status status = crm__months_of(report, &self->months);
	if (status == CX_OK)
		status = crm__scope_of(report, &self->scope);
	if (status == CX_OK)
		status = crm__scope_walk(report, &self->scope, &self->months, &closed,
		                         take_closed, self);
	if (status == CX_OK)
		put_all(self);
	return status;
}

const crm__definition crm__report_win_loss = { params, CX_COUNT_OF(params), run };
