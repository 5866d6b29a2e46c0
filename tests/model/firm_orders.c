/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, their lines and what is paid of them. */
#include "tests/model/firm.h"
#include "tests/support/shop.h"

#include <stdio.h>
#include <string.h>

/* Whether a reference of a record of that customer leads to a live record of another. */
static bool is_foreign(const firm *self, const char *type, int64_t id, int64_t customer)
{
	return id > 0 && ledger_lives(self->ledger, type, id) &&
	       ledger_int(self->ledger, type, id, "customer") != customer;
}

static bool is_draft(const firm *self, int64_t order)
{
	engine_row row;
	return row_find(self->f, "sales_order", order, &row) && row_is(&row, "status", "draft");
}

/* ---- orders ---- */

static void make_order(firm *self)
{
	static const struct {
		const char *field, *type;
	} links[] = { { "opportunity", "opportunity" },
		      { "contract", "contract" },
		      { "contact", "contact" } };
	deed what = firm_create("sales_order");
	reasons why = 0;
	const int64_t customer = firm_live(self, "customer");
	const int64_t discount = firm_one_in(self, 3) ? firm_roll(self, 3000) - 20 : 0;
	deed_number(&what, "customer", customer);
	deed_number(&what, "ordered_on", firm_day(self->f->now_ms));
	deed_number(&what, "owner", 1 + firm_roll(self, 3));
	deed_text(&what, "currency", firm_pick(self, "CNY", "CNY", "USD"));
	deed_number(&what, "discount", discount);
	because(why, discount < 0, CHECK);
	for (size_t i = 0; i < CX_COUNT_OF(links); i++) {
		const int64_t id = firm_one_in(self, 2)
		                           ? firm_of_customer(self, links[i].type, customer)
		                           : 0;
		deed_reference(&what, links[i].field, id);
		because(why, is_foreign(self, links[i].type, id, customer), CHECK);
	}
	if (firm_one_in(self, 4))
		deed_reference(&what, "campaign", firm_live(self, "campaign"));
	if (firm_one_in(self, 30)) {
		deed_text(&what, "status", "confirmed");
		because(why, true, CHECK);
	}
	(void)firm_do(self, &what, why);
}

typedef struct sums {
	int64_t lines, net;
} sums;

static sums lines_of(const firm *self, int64_t order)
{
	const engine_type *type = ledger_type(self->ledger, "order_line");
	sums all = { 0 };
	for (int64_t id = 1; id <= ledger_last(self->ledger, type); id++) {
		engine_row line;
		if (!ledger_lives(self->ledger, "order_line", id) ||
		    ledger_int(self->ledger, "order_line", id, "order") != order ||
		    !row_find(self->f, "order_line", id, &line))
			continue;
		all.lines++;
		all.net += firm_rounded((firm_wide)row_int(&line, "unit_price") *
		                                row_int(&line, "qty_milli") *
		                                (10000 - row_int(&line, "discount_bp")),
		                        10000000);
	}
	return all;
}

