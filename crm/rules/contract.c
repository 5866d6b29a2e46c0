/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts: draft → signed → terminated, and draft → void. What was signed stays as it was
 * signed, at the rate of that day: a change is another contract that amends it. One that was
 * signed elsewhere may be entered as it stands. */
#include "crm/crm.h"
#include "crm/rules/belongs.h"
#include "crm/rules/frozen.h"
#include "crm/rules/moves.h"
#include "crm/rules/norms.h"
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"

enum {
	STATUS,
	CUSTOMER,
	OPPORTUNITY,
	SIGNATORY,
	AMENDS,
	AMOUNT,
	CURRENCY,
	FX_RATE,
	AMOUNT_BASE,
	SIGNED_ON,
	START_ON,
	END_ON,
	TERMS,
	NOTICE_DAYS,
	TERMINATED_ON,
	TERMINATE_REASON,
	OF_OPPORTUNITY,
	OF_SIGNATORY,
	OF_AMENDED,
	AMENDED_STATUS,
	NUMBER,
	TITLE,
	ORDER_CONTRACT,
	ORDER_CUSTOMER,
	BASE,
	RATE_E8,
};
static const char *const fields[] = {
	[STATUS] = "status",
	[CUSTOMER] = "customer",
	[OPPORTUNITY] = "opportunity",
	[SIGNATORY] = "signatory",
	[AMENDS] = "amends",
	[AMOUNT] = "amount",
	[CURRENCY] = "currency",
	[FX_RATE] = "fx_rate_e8",
	[AMOUNT_BASE] = "amount_base",
	[SIGNED_ON] = "signed_on",
	[START_ON] = "start_on",
	[END_ON] = "end_on",
	[TERMS] = "terms",
	[NOTICE_DAYS] = "notice_days",
	[TERMINATED_ON] = "terminated_on",
	[TERMINATE_REASON] = "terminate_reason",
	[OF_OPPORTUNITY] = "opportunity.customer",
	[OF_SIGNATORY] = "contact.customer",
	[OF_AMENDED] = "contract.customer",
	[AMENDED_STATUS] = "contract.status",
	[NUMBER] = "number",
	[TITLE] = "title",
	[ORDER_CONTRACT] = "sales_order.contract",
	[ORDER_CUSTOMER] = "sales_order.customer",
	[BASE] = "org.base_currency",
	[RATE_E8] = "fx_rate.rate_e8",
};

static const crm__rate_fields rate = { .base = BASE, .rate_e8 = RATE_E8 };

static const crm__move moves[] = {
	{ "", "draft" },       { "", "signed" },    { "", "terminated" },
	{ "draft", "signed" }, { "draft", "void" }, { "signed", "terminated" },
};

static const crm__belonging belongings[] = {
	{ OPPORTUNITY, OF_OPPORTUNITY, false },
	{ SIGNATORY, OF_SIGNATORY, true },
	{ AMENDS, OF_AMENDED, false },
};

static const crm__referrer referrers[] = { { ORDER_CONTRACT, ORDER_CUSTOMER } };

static const crm__belongs belongs = {
	.customer = CUSTOMER,
	.names = fields,
	.items = belongings,
	.item_count = CX_COUNT_OF(belongings),
	.referrers = referrers,
	.referrer_count = CX_COUNT_OF(referrers),
};

static bool is_signed(const engine_draft *draft)
{
	return engine_draft_is(draft, STATUS, "signed") ||
	       engine_draft_is(draft, STATUS, "terminated");
}

static bool was_signed(const engine_draft *draft)
{
	return engine_draft_was(draft, STATUS, "signed") ||
	       engine_draft_was(draft, STATUS, "terminated");
}

static cx_status check_frozen(const engine_draft *draft, cx_error *error)
{
	static const unsigned signed_fields[] = { AMOUNT,   CURRENCY, TERMS, SIGNED_ON,
		                                  START_ON, END_ON,   AMENDS };
	static const unsigned customer[] = { CUSTOMER };
	crm__frozen frozen = { .fields = signed_fields,
		               .count = CX_COUNT_OF(signed_fields),
		               .names = fields,
		               .since = "once it is signed",
		               .instead = "enter another contract that amends it" };
	if (!was_signed(draft))
		return CX_OK;
	cx_status status = crm__frozen_check(&frozen, draft, error);
	if (status != CX_OK || engine_draft_change(draft)->cause == CRM_CAUSE_MERGE)
		return status;
	frozen.fields = customer;
	frozen.count = 1;
	return crm__frozen_check(&frozen, draft, error);
}

