/* SPDX-License-Identifier: Apache-2.0 */
/* Opportunities: moved, lost, won, opened again, revalued, turned into orders. */
#include "base/msgpack.h"
#include "tests/model/firm.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

static bool is_open(const engine_row *row)
{
	return row_is(row, "state", "open");
}

static bool kind_is(const firm *self, int64_t stage, const char *kind)
{
	const engine_type *type = ledger_type(self->ledger, "stage");
	const engine_field *field = engine_type_field(type, CX_SLICE_LITERAL("kind"));
	return ledger_int(self->ledger, "stage", stage, "kind") ==
	       row_number_of_text(field, kind);
}

/* Whether a reference leads to a live record of another customer. */
static bool is_foreign(const firm *self, const char *type, int64_t id, int64_t customer)
{
	return id > 0 && ledger_lives(self->ledger, type, id) &&
	       ledger_int(self->ledger, type, id, "customer") != customer;
}

/* ---- new ones ---- */

/* `noted`: it has a note already. */
static void give_loss(firm *self, deed *what, bool lost, bool noted, reasons *why)
{
	const char *reason = firm_pick(self, "price", "price", "other", "");
	const bool notes = firm_one_in(self, 2);
	if (!lost && !firm_one_in(self, 12))
		return;
	if (reason[0] != '\0')
		deed_text(what, "lost_reason", reason);
	if (notes)
		deed_text(what, "lost_note", "n");
	because(*why, lost && reason[0] == '\0', CHECK);
	because(*why, lost && reason[0] == 'o' && !notes && !noted, CHECK);
	because(*why, !lost && reason[0] != '\0', CHECK);
}

static void make(firm *self)
{
	deed what = firm_create("opportunity");
	reasons why = 0;
	const int64_t customer = firm_live(self, "customer");
	const int64_t contact =
		firm_one_in(self, 2) ? firm_of_customer(self, "contact", customer) : 0;
	const int64_t stage = firm_one_in(self, 4) ? 0 : firm_live(self, "stage");
	const int64_t amount = firm_one_in(self, 25) ? -1 : firm_roll(self, 1000000);
	const char *currency = firm_pick(self, "CNY", "CNY", "USD", "EUR", "usd");
	const int64_t bp = firm_one_in(self, 15) ? 10001 : firm_roll(self, 10001);
	deed_text(&what, "title", "T");
	deed_number(&what, "customer", customer);
	deed_reference(&what, "contact", contact);
	because(why, is_foreign(self, "contact", contact, customer), CHECK);
	if (stage != 0)
		deed_number(&what, "stage", stage);
	deed_number(&what, "amount", amount);
	because(why, amount < 0, CHECK);
	deed_text(&what, "currency", currency);
	deed_number(&what, "close_on", SHOP_DAY + firm_roll(self, 200));
	deed_number(&what, "owner", 1 + firm_roll(self, 3));
	deed_reference(&what, "campaign",
	               firm_one_in(self, 2) ? firm_live(self, "campaign") : 0);
	if (firm_one_in(self, 3)) {
		deed_number(&what, "probability_bp", bp);
		because(why, bp > 10000, CHECK);
	}
	give_loss(self, &what, stage != 0 && kind_is(self, stage, "lost"), false, &why);
	firm_tell_late(self, &what);
	because(why, firm_rate(self, currency, firm_day(firm_when(self, &what))) == 0, CHECK);
	(void)firm_do(self, &what, why);
}

/* ---- changes ---- */

static void move(firm *self, int64_t id)
{
	deed what = firm_update("opportunity", id);
	reasons why = 0;
	engine_row row;
	const int64_t stage = firm_live(self, "stage");
	const bool lost = kind_is(self, stage, "lost");
	deed_number(&what, "stage", stage);
	if (row_find(self->f, "opportunity", id, &row)) {
		const bool moves = row_int(&row, "stage") != stage;
		because(why, !is_open(&row) && moves, CHECK);
		if (!is_open(&row) && !moves) /* nothing changes */
			lost ? (void)0 : give_loss(self, &what, false, false, &why);
		else
			give_loss(self, &what, lost, !row_is_null(&row, "lost_note"), &why);
	}
	firm_tell_late(self, &what);
	(void)firm_do(self, &what, why);
}

