/* SPDX-License-Identifier: Apache-2.0 */
/* Products: a price, in the organisation's currency unless another is given. */
#include "crm/rules/norms.h"
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"

enum { SKU, NAME, CURRENCY, LIST_PRICE, BASE, RATE_E8 };
static const char *const fields[] = {
	[SKU] = "sku",
	[NAME] = "name",
	[CURRENCY] = "currency",
	[LIST_PRICE] = "list_price",
	[BASE] = "org.base_currency",
	[RATE_E8] = "fx_rate.rate_e8",
};

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	cx_status status = crm__norms_not_blank(draft, SKU, "sku", error);
	if (status == CX_OK)
		status = crm__norms_not_blank(draft, NAME, "name", error);
	if (status != CX_OK)
		return status;
	if (engine_draft_int(draft, LIST_PRICE) < 0)
		return cx_fail_field(error, CX_CHECK, "list_price", "a price is 0 or more");
	const crm__rate_fields rate = { .base = BASE, .rate_e8 = RATE_E8 };
	return crm__rate_currency(draft, CURRENCY, &rate, error);
}

const engine_rule crm__product_rule = {
	.type = "product",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
