/* SPDX-License-Identifier: Apache-2.0 */
/* Whether opportunities that had an activity early on are won more often
 * (crm/stats/landmark.h), and whether a stage moves forward after an activity more often than
 * on any day. */
#include "crm/reports/frame/read.h"
#include "crm/reports/history.h"
#include "crm/reports/reports.h"
#include "crm/reports/stages.h"
#include "crm/stats/landmark.h"

#include <stdlib.h>

static const int64_t day_ms = 86400000;

static const crm__param params[] = {
	{ .name = "kind",
	  .kind = CRM_ENUM,
	  .of = "call email meeting visit message task note",
	  .help_en = "only activities of this kind",
	  .help_zh = "仅此类活动" },
	{ .name = "landmark",
	  .kind = CRM_INT,
	  .fallback = "14",
	  .low = 1,
	  .high = 120,
	  .help_en = "days after an opportunity was made in which an activity counts as early",
	  .help_zh = "商机创建后多少天内的活动算早期活动" },
	{ .name = "within",
	  .kind = CRM_INT,
	  .fallback = "7",
	  .low = 1,
	  .high = 60,
	  .help_en = "days after an activity in which the stage has moved forward",
	  .help_zh = "活动后多少天内阶段前进" },
};

enum { EVENTS_MAX = 2000, DEALS_MAX = 100000 };

/* One closed opportunity as it is read. */
typedef struct life {
	int64_t id;
	int64_t made_ms;
	int64_t closed_ms;
	int64_t amount;
	bool won;
	int64_t activities[EVENTS_MAX]; /* times, ascending */
	size_t activity_count;
	crm__history_row rows[EVENTS_MAX]; /* the newest first */
	size_t row_count;
	bool cut; /* of this one or one before it: there were more */
} life;

typedef struct effect {
	crm__report *report;
	crm__stages stages;
	int64_t landmark_ms;
	int64_t within_ms;
	life one;
	crm__landmark_deal *deals;
	size_t count;
	crm__share after_activity; /* activities that a forward move followed */
	crm__share after_any_day;
} effect;

/* ---- what there was of one opportunity ---- */

static cx_status take_activity(void *context, const crm__value *values)
{
	life *self = context;
	if (self->activity_count < EVENTS_MAX)
		self->activities[self->activity_count++] = values[0].number;
	else
		self->cut = true;
	return CX_OK;
}

static cx_status read_activities(effect *self)
{
	const crm__value *kind = crm__param_of(self->report, "kind");
	crm__condition where[4] = {
		crm__equal("opportunity", crm__number(self->one.id)),
		crm__between("at", self->one.made_ms, self->one.closed_ms),
		crm__equal("status", crm__text("done")),
	};
	size_t count = 3;
	if (!crm__is_null(kind))
		where[count++] = crm__equal("kind", *kind);
	const crm__query query = { .type = "activity",
		                   .where = where,
		                   .where_count = count,
		                   .index = "opportunity,at",
		                   .order = "at",
		                   .fields = "at" };
	self->one.activity_count = 0;
	return crm__query_run(self->report, &query, take_activity, &self->one);
}

static cx_status take_history(void *context, const crm__history_row *row)
{
	life *self = context;
	if (self->row_count < EVENTS_MAX)
		self->rows[self->row_count++] = *row;
	else
		self->cut = true;
	return CX_OK;
}

/* The row that stood at an instant; NULL: none did. */
static const crm__history_row *row_at(const life *self, int64_t at_ms)
{
	for (size_t i = 0; i < self->row_count; i++)
		if (self->rows[i].valid_from <= at_ms)
			return &self->rows[i];
	return NULL;
}

/* ---- forward moves ---- */

static bool is_forward(const effect *self, const crm__history_row *from,
                       const crm__history_row *to)
{
	if (to->won)
		return !from->won;
	if (!from->open || !to->open)
		return false;
	const size_t before = crm__stages_place(&self->stages, from->stage);
	const size_t after = crm__stages_place(&self->stages, to->stage);
	return before < after && after < self->stages.count;
}

/* Whether one comes after the instant and within the days. */
static bool is_followed(const effect *self, int64_t at_ms)
{
	const life *one = &self->one;
	for (size_t i = 0; i + 1 < one->row_count; i++) {
		const int64_t moved = one->rows[i].valid_from;
		if (moved > at_ms && moved <= at_ms + self->within_ms &&
		    is_forward(self, &one->rows[i + 1], &one->rows[i]))
			return true;
	}
	return false;
}

static void count(crm__share *share, bool part)
{
	share->whole++;
	share->part += part;
}

