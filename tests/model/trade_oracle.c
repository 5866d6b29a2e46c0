/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/trade_oracle.h"

#include "base/msgpack.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

enum { FIELDS_MAX = 12, LINES_MAX = 512, RECORDS_MAX = 2000 };
static const int64_t HOUR_MS = 3600000;

/* ---- records ---- */

typedef struct record {
	int64_t id;
	cx_slice values[FIELDS_MAX]; /* MessagePack */
} record;

/* False when it is not live. */
static bool look(store_fixture *f, const char *type, int64_t id, const char *const *names,
                 size_t count, record *ret)
{
	engine_row row;
	engine_read *read = engine_write_view(f->write);
	const engine_type *of = fixture_type(f, type);
	const cx_status status = engine_get(read, of, id, &row, NULL);
	assert_true(status == CX_OK || status == CX_NOT_FOUND);
	if (status != CX_OK)
		return false;
	ret->id = id;
	for (size_t i = 0; i < count; i++) {
		const engine_field *field = engine_type_field(of, cx_slice_of(names[i]));
		assert_non_null(field);
		cx_reader reader = cx_reader_of(row.array);
		cx_read_array(&reader);
		cx_read_skip_many(&reader, field->slot);
		ret->values[i] = cx_read_skip(&reader);
		assert_false(reader.failed);
	}
	return true;
}

#define LOOK(f, type, id, names, ret) look(f, type, id, names, CX_COUNT_OF(names), ret)

static bool is_null(const record *self, unsigned field)
{
	cx_reader reader = cx_reader_of(self->values[field]);
	return cx_read_if_nil(&reader);
}

static int64_t number(const record *self, unsigned field)
{
	cx_reader reader = cx_reader_of(self->values[field]);
	const int64_t value = cx_read_if_nil(&reader) ? 0 : cx_read_int(&reader);
	assert_false(reader.failed);
	return value;
}

static bool is(const record *self, unsigned field, const char *text)
{
	cx_reader reader = cx_reader_of(self->values[field]);
	return !is_null(self, field) && cx_slice_equal(cx_read_str(&reader), cx_slice_of(text));
}

/* ---- orders ---- */

enum { L_ORDER, L_NO, L_PRICE, L_QTY, L_DISCOUNT, L_TAX_BP, L_NET, L_TAX, L_BASE, L_CONFIRMED };
static const char *const line_names[] = { "order",       "line_no",     "unit_price",
	                                  "qty_milli",   "discount_bp", "tax_bp",
	                                  "net",         "tax_amount",  "net_base",
	                                  "confirmed_at" };

enum {
	O_STATUS,
	O_PAYMENT_STATUS,
	O_DISCOUNT,
	O_SUBTOTAL,
	O_TAX,
	O_TOTAL,
	O_TOTAL_BASE,
	O_PAID,
	O_CONFIRMED,
	O_RATE,
	O_UNITS,
	O_CUSTOMER,
};
static const char *const order_names[] = {
	"status",     "payment_status", "discount",     "subtotal",   "tax",         "total",
	"total_base", "paid",           "confirmed_at", "fx_rate_e8", "units_milli", "customer"
};

static wide rounded(wide value, wide by)
{
	const wide twice = 2 * value + (value < 0 ? -by : by);
	return twice / (2 * by);
}

typedef struct records {
	record items[RECORDS_MAX];
	size_t count;
} records;

/* All live records of a type. */
static void look_at_all(store_fixture *f, const char *type, int64_t last,
                        const char *const *names, size_t count, records *ret)
{
	ret->count = 0;
	for (int64_t id = 1; id <= last; id++) {
		assert_true(ret->count < RECORDS_MAX);
		if (look(f, type, id, names, count, &ret->items[ret->count]))
			ret->count++;
	}
}

typedef struct order_lines {
	record items[LINES_MAX];
	int64_t shares[LINES_MAX];
	size_t count;
} order_lines;

static int by_number(const void *left, const void *right)
{
	const int64_t a = number(left, L_NO), b = number(right, L_NO);
	return (a > b) - (a < b);
}

static void lines_of(const records *all, int64_t order, order_lines *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < all->count; i++) {
		if (number(&all->items[i], L_ORDER) != order)
			continue;
		assert_true(ret->count < LINES_MAX);
		ret->items[ret->count++] = all->items[i];
	}
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof ret->items[0], by_number);
}

/* Largest remainder, one unit after the other to whom most is owed. */
static void part(order_lines *lines, int64_t amount, int64_t subtotal)
{
	int64_t left = amount;
	for (size_t i = 0; i < lines->count; i++) {
		const wide whole = (wide)amount * number(&lines->items[i], L_NET);
		lines->shares[i] = subtotal == 0 ? 0 : (int64_t)(whole / subtotal);
		left -= lines->shares[i];
	}
	bool had[LINES_MAX] = { false };
	for (; left > 0; left--) {
		size_t most = lines->count;
		wide most_owed = -1;
		for (size_t i = 0; i < lines->count; i++) {
			const wide owed =
				(wide)amount * number(&lines->items[i], L_NET) % subtotal;
			if (!had[i] && owed > most_owed) {
				most = i;
				most_owed = owed;
			}
		}
		assert_true(most < lines->count);
		had[most] = true;
		lines->shares[most]++;
	}
}

