/* SPDX-License-Identifier: Apache-2.0 */
/* Sales targets: of whom and for which month. */
#include "crm/rules/rules.h"
#include "crm/rules/scope.h"

enum { SCOPE, TEAM, USER, PERIOD, VALUE };
static const char *const fields[] = {
	[SCOPE] = "scope",   [TEAM] = "team",   [USER] = "user",
	[PERIOD] = "period", [VALUE] = "value",
};

static const crm__scope_fields scope = {
	.scope = SCOPE, .team = TEAM, .user = USER, .period = PERIOD
};

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	if (engine_draft_int(draft, VALUE) < 0)
		return cx_fail_field(error, CX_CHECK, "value", "a target is 0 or more");
	return crm__scope_check(draft, &scope, error);
}

const engine_rule crm__sales_target_rule = {
	.type = "sales_target",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
