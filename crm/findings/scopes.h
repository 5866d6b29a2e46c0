/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a figure is about: the organisation, a team with the teams below it, or a person.
 * Everything of a person counts for three: the person, the team and all teams above it, and the
 * organisation. */
#pragma once

#include "crm/reports/frame/report.h"

/* S(name in C, label of forecast.scope and sales_target.scope) */
#define CRM_SCOPES(S)   \
	S(ORG, "org")   \
	S(TEAM, "team") \
	S(USER, "user")

typedef enum crm__scope_kind {
#define CRM_SCOPE_MEMBER(name, label) CRM_SCOPE_##name,
	CRM_SCOPES(CRM_SCOPE_MEMBER)
#undef CRM_SCOPE_MEMBER
} crm__scope_kind;

const char *crm__scope_label(crm__scope_kind kind);

typedef struct crm__scope {
	crm__scope_kind kind;
	int64_t id;   /* of the team or user; 0 of the organisation */
	int64_t team; /* a user's; of a team the one above it; 0: none */
	bool active;
} crm__scope;

typedef struct crm__scopes {
	/* The organisation first, then all teams, then all people, each by ascending id. */
	const crm__scope *items;
	size_t count;
	size_t team_count;
} crm__scopes;

enum {
	CRM_SCOPES_MAX = 16000, /* teams and people together */
	CRM_SCOPE_DEPTH_MAX = 16,
	CRM_SCOPE_TRAIL_MAX = 2 + CRM_SCOPE_DEPTH_MAX,
};

/* Reads teams and users. Errors: those of reading; CX_TOO_LARGE (CRM_SCOPES_MAX). */
CX_MUST_USE cx_status crm__scopes_read(crm__report *report, crm__scopes *ret);

/* Positions of those that what is `user`'s counts for, when it was done in `team`; 0: the team
 * the user is in now. Either may be unknown. Returns how many there are, the organisation
 * first; teams above one another in a circle count once. */
size_t crm__scopes_trail(const crm__scopes *self, int64_t user, int64_t team,
                         size_t ret[CRM_SCOPE_TRAIL_MAX]);

/* The position of one; `count` when there is none. */
size_t crm__scopes_find(const crm__scopes *self, crm__scope_kind kind, int64_t id);
