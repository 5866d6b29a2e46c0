/* SPDX-License-Identifier: Apache-2.0 */
/* Touches of a campaign: the status only moves on, in the order of its labels. The first time
 * that somebody responds or attends is kept. */
#include "crm/rules/belongs.h"
#include "crm/rules/rules.h"

enum { STATUS, CUSTOMER, CONTACT, RESPONDED_AT, OF_CONTACT };
static const char *const fields[] = {
	[STATUS] = "status",
	[CUSTOMER] = "customer",
	[CONTACT] = "contact",
	[RESPONDED_AT] = "responded_at",
	[OF_CONTACT] = "contact.customer",
};

/* The last label, opted_out, is behind all others: nothing follows. */
static cx_status check_status(const engine_draft *draft, cx_error *error)
{
	if (!engine_draft_existed(draft) || engine_draft_is_null(draft, STATUS) ||
	    engine_draft_int(draft, STATUS) >= engine_draft_old_int(draft, STATUS))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "status",
	                     "campaign_touch %lld is %s already and does not go back to %s",
	                     (long long)engine_draft_id(draft),
	                     engine_draft_old_label(draft, STATUS),
	                     engine_draft_label(draft, STATUS));
}

static bool has_responded(const engine_draft *draft)
{
	return engine_draft_is(draft, STATUS, "responded") ||
	       engine_draft_is(draft, STATUS, "attended");
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	cx_status status = check_status(draft, error);
	if (status != CX_OK)
		return status;
	if (has_responded(draft) && engine_draft_is_null(draft, RESPONDED_AT))
		engine_draft_set_int(draft, RESPONDED_AT,
		                     engine_author_at(&engine_draft_change(draft)->author));
	const crm__belonging contact = { CONTACT, OF_CONTACT, false };
	const crm__belongs belongs = {
		.customer = CUSTOMER, .names = fields, .items = &contact, .item_count = 1
	};
	return crm__belongs_check(draft, &belongs, error);
}

const engine_rule crm__campaign_touch_rule = {
	.type = "campaign_touch",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