static void change_figures(firm *self, int64_t id)
{
	deed what = firm_update("opportunity", id);
	reasons why = 0;
	engine_row row;
	const bool lives = row_find(self->f, "opportunity", id, &row);
	const char *field = firm_pick(self, "amount", "close_on", "probability_bp");
	const int64_t value = field[0] == 'a'   ? firm_roll(self, 999999) - 9
	                      : field[0] == 'c' ? SHOP_DAY + firm_roll(self, 200)
	                                        : firm_roll(self, 10200) - 90;
	deed_number(&what, field, value);
	because(why, field[0] != 'c' && value < 0, CHECK);
	because(why, field[0] == 'p' && value > 10000, CHECK);
	because(why, lives && !is_open(&row) && row_int(&row, field) != value, CHECK);
	if (firm_one_in(self, 3))
		firm_tell_late(self, &what);
	(void)firm_do(self, &what, why);
}

static void change_probability(firm *self, int64_t id)
{
	deed what = firm_update("opportunity", id);
	reasons why = 0;
	engine_row row;
	const bool manual = firm_one_in(self, 2);
	deed_bool(&what, "probability_manual", manual);
	if (row_find(self->f, "opportunity", id, &row))
		because(why, !is_open(&row) && row_int(&row, "probability_manual") != manual,
		        CHECK);
	(void)firm_do(self, &what, why);
}