/* Every day of its life stands for a day taken at random: so there is no chance in it. */
static void count_moves(effect *self)
{
	const life *one = &self->one;
	for (size_t i = 0; i < one->activity_count; i++)
		count(&self->after_activity, is_followed(self, one->activities[i]));
	for (int64_t at = one->made_ms; at < one->closed_ms; at += day_ms)
		count(&self->after_any_day, is_followed(self, at));
}

static void add_deal(effect *self)
{
	const life *one = &self->one;
	const int64_t landmark = one->made_ms + self->landmark_ms;
	const crm__history_row *then = row_at(one, landmark);
	if (then != NULL && !crm__history_is_open(then)) /* reopened, or restored, later */
		return;
	self->deals[self->count++] = (crm__landmark_deal){
		.exposed = one->activity_count > 0 && one->activities[0] <= landmark,
		.won = one->won,
		.amount = then != NULL ? then->amount : one->amount,
		.stage = then != NULL ? then->stage : 0,
		.cycle_ms = one->closed_ms - one->made_ms,
	};
}

enum { ID, STATE, CREATED_AT, CLOSED_AT, AMOUNT };

static cx_status take_deal(void *context, const crm__value *values)
{
	effect *self = context;
	life *one = &self->one;
	const bool won = crm__is(&values[STATE], "won");
	if ((!won && !crm__is(&values[STATE], "lost")) || crm__is_null(&values[CLOSED_AT]))
		return CX_OK;
	if (self->count == DEALS_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d closed opportunities", DEALS_MAX);
	one->id = values[ID].number;
	one->made_ms = values[CREATED_AT].number;
	one->closed_ms = values[CLOSED_AT].number;
	one->amount = values[AMOUNT].number;
	one->won = won;
	one->row_count = 0;
	cx_status status = read_activities(self);
	if (status == CX_OK)
		status = crm__history_of(self->report, one->id, take_history, one);
	if (status != CX_OK)
		return status;
	count_moves(self);
	if (one->closed_ms > one->made_ms + self->landmark_ms)
		add_deal(self);
	return CX_OK;
}

/* ---- what is told ---- */

static const crm__column group_columns[] = {
	{ "group", CRM_ENUM, NULL, "Group", "组别" },
	{ "label_en", CRM_TEXT, NULL, "Meaning", "英文" },
	{ "label_zh", CRM_TEXT, NULL, "In Chinese", "含义" },
	{ "closed", CRM_INT, NULL, "Closed opportunities", "已关闭商机" },
	{ "won", CRM_INT, NULL, "Won", "赢单" },
	{ "win_rate_bp", CRM_BP, NULL, "Win rate", "赢单率" },
	{ "median_cycle_ms", CRM_MS, NULL, "Median time to win", "赢单周期中位数" },
};
static const crm__column effect_columns[] = {
	{ "difference_bp", CRM_BP, NULL, "Difference", "赢单率差" },
	{ "low_bp", CRM_BP, NULL, "From (95 %)", "下限(95%)" },
	{ "high_bp", CRM_BP, NULL, "To (95 %)", "上限(95%)" },
	{ "lift_milli", CRM_MILLI, NULL, "Lift", "提升倍数" },
	{ "adjusted_milli", CRM_MILLI, NULL, "Lift within strata", "分层调整后倍数" },
	{ "strata", CRM_INT, NULL, "Strata", "层数" },
};
static const crm__column move_columns[] = {
	{ "after", CRM_ENUM, NULL, "After", "时点" },
	{ "label_en", CRM_TEXT, NULL, "Meaning", "英文" },
	{ "label_zh", CRM_TEXT, NULL, "In Chinese", "含义" },
	{ "count", CRM_INT, NULL, "Count", "次数" },
	{ "moved", CRM_INT, NULL, "Stage moved forward", "随后阶段前进" },
	{ "share_bp", CRM_BP, NULL, "Share", "占比" },
};
static const crm__section group_section = { "groups", "With and without early activities",
	                                    "有无早期活动", group_columns,
	                                    CX_COUNT_OF(group_columns) };
static const crm__section effect_section = { "effect", "Association with winning",
	                                     "与赢单的关联", effect_columns,
	                                     CX_COUNT_OF(effect_columns) };
static const crm__section move_section = { "moves", "Forward moves after activities",
	                                   "活动后的阶段前进", move_columns,
	                                   CX_COUNT_OF(move_columns) };

static void put_label(crm__report *report, const char *name, const char *en, const char *zh)
{
	crm__put_text(report, cx_slice_of(name));
	crm__put_text(report, cx_slice_of(en));
	crm__put_text(report, cx_slice_of(zh));
}

static void put_group(crm__report *report, const crm__landmark_group *group)
{
	crm__put_number(report, group->won.whole);
	crm__put_number(report, group->won.part);
	crm__put_share(report, group->won.part, group->won.whole);
	if (group->has_cycle)
		crm__put_number(report, group->median_cycle_ms);
	else
		crm__put_null(report);
}

static void put_groups(crm__report *report, const crm__landmark_effect *found)
{
	crm__section_begin(report, &group_section);
	if (crm__row(report)) {
		put_label(report, "exposed", "With an early activity", "有早期活动");
		put_group(report, &found->exposed);
	}
	if (crm__row(report)) {
		put_label(report, "other", "Without", "无早期活动");
		put_group(report, &found->other);
	}
	crm__section_end(report);
}

static void put_if(crm__report *report, bool has, int64_t number)
{
	if (has)
		crm__put_number(report, number);
	else
		crm__put_null(report);
}

static void put_effect(crm__report *report, const crm__landmark_effect *found)
{
	crm__section_begin(report, &effect_section);
	if (!found->too_few && crm__row(report)) {
		crm__put_number(report, found->difference_bp);
		crm__put_number(report, found->low_bp);
		crm__put_number(report, found->high_bp);
		put_if(report, found->has_lift, found->lift_milli);
		put_if(report, found->has_adjusted, found->adjusted_milli);
		crm__put_number(report, (int64_t)found->strata);
	}
	crm__section_end(report);
	if (found->too_few)
		crm__note_number(report,
		                 "Too few: a group has less than {} opportunities, which says "
		                 "nothing.",
		                 "样本过少:有一组不足 {} 个商机,不作比较。",
		                 CRM_LANDMARK_LEAST);
}

static void put_moves(const effect *self)
{
	static const struct {
		const char *name, *en, *zh;
	} rows[] = { { "activity", "An activity", "活动之后" },
		     { "any_day", "Any day of the same opportunities",
		       "同一批商机的任意一天之后" } };
	const crm__share shares[] = { self->after_activity, self->after_any_day };
	crm__report *report = self->report;
	crm__section_begin(report, &move_section);
	for (size_t i = 0; i < CX_COUNT_OF(rows) && crm__row(report); i++) {
		put_label(report, rows[i].name, rows[i].en, rows[i].zh);
		crm__put_number(report, shares[i].whole);
		crm__put_number(report, shares[i].part);
		crm__put_share(report, shares[i].part, shares[i].whole);
	}
	crm__section_end(report);
}

static cx_status read_deals(effect *self)
{
	const int64_t now = self->report->now_ms;
	const crm__condition where[] = {
		crm__between("created_at", now - CRM_LANDMARK_FROM_DAYS * day_ms,
		             now - CRM_LANDMARK_TO_DAYS * day_ms),
	};
	const crm__query query = { .type = "opportunity",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "created_at",
		                   .fields = "id state created_at closed_at amount_base" };
	return crm__query_run(self->report, &query, take_deal, self);
}

static void release(crm__landmark_deal **deals)
{
	free(*deals);
}

static cx_status run(crm__report *report)
{
	effect *self = cx_arena_zalloc(report->arena, sizeof *self);
	CX_SCOPED(release) crm__landmark_deal *deals = calloc(DEALS_MAX, sizeof *deals);
	if (self == NULL || deals == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	self->deals = deals;
	self->landmark_ms = crm__param_number(report, "landmark") * day_ms;
	self->within_ms = crm__param_number(report, "within") * day_ms;
	crm__landmark_effect found;
	cx_status status = crm__stages_read(report, &self->stages);
	if (status == CX_OK)
		status = read_deals(self);
	if (status == CX_OK)
		status = crm__landmark(self->deals, self->count, &found);
	if (status != CX_OK)
		return status;
	put_groups(report, &found);
	put_effect(report, &found);
	put_moves(self);
	if (self->one.cut)
		crm__note_number(
			report,
			"Of some opportunities only {} activities or changes were looked at.",
			"部分商机仅统计了 {} 条活动或变更。", EVENTS_MAX);
	crm__note(report,
	          "This is an association, not a cause: who follows up chooses what to follow "
	          "up.",
	          "此为关联而非因果:跟进哪些商机本身就是人为选择。");
	crm__note(report,
	          "Of closed opportunities made between 545 and 180 days ago that were still "
	          "open at "
	          "the landmark.",
	          "统计创建于 545 至 180 天前、到观察点仍未关闭且现已关闭的商机。");
	return CX_OK;
}

const crm__definition crm__report_activity_effect = { params, CX_COUNT_OF(params), run };