static cx_status need(const engine_draft *draft, unsigned field, cx_error *error)
{
	const bool is_text = field == TERMS || field == TERMINATE_REASON;
	if (!engine_draft_is_null(draft, field) &&
	    !(is_text && engine_draft_text(draft, field).size == 0))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, fields[field], "a %s contract needs %s",
	                     engine_draft_label(draft, STATUS), fields[field]);
}

static cx_status check_needs(const engine_draft *draft, cx_error *error)
{
	static const unsigned to_sign[] = { SIGNED_ON, START_ON, TERMS };
	static const unsigned to_terminate[] = { TERMINATED_ON, TERMINATE_REASON };
	cx_status status = CX_OK;
	for (size_t i = 0; is_signed(draft) && i < CX_COUNT_OF(to_sign) && status == CX_OK; i++)
		status = need(draft, to_sign[i], error);
	const bool ended = engine_draft_is(draft, STATUS, "terminated");
	for (size_t i = 0; ended && i < CX_COUNT_OF(to_terminate) && status == CX_OK; i++)
		status = need(draft, to_terminate[i], error);
	return status;
}

/* `later` is not before `earlier`, where both are there. */
static cx_status check_order(const engine_draft *draft, unsigned earlier, unsigned later,
                             cx_error *error)
{
	if (engine_draft_is_null(draft, earlier) || engine_draft_is_null(draft, later) ||
	    engine_draft_int(draft, earlier) <= engine_draft_int(draft, later))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, fields[later], "%s is not before %s",
	                     fields[later], fields[earlier]);
}

static cx_status check_dates(const engine_draft *draft, cx_error *error)
{
	if (engine_draft_int(draft, NOTICE_DAYS) < 0)
		return cx_fail_field(error, CX_CHECK, "notice_days",
		                     "notice_days is 0 or more");
	cx_status status = check_order(draft, START_ON, END_ON, error);
	return status == CX_OK ? check_order(draft, SIGNED_ON, TERMINATED_ON, error) : status;
}

/* What is amended was signed, and is not the contract itself. */
static cx_status check_amended(engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_null(draft, AMENDS) || !engine_draft_is_changed(draft, AMENDS))
		return CX_OK;
	const int64_t id = engine_draft_int(draft, AMENDS);
	engine_draft *amended;
	cx_status status = engine_draft_load(draft, AMENDED_STATUS, id, &amended, error);
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_OK : status;
	if (id != engine_draft_id(draft) &&
	    (engine_draft_is(amended, AMENDED_STATUS, "signed") ||
	     engine_draft_is(amended, AMENDED_STATUS, "terminated")))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "amends",
	                     "contract %lld was never signed: change it instead of amending it",
	                     (long long)id);
}

static cx_status sign(engine_draft *draft, cx_error *error)
{
	crm__conversion at;
	int64_t base;
	cx_status status = crm__rate_on(draft, &rate, engine_draft_text(draft, CURRENCY),
	                                engine_draft_int(draft, SIGNED_ON), &at, error);
	if (status == CX_OK)
		status = crm__rate_apply(engine_draft_int(draft, AMOUNT), &at, "amount", &base,
		                         error);
	if (status != CX_OK)
		return status;
	engine_draft_set_int(draft, FX_RATE, at.rate_e8);
	engine_draft_set_int(draft, AMOUNT_BASE, base);
	return CX_OK;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	const crm__moves table = { moves, CX_COUNT_OF(moves) };
	cx_status status = crm__norms_not_blank(draft, NUMBER, "number", error);
	if (status == CX_OK)
		status = crm__norms_not_blank(draft, TITLE, "title", error);
	if (status == CX_OK)
		status = crm__moves_check(&table, draft, STATUS, "status", error);
	if (status == CX_OK)
		status = check_frozen(draft, error);
	if (status == CX_OK)
		status = check_needs(draft, error);
	if (status == CX_OK)
		status = check_dates(draft, error);
	if (status == CX_OK)
		status = crm__belongs_check(draft, &belongs, error);
	if (status == CX_OK)
		status = crm__belongs_keep(draft, &belongs, error);
	if (status == CX_OK)
		status = check_amended(draft, error);
	if (status == CX_OK)
		status = crm__rate_currency(draft, CURRENCY, &rate, error);
	return status == CX_OK && is_signed(draft) && !was_signed(draft) ? sign(draft, error)
	                                                                 : status;
}

/* What comes back finds its customer's records as they are by now. */
static cx_status after(engine_draft *draft, cx_error *error)
{
	return crm__belongs_back(draft, &belongs, error);
}

const engine_rule crm__contract_rule = {
	.type = "contract",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
