/* SPDX-License-Identifier: Apache-2.0 */
/* Exchange rates: above 0, of a currency that is not the organisation's. */
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"

enum { CURRENCY, RATE_E8, BASE };
static const char *const fields[] = {
	[CURRENCY] = "currency",
	[RATE_E8] = "rate_e8",
	[BASE] = "org.base_currency",
};

/* One of the base currency would be of no use: that is 1 always. */
static cx_status check_other(engine_draft *draft, cx_error *error)
{
	const crm__rate_fields rate = { .base = BASE, .rate_e8 = RATE_E8 };
	const cx_slice currency = engine_draft_text(draft, CURRENCY);
	cx_slice base;
	cx_status status = crm__rate_base(draft, &rate, &base, error);
	if (status != CX_OK || !engine_draft_is_changed(draft, CURRENCY) ||
	    !cx_slice_equal(currency, base))
		return status;
	return cx_fail_field(error, CX_CHECK, "currency",
	                     "%.*s is the organisation's own currency: rates are those of "
	                     "others in it",
	                     CX_SLICE_ARG(base));
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	if (!engine_draft_is_null(draft, RATE_E8) && engine_draft_int(draft, RATE_E8) <= 0)
		return cx_fail_field(error, CX_CHECK, "rate_e8", "a rate is above 0");
	cx_status status = crm__rate_code(draft, CURRENCY, error);
	return status == CX_OK ? check_other(draft, error) : status;
}

const engine_rule crm__fx_rate_rule = {
	.type = "fx_rate",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
