/* SPDX-License-Identifier: Apache-2.0 */
/* How many activities were done, of which kind, by month and by person. */
#include "base/check.h"
#include "crm/reports/parts/keyed.h"
#include "crm/reports/parts/scope.h"
#include "crm/reports/reports.h"

static const crm__param params[] = { CRM__PARAM_SCOPE, CRM__PARAM_MONTHS("month-11") };

/* ---- adding ---- */

/* Columns of their own; what a schema adds is in the total alone. */
static const char *const kinds[] = { "call",    "email", "meeting", "visit",
	                             "message", "task",  "note" };
enum { KINDS = CX_COUNT_OF(kinds) };

typedef struct volume {
	int64_t done, of_kind[KINDS];
	engine_sum duration_s;
} volume;

typedef struct person {
	int64_t id; /* 0: nobody */
	volume done;
} person;

typedef struct tally {
	crm__report *report;
	crm__scope scope;
	crm__months months;
	volume whole, by_month[CRM__MONTHS_MAX];
	engine_sum duration_of_kind[KINDS];
	volume *by_team;
	crm__keyed people; /* of person */
} tally;

static size_t kind_of(const crm__group *group)
{
	for (size_t i = 0; i < KINDS; i++)
		if (crm__is(&group->columns[2], kinds[i]))
			return i;
	return CRM__NOWHERE;
}

static void add(volume *to, const crm__group *group)
{
	const size_t kind = kind_of(group);
	to->done += (int64_t)group->count;
	if (kind != CRM__NOWHERE)
		to->of_kind[kind] += (int64_t)group->count;
	to->duration_s = engine_sum_add(to->duration_s, group->sums[0]);
}

static void add_to_teams(tally *self, const crm__group *group)
{
	enum { DEPTH_MAX = 64 };
	size_t team = crm__scope_team_of_owner(&self->scope, &group->columns[1]);
	for (int depth = 0; depth < DEPTH_MAX && team != CRM__NOWHERE; depth++) {
		add(&self->by_team[team], group);
		team = self->scope.teams[team].above;
	}
}

/* Columns: month, owner, kind. */
static cx_status take(void *context, const crm__group *group)
{
	tally *self = context;
	const crm__value *owner = &group->columns[1];
	const size_t kind = kind_of(group);
	size_t month;
	add(&self->whole, group);
	if (kind != CRM__NOWHERE)
		self->duration_of_kind[kind] =
			engine_sum_add(self->duration_of_kind[kind], group->sums[0]);
	if (crm__months_find(&self->months, &group->columns[0], &month))
		add(&self->by_month[month], group);
	if (self->scope.user != 0)
		return CX_OK;
	add_to_teams(self, group);
	person *found =
		crm__keyed_get(&self->people, owner->kind == CRM__NUMBER ? owner->number : 0);
	if (found == NULL)
		return CX_NO_MEMORY;
	add(&found->done, group);
	return CX_OK;
}

/* ---- rows ---- */

#define VOLUME                                                    \
	{ "activities", CRM_INT, NULL, "Activities", "活动数" },  \
		{ "call", CRM_INT, NULL, "Calls", "电话" },       \
		{ "email", CRM_INT, NULL, "E-mails", "邮件" },    \
		{ "meeting", CRM_INT, NULL, "Meetings", "会议" }, \
		{ "visit", CRM_INT, NULL, "Visits", "拜访" },     \
		{ "message", CRM_INT, NULL, "Messages", "消息" }, \
		{ "task", CRM_INT, NULL, "Tasks", "任务" },       \
		{ "note", CRM_INT, NULL, "Notes", "备注" },       \
	{                                                         \
		"duration", CRM_MS, NULL, "Duration", "时长"    \
	}

