/* SPDX-License-Identifier: Apache-2.0 */
/* Activities: planned → done or cancelled; what they are about is of one customer. The first
 * one that goes out to the customer is the first response to its service request. */
#include "crm/rules/belongs.h"
#include "crm/rules/moves.h"
#include "crm/rules/norms.h"
#include "crm/rules/rules.h"

enum {
	SUBJECT,
	STATUS,
	DIRECTION,
	AT,
	DURATION_S,
	CUSTOMER,
	CONTACT,
	OPPORTUNITY,
	REQUEST,
	OF_CONTACT,
	OF_OPPORTUNITY,
	OF_REQUEST,
	REQUEST_MADE_AT,
	FIRST_RESPONSE_AT,
};
static const char *const fields[] = {
	[SUBJECT] = "subject",
	[STATUS] = "status",
	[DIRECTION] = "direction",
	[AT] = "at",
	[DURATION_S] = "duration_s",
	[CUSTOMER] = "customer",
	[CONTACT] = "contact",
	[OPPORTUNITY] = "opportunity",
	[REQUEST] = "service_request",
	[OF_CONTACT] = "contact.customer",
	[OF_OPPORTUNITY] = "opportunity.customer",
	[OF_REQUEST] = "service_request.customer",
	[REQUEST_MADE_AT] = "service_request.created_at",
	[FIRST_RESPONSE_AT] = "service_request.first_response_at",
};

static const crm__move moves[] = {
	{ "", "planned" },
	{ "", "done" },
	{ "planned", "done" },
	{ "planned", "cancelled" },
};

static const crm__belonging belongings[] = {
	{ CONTACT, OF_CONTACT, true },
	{ OPPORTUNITY, OF_OPPORTUNITY, false },
	{ REQUEST, OF_REQUEST, false },
};

static const crm__belongs belongs = {
	.customer = CUSTOMER,
	.names = fields,
	.items = belongings,
	.item_count = CX_COUNT_OF(belongings),
};

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	if (engine_draft_int(draft, DURATION_S) < 0)
		return cx_fail_field(error, CX_CHECK, "duration_s", "a duration is 0 or more");
	const crm__moves table = { moves, CX_COUNT_OF(moves) };
	cx_status status = crm__norms_not_blank(draft, SUBJECT, "subject", error);
	if (status == CX_OK)
		status = crm__moves_check(&table, draft, STATUS, "status", error);
	return status == CX_OK ? crm__belongs_check(draft, &belongs, error) : status;
}

static bool is_response(const engine_draft *draft)
{
	return !engine_draft_is_null(draft, REQUEST) &&
	       engine_draft_is(draft, STATUS, "done") &&
	       engine_draft_is(draft, DIRECTION, "outbound");
}

/* What is written down later may have happened earlier; what came before the request is no
 * answer to it. */
static cx_status respond(const engine_draft *draft, engine_draft *request, cx_error *error)
{
	const int64_t at = engine_draft_int(draft, AT);
	const bool is_first = engine_draft_is_null(request, FIRST_RESPONSE_AT) ||
	                      at < engine_draft_int(request, FIRST_RESPONSE_AT);
	if (!is_first || at < engine_draft_int(request, REQUEST_MADE_AT))
		return CX_OK;
	engine_draft_set_int(request, FIRST_RESPONSE_AT, at);
	return engine_draft_save(request, error);
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	engine_draft *request;
	cx_status status = crm__belongs_back(draft, &belongs, error);
	if (status != CX_OK || engine_draft_event(draft) == ENGINE_DELETES ||
	    !is_response(draft))
		return status;
	status = engine_draft_load(draft, FIRST_RESPONSE_AT, engine_draft_int(draft, REQUEST),
	                           &request, error);
	return status == CX_OK ? respond(draft, request, error) : status;
}

const engine_rule crm__activity_rule = {
	.type = "activity",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
