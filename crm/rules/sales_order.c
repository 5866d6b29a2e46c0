/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: draft → confirmed → fulfilled; a draft or confirmed one may be cancelled. Confirming
 * makes the figures final: lines, prices, rate, customer and whose sale it is stay as they
 * are. */
#include "crm/crm.h"
#include "crm/rules/belongs.h"
#include "crm/rules/day.h"
#include "crm/rules/frozen.h"
#include "crm/rules/lines.h"
#include "crm/rules/moves.h"
#include "crm/rules/number.h"
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"

enum {
	NUMBER,
	CUSTOMER,
	OPPORTUNITY,
	CONTRACT,
	CONTACT,
	STATUS,
	PAYMENT_STATUS,
	CONFIRMED_AT,
	CURRENCY,
	FX_RATE,
	SUBTOTAL,
	DISCOUNT,
	TAX,
	TOTAL,
	TOTAL_BASE,
	PAID,
	OWNER,
	CREDITED_USER,
	CREDITED_TEAM,
	CANCEL_REASON,
	OF_OPPORTUNITY,
	OF_CONTRACT,
	OF_CONTACT,
	LIFECYCLE,
	USER_TEAM,
	PRODUCT_NAME,
	LINE_ORDER,
	LINE_NO,
	LINE_PRODUCT,
	LINE_PRODUCT_NAME,
	LINE_UNIT_PRICE,
	LINE_QTY,
	LINE_DISCOUNT,
	LINE_TAX_BP,
	LINE_NET,
	LINE_TAX,
	LINE_NET_BASE,
	LINE_CONFIRMED_AT,
	BASE,
	RATE_E8,
	NUMBER_FORMAT,
	SERIES,
	SERIES_LAST,
	REQUEST_ORDER,
	REQUEST_CUSTOMER,
	FEEDBACK_ORDER,
	FEEDBACK_CUSTOMER,
};
static const char *const fields[] = {
	[NUMBER] = "number",
	[CUSTOMER] = "customer",
	[OPPORTUNITY] = "opportunity",
	[CONTRACT] = "contract",
	[CONTACT] = "contact",
	[STATUS] = "status",
	[PAYMENT_STATUS] = "payment_status",
	[CONFIRMED_AT] = "confirmed_at",
	[CURRENCY] = "currency",
	[FX_RATE] = "fx_rate_e8",
	[SUBTOTAL] = "subtotal",
	[DISCOUNT] = "discount",
	[TAX] = "tax",
	[TOTAL] = "total",
	[TOTAL_BASE] = "total_base",
	[PAID] = "paid",
	[OWNER] = "owner",
	[CREDITED_USER] = "credited_user",
	[CREDITED_TEAM] = "credited_team",
	[CANCEL_REASON] = "cancel_reason",
	[OF_OPPORTUNITY] = "opportunity.customer",
	[OF_CONTRACT] = "contract.customer",
	[OF_CONTACT] = "contact.customer",
	[LIFECYCLE] = "customer.lifecycle",
	[USER_TEAM] = "user.team",
	[PRODUCT_NAME] = "product.name",
	[LINE_ORDER] = "order_line.order",
	[LINE_NO] = "order_line.line_no",
	[LINE_PRODUCT] = "order_line.product",
	[LINE_PRODUCT_NAME] = "order_line.product_name",
	[LINE_UNIT_PRICE] = "order_line.unit_price",
	[LINE_QTY] = "order_line.qty_milli",
	[LINE_DISCOUNT] = "order_line.discount_bp",
	[LINE_TAX_BP] = "order_line.tax_bp",
	[LINE_NET] = "order_line.net",
	[LINE_TAX] = "order_line.tax_amount",
	[LINE_NET_BASE] = "order_line.net_base",
	[LINE_CONFIRMED_AT] = "order_line.confirmed_at",
	[BASE] = "org.base_currency",
	[RATE_E8] = "fx_rate.rate_e8",
	[NUMBER_FORMAT] = "org.number_format",
	[SERIES] = "number_series.series",
	[SERIES_LAST] = "number_series.last",
	[REQUEST_ORDER] = "service_request.order",
	[REQUEST_CUSTOMER] = "service_request.customer",
	[FEEDBACK_ORDER] = "feedback.order",
	[FEEDBACK_CUSTOMER] = "feedback.customer",
};

