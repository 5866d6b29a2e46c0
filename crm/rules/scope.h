/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a figure is about: the organisation, a team or a person. */
#pragma once

#include "engine/rules.h"

/* Where a rule's table has these fields. */
typedef struct crm__scope_fields {
	unsigned scope;
	unsigned team;
	unsigned user;
	unsigned period;
} crm__scope_fields;

/* `scope` org has neither team nor user, team has a team alone, user a user alone; the period
 * is the first day of a month.
 * Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__scope_check(const engine_draft *draft, const crm__scope_fields *at,
                                       cx_error *error);
