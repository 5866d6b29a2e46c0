/* SPDX-License-Identifier: Apache-2.0 */
/* Exchange rates: above 0, of a currency. */
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"

enum { CURRENCY, RATE_E8 };
static const char *const fields[] = {
	[CURRENCY] = "currency",
	[RATE_E8] = "rate_e8",
};

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	if (!engine_draft_is_null(draft, RATE_E8) && engine_draft_int(draft, RATE_E8) <= 0)
		return cx_fail_field(error, CX_CHECK, "rate_e8", "a rate is above 0");
	return crm__rate_code(draft, CURRENCY, error);
}

const engine_rule crm__fx_rate_rule = {
	.type = "fx_rate",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