static void change_currency(firm *self, int64_t id)
{
	deed what = firm_update("opportunity", id);
	reasons why = 0;
	engine_row row;
	const char *currency = firm_pick(self, "CNY", "USD", "EUR");
	deed_text(&what, "currency", currency);
	firm_tell_late(self, &what);
	if (row_find(self->f, "opportunity", id, &row) && !row_is(&row, "currency", currency)) {
		because(why, !is_open(&row), CHECK);
		because(why, firm_rate(self, currency, firm_day(firm_when(self, &what))) == 0,
		        CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void change_people(firm *self, int64_t id)
{
	deed what = firm_update("opportunity", id);
	reasons why = 0;
	engine_row row;
	const bool lives = row_find(self->f, "opportunity", id, &row);
	int64_t customer = lives ? row_int(&row, "customer") : 1;
	int64_t contact = lives ? row_int(&row, "contact") : ROW_NULL;
	const int64_t had = customer, knew = contact;
	if (firm_one_in(self, 3)) {
		customer = firm_live(self, "customer");
		deed_number(&what, "customer", customer);
		because(why,
		        lives && customer != had &&
		                (!is_open(&row) || row_int(&row, "order_count") > 0 ||
		                 firm_is_torn(self, "activity", "opportunity", id, customer) ||
		                 firm_is_torn(self, "sales_order", "opportunity", id,
		                              customer) ||
		                 firm_is_torn(self, "contract", "opportunity", id, customer)),
		        CHECK);
	}
	if (firm_one_in(self, 2)) {
		contact = firm_of_customer(self, "contact", customer);
		deed_reference(&what, "contact", contact);
		contact = contact == 0 ? ROW_NULL : contact;
	}
	because(why,
	        (customer != had || contact != knew) &&
	                is_foreign(self, "contact", contact, customer),
	        CHECK);
	if (firm_one_in(self, 2))
		deed_number(&what, "owner", 1 + firm_roll(self, 3));
	(void)firm_do(self, &what, why);
}

/* ---- opened again ---- */

static void reopen(firm *self, int64_t id)
{
	engine_row row;
	reasons why = 0;
	const int64_t stage = firm_one_in(self, 2) ? 0 : firm_some(self, "stage");
	engine_author author = firm_author(self);
	author.user = firm_roll(self, 4);
	if (!row_find(self->f, "opportunity", id, &row)) {
		why = REASON(NOT_FOUND);
	} else if (!is_open(&row)) {
		const bool there = ledger_lives(self->ledger, "stage", stage);
		because(why, stage != 0 && !there, NOT_FOUND);
		because(why, stage != 0 && there && !kind_is(self, stage, "open"), CHECK);
		because(why, author.user != 0 && author.user != FIRM_MANAGER, DENIED);
	}
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(256);
	cx_write_map(&fields, stage != 0);
	if (stage != 0) {
		cx_write_text(&fields, "stage");
		cx_write_int(&fields, stage);
	}
	const uint64_t before = why == 0 ? 0 : firm_watch(self);
	engine_outcome outcome;
	const engine_type *type = ledger_type(self->ledger, "opportunity");
	const cx_status status =
		crm_reopen(self->f->write, &author, type, id, cx_buf_slice(&fields), 0,
	                   &outcome, &self->f->error);
	if (firm_ended(self, "reopen opportunity", id, status, why, before))
		ledger_take(self->ledger, type, id,
		            ledger_find(self->ledger, type, id)->values);
}

/* ---- revalued ---- */

static bool counts(const engine_row *row)
{
	return is_open(row) && !row_is(row, "currency", "CNY");
}

/* Amounts follow the day's rates; nothing else is touched. */
static void assert_revalued(firm *self, int64_t first, int64_t last, int64_t day)
{
	for (int64_t id = first; id <= last; id++) {
		engine_row row;
		if (!row_find(self->f, "opportunity", id, &row) || !counts(&row))
			continue;
		const int64_t rate = firm_rate_of(self, row_int(&row, "currency"), day);
		assert_int_equal(row_int(&row, "fx_rate_e8"), rate);
		assert_int_equal(
			row_int(&row, "amount_base"),
			firm_rounded((firm_wide)row_int(&row, "amount") * rate, 100000000));
	}
}

static void revalue(firm *self)
{
	const int64_t today = firm_day(self->f->now_ms);
	const int64_t last =
		ledger_last(self->ledger, ledger_type(self->ledger, "opportunity"));
	const int64_t first = last > 30 ? last - 30 : 1;
	const bool has_day = firm_one_in(self, 2);
	const crm_revaluation what = { .has_day = has_day,
		                       .day = today + 1 - firm_roll(self, 20),
		                       .from = first };
	const int64_t day = has_day ? what.day : today;
	reasons why = 0;
	because(why, day > today, CHECK);
	uint32_t looked = 0;
	for (int64_t id = first; id <= last; id++) {
		engine_row row;
		if (!row_find(self->f, "opportunity", id, &row) || !counts(&row))
			continue;
		looked++;
		because(why, firm_rate_of(self, row_int(&row, "currency"), day) == 0, CHECK);
	}
	const engine_author author = firm_author(self);
	const uint64_t before = why == 0 ? 0 : firm_watch(self);
	crm_revalued done;
	const cx_status status =
		crm_revalue(self->f->write, &author, &what, &done, &self->f->error);
	if (!firm_ended(self, "revalue from", first, status, why, before))
		return;
	assert_int_equal(done.looked, looked);
	assert_int_equal(done.next, 0);
	assert_revalued(self, first, last, day);
}

void firm_opportunities(firm *self)
{
	const int64_t id = firm_live(self, "opportunity");
	switch (firm_roll(self, 20)) {
	case 0:
	case 1:
	case 2:
	case 3:
		make(self);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		move(self, id);
		break;
	case 8:
	case 9:
		change_figures(self, id);
		break;
	case 10:
		change_probability(self, id);
		break;
	case 11:
		change_currency(self, id);
		break;
	case 12:
	case 13:
		change_people(self, id);
		break;
	case 14:
	case 15:
		reopen(self, id);
		break;
	case 16:
		if (firm_one_in(self, 2))
			revalue(self);
		break;
	case 17:
		firm_drop(self, "opportunity", firm_some(self, "opportunity"), 0);
		break;
	case 18:
		firm_bring_back(self, "opportunity", firm_some(self, "opportunity"), 0);
		break;
	default:
		if (firm_one_in(self, 6))
			firm_purge(self, "opportunity", firm_some(self, "opportunity"));
	}
}

/* ---- turned into orders ---- */

typedef struct conversion {
	int64_t opportunity;
	char ext_id[24];
	bool has_line, confirms;
	int64_t product, discount;
} conversion;

static void write_order(const conversion *self, cx_buf *out)
{
	cx_write_map(out, 2 + self->confirms);
	cx_write_text(out, "ext_id");
	cx_write_text(out, self->ext_id);
	cx_write_text(out, "discount");
	cx_write_int(out, self->discount);
	if (!self->confirms)
		return;
	cx_write_text(out, "status");
	cx_write_text(out, "confirmed");
}

static void write_lines(const conversion *self, cx_buf *out)
{
	cx_write_array(out, self->has_line);
	if (!self->has_line)
		return;
	cx_write_map(out, 2);
	cx_write_text(out, "product");
	cx_write_int(out, self->product);
	cx_write_text(out, "unit_price");
	cx_write_int(out, 1000);
}

/* The order of that ext_id, 0 when there is none. */
static int64_t find_order(const firm *self, const char *ext_id)
{
	const engine_type *type = ledger_type(self->ledger, "sales_order");
	for (int64_t id = 1; id <= ledger_last(self->ledger, type); id++)
		if (ledger_lives(self->ledger, "sales_order", id) &&
		    ledger_int(self->ledger, "sales_order", id, "ext_id") == firm_text(ext_id))
			return id;
	return 0;
}

static reasons refuses(const firm *self, const conversion *what, int64_t made)
{
	engine_row row;
	reasons why = 0;
	if (made != 0) {
		because(why,
		        ledger_int(self->ledger, "sales_order", made, "opportunity") !=
		                what->opportunity,
		        CHECK);
		return why;
	}
	if (!row_find(self->f, "opportunity", what->opportunity, &row))
		return REASON(NOT_FOUND);
	because(why, row_is(&row, "state", "lost"), CHECK);
	because(why, what->has_line && !ledger_lives(self->ledger, "product", what->product),
	        DANGLING_REFERENCE);
	if (!what->confirms)
		return why;
	because(why, !what->has_line || what->discount > 1000, CHECK);
	because(why,
	        firm_rate_of(self, row_int(&row, "currency"), firm_day(self->f->now_ms)) == 0,
	        CHECK);
	return why;
}

void firm_conversions(firm *self)
{
	const engine_type *orders = ledger_type(self->ledger, "sales_order");
	const engine_type *lines = ledger_type(self->ledger, "order_line");
	conversion what = { .opportunity = firm_live(self, "opportunity"),
		            .has_line = !firm_one_in(self, 8),
		            .confirms = firm_one_in(self, 2),
		            .product = firm_live(self, "product"),
		            .discount = firm_one_in(self, 3) ? firm_roll(self, 1100) : 0 };
	snprintf(what.ext_id, sizeof what.ext_id, "c%d", (int)firm_roll(self, 200));
	const int64_t made = find_order(self, what.ext_id);
	const reasons why = refuses(self, &what, made);
	CX_SCOPED(cx_buf_release) cx_buf order = CX_BUF_INIT(512);
	CX_SCOPED(cx_buf_release) cx_buf line = CX_BUF_INIT(512);
	write_order(&what, &order);
	write_lines(&what, &line);
	const crm_conversion request = { .opportunity = what.opportunity,
		                         .order = cx_buf_slice(&order),
		                         .lines = cx_buf_slice(&line) };
	const uint64_t before = why == 0 ? 0 : firm_watch(self);
	const engine_author author = firm_author(self);
	engine_outcome outcome;
	const cx_status status =
		crm_convert(self->f->write, &author, &request, &outcome, &self->f->error);
	if (!firm_ended(self, "convert opportunity", what.opportunity, status, why, before))
		return;
	assert_int_equal(outcome.created, made == 0);
	if (made != 0) {
		assert_int_equal(outcome.id, made);
		return;
	}
	ledger_take(self->ledger, orders, outcome.id, NULL);
	if (what.has_line)
		ledger_take(self->ledger, lines, ledger_last(self->ledger, lines) + 1, NULL);
	engine_row row;
	assert_true(row_find(self->f, "opportunity", what.opportunity, &row));
	assert_true(row_is(&row, "state", "won"));
	assert_int_equal(ledger_int(self->ledger, "sales_order", outcome.id, "customer"),
	                 row_int(&row, "customer"));
	assert_int_equal(ledger_int(self->ledger, "sales_order", outcome.id, "opportunity"),
	                 what.opportunity);
}
