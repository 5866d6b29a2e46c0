/* SPDX-License-Identifier: Apache-2.0 */
/* Moves between stages: how many, and how long opportunities had been in the stage they left.
 */
#include "crm/reports/reports.h"
#include "crm/reports/span.h"
#include "crm/reports/stages.h"

static const crm__param params[] = { CRM__SPAN_PARAMS };

static const crm__column stage_columns[] = {
	{ "stage", CRM_REF, "stage", "Stage", "销售阶段" },
	{ "left", CRM_INT, NULL, "Left it", "离开次数" },
	{ "forward", CRM_INT, NULL, "To a later stage", "进入后续阶段" },
	{ "backward", CRM_INT, NULL, "To an earlier stage", "退回前面阶段" },
	{ "won", CRM_INT, NULL, "Won", "赢单" },
	{ "lost", CRM_INT, NULL, "Lost", "输单" },
	{ "forward_bp", CRM_BP, NULL, "Forward or won", "前进或赢单占比" },
	{ "mean_ms", CRM_MS, NULL, "Mean time in it", "平均停留时长" },
};

static const crm__column move_columns[] = {
	{ "from_stage", CRM_REF, "stage", "From", "原阶段" },
	{ "to_stage", CRM_REF, "stage", "To", "新阶段" },
	{ "count", CRM_INT, NULL, "Moves", "次数" },
	{ "mean_ms", CRM_MS, NULL, "Mean time before", "平均停留时长" },
};

static const crm__section stage_section = { "stages", "Stages left", "离开的阶段",
	                                    stage_columns, CX_COUNT_OF(stage_columns) };
static const crm__section move_section = { "moves", "From stage to stage", "阶段流转",
	                                   move_columns, CX_COUNT_OF(move_columns) };

typedef struct cell {
	int64_t count;
	engine_sum ms;
} cell;

typedef struct funnel {
	crm__report *report;
	crm__stages stages;
	cell moves[CRM__STAGES_MAX][CRM__STAGES_MAX]; /* from, to */
} funnel;

static cx_status add_group(void *context, const crm__group *group)
{
	funnel *self = context;
	const size_t from = crm__stages_place(&self->stages, group->columns[1].number);
	const size_t to = crm__stages_place(&self->stages, group->columns[2].number);
	if (from == self->stages.count || to == self->stages.count)
		return CX_OK;
	cell *at = &self->moves[from][to];
	at->count += (int64_t)group->count;
	at->ms = engine_sum_add(at->ms, group->sums[0]);
	return CX_OK;
}

static void put_stage(const funnel *self, size_t from)
{
	crm__report *report = self->report;
	int64_t forward = 0, backward = 0, won = 0, lost = 0;
	engine_sum ms = { 0 };
	for (size_t to = 0; to < self->stages.count; to++) {
		const crm__stage *stage = &self->stages.all[to];
		const int64_t count = self->moves[from][to].count;
		ms = engine_sum_add(ms, self->moves[from][to].ms);
		if (stage->open && to > from)
			forward += count;
		else if (stage->open)
			backward += count;
		else if (stage->won)
			won += count;
		else
			lost += count;
	}
	const int64_t left = forward + backward + won + lost;
	crm__put_number(report, self->stages.all[from].id);
	crm__put_number(report, left);
	crm__put_number(report, forward);
	crm__put_number(report, backward);
	crm__put_number(report, won);
	crm__put_number(report, lost);
	crm__put_share(report, forward + won, left);
	crm__put_ratio(report, ms, engine_sum_of(left), 1);
}

static void put_stages(const funnel *self)
{
	crm__section_begin(self->report, &stage_section);
	for (size_t i = 0; i < self->stages.count; i++)
		if (self->stages.all[i].open && crm__row(self->report))
			put_stage(self, i);
	crm__section_end(self->report);
}

static void put_moves(const funnel *self)
{
	crm__section_begin(self->report, &move_section);
	for (size_t from = 0; from < self->stages.count; from++)
		for (size_t to = 0; to < self->stages.count; to++) {
			const cell *at = &self->moves[from][to];
			if (at->count == 0 || !crm__row(self->report))
				continue;
			crm__put_number(self->report, self->stages.all[from].id);
			crm__put_number(self->report, self->stages.all[to].id);
			crm__put_number(self->report, at->count);
			crm__put_ratio(self->report, at->ms, engine_sum_of(at->count), 1);
		}
	crm__section_end(self->report);
}

static cx_status run(crm__report *report)
{
	funnel *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	crm__span span;
	cx_status status = crm__span_of(report, &span);
	if (status == CX_OK)
		status = crm__stages_read(report, &self->stages);
	if (status != CX_OK)
		return status;
	const crm__groups groups = crm__span_groups(&span, "funnel");
	status = crm__groups_walk(report, &groups, add_group, self);
	if (status != CX_OK)
		return status;
	put_stages(self);
	put_moves(self);
	return CX_OK;
}

const crm__definition crm__report_funnel = { params, CX_COUNT_OF(params), run };