static void assert_line(const record *line, const record *order, int64_t share)
{
	const wide net = rounded((wide)number(line, L_PRICE) * number(line, L_QTY) *
	                                 (10000 - number(line, L_DISCOUNT)),
	                         10000000);
	assert_true(net == number(line, L_NET));
	const wide tax = rounded((net - share) * number(line, L_TAX_BP), 10000);
	assert_true(tax == number(line, L_TAX));
	const bool stands =
		is(order, O_STATUS, "confirmed") || is(order, O_STATUS, "fulfilled");
	assert_true(is_null(line, L_CONFIRMED) == !stands);
	if (!stands)
		return;
	assert_true(number(line, L_CONFIRMED) == number(order, O_CONFIRMED));
	assert_true(rounded(net * number(order, O_RATE), 100000000) == number(line, L_BASE));
}

static void assert_totals(const record *order, order_lines *lines)
{
	int64_t subtotal = 0, tax = 0, units = 0, sum = 0;
	for (size_t i = 0; i < lines->count; i++)
		subtotal += number(&lines->items[i], L_NET);
	const int64_t asked = number(order, O_DISCOUNT);
	const int64_t taken = asked > subtotal ? subtotal : asked;
	part(lines, taken, subtotal);
	for (size_t i = 0; i < lines->count; i++) {
		const record *line = &lines->items[i];
		assert_line(line, order, lines->shares[i]);
		tax += number(line, L_TAX);
		units += number(line, L_QTY);
		sum += number(line, L_NET) - lines->shares[i] + number(line, L_TAX);
	}
	assert_true(number(order, O_SUBTOTAL) == subtotal);
	assert_true(number(order, O_TAX) == tax);
	assert_true(number(order, O_TOTAL) == subtotal - taken + tax);
	assert_true(number(order, O_TOTAL) == sum); /* to the unit */
	assert_true(number(order, O_UNITS) == units);
	if (is(order, O_STATUS, "draft"))
		return;
	assert_true(is(order, O_STATUS, "cancelled") || (lines->count > 0 && taken == asked));
}

/* ---- payments ---- */

enum { P_ORDER, P_KIND, P_AMOUNT, P_NET, P_BASE };
static const char *const payment_names[] = { "order", "kind", "amount", "amount_net",
	                                     "amount_base" };

typedef struct paid_sums {
	int64_t net;
	int64_t count;
	bool refunded;
} paid_sums;

static paid_sums paid_of(const records *payments, int64_t order)
{
	paid_sums all = { 0 };
	for (size_t i = 0; i < payments->count; i++) {
		const record *payment = &payments->items[i];
		if (number(payment, P_ORDER) != order)
			continue;
		const bool back = is(payment, P_KIND, "refund");
		const int64_t amount = number(payment, P_AMOUNT);
		assert_true(amount > 0);
		assert_true(number(payment, P_NET) == (back ? -amount : amount));
		all.net += back ? -amount : amount;
		all.refunded |= back;
		all.count++;
	}
	return all;
}

static const char *status_of(const paid_sums *all, int64_t total)
{
	if (all->net == 0 && all->refunded)
		return "refunded";
	if (all->net == total)
		return "paid";
	return all->net == 0 ? "unpaid" : "partial";
}

static void assert_paid(const record *order, const paid_sums *all)
{
	const int64_t total = number(order, O_TOTAL);
	assert_true(number(order, O_PAID) == all->net);
	assert_true(all->net >= 0);
	assert_true(all->net <= total);
	if (is(order, O_STATUS, "draft"))
		assert_true(all->count == 0);
	if (is(order, O_STATUS, "cancelled"))
		assert_true(all->net == 0);
	const bool stands =
		is(order, O_STATUS, "confirmed") || is(order, O_STATUS, "fulfilled");
	if (stands || all->count > 0)
		assert_true(is(order, O_PAYMENT_STATUS, status_of(all, total)));
}

typedef struct books {
	records lines, payments;
	order_lines of_order;
} books;

static void assert_order(const record *order, books *all)
{
	lines_of(&all->lines, order->id, &all->of_order);
	assert_totals(order, &all->of_order);
	const paid_sums paid = paid_of(&all->payments, order->id);
	assert_paid(order, &paid);
	if (is(order, O_STATUS, "draft"))
		assert_true(is_null(order, O_CONFIRMED) && is_null(order, O_RATE));
}

static void assert_orders(store_fixture *f, const trade_ids *ids)
{
	books *all = calloc(1, sizeof *all);
	assert_non_null(all);
	look_at_all(f, "order_line", ids->lines, line_names, CX_COUNT_OF(line_names),
	            &all->lines);
	look_at_all(f, "payment", ids->payments, payment_names, CX_COUNT_OF(payment_names),
	            &all->payments);
	for (int64_t id = 1; id <= ids->orders; id++) {
		record order;
		if (LOOK(f, "sales_order", id, order_names, &order))
			assert_order(&order, all);
	}
	free(all);
}

