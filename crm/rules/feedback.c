/* SPDX-License-Identifier: Apache-2.0 */
/* Feedback: new → acknowledged → in_progress → closed. One that is older may be entered as it
 * stands. */
#include "crm/rules/belongs.h"
#include "crm/rules/moves.h"
#include "crm/rules/rules.h"

enum {
	STATUS,
	SCORE,
	CUSTOMER,
	CONTACT,
	ORDER,
	REQUEST,
	OF_CONTACT,
	OF_ORDER,
	OF_REQUEST,
};
static const char *const fields[] = {
	[STATUS] = "status",
	[SCORE] = "score",
	[CUSTOMER] = "customer",
	[CONTACT] = "contact",
	[ORDER] = "order",
	[REQUEST] = "service_request",
	[OF_CONTACT] = "contact.customer",
	[OF_ORDER] = "sales_order.customer",
	[OF_REQUEST] = "service_request.customer",
};

static const crm__move moves[] = {
	{ "", "new" },
	{ "", "acknowledged" },
	{ "", "in_progress" },
	{ "", "closed" },
	{ "new", "acknowledged" },
	{ "acknowledged", "in_progress" },
	{ "in_progress", "closed" },
};

static const crm__belonging belongings[] = {
	{ CONTACT, OF_CONTACT, true },
	{ ORDER, OF_ORDER, false },
	{ REQUEST, OF_REQUEST, false },
};

static const crm__belongs belongs = {
	.customer = CUSTOMER,
	.names = fields,
	.items = belongings,
	.item_count = CX_COUNT_OF(belongings),
};

enum { SCORE_MAX = 10 };

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	const int64_t score = engine_draft_int(draft, SCORE);
	if (score < 0 || score > SCORE_MAX)
		return cx_fail_field(
			error, CX_CHECK, "score",
			"a score is 0 to 10; leave it out when none was asked for");
	const crm__moves table = { moves, CX_COUNT_OF(moves) };
	cx_status status = crm__moves_check(&table, draft, STATUS, "status", error);
	return status == CX_OK ? crm__belongs_check(draft, &belongs, error) : status;
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	return crm__belongs_back(draft, &belongs, error);
}

const engine_rule crm__feedback_rule = {
	.type = "feedback",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
