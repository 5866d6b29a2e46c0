/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline board: totals of each stage from the aggregate, never from the cards shown; then
 * the first cards of each stage by expected close. */
#include "crm/reports/reports.h"
#include "crm/reports/stages.h"
#include "crm/reports/totals.h"

static const crm__param params[] = {
	CRM__PARAM_OWNED,
	{ .name = "cards",
	  .kind = CRM_INT,
	  .fallback = "20",
	  .low = 1,
	  .high = 1000,
	  .help_en = "opportunities shown of each stage",
	  .help_zh = "每个阶段显示的商机数" },
};

static const crm__column stage_columns[] = {
	{ "stage", CRM_REF, "stage", "Stage", "销售阶段" },
	{ "count", CRM_INT, NULL, "Opportunities", "商机数" },
	{ "amount_base", CRM_MONEY, NULL, "Amount", "金额" },
	{ "weighted_base", CRM_MONEY, NULL, "Weighted amount", "加权金额" },
};

static const crm__section stage_section = { "stages", "Stages", "各阶段", stage_columns,
	                                    CX_COUNT_OF(stage_columns) };

static const char card_fields[] =
	"id stage number title customer owner amount currency expected_base probability_bp "
	"close_on next_step last_activity_at";

/* ---- totals ---- */

typedef struct board {
	crm__report *report;
	crm__people people;
	crm__stages stages;
	crm__totals totals;
	bool cut; /* cards of some people are missing */
} board;

static cx_status add_group(void *context, const crm__group *group)
{
	board *self = context;
	if (!crm__people_have(&self->people, &group->columns[1]))
		return CX_OK;
	return crm__totals_add(self->report, &self->totals, group->columns[1].number,
	                       group->columns[0].number, group, 1);
}

/* One person's groups are looked up, those of more are picked out of all. */
static cx_status read_totals(board *self)
{
	if (self->people.all || self->people.count != 1) {
		const crm__groups all = { .aggregate = "pipeline_stage" };
		return crm__groups_walk(self->report, &all, add_group, self);
	}
	cx_status status = CX_OK;
	for (size_t i = 0; status == CX_OK && i < self->stages.count; i++) {
		const crm__groups one = { .aggregate = "pipeline_stage",
			                  .prefix = { crm__number(self->stages.all[i].id),
			                              crm__number(self->people.ids[0]) },
			                  .prefix_count = 2 };
		status = crm__groups_walk(self->report, &one, add_group, self);
	}
	return status;
}

static void put_total(crm__report *report, const crm__total *total)
{
	crm__put_number(report, total->stage);
	crm__put_number(report, total->count);
	crm__put_sum(report, total->amount);
	crm__put_sum(report, engine_sum_divide(total->weighted, 10000));
}

static void put_totals(board *self)
{
	crm__section_begin(self->report, &stage_section);
	for (size_t i = 0; i < self->stages.count; i++) {
		const crm__stage *stage = &self->stages.all[i];
		const crm__total total = crm__totals_of_stage(&self->totals, stage->id);
		if (stage->open && crm__row(self->report))
			put_total(self->report, &total);
	}
	crm__section_end(self->report);
}

/* ---- cards ---- */

/* Those who have something in the stage: their ranges of the index are merged. */
static cx_status owners_of(board *self, int64_t stage, int64_t **ret, size_t *ret_count)
{
	const crm__totals *totals = &self->totals;
	*ret_count = 0;
	*ret = cx_arena_alloc(self->report->arena, (totals->count + 1) * sizeof **ret);
	if (*ret == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < totals->count; i++)
		if (totals->all[i].stage == stage)
			(*ret)[(*ret_count)++] = totals->all[i].owner;
	if (*ret_count > ENGINE_FILTER_VALUES_MAX) {
		*ret_count = ENGINE_FILTER_VALUES_MAX;
		self->cut = true;
	}
	return CX_OK;
}

static cx_status put_cards_of(board *self, int64_t stage)
{
	int64_t *owners;
	size_t count;
	cx_status status = owners_of(self, stage, &owners, &count);
	if (status != CX_OK || count == 0)
		return status;
	const crm__condition where[] = {
		crm__equal("stage", crm__number(stage)),
		crm__one_of_ids("owner", owners, count),
		crm__equal("state", crm__text("open")),
	};
	const crm__query query = {
		.type = "opportunity",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.index = "stage,owner,close_on",
		.order = "close_on",
		.limit = (size_t)crm__param_number(self->report, "cards"),
		.fields = card_fields,
	};
	return crm__query_rows(self->report, &query);
}

static cx_status put_cards(board *self)
{
	static const crm__section named = { .name = "cards",
		                            .label_en = "First by expected close",
		                            .label_zh = "最早预计成交的商机" };
	const crm__section *section;
	cx_status status =
		crm__section_of(self->report, &named, "opportunity", card_fields, &section);
	if (status != CX_OK)
		return status;
	crm__section_begin(self->report, section);
	for (size_t i = 0; status == CX_OK && i < self->stages.count; i++)
		if (self->stages.all[i].open)
			status = put_cards_of(self, self->stages.all[i].id);
	if (status == CX_OK)
		crm__section_end(self->report);
	return status;
}

static cx_status run(crm__report *report)
{
	board *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	cx_status status = crm__people_of(report, crm__param_of(report, "owner"),
	                                  crm__param_of(report, "team"), &self->people);
	if (status == CX_OK)
		status = crm__stages_read(report, &self->stages);
	if (status == CX_OK)
		status = read_totals(self);
	if (status != CX_OK)
		return status;
	put_totals(self);
	status = put_cards(self);
	if (self->cut)
		crm__note_number(
			report,
			"Cards of a stage are those of its first {} people only; ask by "
			"owner or team.",
			"每个阶段的卡片仅含前 {} 名负责人；请按负责人或团队查询。",
			ENGINE_FILTER_VALUES_MAX);
	return status;
}

const crm__definition crm__report_board = { params, CX_COUNT_OF(params), run };
