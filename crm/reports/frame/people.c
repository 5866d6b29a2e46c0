/* SPDX-License-Identifier: Apache-2.0 */
/* Who belongs to a team and the teams below it. */
#include "base/check.h"
#include "crm/reports/frame/read.h"

#include <stdlib.h>

enum { TEAMS_MAX = 1000, DEPTH_MAX = 64 };

typedef struct teams {
	crm__report *report;
	struct {
		int64_t id, parent; /* 0: none */
	} all[TEAMS_MAX];
	size_t count;
} teams;

static cx_status take_team(void *context, const crm__value *values)
{
	teams *self = context;
	if (self->count == TEAMS_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d teams", TEAMS_MAX);
	self->all[self->count].id = values[0].number;
	self->all[self->count++].parent = values[1].number;
	return CX_OK;
}

/* By the references upwards, as the field `path` is the business of the rules. */
static bool is_below(const teams *self, int64_t team, int64_t top)
{
	for (int depth = 0; depth < DEPTH_MAX && team != 0; depth++) {
		if (team == top)
			return true;
		int64_t parent = 0;
		for (size_t i = 0; i < self->count; i++)
			if (self->all[i].id == team)
				parent = self->all[i].parent;
		team = parent;
	}
	return false;
}

typedef struct members {
	crm__report *report;
	int64_t *ids;
	size_t count;
} members;

static cx_status take_member(void *context, const crm__value *values)
{
	members *self = context;
	if (self->count == ENGINE_FILTER_VALUES_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "the team has more than %d people: ask for a part of it",
		               ENGINE_FILTER_VALUES_MAX);
	self->ids[self->count++] = values[0].number;
	return CX_OK;
}

static int compare(const void *left, const void *right)
{
	const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

/* top 0: all. */
static cx_status read_members(members *self, const teams *all, int64_t top)
{
	for (size_t i = 0; i < all->count; i++) {
		if (top != 0 && !is_below(all, all->all[i].id, top))
			continue;
		const crm__condition where[] = { crm__equal("team",
			                                    crm__number(all->all[i].id)) };
		const crm__query query = {
			.type = "user", .where = where, .where_count = 1, .fields = "id"
		};
		cx_status status = crm__query_run(self->report, &query, take_member, self);
		if (status != CX_OK)
			return status;
	}
	if (self->count > 0)
		qsort(self->ids, self->count, sizeof *self->ids, compare);
	return CX_OK;
}

static cx_status read_teams(crm__report *report, teams **ret)
{
	*ret = cx_arena_zalloc(report->arena, sizeof **ret);
	if (*ret == NULL)
		return CX_NO_MEMORY;
	(*ret)->report = report;
	const crm__query query = { .type = "team", .fields = "id parent" };
	return crm__query_run(report, &query, take_team, *ret);
}

static cx_status people_of_team(crm__report *report, int64_t team, crm__people *ret)
{
	teams *all;
	members found = { .report = report,
		          .ids = cx_arena_alloc(report->arena,
		                                ENGINE_FILTER_VALUES_MAX * sizeof(int64_t)) };
	if (found.ids == NULL)
		return CX_NO_MEMORY;
	cx_status status = read_teams(report, &all);
	if (status == CX_OK)
		status = read_members(&found, all, team);
	*ret = (crm__people){ .ids = found.ids, .count = found.count };
	return status;
}

cx_status crm__teams_of(crm__report *report, const crm__value *team, crm__people *ret)
{
	teams *all;
	*ret = (crm__people){ .all = crm__is_null(team) };
	if (ret->all)
		return CX_OK;
	cx_status status = read_teams(report, &all);
	if (status != CX_OK)
		return status;
	int64_t *ids = cx_arena_alloc(report->arena, (all->count + 1) * sizeof *ids);
	if (ids == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < all->count; i++)
		if (is_below(all, all->all[i].id, team->number))
			ids[ret->count++] = all->all[i].id;
	if (ret->count > 0)
		qsort(ids, ret->count, sizeof *ids, compare);
	ret->ids = ids;
	return CX_OK;
}

cx_status crm__people_everybody(crm__report *report, crm__people *ret)
{
	return people_of_team(report, 0, ret);
}

cx_status crm__people_of(crm__report *report, const crm__value *user, const crm__value *team,
                         crm__people *ret)
{
	if (!crm__is_null(user)) {
		int64_t *id = cx_arena_alloc(report->arena, sizeof *id);
		if (id == NULL)
			return CX_NO_MEMORY;
		*id = user->number;
		*ret = (crm__people){ .ids = id, .count = 1 };
		return CX_OK;
	}
	if (!crm__is_null(team))
		return people_of_team(report, team->number, ret);
	*ret = (crm__people){ .all = true };
	return CX_OK;
}

bool crm__people_have(const crm__people *people, const crm__value *id)
{
	if (people->all)
		return true;
	if (id->kind != CRM__NUMBER)
		return false;
	return people->count > 0 && bsearch(&id->number, people->ids, people->count,
	                                    sizeof id->number, compare) != NULL;
}
