/* SPDX-License-Identifier: Apache-2.0 */
/* Payments and refunds of orders that are confirmed or fulfilled: what has been paid is never
 * below 0 and never more than the total. The order's payment status is derived from it. */
#include "crm/rules/day.h"
#include "crm/rules/frozen.h"
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"

enum {
	ORDER,
	KIND,
	AMOUNT,
	AMOUNT_NET,
	AMOUNT_BASE,
	CREDITED_USER,
	CREDITED_TEAM,
	ORDER_STATUS,
	ORDER_PAYMENT_STATUS,
	ORDER_CURRENCY,
	ORDER_FX_RATE,
	ORDER_TOTAL,
	ORDER_PAID,
	ORDER_CREDITED_USER,
	ORDER_CREDITED_TEAM,
	BASE,
	RATE_E8,
};
static const char *const fields[] = {
	[ORDER] = "order",
	[KIND] = "kind",
	[AMOUNT] = "amount",
	[AMOUNT_NET] = "amount_net",
	[AMOUNT_BASE] = "amount_base",
	[CREDITED_USER] = "credited_user",
	[CREDITED_TEAM] = "credited_team",
	[ORDER_STATUS] = "sales_order.status",
	[ORDER_PAYMENT_STATUS] = "sales_order.payment_status",
	[ORDER_CURRENCY] = "sales_order.currency",
	[ORDER_FX_RATE] = "sales_order.fx_rate_e8",
	[ORDER_TOTAL] = "sales_order.total",
	[ORDER_PAID] = "sales_order.paid",
	[ORDER_CREDITED_USER] = "sales_order.credited_user",
	[ORDER_CREDITED_TEAM] = "sales_order.credited_team",
	[BASE] = "org.base_currency",
	[RATE_E8] = "fx_rate.rate_e8",
};

static const crm__rate_fields rate = { .base = BASE, .rate_e8 = RATE_E8 };

/* ---- what may not be ---- */

static cx_status check_same(const engine_draft *draft, cx_error *error)
{
	static const unsigned same[] = { ORDER, KIND };
	const crm__frozen frozen = { .fields = same,
		                     .count = CX_COUNT_OF(same),
		                     .names = fields,
		                     .since = "once it is entered",
		                     .instead = "delete it and enter another payment" };
	return engine_draft_existed(draft) ? crm__frozen_check(&frozen, draft, error) : CX_OK;
}

static cx_status check_status(const engine_draft *order, cx_error *error)
{
	if (engine_draft_is(order, ORDER_STATUS, "confirmed") ||
	    engine_draft_is(order, ORDER_STATUS, "fulfilled"))
		return CX_OK;
	return cx_fail_field(
		error, CX_CHECK, "order",
		"sales_order %lld is %s: only what is confirmed or fulfilled is paid "
		"and refunded",
		(long long)engine_draft_id(order), engine_draft_label(order, ORDER_STATUS));
}

/* ---- figures of the payment ---- */

/* At the order's rate. */
static cx_status rate_of(engine_draft *draft, const engine_draft *order, crm__conversion *ret,
                         cx_error *error)
{
	const cx_slice currency = engine_draft_text(order, ORDER_CURRENCY);
	int64_t today;
	if (engine_draft_is_null(order, ORDER_FX_RATE)) { /* from before there were rules */
		cx_status status = crm__day_today(draft, &today);
		return status == CX_OK ? crm__rate_on(draft, &rate, currency, today, ret, error)
		                       : status;
	}
	*ret = (crm__conversion){ .from = currency,
		                  .rate_e8 = engine_draft_int(order, ORDER_FX_RATE) };
	return crm__rate_base(draft, &rate, &ret->to, error);
}

static cx_status set_amounts(engine_draft *draft, const engine_draft *order, cx_error *error)
{
	const int64_t amount = engine_draft_int(draft, AMOUNT);
	const int64_t net = engine_draft_is(draft, KIND, "refund") ? -amount : amount;
	crm__conversion at;
	int64_t base;
	cx_status status = rate_of(draft, order, &at, error);
	if (status == CX_OK)
		status = crm__rate_apply(net, &at, "amount", &base, error);
	if (status != CX_OK)
		return status;
	engine_draft_set_int(draft, AMOUNT_NET, net);
	engine_draft_set_int(draft, AMOUNT_BASE, base);
	return CX_OK;
}