static void confirm(firm *self, int64_t id)
{
	deed what = firm_update("sales_order", id);
	reasons why = 0;
	engine_row row;
	deed_text(&what, "status", "confirmed");
	firm_tell_late(self, &what);
	if (row_find(self->f, "sales_order", id, &row) &&
	    !row_is(&row, "status", "confirmed")) {
		const sums all = lines_of(self, id);
		because(why, !row_is(&row, "status", "draft"), CHECK);
		because(why, all.lines == 0, CHECK);
		because(why, row_int(&row, "discount") > all.net, CHECK);
		because(why,
		        firm_rate_of(self, row_int(&row, "currency"),
		                     firm_day(firm_when(self, &what))) == 0,
		        CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void end_order(firm *self, int64_t id)
{
	deed what = firm_update("sales_order", id);
	reasons why = 0;
	engine_row row;
	const bool cancels = firm_one_in(self, 2);
	const bool reasoned = !firm_one_in(self, 5);
	deed_text(&what, "status", cancels ? "cancelled" : "fulfilled");
	if (cancels && reasoned)
		deed_text(&what, "cancel_reason", "r");
	if (row_find(self->f, "sales_order", id, &row)) {
		const bool draft = row_is(&row, "status", "draft");
		const bool confirmed = row_is(&row, "status", "confirmed");
		const bool was = row_is(&row, "status", cancels ? "cancelled" : "fulfilled");
		because(why, !was && !confirmed && !(draft && cancels), CHECK);
		because(why, cancels && !reasoned && row_is_null(&row, "cancel_reason"), CHECK);
		because(why, cancels && row_int(&row, "paid") != 0, CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void change_terms(firm *self, int64_t id)
{
	deed what = firm_update("sales_order", id);
	reasons why = 0;
	engine_row row;
	const bool discounts = firm_one_in(self, 2);
	const int64_t discount = firm_roll(self, 2500) - 20;
	const char *currency = firm_pick(self, "CNY", "USD");
	if (discounts)
		deed_number(&what, "discount", discount);
	else
		deed_text(&what, "currency", currency);
	because(why, discounts && discount < 0, CHECK);
	if (row_find(self->f, "sales_order", id, &row)) {
		const bool changes = discounts ? row_int(&row, "discount") != discount
		                               : !row_is(&row, "currency", currency);
		because(why, changes && !row_is(&row, "status", "draft"), CHECK);
		because(why, changes && !discounts && lines_of(self, id).lines > 0, CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void change_customer(firm *self, int64_t id)
{
	static const struct {
		const char *field, *type;
	} links[] = { { "opportunity", "opportunity" },
		      { "contract", "contract" },
		      { "contact", "contact" } };
	deed what = firm_update("sales_order", id);
	reasons why = 0;
	engine_row row;
	const int64_t customer = firm_live(self, "customer");
	deed_number(&what, "customer", customer);
	if (row_find(self->f, "sales_order", id, &row) &&
	    row_int(&row, "customer") != customer) {
		because(why,
		        !row_is(&row, "status", "draft") ||
		                firm_is_torn(self, "service_request", "order", id, customer) ||
		                firm_is_torn(self, "feedback", "order", id, customer),
		        CHECK);
		for (size_t i = 0; i < CX_COUNT_OF(links); i++)
			because(why,
			        is_foreign(self, links[i].type, row_int(&row, links[i].field),
			                   customer),
			        CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void change_links(firm *self, int64_t id)
{
	deed what = firm_update("sales_order", id);
	reasons why = 0;
	engine_row row;
	const bool lives = row_find(self->f, "sales_order", id, &row);
	const int64_t customer = lives ? row_int(&row, "customer") : 1;
	const char *link = firm_pick(self, "opportunity", "contract", "contact");
	const int64_t to = firm_of_customer(self, link, customer);
	deed_reference(&what, link, to);
	because(why, lives && row_int(&row, link) != to && is_foreign(self, link, to, customer),
	        CHECK);
	if (firm_one_in(self, 3))
		deed_number(&what, "owner", 1 + firm_roll(self, 3));
	(void)firm_do(self, &what, why);
}

void firm_orders(firm *self)
{
	const int64_t id = firm_live(self, "sales_order");
	switch (firm_roll(self, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		make_order(self);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		confirm(self, id);
		break;
	case 8:
	case 9:
		end_order(self, id);
		break;
	case 10:
	case 11:
		change_terms(self, id);
		break;
	case 12:
		change_customer(self, id);
		break;
	case 13:
		change_links(self, id);
		break;
	case 14:
		firm_drop(self, "sales_order", firm_some(self, "sales_order"), 0);
		break;
	default:
		firm_bring_back(self, "sales_order", firm_some(self, "sales_order"), 0);
	}
}

/* ---- lines ---- */

/* The price that a product has of its own is in another currency. */
static bool has_no_price(const firm *self, int64_t order, int64_t product)
{
	return ledger_lives(self->ledger, "product", product) &&
	       ledger_int(self->ledger, "product", product, "currency") !=
	               ledger_int(self->ledger, "sales_order", order, "currency");
}

static void make_line(firm *self)
{
	deed what = firm_create("order_line");
	reasons why = 0;
	int64_t order = firm_live(self, "sales_order");
	for (int i = 0; i < 4 && !is_draft(self, order); i++)
		order = firm_live(self, "sales_order");
	const int64_t product = firm_live(self, "product");
	const int64_t quantity = firm_one_in(self, 20) ? 0 : 1 + firm_roll(self, 4000);
	const int64_t discount = firm_one_in(self, 3) ? firm_roll(self, 10100) : 0;
	deed_number(&what, "order", order);
	deed_number(&what, "line_no", 1 + firm_roll(self, 10));
	deed_number(&what, "product", product);
	deed_number(&what, "qty_milli", quantity);
	deed_number(&what, "discount_bp", discount);
	deed_number(&what, "tax_bp", firm_roll(self, 1700));
	because(why, quantity <= 0 || discount > 10000, CHECK);
	because(why, ledger_lives(self->ledger, "sales_order", order) && !is_draft(self, order),
	        CHECK);
	if (firm_one_in(self, 2)) {
		deed_number(&what, "unit_price", firm_roll(self, 900));
	} else {
		because(why, has_no_price(self, order, product), CHECK);
		/* Without a product there is no price either. */
		because(why, !ledger_lives(self->ledger, "product", product), NOT_FOUND);
		because(why, !ledger_lives(self->ledger, "sales_order", order), REQUIRED);
	}
	(void)firm_do(self, &what, why);
}

static void change_line(firm *self)
{
	const int64_t id = firm_live(self, "order_line");
	deed what = firm_update("order_line", id);
	reasons why = 0;
	const int64_t order = ledger_int(self->ledger, "order_line", id, "order");
	const char *field = firm_pick(self, "qty_milli", "qty_milli", "line_no", "unit_price",
	                              "discount_bp", "product");
	const int64_t value = field[0] == 'p' ? firm_live(self, "product")
	                                      : firm_roll(self, field[0] == 'l' ? 14 : 10050);
	deed_number(&what, field, value);
	because(why, !is_draft(self, order), CHECK);
	because(why, field[0] == 'q' && value <= 0, CHECK);
	because(why, field[0] == 'd' && value > 10000, CHECK);
	if (field[0] == 'p' && ledger_int(self->ledger, "order_line", id, "product") != value)
		because(why, has_no_price(self, order, value), CHECK);
	(void)firm_do(self, &what, why);
}

/* A line is deleted and brought back only while its order is a draft. */
static reasons stays(const firm *self, int64_t line)
{
	const int64_t order = ledger_int(self->ledger, "order_line", line, "order");
	return order != ROW_NULL && ledger_lives(self->ledger, "sales_order", order) &&
	                       !is_draft(self, order)
	               ? REASON(CHECK)
	               : 0;
}

void firm_lines(firm *self)
{
	const int64_t id = firm_some(self, "order_line");
	switch (firm_roll(self, 12)) {
	case 0:
		firm_drop(self, "order_line", id, stays(self, id));
		break;
	case 1:
		firm_bring_back(self, "order_line", id, stays(self, id));
		break;
	case 2:
	case 3:
	case 4:
		change_line(self);
		break;
	default:
		make_line(self);
	}
}

/* ---- payments ---- */

static bool is_payable(const engine_row *order)
{
	return row_is(order, "status", "confirmed") || row_is(order, "status", "fulfilled");
}

/* What is paid when the payment counts so much more than now. */
static reasons bounds(const engine_row *order, int64_t more)
{
	reasons why = 0;
	const int64_t paid = row_int(order, "paid") + more;
	because(why, paid < 0 || paid > row_int(order, "total"), CHECK);
	because(why, paid != 0 && row_is(order, "status", "cancelled"), CHECK);
	return why;
}

static int64_t net_of(const firm *self, int64_t payment)
{
	const engine_type *type = ledger_type(self->ledger, "payment");
	const engine_field *kind = engine_type_field(type, CX_SLICE_LITERAL("kind"));
	const int64_t amount = ledger_int(self->ledger, "payment", payment, "amount");
	return ledger_int(self->ledger, "payment", payment, "kind") ==
	                       row_number_of_text(kind, "refund")
	               ? -amount
	               : amount;
}

static void pay(firm *self)
{
	deed what = firm_create("payment");
	reasons why = 0;
	engine_row order;
	int64_t id = firm_live(self, "sales_order");
	for (int i = 0;
	     i < 4 && (!row_find(self->f, "sales_order", id, &order) || !is_payable(&order));
	     i++)
		id = firm_live(self, "sales_order");
	const bool back = firm_one_in(self, 3);
	int64_t most = 100;
	if (row_find(self->f, "sales_order", id, &order))
		most = back ? row_int(&order, "paid")
		            : row_int(&order, "total") - row_int(&order, "paid");
	const int64_t amount = firm_one_in(self, 3)   ? most
	                       : firm_one_in(self, 5) ? most + 1
	                                              : firm_roll(self, most + 2);
	deed_number(&what, "order", id);
	deed_text(&what, "kind", back ? "refund" : "payment");
	deed_number(&what, "amount", amount);
	deed_number(&what, "paid_at", self->f->now_ms);
	char reference[8];
	if (firm_one_in(self, 3)) {
		snprintf(reference, sizeof reference, "R%d", (int)firm_roll(self, 200));
		deed_text(&what, "reference", reference);
	}
	because(why, amount <= 0, CHECK);
	if (row_find(self->f, "sales_order", id, &order)) {
		because(why, !is_payable(&order), CHECK);
		why |= bounds(&order, back ? -amount : amount);
	}
	(void)firm_do(self, &what, why);
}

static void change_payment(firm *self)
{
	const int64_t id = firm_live(self, "payment");
	deed what = firm_update("payment", id);
	reasons why = 0;
	engine_row order;
	const int64_t amount = firm_roll(self, 4000);
	const int64_t had = ledger_int(self->ledger, "payment", id, "amount");
	deed_number(&what, "amount", amount);
	because(why, amount <= 0, CHECK);
	if (row_find(self->f, "sales_order", ledger_int(self->ledger, "payment", id, "order"),
	             &order) &&
	    amount != had) {
		because(why, !is_payable(&order), CHECK);
		why |= bounds(&order, net_of(self, id) < 0 ? had - amount : amount - had);
	}
	(void)firm_do(self, &what, why);
}

/* Why a payment may not go (or come back). */
static reasons moves_bounds(const firm *self, int64_t id, bool comes)
{
	engine_row order;
	reasons why = 0;
	if (!row_find(self->f, "sales_order", ledger_int(self->ledger, "payment", id, "order"),
	              &order))
		return 0;
	because(why, comes && !is_payable(&order), CHECK);
	return why | bounds(&order, comes ? net_of(self, id) : -net_of(self, id));
}

void firm_payments(firm *self)
{
	const int64_t id = firm_some(self, "payment");
	switch (firm_roll(self, 8)) {
	case 0:
		firm_drop(self, "payment", id, moves_bounds(self, id, false));
		break;
	case 1:
		firm_bring_back(self, "payment", id, moves_bounds(self, id, true));
		break;
	case 2:
		change_payment(self);
		break;
	default:
		pay(self);
	}
}
