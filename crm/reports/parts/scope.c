/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/parts/scope.h"

#include <stdlib.h>

enum { TEAMS_MAX = 1000, MEMBERS_MAX = 20000, DEPTH_MAX = 64 };

/* ---- teams and their people ---- */

static int compare_ids(const void *left, const void *right)
{
	/* The id comes first in what is sorted. */
	const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

typedef struct reading {
	crm__report *report;
	crm__scope *scope;
	size_t team; /* whose people are read */
	size_t capacity;
} reading;

static cx_status take_team(void *context, const crm__value *values)
{
	reading *self = context;
	crm__scope *scope = self->scope;
	if (scope->team_count == TEAMS_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d teams", TEAMS_MAX);
	scope->teams[scope->team_count++] =
		(crm__scope_team){ .id = values[0].number, .parent = values[1].number };
	return CX_OK;
}

static size_t find_team(const crm__scope *scope, int64_t id)
{
	if (scope->team_count == 0)
		return CRM__NOWHERE;
	const crm__scope_team *found = bsearch(&id, scope->teams, scope->team_count,
	                                       sizeof *scope->teams, compare_ids);
	return found != NULL ? (size_t)(found - scope->teams) : CRM__NOWHERE;
}

static void link_teams(crm__scope *scope)
{
	for (size_t i = 0; i < scope->team_count; i++)
		scope->teams[i].above = find_team(scope, scope->teams[i].parent);
}

static bool is_below(const crm__scope *scope, size_t team, int64_t top)
{
	for (int depth = 0; depth < DEPTH_MAX && team != CRM__NOWHERE; depth++) {
		if (scope->teams[team].id == top)
			return true;
		team = scope->teams[team].above;
	}
	return false;
}

/* Leaves only the team that is meant and those below it. */
static void keep_subtree(crm__scope *scope)
{
	bool keep[TEAMS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < scope->team_count; i++)
		keep[i] = is_below(scope, i, scope->team);
	for (size_t i = 0; i < scope->team_count; i++)
		if (keep[i])
			scope->teams[count++] = scope->teams[i];
	scope->team_count = count;
	link_teams(scope);
}

static cx_status read_teams(reading *self)
{
	crm__scope *scope = self->scope;
	scope->teams = cx_arena_alloc(self->report->arena, TEAMS_MAX * sizeof *scope->teams);
	if (scope->teams == NULL)
		return CX_NO_MEMORY;
	const crm__query query = { .type = "team", .fields = "id parent" };
	cx_status status = crm__query_run(self->report, &query, take_team, self);
	if (status != CX_OK)
		return status;
	qsort(scope->teams, scope->team_count, sizeof *scope->teams, compare_ids);
	link_teams(scope);
	if (scope->team != 0)
		keep_subtree(scope);
	return CX_OK;
}

static cx_status grow_members(reading *self)
{
	crm__scope *scope = self->scope;
	const size_t capacity = self->capacity == 0 ? 64 : 2 * self->capacity;
	crm__scope_member *more = cx_arena_alloc(self->report->arena, capacity * sizeof *more);
	if (more == NULL)
		return CX_NO_MEMORY;
	if (scope->member_count > 0)
		memcpy(more, scope->members, scope->member_count * sizeof *more);
	scope->members = more;
	self->capacity = capacity;
	return CX_OK;
}

static cx_status take_member(void *context, const crm__value *values)
{
	reading *self = context;
	crm__scope *scope = self->scope;
	if (scope->member_count == MEMBERS_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d people: ask for one team", MEMBERS_MAX);
	if (scope->member_count == self->capacity) {
		const cx_status status = grow_members(self);
		if (status != CX_OK)
			return status;
	}
	scope->members[scope->member_count++] =
		(crm__scope_member){ .id = values[0].number, .team = self->team };
	return CX_OK;
}

/* Team by team, so that it is an index that is read, and no record. */
static cx_status read_members(reading *self)
{
	crm__scope *scope = self->scope;
	for (self->team = 0; self->team < scope->team_count; self->team++) {
		const crm__condition where[] = { crm__equal(
			"team", crm__number(scope->teams[self->team].id)) };
		const crm__query query = { .type = "user",
			                   .where = where,
			                   .where_count = 1,
			                   .index = "team,active,name",
			                   .fields = "id" };
		const cx_status status =
			crm__query_run(self->report, &query, take_member, self);
		if (status != CX_OK)
			return status;
	}
	if (scope->member_count > 0)
		qsort(scope->members, scope->member_count, sizeof *scope->members, compare_ids);
	return CX_OK;
}

cx_status crm__scope_of(crm__report *report, crm__scope *ret)
{
	const crm__value *user = crm__param_of(report, "owner");
	const crm__value *team = crm__param_of(report, "team");
	*ret = (crm__scope){ 0 };
	if (!crm__is_null(user)) {
		ret->user = user->number;
		return CX_OK;
	}
	if (!crm__is_null(team))
		ret->team = team->number;
	reading self = { .report = report, .scope = ret };
	const cx_status status = read_teams(&self);
	return status == CX_OK ? read_members(&self) : status;
}

size_t crm__scope_find_team(const crm__scope *scope, const crm__value *team)
{
	return team->kind == CRM__NUMBER ? find_team(scope, team->number) : CRM__NOWHERE;
}

size_t crm__scope_team_of_owner(const crm__scope *scope, const crm__value *owner)
{
	if (owner->kind != CRM__NUMBER || scope->member_count == 0)
		return CRM__NOWHERE;
	const crm__scope_member *found =
		bsearch(&owner->number, scope->members, scope->member_count,
	                sizeof *scope->members, compare_ids);
	return found != NULL ? found->team : CRM__NOWHERE;
}

/* ---- groups ---- */

typedef struct sieve {
	const crm__scope *scope;
	bool credited;
	crm__group_sink *sink;
	void *context;
} sieve;

static cx_status sift(void *context, const crm__group *group)
{
	const sieve *self = context;
	const crm__scope *scope = self->scope;
	bool belongs = scope->team == 0;
	if (!belongs && self->credited)
		belongs = crm__scope_find_team(scope, &group->columns[2]) != CRM__NOWHERE;
	else if (!belongs)
		belongs = crm__scope_team_of_owner(scope, &group->columns[1]) != CRM__NOWHERE;
	return belongs ? self->sink(self->context, group) : CX_OK;
}

cx_status crm__scope_walk(crm__report *report, const crm__scope *scope,
                          const crm__months *months, const crm__scope_groups *groups,
                          crm__group_sink *sink, void *context)
{
	sieve self = { scope, groups->credited, sink, context };
	crm__groups wanted = { .aggregate = groups->aggregate,
		               .low = crm__number(crm__months_first(months)),
		               .high = crm__number(crm__months_last(months)) };
	if (scope->user == 0)
		return crm__groups_walk(report, &wanted, sift, &self);
	wanted = (crm__groups){ .aggregate = groups->aggregate, .prefix_count = 2 };
	wanted.prefix[1] = crm__number(scope->user);
	cx_status status = CX_OK;
	for (size_t i = 0; i < months->count && status == CX_OK; i++) {
		wanted.prefix[0] = crm__number(months->days[i]);
		status = crm__groups_walk(report, &wanted, sift, &self);
	}
	return status;
}

/* Months that are out of bounds where every owner's are looked at. */
typedef struct bounds {
	const crm__value *low, *high;
	crm__group_sink *sink;
	void *context;
} bounds;

static cx_status bound(void *context, const crm__group *group)
{
	const bounds *self = context;
	const crm__value *month = &group->columns[1];
	if (month->kind != CRM__NUMBER)
		return CX_OK;
	if (self->low->kind == CRM__NUMBER && month->number < self->low->number)
		return CX_OK;
	if (self->high->kind == CRM__NUMBER && month->number > self->high->number)
		return CX_OK;
	return self->sink(self->context, group);
}

cx_status crm__scope_walk_owned(crm__report *report, const crm__scope *scope,
                                const char *aggregate, const crm__value *low,
                                const crm__value *high, crm__group_sink *sink, void *context)
{
	crm__groups wanted = { .aggregate = aggregate };
	if (crm__scope_is_all(scope)) {
		bounds self = { low, high, sink, context };
		return crm__groups_walk(report, &wanted, bound, &self);
	}
	wanted = (crm__groups){
		.aggregate = aggregate, .prefix_count = 1, .low = *low, .high = *high
	};
	const size_t count = scope->user != 0 ? 1 : scope->member_count;
	cx_status status = CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++) {
		wanted.prefix[0] =
			crm__number(scope->user != 0 ? scope->user : scope->members[i].id);
		status = crm__groups_walk(report, &wanted, sink, context);
	}
	return status;
}