static void copy_ref(engine_draft *draft, unsigned to, const engine_draft *order, unsigned from)
{
	if (!engine_draft_is_null(order, from))
		engine_draft_set_int(draft, to, engine_draft_int(order, from));
}

static cx_status fill(engine_draft *draft, cx_error *error)
{
	engine_draft *order;
	cx_status status = engine_draft_load(draft, ORDER_STATUS,
	                                     engine_draft_int(draft, ORDER), &order, error);
	if (status != CX_OK) /* told when it is written */
		return status == CX_NOT_FOUND ? CX_OK : status;
	status = check_status(order, error);
	if (status == CX_OK)
		status = set_amounts(draft, order, error);
	if (status != CX_OK || engine_draft_existed(draft))
		return status;
	copy_ref(draft, CREDITED_USER, order, ORDER_CREDITED_USER);
	copy_ref(draft, CREDITED_TEAM, order, ORDER_CREDITED_TEAM);
	return CX_OK;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES ||
	    engine_draft_is_null(draft, AMOUNT) || engine_draft_is_null(draft, KIND))
		return CX_OK; /* what is missing is told when it is written */
	cx_status status = check_same(draft, error);
	if (status != CX_OK)
		return status;
	if (engine_draft_int(draft, AMOUNT) <= 0)
		return cx_fail_field(error, CX_CHECK, "amount",
		                     "an amount is above 0: money that goes back is a refund");
	return engine_draft_is_changed(draft, AMOUNT) ? fill(draft, error) : CX_OK;
}

/* ---- what has been paid of the order ---- */

static const char *in_currency(const engine_draft *order, int64_t amount,
                               char text[CRM_AMOUNT_TEXT_SIZE])
{
	return crm__amount_text(amount, engine_draft_text(order, ORDER_CURRENCY), text);
}

static cx_status check_paid(const engine_draft *order, cx_error *error)
{
	char text[CRM_AMOUNT_TEXT_SIZE], more[CRM_AMOUNT_TEXT_SIZE];
	const int64_t paid = engine_draft_int(order, ORDER_PAID);
	const int64_t total = engine_draft_int(order, ORDER_TOTAL);
	if (paid < 0)
		return cx_fail_field(
			error, CX_CHECK, "amount",
			"sales_order %lld would have more refunds than payments, by %s",
			(long long)engine_draft_id(order), in_currency(order, -paid, text));
	if (paid > total)
		return cx_fail_field(
			error, CX_CHECK, "amount",
			"sales_order %lld has a total of %s: %s would be paid too much",
			(long long)engine_draft_id(order), in_currency(order, total, text),
			in_currency(order, paid - total, more));
	if (paid != 0 && engine_draft_is(order, ORDER_STATUS, "cancelled"))
		return cx_fail_field(
			error, CX_CHECK, "order",
			"sales_order %lld is cancelled: nothing may be left of what "
			"was paid",
			(long long)engine_draft_id(order));
	return CX_OK;
}

static cx_status note_refund(void *context, engine_draft *payment, cx_error *error)
{
	(void)error;
	if (engine_draft_is(payment, KIND, "refund"))
		*(bool *)context = true;
	return CX_OK;
}

static cx_status status_of(engine_draft *draft, const engine_draft *order, const char **ret,
                           cx_error *error)
{
	const int64_t paid = engine_draft_int(order, ORDER_PAID);
	const int64_t total = engine_draft_int(order, ORDER_TOTAL);
	bool refunded = false;
	cx_status status = CX_OK;
	if (paid == 0)
		status = engine_draft_each(draft, ORDER, engine_draft_id(order), note_refund,
		                           &refunded, error);
	if (refunded)
		*ret = "refunded";
	else if (paid == total)
		*ret = "paid";
	else
		*ret = paid == 0 ? "unpaid" : "partial";
	return status;
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	engine_draft *order;
	const char *label = NULL;
	cx_status status = engine_draft_load(draft, ORDER_STATUS,
	                                     engine_draft_int(draft, ORDER), &order, error);
	if (status == CX_OK && engine_draft_event(draft) == ENGINE_UNDELETES)
		status = check_status(order, error);
	if (status == CX_OK)
		status = check_paid(order, error);
	if (status == CX_OK)
		status = status_of(draft, order, &label, error);
	if (status != CX_OK)
		return status;
	engine_draft_set_label(order, ORDER_PAYMENT_STATUS, label);
	return engine_draft_save(order, error);
}

const engine_rule crm__payment_rule = {
	.type = "payment",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