static const crm__rate_fields rate = { .base = BASE, .rate_e8 = RATE_E8 };

static const crm__number_fields number = {
	.number = NUMBER, .format = NUMBER_FORMAT, .series = SERIES, .last = SERIES_LAST
};

static const crm__line_fields line_fields = {
	.order = LINE_ORDER,
	.line_no = LINE_NO,
	.unit_price = LINE_UNIT_PRICE,
	.qty_milli = LINE_QTY,
	.discount_bp = LINE_DISCOUNT,
	.tax_bp = LINE_TAX_BP,
};

static const crm__move moves[] = {
	{ "", "draft" },
	{ "draft", "confirmed" },
	{ "draft", "cancelled" },
	{ "confirmed", "fulfilled" },
	{ "confirmed", "cancelled" },
};

static const crm__belonging belongings[] = {
	{ OPPORTUNITY, OF_OPPORTUNITY, false },
	{ CONTRACT, OF_CONTRACT, false },
	{ CONTACT, OF_CONTACT, true },
};

static const crm__referrer referrers[] = {
	{ REQUEST_ORDER, REQUEST_CUSTOMER },
	{ FEEDBACK_ORDER, FEEDBACK_CUSTOMER },
};

static const crm__belongs belongs = {
	.customer = CUSTOMER,
	.names = fields,
	.items = belongings,
	.item_count = CX_COUNT_OF(belongings),
	.referrers = referrers,
	.referrer_count = CX_COUNT_OF(referrers),
};

static bool becomes(const engine_draft *draft, const char *label)
{
	return engine_draft_is(draft, STATUS, label) && engine_draft_is_changed(draft, STATUS);
}

/* ---- what may not be ---- */

static cx_status check_frozen(const engine_draft *draft, cx_error *error)
{
	static const unsigned prices[] = { CURRENCY, DISCOUNT };
	static const unsigned customer[] = { CUSTOMER };
	crm__frozen frozen = { .fields = prices,
		               .count = CX_COUNT_OF(prices),
		               .names = fields,
		               .since = "once it is no draft any more",
		               .instead = "cancel it and enter another order" };
	if (!engine_draft_existed(draft) || engine_draft_was(draft, STATUS, "draft"))
		return CX_OK;
	cx_status status = crm__frozen_check(&frozen, draft, error);
	if (status != CX_OK || engine_draft_change(draft)->cause == CRM_CAUSE_MERGE)
		return status;
	frozen.fields = customer;
	frozen.count = 1;
	return crm__frozen_check(&frozen, draft, error);
}

static const char *in_currency(const engine_draft *draft, unsigned field,
                               char text[CRM_AMOUNT_TEXT_SIZE])
{
	return crm__amount_text(engine_draft_int(draft, field),
	                        engine_draft_text(draft, CURRENCY), text);
}

static cx_status check_cancelled(const engine_draft *draft, cx_error *error)
{
	char text[CRM_AMOUNT_TEXT_SIZE];
	if (!engine_draft_is(draft, STATUS, "cancelled"))
		return CX_OK;
	if (engine_draft_text(draft, CANCEL_REASON).size == 0)
		return cx_fail_field(error, CX_CHECK, "cancel_reason",
		                     "an order is cancelled for a reason: give cancel_reason");
	if (engine_draft_int(draft, PAID) != 0)
		return cx_fail_field(
			error, CX_CHECK, "status",
			"sales_order %lld has been paid %s: refund that first, then "
			"cancel it",
			(long long)engine_draft_id(draft), in_currency(draft, PAID, text));
	return CX_OK;
}

static cx_status check(engine_draft *draft, cx_error *error)
{
	const crm__moves table = { moves, CX_COUNT_OF(moves) };
	cx_status status = crm__moves_check(&table, draft, STATUS, "status", error);
	if (status == CX_OK && engine_draft_int(draft, DISCOUNT) < 0)
		return cx_fail_field(error, CX_CHECK, "discount", "a discount is 0 or more");
	if (status == CX_OK)
		status = check_frozen(draft, error);
	if (status == CX_OK)
		status = check_cancelled(draft, error);
	if (status == CX_OK)
		status = crm__rate_currency(draft, CURRENCY, &rate, error);
	if (status == CX_OK)
		status = crm__belongs_keep(draft, &belongs, error);
	return status == CX_OK ? crm__belongs_check(draft, &belongs, error) : status;
}

