/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns: planned → running → done, and from each to cancelled. One that is over may be
 * entered as it stands. */
#include "crm/rules/moves.h"
#include "crm/rules/norms.h"
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"

enum { CODE, NAME, STATUS, START_ON, END_ON, CURRENCY, BASE, RATE_E8 };
static const char *const fields[] = {
	[CODE] = "code",
	[NAME] = "name",
	[CURRENCY] = "currency",
	[BASE] = "org.base_currency",
	[RATE_E8] = "fx_rate.rate_e8",
	[STATUS] = "status",
	[START_ON] = "start_on",
	[END_ON] = "end_on",
};

static const crm__move moves[] = {
	{ "", "planned" },          { "", "running" },          { "", "done" },
	{ "planned", "running" },   { "planned", "cancelled" }, { "running", "done" },
	{ "running", "cancelled" }, { "done", "cancelled" },
};

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	if (!engine_draft_is_null(draft, END_ON) &&
	    engine_draft_int(draft, END_ON) < engine_draft_int(draft, START_ON))
		return cx_fail_field(error, CX_CHECK, "end_on",
		                     "a campaign cannot end before it starts");
	const crm__moves table = { moves, CX_COUNT_OF(moves) };
	const crm__rate_fields rate = { .base = BASE, .rate_e8 = RATE_E8 };
	cx_status status = crm__norms_not_blank(draft, CODE, "code", error);
	if (status == CX_OK)
		status = crm__norms_not_blank(draft, NAME, "name", error);
	if (status == CX_OK)
		status = crm__moves_check(&table, draft, STATUS, "status", error);
	return status == CX_OK ? crm__rate_currency(draft, CURRENCY, &rate, error) : status;
}

const engine_rule crm__campaign_rule = {
	.type = "campaign",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
