/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline as it was at any instant of the past. */
#include "crm/reports/reports.h"
#include "crm/reports/stages.h"
#include "crm/reports/totals.h"

static const crm__param params[] = {
	{ .name = "at",
	  .kind = CRM_TS,
	  .fallback = "now",
	  .help_en = "the instant",
	  .help_zh = "时点" },
	{ .name = "by",
	  .kind = CRM_ENUM,
	  .of = "stage owner",
	  .fallback = "stage",
	  .help_en = "totals of stages, or of each person, too",
	  .help_zh = "按阶段,或同时按人员" },
	CRM__PARAM_OWNED,
};

#define TOTAL_COLUMNS                                                               \
	{ "count", CRM_INT, NULL, "Opportunities", "商机数" },                      \
		{ "amount_base", CRM_MONEY, NULL, "Amount", "金额" },               \
	{                                                                           \
		"weighted_base", CRM_MONEY, NULL, "Weighted amount", "加权金额" \
	}

static const crm__column stage_columns[] = {
	{ "stage", CRM_REF, "stage", "Stage", "销售阶段" },
	TOTAL_COLUMNS,
};

static const crm__column owner_columns[] = {
	{ "owner", CRM_REF, "user", "Owner", "负责人" },
	{ "stage", CRM_REF, "stage", "Stage", "销售阶段" },
	TOTAL_COLUMNS,
};

static const crm__column total_columns[] = { TOTAL_COLUMNS };

static const crm__section stage_section = { "stages", "Stages", "各阶段", stage_columns,
	                                    CX_COUNT_OF(stage_columns) };
static const crm__section owner_section = { "owners", "People", "各人员", owner_columns,
	                                    CX_COUNT_OF(owner_columns) };
static const crm__section total_section = { "total", "Total", "合计", total_columns,
	                                    CX_COUNT_OF(total_columns) };

static void put_total(crm__report *report, const crm__total *total)
{
	crm__put_number(report, total->count);
	crm__put_sum(report, total->amount);
	crm__put_sum(report, engine_sum_divide(total->weighted, 10000));
}

static void put_stages(crm__report *report, const crm__stages *stages,
                       const crm__totals *totals)
{
	crm__section_begin(report, &stage_section);
	for (size_t i = 0; i < stages->count; i++) {
		const crm__total total = crm__totals_of_stage(totals, stages->all[i].id);
		/* A stage that is none of the open ones any more may have been. */
		if ((!stages->all[i].open && total.count == 0) || !crm__row(report))
			continue;
		crm__put_number(report, total.stage);
		put_total(report, &total);
	}
	crm__section_end(report);
}

static void put_sum(crm__report *report, const crm__totals *totals)
{
	crm__total sum = { 0 };
	for (size_t i = 0; i < totals->count; i++) {
		sum.count += totals->all[i].count;
		sum.amount = engine_sum_add(sum.amount, totals->all[i].amount);
		sum.weighted = engine_sum_add(sum.weighted, totals->all[i].weighted);
	}
	crm__section_begin(report, &total_section);
	if (crm__row(report))
		put_total(report, &sum);
	crm__section_end(report);
}

static const crm__total *total_of(const crm__totals *totals, int64_t owner, int64_t stage)
{
	for (size_t i = 0; i < totals->count; i++)
		if (totals->all[i].owner == owner && totals->all[i].stage == stage)
			return &totals->all[i];
	return NULL;
}

/* In the order of the people, whose totals come one after the other. */
static void put_owners(crm__report *report, const crm__stages *stages,
                       const crm__totals *totals)
{
	crm__section_begin(report, &owner_section);
	for (size_t first = 0; first < totals->count; first++) {
		const int64_t owner = totals->all[first].owner;
		if (first > 0 && totals->all[first - 1].owner == owner)
			continue;
		for (size_t i = 0; i < stages->count; i++) {
			const crm__total *total = total_of(totals, owner, stages->all[i].id);
			if (total == NULL || total->count == 0 || !crm__row(report))
				continue;
			crm__put_number(report, owner);
			crm__put_number(report, total->stage);
			put_total(report, total);
		}
	}
	crm__section_end(report);
}

static cx_status run(crm__report *report)
{
	crm__people people;
	crm__totals totals;
	crm__stages stages;
	const bool by_owner = crm__is(crm__param_of(report, "by"), "owner");
	report->as_of_ms = crm__param_number(report, "at");
	cx_status status = crm__people_of(report, crm__param_of(report, "owner"),
	                                  crm__param_of(report, "team"), &people);
	if (status == CX_OK)
		status = crm__stages_read(report, &stages);
	if (status == CX_OK)
		status = crm__totals_at(report, report->as_of_ms, &people, by_owner, &totals);
	if (status != CX_OK)
		return status;
	put_stages(report, &stages, &totals);
	if (by_owner)
		put_owners(report, &stages, &totals);
	put_sum(report, &totals);
	crm__note_ahead(report, report->as_of_ms);
	return CX_OK;
}

const crm__definition crm__report_pipeline = { params, CX_COUNT_OF(params), run };