/* ---- figures ---- */

static cx_status read_lines(crm__lines *lines, engine_draft *draft, cx_error *error)
{
	cx_status status =
		crm__lines_read(lines, draft, &line_fields, engine_draft_id(draft), error);
	return status == CX_OK
	               ? crm__lines_total(lines, engine_draft_int(draft, DISCOUNT), error)
	               : status;
}

static cx_status check_currency(const engine_draft *draft, const crm__lines *lines,
                                cx_error *error)
{
	if (!engine_draft_is_changed(draft, CURRENCY) || lines->count == 0)
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "currency",
	                     "the prices of the order's lines are in %.*s: delete the lines "
	                     "first",
	                     CX_SLICE_ARG(engine_draft_old_text(draft, CURRENCY)));
}

static void set_figures(engine_draft *draft, const crm__order_figures *figures)
{
	engine_draft_set_int(draft, SUBTOTAL, figures->subtotal);
	engine_draft_set_int(draft, TAX, figures->tax);
	engine_draft_set_int(draft, TOTAL, figures->total);
}

static cx_status check_confirmed(const engine_draft *draft, const crm__lines *lines,
                                 cx_error *error)
{
	char text[CRM_AMOUNT_TEXT_SIZE], of_lines[CRM_AMOUNT_TEXT_SIZE];
	if (lines->count == 0)
		return cx_fail_field(
			error, CX_CHECK, "status",
			"an order without lines is not confirmed: add lines first");
	if (engine_draft_int(draft, DISCOUNT) > lines->figures.subtotal &&
	    engine_draft_int(draft, DISCOUNT) > 0)
		return cx_fail_field(error, CX_CHECK, "discount",
		                     "the discount of %s is more than the lines' %s",
		                     in_currency(draft, DISCOUNT, text),
		                     crm__amount_text(lines->figures.subtotal,
		                                      engine_draft_text(draft, CURRENCY),
		                                      of_lines));
	if (lines->figures.total < 0)
		return cx_fail_field(error, CX_CHECK, "status",
		                     "the total of an order is not below 0");
	return CX_OK;
}

static cx_status set_credit(engine_draft *draft, cx_error *error)
{
	const int64_t owner = engine_draft_int(draft, OWNER);
	engine_draft *user;
	cx_status status = engine_draft_load(draft, USER_TEAM, owner, &user, error);
	if (status != CX_OK) /* told when it is written */
		return status == CX_NOT_FOUND ? CX_OK : status;
	engine_draft_set_int(draft, CREDITED_USER, owner);
	engine_draft_set_int(draft, CREDITED_TEAM, engine_draft_int(user, USER_TEAM));
	return CX_OK;
}

static cx_status set_base(engine_draft *draft, cx_error *error)
{
	int64_t today, base;
	crm__conversion at;
	cx_status status = crm__day_today(draft, &today);
	if (status == CX_OK)
		status = crm__rate_on(draft, &rate, engine_draft_text(draft, CURRENCY), today,
		                      &at, error);
	if (status == CX_OK)
		status = crm__rate_apply(engine_draft_int(draft, TOTAL), &at, "total", &base,
		                         error);
	if (status != CX_OK)
		return status;
	engine_draft_set_int(draft, FX_RATE, at.rate_e8);
	engine_draft_set_int(draft, TOTAL_BASE, base);
	return CX_OK;
}

static cx_status confirm(engine_draft *draft, const crm__lines *lines, cx_error *error)
{
	cx_status status = check_confirmed(draft, lines, error);
	if (status == CX_OK)
		status = set_base(draft, error);
	if (status == CX_OK)
		status = set_credit(draft, error);
	engine_draft_set_int(draft, CONFIRMED_AT,
	                     engine_author_at(&engine_draft_change(draft)->author));
	if (lines->figures.total == 0) /* there is nothing to pay */
		engine_draft_set_label(draft, PAYMENT_STATUS, "paid");
	return status;
}

/* Whether the write changes what the lines make of the order. */
static bool needs_lines(const engine_draft *draft)
{
	return becomes(draft, "confirmed") || engine_draft_is_changed(draft, DISCOUNT) ||
	       engine_draft_is_changed(draft, CURRENCY);
}

