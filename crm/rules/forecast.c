/* SPDX-License-Identifier: Apache-2.0 */
/* Forecasts: what was foreseen stays as it was. The actual value of a month is written by the
 * store, which no rule sees. */
#include "crm/rules/rules.h"
#include "crm/rules/scope.h"

enum { SCOPE, TEAM, USER, PERIOD, LOW, HIGH };
static const char *const fields[] = {
	[SCOPE] = "scope",   [TEAM] = "team", [USER] = "user",
	[PERIOD] = "period", [LOW] = "low",   [HIGH] = "high",
};

static const crm__scope_fields scope = {
	.scope = SCOPE, .team = TEAM, .user = USER, .period = PERIOD
};

/* The forecast itself may lie beyond it: of a model that is always too low or too high. */
static cx_status check_interval(const engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_null(draft, LOW) || engine_draft_is_null(draft, HIGH) ||
	    engine_draft_int(draft, LOW) <= engine_draft_int(draft, HIGH))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "low", "low is not above high");
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	switch (engine_draft_event(draft)) {
	case ENGINE_CREATES:
		break;
	case ENGINE_UPDATES:
		return cx_fail(error, CX_CHECK,
		               "a forecast is never changed: make another run instead");
	case ENGINE_DELETES:
	case ENGINE_UNDELETES:
		return CX_OK;
	}
	cx_status status = crm__scope_check(draft, &scope, error);
	return status == CX_OK ? check_interval(draft, error) : status;
}

const engine_rule crm__forecast_rule = {
	.type = "forecast",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
