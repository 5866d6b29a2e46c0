/* SPDX-License-Identifier: Apache-2.0 */
/* How long opportunities take to be won, and what that makes a day: sales velocity = open
 * opportunities × win rate × average amount won ÷ average days to win. */
#include "crm/reports/frame/sample.h"
#include "crm/reports/reports.h"
#include "crm/reports/span.h"
#include "crm/reports/stages.h"

static const crm__param params[] = {
	CRM__SPAN_PARAMS,
	{ .name = "owner",
	  .kind = CRM_REF,
	  .of = "user",
	  .help_en = "only what is credited to this person",
	  .help_zh = "仅归属此人的业绩" },
	{ .name = "team",
	  .kind = CRM_REF,
	  .of = "team",
	  .help_en = "only what is credited to this team and those below it",
	  .help_zh = "仅归属此团队及下级团队的业绩" },
};

static const crm__column cycle_columns[] = {
	{ "won", CRM_INT, NULL, "Won", "赢单数" },
	{ "lost", CRM_INT, NULL, "Lost", "输单数" },
	{ "mean_ms", CRM_MS, NULL, "Mean time to win", "平均成交周期" },
	{ "median_ms", CRM_MS, NULL, "Median", "成交周期中位数" },
	{ "p90_ms", CRM_MS, NULL, "90th percentile", "成交周期第90百分位" },
};

static const crm__column velocity_columns[] = {
	{ "open", CRM_INT, NULL, "Open opportunities", "在途商机数" },
	{ "win_rate_bp", CRM_BP, NULL, "Win rate", "赢单率" },
	{ "average_base", CRM_MONEY, NULL, "Average amount won", "平均成交金额" },
	{ "mean_ms", CRM_MS, NULL, "Mean time to win", "平均成交周期" },
	{ "velocity_base", CRM_MONEY, NULL, "Velocity per day", "每日销售速度" },
};

static const crm__section cycle_section = { "cycle", "From creation to win", "成交周期",
	                                    cycle_columns, CX_COUNT_OF(cycle_columns) };
static const crm__section velocity_section = { "velocity", "Sales velocity", "销售速度",
	                                       velocity_columns,
	                                       CX_COUNT_OF(velocity_columns) };

typedef struct cycle {
	crm__report *report;
	crm__span span;
	crm__people owner;  /* credited_user must be one of these, */
	crm__people teams;  /* and credited_team one of these */
	crm__people people; /* whose the open ones are */
	int64_t won, lost, open;
	engine_sum won_amount, won_ms;
	crm__sample lengths;
} cycle;

static bool is_wanted(const cycle *self, const crm__value *user, const crm__value *team)
{
	return crm__people_have(&self->owner, user) && crm__people_have(&self->teams, team);
}

/* month, credited_user, credited_team, state, lost_reason */
static cx_status add_closed(void *context, const crm__group *group)
{
	cycle *self = context;
	if (!is_wanted(self, &group->columns[1], &group->columns[2]))
		return CX_OK;
	if (!crm__is(&group->columns[3], "won")) {
		self->lost += (int64_t)group->count;
		return CX_OK;
	}
	self->won += (int64_t)group->count;
	self->won_amount = engine_sum_add(self->won_amount, group->sums[0]);
	self->won_ms = engine_sum_add(self->won_ms, group->sums[1]);
	return CX_OK;
}

static cx_status add_open(void *context, const crm__group *group)
{
	cycle *self = context;
	if (crm__people_have(&self->people, &group->columns[1]))
		self->open += (int64_t)group->count;
	return CX_OK;
}

static cx_status add_length(void *context, const crm__value *values)
{
	cycle *self = context;
	if (!is_wanted(self, &values[2], &values[3]) || crm__is_null(&values[0]))
		return CX_OK;
	return crm__sample_add(self->report, &self->lengths,
	                       values[0].number - values[1].number);
}

static cx_status read_lengths(cycle *self)
{
	const crm__condition where[] = {
		crm__equal("state", crm__text("won")),
		crm__between("closed_at", self->span.begin_ms, self->span.end_ms - 1),
	};
	const crm__query query = { .type = "opportunity",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "state,closed_at",
		                   .fields = "closed_at created_at credited_user "
		                             "credited_team" };
	return crm__query_run(self->report, &query, add_length, self);
}

static cx_status read_all(cycle *self)
{
	crm__report *report = self->report;
	const crm__value none = { .kind = CRM__NULL };
	const crm__value *user = crm__param_of(report, "owner");
	const crm__value *team = crm__param_of(report, "team");
	cx_status status = crm__people_of(report, user, &none, &self->owner);
	if (status == CX_OK)
		status = crm__teams_of(report, team, &self->teams);
	if (status == CX_OK)
		status = crm__people_of(report, user, team, &self->people);
	if (status != CX_OK)
		return status;
	const crm__groups closed = crm__span_groups(&self->span, "closed");
	const crm__groups open = { .aggregate = "pipeline_stage" };
	status = crm__groups_walk(report, &closed, add_closed, self);
	if (status == CX_OK)
		status = crm__groups_walk(report, &open, add_open, self);
	return status == CX_OK ? read_lengths(self) : status;
}

static void put_cycle(cycle *self)
{
	crm__section_begin(self->report, &cycle_section);
	if (crm__row(self->report)) {
		crm__put_number(self->report, self->won);
		crm__put_number(self->report, self->lost);
		crm__put_sample(self->report, &self->lengths);
	}
	crm__section_end(self->report);
}

/* open · won / (won + lost) · amount / won ÷ (ms / won / day), in one fraction:
 * open · won · amount · day / ((won + lost) · ms). */
static void put_velocity_of(const cycle *self)
{
	static const int64_t day_ms = 86400000;
	int64_t amount, ms, deals;
	if (__builtin_mul_overflow(self->open, self->won, &deals) ||
	    !engine_sum_to_int(self->won_amount, &amount) ||
	    !engine_sum_to_int(self->won_ms, &ms)) {
		crm__put_null(self->report);
		return;
	}
	crm__put_ratio(self->report, engine_sum_product(deals, amount),
	               engine_sum_product(self->won + self->lost, ms), day_ms);
}

static void put_velocity(const cycle *self)
{
	crm__report *report = self->report;
	crm__section_begin(report, &velocity_section);
	if (crm__row(report)) {
		crm__put_number(report, self->open);
		crm__put_share(report, self->won, self->won + self->lost);
		crm__put_ratio(report, self->won_amount, engine_sum_of(self->won), 1);
		crm__put_ratio(report, self->won_ms, engine_sum_of(self->won), 1);
		put_velocity_of(self);
	}
	crm__section_end(report);
}

static cx_status run(crm__report *report)
{
	cycle *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	cx_status status = crm__span_of(report, &self->span);
	if (status == CX_OK)
		status = read_all(self);
	if (status != CX_OK)
		return status;
	put_cycle(self);
	put_velocity(self);
	return CX_OK;
}

const crm__definition crm__report_cycle = { params, CX_COUNT_OF(params), run };
