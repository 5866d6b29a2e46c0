/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a report is about: one person, a team with all below it, or the whole organisation; and
 * the groups of aggregates that belong to them.
 *
 * What was won, sold and paid belongs to those it was credited to at the time, whatever team
 * they are in by now. What a record's owner counts for belongs to the team the owner is in. */
#pragma once

#include "crm/reports/parts/months.h"

#define CRM__PARAM_SCOPE                                                          \
	{ .name = "owner",                                                        \
	  .kind = CRM_REF,                                                        \
	  .of = "user",                                                           \
	  .help_en = "one person",                                                \
	  .help_zh = "人员" },                                                    \
	{                                                                         \
		.name = "team", .kind = CRM_REF, .of = "team",                    \
		.help_en = "a team and those below it; not looked at with owner", \
		.help_zh = "团队(含下级团队);指定人员时忽略"        \
	}

/* Of the organisation, or the part of it the report is about. */
typedef struct crm__scope_team {
	int64_t id;
	int64_t parent; /* 0: none */
	size_t above;   /* position of the parent, or CRM__NOWHERE */
} crm__scope_team;

typedef struct crm__scope_member {
	int64_t id;
	size_t team; /* position */
} crm__scope_member;

#define CRM__NOWHERE SIZE_MAX

typedef struct crm__scope {
	int64_t user; /* 0: not one person */
	int64_t team; /* 0: not one team; 0, 0: all */
	/* Ascending by id; a person alone has none. */
	crm__scope_team *teams;
	size_t team_count;
	crm__scope_member *members;
	size_t member_count;
} crm__scope;

/* From the parameters of CRM__PARAM_SCOPE.
 * Errors: those of reading, CX_TOO_LARGE (more teams or people than it can hold). */
CX_MUST_USE cx_status crm__scope_of(crm__report *report, crm__scope *ret);

static inline bool crm__scope_is_all(const crm__scope *scope)
{
	return scope->user == 0 && scope->team == 0;
}

/* Positions, or CRM__NOWHERE. */
size_t crm__scope_find_team(const crm__scope *scope, const crm__value *team);
size_t crm__scope_team_of_owner(const crm__scope *scope, const crm__value *owner);

/* An aggregate whose columns begin with a month and a person. */
typedef struct crm__scope_groups {
	const char *aggregate;
	bool credited; /* the team that was credited comes third, and decides */
} crm__scope_groups;

/* Walks its groups of these months that belong to the scope. Of one person no others are
 * looked at. Errors: those of crm__groups_walk. */
CX_MUST_USE cx_status crm__scope_walk(crm__report *report, const crm__scope *scope,
                                      const crm__months *months,
                                      const crm__scope_groups *groups, crm__group_sink *sink,
                                      void *context);

/* The same of an aggregate whose columns begin with the owner and then a month, from `low` to
 * `high`, each included, where it is a number. Without owner: only the organisation's. */
CX_MUST_USE cx_status crm__scope_walk_owned(crm__report *report, const crm__scope *scope,
                                            const char *aggregate, const crm__value *low,
                                            const crm__value *high, crm__group_sink *sink,
                                            void *context);

/* A REF; null for 0, which is nobody. */
static inline void crm__put_id(crm__report *report, int64_t id)
{
	if (id != 0)
		crm__put_number(report, id);
	else
		crm__put_null(report);
}