/* ---- the others ---- */

static void assert_contracts(store_fixture *f, const trade_ids *ids)
{
	enum { STATUS, SIGNED_ON, START_ON, END_ON, TERMS, RATE, AMOUNT, BASE };
	static const char *const names[] = {
		"status", "signed_on",  "start_on", "end_on",
		"terms",  "fx_rate_e8", "amount",   "amount_base"
	};
	for (int64_t id = 1; id <= ids->contracts; id++) {
		record contract;
		if (!LOOK(f, "contract", id, names, &contract))
			continue;
		const bool stands =
			is(&contract, STATUS, "signed") || is(&contract, STATUS, "terminated");
		assert_true(is_null(&contract, RATE) == !stands);
		if (!is_null(&contract, START_ON) && !is_null(&contract, END_ON))
			assert_true(number(&contract, START_ON) <= number(&contract, END_ON));
		if (!stands)
			continue;
		assert_false(is_null(&contract, SIGNED_ON) || is_null(&contract, START_ON) ||
		             is_null(&contract, TERMS) || is(&contract, TERMS, ""));
		assert_true(rounded((wide)number(&contract, AMOUNT) * number(&contract, RATE),
		                    100000000) == number(&contract, BASE));
	}
}

static int64_t hours_of(const record *request, unsigned priority)
{
	if (is(request, priority, "urgent"))
		return 4;
	if (is(request, priority, "high"))
		return 8;
	return is(request, priority, "normal") ? 24 : 72;
}

static void assert_requests(store_fixture *f, const trade_ids *ids)
{
	enum {
		STATUS,
		PRIORITY,
		HANDLER,
		DUE,
		CREATED,
		WAITED,
		SINCE,
		RESOLVED,
		CLOSED,
		WHY,
		FIRST
	};
	static const char *const names[] = { "status",        "priority",         "handler",
		                             "due_at",        "created_at",       "waiting_ms",
		                             "waiting_since", "resolved_at",      "closed_at",
		                             "resolution",    "first_response_at" };
	for (int64_t id = 1; id <= ids->requests; id++) {
		record request;
		if (!LOOK(f, "service_request", id, names, &request))
			continue;
		assert_true(number(&request, DUE) ==
		            number(&request, CREATED) + hours_of(&request, PRIORITY) * HOUR_MS +
		                    number(&request, WAITED));
		const bool closed = is(&request, STATUS, "closed");
		const bool done = closed || is(&request, STATUS, "resolved");
		assert_true(is_null(&request, SINCE) == !is(&request, STATUS, "waiting"));
		assert_true(is_null(&request, RESOLVED) == !done);
		assert_true(is_null(&request, CLOSED) == !closed);
		assert_true(!done || !is_null(&request, WHY));
		if (!is(&request, STATUS, "new"))
			assert_false(is_null(&request, HANDLER));
		if (!is(&request, STATUS, "new") && !is(&request, STATUS, "assigned"))
			assert_false(is_null(&request, FIRST));
		assert_true(number(&request, WAITED) >= 0);
	}
}

static void assert_tiers(store_fixture *f, const trade_ids *ids)
{
	enum { CUSTOMER, AS_OF, TIER };
	static const char *const names[] = { "customer", "as_of", "tier" };
	static const char *const tier[] = { "tier" };
	for (int64_t id = 1; id <= ids->customers; id++) {
		record customer, row, newest = { 0 };
		if (!LOOK(f, "customer", id, tier, &customer))
			continue;
		for (int64_t i = 1; i <= ids->tiers; i++) {
			if (LOOK(f, "customer_tier", i, names, &row) &&
			    number(&row, CUSTOMER) == id &&
			    (newest.id == 0 || number(&row, AS_OF) > number(&newest, AS_OF)))
				newest = row;
		}
		if (newest.id == 0)
			assert_true(is(&customer, 0, "unrated"));
		else
			assert_true(cx_slice_equal(customer.values[0], newest.values[TIER]));
	}
}

static void assert_touches(store_fixture *f, const trade_ids *ids)
{
	enum { STATUS, RESPONDED_AT };
	static const char *const names[] = { "status", "responded_at" };
	for (int64_t id = 1; id <= ids->touches; id++) {
		record touch;
		if (LOOK(f, "campaign_touch", id, names, &touch) &&
		    (is(&touch, STATUS, "responded") || is(&touch, STATUS, "attended")))
			assert_false(is_null(&touch, RESPONDED_AT));
	}
}

void trade_oracle_assert(store_fixture *f, const trade_ids *ids)
{
	const bool own = f->write == NULL;
	if (own)
		fixture_begin(f);
	assert_orders(f, ids);
	assert_contracts(f, ids);
	assert_requests(f, ids);
	assert_tiers(f, ids);
	assert_touches(f, ids);
	if (own)
		fixture_commit(f);
}