static cx_status update_figures(engine_draft *draft, cx_error *error)
{
	if (!needs_lines(draft))
		return CX_OK;
	CX_SCOPED(crm__lines_release) crm__lines lines = { 0 };
	cx_status status = read_lines(&lines, draft, error);
	if (status == CX_OK)
		status = check_currency(draft, &lines, error);
	if (status != CX_OK)
		return status;
	set_figures(draft, &lines.figures);
	return becomes(draft, "confirmed") ? confirm(draft, &lines, error) : CX_OK;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	cx_status status = check(draft, error);
	if (status != CX_OK)
		return status;
	return engine_draft_existed(draft)
	               ? update_figures(draft, error)
	               : crm__number_give(draft, CRM__NUMBERED_SALES_ORDER, &number, error);
}

/* ---- what goes with it ---- */

typedef struct lines_update {
	engine_draft *order;
	crm__lines lines;
	crm__conversion at; /* when it is confirmed */
	bool confirms;
} lines_update;

static cx_status confirm_line(const lines_update *self, engine_draft *line, cx_error *error)
{
	engine_draft *product;
	int64_t base;
	cx_status status = crm__rate_apply(engine_draft_int(line, LINE_NET), &self->at, "net",
	                                   &base, error);
	if (status == CX_OK)
		status = engine_draft_load(self->order, PRODUCT_NAME,
		                           engine_draft_int(line, LINE_PRODUCT), &product,
		                           error);
	if (status == CX_OK)
		status = engine_draft_set_text(line, LINE_PRODUCT_NAME,
		                               engine_draft_text(product, PRODUCT_NAME));
	if (status != CX_OK)
		return status;
	engine_draft_set_int(line, LINE_NET_BASE, base);
	engine_draft_set_int(line, LINE_CONFIRMED_AT,
	                     engine_draft_int(self->order, CONFIRMED_AT));
	return CX_OK;
}

static cx_status update_line(void *context, engine_draft *line, cx_error *error)
{
	const lines_update *self = context;
	const crm__line_figures *figures =
		crm__lines_figures(&self->lines, engine_draft_int(line, LINE_NO));
	engine_draft_set_int(line, LINE_NET, figures->net);
	engine_draft_set_int(line, LINE_TAX, figures->tax);
	cx_status status = self->confirms ? confirm_line(self, line, error) : CX_OK;
	return status == CX_OK ? engine_draft_save(line, error) : status;
}

static cx_status update_lines(engine_draft *draft, cx_error *error)
{
	lines_update self = { .order = draft, .confirms = becomes(draft, "confirmed") };
	cx_slice base;
	cx_status status = crm__rate_base(draft, &rate, &base, error);
	if (status == CX_OK)
		status = read_lines(&self.lines, draft, error);
	self.at = (crm__conversion){ .from = engine_draft_text(draft, CURRENCY),
		                     .to = base,
		                     .rate_e8 = engine_draft_int(draft, FX_RATE) };
	if (status == CX_OK)
		status = engine_draft_each(draft, LINE_ORDER, engine_draft_id(draft),
		                           update_line, &self, error);
	crm__lines_release(&self.lines);
	return status;
}

static cx_status take_back(void *context, engine_draft *line, cx_error *error)
{
	(void)context;
	engine_draft_set_null(line, LINE_CONFIRMED_AT);
	return engine_draft_save(line, error);
}

static cx_status activate_customer(engine_draft *draft, cx_error *error)
{
	engine_draft *customer;
	cx_status status = engine_draft_load(
		draft, LIFECYCLE, engine_draft_int(draft, CUSTOMER), &customer, error);
	if (status != CX_OK)
		return status;
	engine_draft_set_label(customer, LIFECYCLE, "active");
	return engine_draft_save(customer, error);
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_UNDELETES)
		return crm__belongs_back(draft, &belongs, error);
	if (engine_draft_event(draft) != ENGINE_UPDATES)
		return CX_OK;
	cx_status status = needs_lines(draft) ? update_lines(draft, error) : CX_OK;
	if (status == CX_OK && becomes(draft, "confirmed"))
		status = activate_customer(draft, error);
	if (status == CX_OK && becomes(draft, "cancelled"))
		status = engine_draft_each(draft, LINE_ORDER, engine_draft_id(draft), take_back,
		                           NULL, error);
	return status;
}

const engine_rule crm__sales_order_rule = {
	.type = "sales_order",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
