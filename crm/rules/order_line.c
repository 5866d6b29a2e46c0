/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of orders, which change only while the order is a draft. Whatever happens to a line,
 * the totals of its order come along; a discount on the whole order is parted over all lines
 * again. */
#include "crm/figures/amount.h"
#include "crm/rules/lines.h"
#include "crm/rules/rules.h"

enum {
	ORDER,
	LINE_NO,
	PRODUCT,
	UNIT_PRICE,
	QTY_MILLI,
	DISCOUNT_BP,
	TAX_BP,
	NET,
	TAX_AMOUNT,
	ORDER_STATUS,
	ORDER_CURRENCY,
	ORDER_DISCOUNT,
	ORDER_SUBTOTAL,
	ORDER_TAX,
	ORDER_TOTAL,
	PRODUCT_CURRENCY,
	LIST_PRICE,
};
static const char *const fields[] = {
	[ORDER] = "order",
	[LINE_NO] = "line_no",
	[PRODUCT] = "product",
	[UNIT_PRICE] = "unit_price",
	[QTY_MILLI] = "qty_milli",
	[DISCOUNT_BP] = "discount_bp",
	[TAX_BP] = "tax_bp",
	[NET] = "net",
	[TAX_AMOUNT] = "tax_amount",
	[ORDER_STATUS] = "sales_order.status",
	[ORDER_CURRENCY] = "sales_order.currency",
	[ORDER_DISCOUNT] = "sales_order.discount",
	[ORDER_SUBTOTAL] = "sales_order.subtotal",
	[ORDER_TAX] = "sales_order.tax",
	[ORDER_TOTAL] = "sales_order.total",
	[PRODUCT_CURRENCY] = "product.currency",
	[LIST_PRICE] = "product.list_price",
};

static const crm__line_fields line_fields = {
	.order = ORDER,
	.line_no = LINE_NO,
	.unit_price = UNIT_PRICE,
	.qty_milli = QTY_MILLI,
	.discount_bp = DISCOUNT_BP,
	.tax_bp = TAX_BP,
};

/* ---- what may not be ---- */

static cx_status check_order(const engine_draft *draft, const engine_draft *order,
                             cx_error *error)
{
	if (engine_draft_existed(draft) && engine_draft_is_changed(draft, ORDER))
		return cx_fail_field(error, CX_CHECK, "order",
		                     "a line stays with its order: delete it and add another");
	if (engine_draft_is(order, ORDER_STATUS, "draft"))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "order",
	                     "sales_order %lld is %s, its lines do not change any more: cancel "
	                     "it and enter another order",
	                     (long long)engine_draft_id(order),
	                     engine_draft_label(order, ORDER_STATUS));
}

static cx_status check_terms(const crm__line *terms, cx_error *error)
{
	if (terms->qty_milli <= 0)
		return cx_fail_field(error, CX_CHECK, "qty_milli", "a quantity is above 0");
	if (terms->discount_bp < 0 || terms->discount_bp > CRM_BP_ONE)
		return cx_fail_field(error, CX_CHECK, "discount_bp", "a discount is 0 to %d",
		                     CRM_BP_ONE);
	if (terms->tax_bp < 0)
		return cx_fail_field(error, CX_CHECK, "tax_bp", "a tax is 0 or more");
	return CX_OK;
}

/* ---- figures of the line ---- */

/* Whether the price is to be the product's own. */
static bool wants_list_price(const engine_draft *draft)
{
	return engine_draft_is_null(draft, UNIT_PRICE) ||
	       (engine_draft_is_changed(draft, PRODUCT) &&
	        !engine_draft_is_given(draft, UNIT_PRICE));
}

static cx_status set_price(engine_draft *draft, const engine_draft *order, cx_error *error)
{
	if (!wants_list_price(draft))
		return CX_OK;
	engine_draft *product;
	cx_status status = engine_draft_load(draft, LIST_PRICE,
	                                     engine_draft_int(draft, PRODUCT), &product, error);
	if (status != CX_OK) /* told when it is written */
		return status == CX_NOT_FOUND && !engine_draft_is_null(draft, UNIT_PRICE)
		               ? CX_OK
		               : status;
	const cx_slice currency = engine_draft_text(order, ORDER_CURRENCY);
	const cx_slice own = engine_draft_text(product, PRODUCT_CURRENCY);
	if (!cx_slice_equal(currency, own))
		return cx_fail_field(
			error, CX_CHECK, "unit_price",
			"the product's price is in %.*s, the order is in %.*s: give "
			"unit_price",
			CX_SLICE_ARG(own), CX_SLICE_ARG(currency));
	engine_draft_set_int(draft, UNIT_PRICE, engine_draft_int(product, LIST_PRICE));
	return CX_OK;
}

/* The lines as they will be, this one included. */
static cx_status read_with(crm__lines *lines, engine_draft *draft, cx_error *error)
{
	const crm__order_line own = { .id = engine_draft_id(draft),
		                      .line_no = engine_draft_int(draft, LINE_NO),
		                      .terms = crm__lines_terms(draft, &line_fields) };
	cx_status status = crm__lines_read(lines, draft, &line_fields,
	                                   engine_draft_int(draft, ORDER), error);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < lines->count; i++) {
		if (lines->items[i].id == own.id) {
			lines->items[i] = own;
			return CX_OK;
		}
	}
	return crm__lines_add(lines, &own, error);
}

