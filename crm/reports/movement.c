/* SPDX-License-Identifier: Apache-2.0 */
/* What became of the pipeline between two instants. What it opened with and what moved add up
 * to what it closed with. */
#include "crm/reports/history.h"
#include "crm/reports/reports.h"
#include "crm/reports/stages.h"
#include "crm/reports/totals.h"

static const crm__param params[] = {
	{ .name = "from",
	  .kind = CRM_TS,
	  .fallback = "month",
	  .help_en = "from this instant",
	  .help_zh = "起始时点" },
	{ .name = "to",
	  .kind = CRM_TS,
	  .fallback = "now",
	  .help_en = "to this instant, which is included",
	  .help_zh = "截止时点(含)" },
	CRM__PARAM_OWNED,
};

/* M(C name, name, sign of what it does to the pipeline, English, Chinese) */
#define MOVES(M)                                              \
	M(NEW, "new", 1, "New", "新增")                       \
	M(REOPENED, "reopened", 1, "Reopened", "重启")        \
	M(RESTORED, "restored", 1, "Restored", "恢复")        \
	M(GOT, "transferred_in", 1, "Transferred in", "转入") \
	M(UP, "up", 1, "Amount raised", "金额上调")           \
	M(DOWN, "down", -1, "Amount lowered", "金额下调")     \
	M(WON, "won", -1, "Won", "赢单")                      \
	M(LOST, "lost", -1, "Lost", "输单")                   \
	M(DELETED, "deleted", -1, "Deleted", "删除")          \
	M(GIVEN, "transferred_out", -1, "Transferred out", "转出")

typedef enum move_kind {
#define MOVE(name, text, sign, en, zh) MOVE_##name,
	MOVES(MOVE) MOVE_COUNT,
#undef MOVE
} move_kind;

typedef struct tally {
	int64_t count;
	engine_sum amount;
} tally;

typedef struct movement {
	crm__report *report;
	crm__people people;
	crm__stages stages;
	tally moves[MOVE_COUNT];
	tally slipped, pulled_in; /* expected close later, or earlier; of the amount then */
	tally forward, backward;  /* from open stage to open stage */
} movement;

static void add(tally *to, engine_sum amount)
{
	to->count++;
	to->amount = engine_sum_add(to->amount, amount);
}

static bool is_in(const movement *self, const crm__history_row *row)
{
	const crm__value owner = crm__number(row->owner);
	return crm__history_is_open(row) && crm__people_have(&self->people, &owner);
}

/* It comes into what is looked at. */
static void add_entry(movement *self, const crm__history_event *event)
{
	move_kind what = MOVE_NEW;
	if (event->has_before && event->before.deleted)
		what = MOVE_RESTORED;
	else if (event->has_before && event->before.open)
		what = MOVE_GOT;
	else if (event->has_before)
		what = MOVE_REOPENED;
	add(&self->moves[what], engine_sum_of(event->after.amount));
}

static void add_difference(movement *self, const crm__history_event *event)
{
	const engine_sum difference =
		engine_sum_add(engine_sum_of(event->after.amount),
	                       engine_sum_negative(engine_sum_of(event->before.amount)));
	if (engine_sum_is_zero(difference))
		return;
	if (difference.high < 0)
		add(&self->moves[MOVE_DOWN], engine_sum_negative(difference));
	else
		add(&self->moves[MOVE_UP], difference);
}

/* It goes out, with the amount it is closed with. */
static void add_exit(movement *self, const crm__history_event *event)
{
	move_kind what = MOVE_GIVEN;
	if (event->after.deleted)
		what = MOVE_DELETED;
	else if (event->after.won)
		what = MOVE_WON;
	else if (event->after.lost)
		what = MOVE_LOST;
	add_difference(self, event);
	add(&self->moves[what], engine_sum_of(event->after.amount));
}

static void add_change(movement *self, const crm__history_event *event)
{
	const crm__history_row *before = &event->before, *after = &event->after;
	const engine_sum amount = engine_sum_of(after->amount);
	add_difference(self, event);
	if (after->close_on != before->close_on)
		add(after->close_on > before->close_on ? &self->slipped : &self->pulled_in,
		    amount);
	const size_t from = crm__stages_place(&self->stages, before->stage);
	const size_t to = crm__stages_place(&self->stages, after->stage);
	if (from != to)
		add(to > from ? &self->forward : &self->backward, amount);
}