static const crm__column kind_columns[] = {
	{ "kind", CRM_ENUM, NULL, "Kind", "活动类型" },
	{ "activities", CRM_INT, NULL, "Activities", "活动数" },
	{ "share_bp", CRM_BP, NULL, "Share", "占比" },
	{ "duration", CRM_MS, NULL, "Duration", "时长" },
};
static const crm__column month_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	VOLUME,
};
static const crm__column person_columns[] = {
	{ "user", CRM_REF, "user", "Person", "人员" },
	VOLUME,
};
static const crm__column team_columns[] = {
	{ "team", CRM_REF, "team", "Team", "团队" },
	VOLUME,
};
static const crm__section kind_section = { "kinds", "By kind", "按类型", kind_columns,
	                                   CX_COUNT_OF(kind_columns) };
static const crm__section month_section = { "months", "By month", "按月", month_columns,
	                                    CX_COUNT_OF(month_columns) };
static const crm__section person_section = { "people", "By person", "按人员", person_columns,
	                                     CX_COUNT_OF(person_columns) };
static const crm__section team_section = { "teams", "By team, with those below it",
	                                   "按团队(含下级)", team_columns,
	                                   CX_COUNT_OF(team_columns) };

static void put_duration(crm__report *report, engine_sum seconds)
{
	const int64_t second_ms = 1000;
	crm__put_ratio(report, seconds, engine_sum_of(1), second_ms);
}

static void put_volume(crm__report *report, const volume *done)
{
	crm__put_number(report, done->done);
	for (size_t i = 0; i < KINDS; i++)
		crm__put_number(report, done->of_kind[i]);
	put_duration(report, done->duration_s);
}

static int compare(const void *left, const void *right)
{
	const person *a = left, *b = right;
	if ((a->id == 0) != (b->id == 0))
		return a->id == 0 ? 1 : -1;
	if (a->done.done != b->done.done)
		return a->done.done > b->done.done ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static void put_kinds(const tally *self)
{
	crm__report *report = self->report;
	crm__section_begin(report, &kind_section);
	for (size_t i = 0; i < KINDS; i++)
		if (crm__row(report)) {
			crm__put_text(report, cx_slice_of(kinds[i]));
			crm__put_number(report, self->whole.of_kind[i]);
			crm__put_share(report, self->whole.of_kind[i], self->whole.done);
			put_duration(report, self->duration_of_kind[i]);
		}
	crm__section_end(report);
	crm__section_begin(report, &month_section);
	for (size_t i = 0; i < self->months.count; i++)
		if (crm__row(report)) {
			crm__put_number(report, self->months.days[i]);
			put_volume(report, &self->by_month[i]);
		}
	crm__section_end(report);
}

static void put_people(tally *self)
{
	crm__report *report = self->report;
	crm__keyed_sort(&self->people, compare);
	crm__section_begin(report, &person_section);
	for (size_t i = 0; i < self->people.count; i++) {
		const person *one = crm__keyed_item(&self->people, i);
		if (!crm__row(report))
			break;
		crm__put_id(report, one->id);
		put_volume(report, &one->done);
	}
	crm__section_end(report);
	crm__section_begin(report, &team_section);
	for (size_t i = 0; i < self->scope.team_count; i++)
		if (crm__row(report)) {
			crm__put_number(report, self->scope.teams[i].id);
			put_volume(report, &self->by_team[i]);
		}
	crm__section_end(report);
}

static cx_status run(crm__report *report)
{
	static const crm__scope_groups activities = { .aggregate = "activities" };
	tally *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	self->people = crm__keyed_of(report->arena, sizeof(person));
	cx_status status = crm__months_of(report, &self->months);
	if (status == CX_OK)
		status = crm__scope_of(report, &self->scope);
	if (status != CX_OK)
		return status;
	self->by_team = cx_arena_zalloc(report->arena,
	                                (self->scope.team_count + 1) * sizeof *self->by_team);
	if (self->by_team == NULL)
		return CX_NO_MEMORY;
	status = crm__scope_walk(report, &self->scope, &self->months, &activities, take, self);
	if (status != CX_OK)
		return status;
	put_kinds(self);
	if (self->scope.user == 0)
		put_people(self);
	return CX_OK;
}

const crm__definition crm__report_activity_volume = { params, CX_COUNT_OF(params), run };