/* Without a discount on the order the other lines do not matter. */
static cx_status set_figures(engine_draft *draft, const engine_draft *order, cx_error *error)
{
	CX_SCOPED(crm__lines_release) crm__lines lines = { 0 };
	const int64_t discount = engine_draft_int(order, ORDER_DISCOUNT);
	const crm__order_line own = { .line_no = engine_draft_int(draft, LINE_NO),
		                      .terms = crm__lines_terms(draft, &line_fields) };
	cx_status status = discount == 0 ? crm__lines_add(&lines, &own, error)
	                                 : read_with(&lines, draft, error);
	if (status == CX_OK)
		status = crm__lines_total(&lines, discount, error);
	if (status != CX_OK)
		return status;
	const crm__line_figures *figures = crm__lines_figures(&lines, own.line_no);
	engine_draft_set_int(draft, NET, figures->net);
	engine_draft_set_int(draft, TAX_AMOUNT, figures->tax);
	return CX_OK;
}

static cx_status work_out(engine_draft *draft, const engine_draft *order, cx_error *error)
{
	cx_status status = set_price(draft, order, error);
	const crm__line terms = crm__lines_terms(draft, &line_fields);
	if (status == CX_OK)
		status = check_terms(&terms, error);
	return status == CX_OK ? set_figures(draft, order, error) : status;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (!engine_draft_is_named(draft)) /* it goes with its order */
		return CX_OK;
	engine_draft *order;
	cx_status status = engine_draft_load(draft, ORDER_STATUS,
	                                     engine_draft_int(draft, ORDER), &order, error);
	if (status != CX_OK) /* told when it is written */
		return status == CX_NOT_FOUND ? CX_OK : status;
	status = check_order(draft, order, error);
	return status == CX_OK && engine_draft_event(draft) != ENGINE_DELETES
	               ? work_out(draft, order, error)
	               : status;
}

/* ---- totals of the order ---- */

static cx_status fail_large(cx_error *error)
{
	return cx_fail(error, CX_TOO_LARGE, "the amounts of the order are too large");
}

/* Adds `sign` times a figure of the line. */
static bool add(engine_draft *order, unsigned field, int64_t figure, int sign)
{
	int64_t sum = engine_draft_int(order, field);
	const bool good = sign > 0 ? !__builtin_add_overflow(sum, figure, &sum)
	                           : !__builtin_sub_overflow(sum, figure, &sum);
	if (good)
		engine_draft_set_int(order, field, sum);
	return good;
}

static bool add_line(engine_draft *order, int64_t net, int64_t tax, int sign)
{
	return add(order, ORDER_SUBTOTAL, net, sign) && add(order, ORDER_TAX, tax, sign) &&
	       add(order, ORDER_TOTAL, net, sign) && add(order, ORDER_TOTAL, tax, sign);
}

/* Without a discount the totals move by what the line moves; no other line is looked at. */
static cx_status move_totals(const engine_draft *draft, engine_draft *order, cx_error *error)
{
	const engine_event event = engine_draft_event(draft);
	bool good = true;
	if (event != ENGINE_CREATES)
		good = add_line(order, engine_draft_old_int(draft, NET),
		                engine_draft_old_int(draft, TAX_AMOUNT), -1);
	if (good && event != ENGINE_DELETES)
		good = add_line(order, engine_draft_int(draft, NET),
		                engine_draft_int(draft, TAX_AMOUNT), +1);
	return good ? engine_draft_save(order, error) : fail_large(error);
}

static cx_status update_line(void *context, engine_draft *line, cx_error *error)
{
	const crm__lines *lines = context;
	const crm__line_figures *figures =
		crm__lines_figures(lines, engine_draft_int(line, LINE_NO));
	engine_draft_set_int(line, NET, figures->net);
	engine_draft_set_int(line, TAX_AMOUNT, figures->tax);
	return engine_draft_save(line, error);
}

/* The totals made anew from all lines, and the lines whose share has changed. */
static cx_status make_totals(engine_draft *draft, engine_draft *order, cx_error *error)
{
	CX_SCOPED(crm__lines_release) crm__lines lines = { 0 };
	const int64_t id = engine_draft_id(order);
	cx_status status = crm__lines_read(&lines, draft, &line_fields, id, error);
	if (status == CX_OK)
		status = crm__lines_total(&lines, engine_draft_int(order, ORDER_DISCOUNT),
		                          error);
	if (status == CX_OK)
		status = engine_draft_each(draft, ORDER, id, update_line, &lines, error);
	if (status != CX_OK)
		return status;
	engine_draft_set_int(order, ORDER_SUBTOTAL, lines.figures.subtotal);
	engine_draft_set_int(order, ORDER_TAX, lines.figures.tax);
	engine_draft_set_int(order, ORDER_TOTAL, lines.figures.total);
	return engine_draft_save(order, error);
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	if (!engine_draft_is_named(draft)) /* the order goes or comes with it */
		return CX_OK;
	const bool comes_back = engine_draft_event(draft) == ENGINE_UNDELETES;
	engine_draft *order;
	cx_status status = engine_draft_load(draft, ORDER_STATUS,
	                                     engine_draft_int(draft, ORDER), &order, error);
	if (status == CX_OK && comes_back)
		status = check_order(draft, order, error);
	if (status != CX_OK)
		return status;
	/* What comes back may have figures of a discount that is another by now. */
	return comes_back || engine_draft_int(order, ORDER_DISCOUNT) != 0
	               ? make_totals(draft, order, error)
	               : move_totals(draft, order, error);
}

const engine_rule crm__order_line_rule = {
	.type = "order_line",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