static cx_status add_event(void *context, const crm__history_event *event)
{
	movement *self = context;
	const bool was_in = event->has_before && is_in(self, &event->before);
	const bool is_now = is_in(self, &event->after);
	if (was_in && is_now)
		add_change(self, event);
	else if (was_in)
		add_exit(self, event);
	else if (is_now)
		add_entry(self, event);
	return CX_OK;
}

/* ---- what is told ---- */

static const crm__column columns[] = {
	{ "move", CRM_ENUM, NULL, "Movement", "变动" },
	{ "label_en", CRM_TEXT, NULL, "Meaning", "英文" },
	{ "label_zh", CRM_TEXT, NULL, "In Chinese", "含义" },
	{ "count", CRM_INT, NULL, "Count", "次数" },
	{ "amount_base", CRM_MONEY, NULL, "Amount", "金额" },
};

static const crm__section value_section = { "movement", "From opening to closing", "期初至期末",
	                                    columns, CX_COUNT_OF(columns) };
static const crm__section other_section = { "changes", "Dates and stages", "日期与阶段",
	                                    columns, CX_COUNT_OF(columns) };

static void put(crm__report *report, const char *name, const char *en, const char *zh, tally of,
                int sign)
{
	if (!crm__row(report))
		return;
	crm__put_text(report, cx_slice_of(name));
	crm__put_text(report, cx_slice_of(en));
	crm__put_text(report, cx_slice_of(zh));
	crm__put_number(report, of.count);
	crm__put_sum(report, sign < 0 ? engine_sum_negative(of.amount) : of.amount);
}

static cx_status pipeline_at(const movement *self, int64_t at_ms, tally *ret)
{
	crm__totals totals;
	cx_status status = crm__totals_at(self->report, at_ms, &self->people, false, &totals);
	*ret = (tally){ 0 };
	for (size_t i = 0; status == CX_OK && i < totals.count; i++) {
		ret->count += totals.all[i].count;
		ret->amount = engine_sum_add(ret->amount, totals.all[i].amount);
	}
	return status;
}

static void put_value(const movement *self, tally before, tally after)
{
	static const struct {
		const char *name, *en, *zh;
		int sign;
	} moves[] = {
#define MOVE(name, text, sign, en, zh) { text, en, zh, sign },
		MOVES(MOVE)
#undef MOVE
	};
	crm__report *report = self->report;
	crm__section_begin(report, &value_section);
	put(report, "opening", "Opening", "期初", before, 1);
	for (size_t i = 0; i < MOVE_COUNT; i++)
		put(report, moves[i].name, moves[i].en, moves[i].zh, self->moves[i],
		    moves[i].sign);
	put(report, "closing", "Closing", "期末", after, 1);
	crm__section_end(report);
}

static void put_others(const movement *self)
{
	crm__report *report = self->report;
	crm__section_begin(report, &other_section);
	put(report, "slipped", "Close date later", "成交日期推迟", self->slipped, 1);
	put(report, "pulled_in", "Close date earlier", "成交日期提前", self->pulled_in, 1);
	put(report, "forward", "To a later stage", "阶段前进", self->forward, 1);
	put(report, "backward", "To an earlier stage", "阶段后退", self->backward, 1);
	crm__section_end(report);
}

static cx_status run(crm__report *report)
{
	movement *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	const int64_t from = crm__param_number(report, "from");
	const int64_t to = crm__param_number(report, "to");
	tally before, after;
	report->as_of_ms = to;
	cx_status status = crm__check_span(report, from, to);
	if (status == CX_OK)
		status = crm__people_of(report, crm__param_of(report, "owner"),
		                        crm__param_of(report, "team"), &self->people);
	if (status == CX_OK)
		status = crm__stages_read(report, &self->stages);
	if (status == CX_OK)
		status = pipeline_at(self, from, &before);
	if (status == CX_OK)
		status = pipeline_at(self, to, &after);
	if (status == CX_OK)
		status = crm__history_walk(report, from + 1, to, add_event, self);
	if (status != CX_OK)
		return status;
	put_value(self, before, after);
	put_others(self);
	crm__note_ahead(report, to);
	return CX_OK;
}

const crm__definition crm__report_movement = { params, CX_COUNT_OF(params), run };
