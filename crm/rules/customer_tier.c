/* SPDX-License-Identifier: Apache-2.0 */
/* Tiers of customers: each assessment is a row, the newest one is copied to the customer. One
 * made by hand says why; its scores are those of the row before unless they are given. */
#include "base/msgpack.h"
#include "crm/rules/newest.h"
#include "crm/rules/rules.h"

enum {
	CUSTOMER,
	AS_OF,
	TIER,
	VALUE_SCORE,
	POTENTIAL_SCORE,
	MANUAL,
	REASON,
	OF_CUSTOMER,
};
static const char *const fields[] = {
	[CUSTOMER] = "customer",
	[AS_OF] = "as_of",
	[TIER] = "tier",
	[VALUE_SCORE] = "value_score",
	[POTENTIAL_SCORE] = "potential_score",
	[MANUAL] = "manual",
	[REASON] = "reason",
	[OF_CUSTOMER] = "customer.tier",
};

enum { SCORE_MAX = 1000 };

/* The newest row of a customer; `*ret` is NULL when there is none. */
static cx_status find_newest(engine_draft *draft, int64_t customer, engine_draft **ret,
                             cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(64);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "customer");
	cx_write_int(&filter, customer);
	cx_status status = cx_buf_status(&filter);
	const crm__newest what = { .type = "customer_tier",
		                   .filter = cx_buf_slice(&filter),
		                   .by = "as_of" };
	int64_t id = 0;
	*ret = NULL;
	if (status == CX_OK)
		status = crm__newest_find(draft, &what, &id, error);
	return status == CX_OK && id != 0 ? engine_draft_load(draft, TIER, id, ret, error)
	                                  : status;
}

static void take_score(engine_draft *draft, const engine_draft *newest, unsigned field)
{
	if (engine_draft_is_null(draft, field))
		engine_draft_set_int(draft, field,
		                     newest == NULL ? 0 : engine_draft_int(newest, field));
}

static cx_status fill(engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_null(draft, AS_OF))
		engine_draft_set_int(draft, AS_OF,
		                     engine_author_at(&engine_draft_change(draft)->author));
	if (engine_draft_int(draft, MANUAL) == 0)
		return CX_OK;
	engine_draft *newest;
	cx_status status =
		find_newest(draft, engine_draft_int(draft, CUSTOMER), &newest, error);
	if (status != CX_OK)
		return status;
	take_score(draft, newest, VALUE_SCORE);
	take_score(draft, newest, POTENTIAL_SCORE);
	return CX_OK;
}

static cx_status check_score(const engine_draft *draft, unsigned field, cx_error *error)
{
	const int64_t score = engine_draft_int(draft, field);
	if (score >= 0 && score <= SCORE_MAX)
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, fields[field], "%s is 0 to %d", fields[field],
	                     SCORE_MAX);
}

static cx_status check(const engine_draft *draft, cx_error *error)
{
	if (engine_draft_int(draft, MANUAL) != 0 && engine_draft_text(draft, REASON).size == 0)
		return cx_fail_field(error, CX_CHECK, "reason",
		                     "a tier given by hand needs a reason");
	if (engine_draft_is_changed(draft, AS_OF) &&
	    engine_draft_int(draft, AS_OF) > engine_draft_change(draft)->author.now_ms)
		return cx_fail_field(
			error, CX_CHECK, "as_of",
			"an assessment is not of the future: as_of is now or before");
	cx_status status = check_score(draft, VALUE_SCORE, error);
	return status == CX_OK ? check_score(draft, POTENTIAL_SCORE, error) : status;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	const engine_event event = engine_draft_event(draft);
	if (event == ENGINE_DELETES)
		return CX_OK;
	cx_status status = event == ENGINE_CREATES ? fill(draft, error) : CX_OK;
	return status == CX_OK ? check(draft, error) : status;
}

/* The customer has the tier of its newest row. */
static cx_status copy_to(engine_draft *draft, int64_t customer_id, cx_error *error)
{
	engine_draft *customer, *newest;
	cx_status status = engine_draft_load(draft, OF_CUSTOMER, customer_id, &customer, error);
	if (status != CX_OK) /* deleted with its rows */
		return status == CX_NOT_FOUND ? CX_OK : status;
	status = find_newest(draft, customer_id, &newest, error);
	if (status != CX_OK)
		return status;
	engine_draft_set_label(customer, OF_CUSTOMER,
	                       newest == NULL ? "unrated" : engine_draft_label(newest, TIER));
	return engine_draft_save(customer, error);
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	if (!engine_draft_is_named(draft)) /* the customer goes or comes with it */
		return CX_OK;
	const int64_t customer = engine_draft_int(draft, CUSTOMER);
	cx_status status = copy_to(draft, customer, error);
	const int64_t was = engine_draft_old_int(draft, CUSTOMER);
	return status == CX_OK && was != 0 && was != customer ? copy_to(draft, was, error)
	                                                      : status;
}

const engine_rule crm__customer_tier_rule = {
	.type = "customer_tier",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
