/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/scope.h"

#include "crm/rules/day.h"

/* The reference is there when the scope is of its name, and only then. */
static cx_status check_one(const engine_draft *draft, const crm__scope_fields *at,
                           unsigned field, const char *name, cx_error *error)
{
	const bool wanted = engine_draft_is(draft, at->scope, name);
	if (wanted == !engine_draft_is_null(draft, field))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, name,
	                     wanted ? "scope %s needs a %s" : "scope %s takes no %s",
	                     engine_draft_label(draft, at->scope), name);
}

cx_status crm__scope_check(const engine_draft *draft, const crm__scope_fields *at,
                           cx_error *error)
{
	if (engine_draft_is_null(draft, at->scope) || engine_draft_is_null(draft, at->period))
		return CX_OK; /* told as missing when it is written */
	cx_status status = check_one(draft, at, at->team, "team", error);
	if (status == CX_OK)
		status = check_one(draft, at, at->user, "user", error);
	if (status == CX_OK && !crm__day_begins_month(engine_draft_int(draft, at->period)))
		return cx_fail_field(error, CX_CHECK, "period",
		                     "period is a month: give its first day");
	return status;
}
