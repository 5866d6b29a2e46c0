/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts, service requests, feedback, activities. */
#include "tests/model/firm.h"
#include "tests/support/shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_foreign(const firm *self, const char *type, int64_t id, int64_t customer)
{
	return id > 0 && ledger_lives(self->ledger, type, id) &&
	       ledger_int(self->ledger, type, id, "customer") != customer;
}

/* A link to something of that customer, now and then of another. */
static void give_link(firm *self, deed *what, const char *field, const char *type,
                      int64_t customer, reasons *why)
{
	const int64_t id = firm_one_in(self, 2) ? firm_of_customer(self, type, customer) : 0;
	deed_reference(what, field, id);
	because(*why, is_foreign(self, type, id, customer), CHECK);
}

typedef struct step_of {
	const char *from, *to;
} step_of;

static bool leads(const step_of *steps, size_t count, const engine_row *row, const char *to)
{
	if (row_is(row, "status", to))
		return true;
	for (size_t i = 0; i < count; i++)
		if (row_is(row, "status", steps[i].from) && strcmp(steps[i].to, to) == 0)
			return true;
	return false;
}

/* ---- contracts ---- */

static bool stands(const engine_row *row)
{
	return row_is(row, "status", "signed") || row_is(row, "status", "terminated");
}

/* What it takes to be signed and to have ended; `signed_on` is today or so. */
static void give_signature(firm *self, deed *what, const char *currency, reasons *why)
{
	const int64_t signed_on = SHOP_DAY - firm_roll(self, 12);
	const int64_t start_on = SHOP_DAY + firm_roll(self, 12);
	const int64_t end_on = SHOP_DAY + firm_roll(self, 30);
	const char *terms = firm_pick(self, "t", "t", "t", "");
	deed_number(what, "signed_on", signed_on);
	deed_number(what, "start_on", start_on);
	deed_number(what, "end_on", end_on);
	deed_text(what, "terms", terms);
	because(*why, terms[0] == '\0' || end_on < start_on, CHECK);
	because(*why, firm_rate(self, currency, signed_on) == 0, CHECK);
}

static void make_contract(firm *self)
{
	deed what = firm_create("contract");
	reasons why = 0;
	char number[16];
	const int64_t customer = firm_live(self, "customer");
	const char *currency = firm_pick(self, "CNY", "USD");
	snprintf(number, sizeof number, "H%d", (int)firm_roll(self, 400));
	deed_text(&what, "number", number);
	deed_text(&what, "title", "T");
	deed_number(&what, "customer", customer);
	deed_number(&what, "amount", firm_roll(self, 99999));
	deed_number(&what, "owner", 1 + firm_roll(self, 3));
	deed_text(&what, "currency", currency);
	give_link(self, &what, "opportunity", "opportunity", customer, &why);
	give_link(self, &what, "signatory", "contact", customer, &why);
	if (firm_one_in(self, 3)) {
		engine_row amended;
		const int64_t id = firm_of_customer(self, "contract", customer);
		deed_reference(&what, "amends", id);
		because(why, is_foreign(self, "contract", id, customer), CHECK);
		because(why,
		        id != 0 && row_find(self->f, "contract", id, &amended) &&
		                !stands(&amended),
		        CHECK);
	}
	if (firm_one_in(self, 4)) {
		deed_text(&what, "status", "signed");
		give_signature(self, &what, currency, &why);
	}
	(void)firm_do(self, &what, why);
}

static void sign(firm *self, int64_t id)
{
	deed what = firm_update("contract", id);
	reasons why = 0;
	engine_row row;
	if (!row_find(self->f, "contract", id, &row) || stands(&row))
		return;
	deed_text(&what, "status", "signed");
	give_signature(self, &what, row_is(&row, "currency", "USD") ? "USD" : "CNY", &why);
	because(why, !row_is(&row, "status", "draft"), CHECK);
	(void)firm_do(self, &what, why);
}

static void end_contract(firm *self, int64_t id)
{
	static const step_of steps[] = { { "draft", "void" }, { "signed", "terminated" } };
	deed what = firm_update("contract", id);
	reasons why = 0;
	engine_row row;
	const char *to = firm_pick(self, "void", "terminated");
	const bool told = !firm_one_in(self, 5);
	deed_text(&what, "status", to);
	if (told) {
		deed_number(&what, "terminated_on", SHOP_DAY + 1);
		deed_text(&what, "terminate_reason", "r");
	}
	if (row_find(self->f, "contract", id, &row)) {
		because(why, !leads(steps, CX_COUNT_OF(steps), &row, to), CHECK);
		because(why, to[0] == 't' && !told && !row_is(&row, "status", "terminated"),
		        CHECK);
		/* Only what was signed has what it takes to have been ended. */
		because(why, to[0] == 't' && !stands(&row), CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void change_contract(firm *self, int64_t id)
{
	deed what = firm_update("contract", id);
	reasons why = 0;
	engine_row row;
	const bool lives = row_find(self->f, "contract", id, &row);
	const int64_t amount = firm_roll(self, 99999);
	if (firm_one_in(self, 2)) {
		deed_number(&what, "amount", amount);
		because(why, lives && stands(&row) && row_int(&row, "amount") != amount, CHECK);
	} else {
		const int64_t customer = firm_live(self, "customer");
		deed_number(&what, "customer", customer);
		if (lives && row_int(&row, "customer") != customer) {
			because(why,
			        stands(&row) || firm_is_torn(self, "sales_order", "contract",
			                                     id, customer),
			        CHECK);
			because(why,
			        is_foreign(self, "opportunity", row_int(&row, "opportunity"),
			                   customer) ||
			                is_foreign(self, "contact", row_int(&row, "signatory"),
			                           customer) ||
			                is_foreign(self, "contract", row_int(&row, "amends"),
			                           customer),
			        CHECK);
		}
	}
	(void)firm_do(self, &what, why);
}

void firm_contracts(firm *self)
{
	const int64_t id = firm_live(self, "contract");
	switch (firm_roll(self, 10)) {
	case 0:
	case 1:
	case 2:
		make_contract(self);
		break;
	case 3:
	case 4:
		sign(self, id);
		break;
	case 5:
		end_contract(self, id);
		break;
	case 6:
	case 7:
		change_contract(self, id);
		break;
	case 8:
		firm_drop(self, "contract", firm_some(self, "contract"), 0);
		break;
	default:
		firm_bring_back(self, "contract", firm_some(self, "contract"), 0);
	}
}

/* ---- service requests ---- */

static bool is_done(const char *status)
{
	return strcmp(status, "resolved") == 0 || strcmp(status, "closed") == 0;
}

static void make_request(firm *self)
{
	deed what = firm_create("service_request");
	reasons why = 0;
	const int64_t customer = firm_live(self, "customer");
	const char *status =
		firm_pick(self, "new", "new", "assigned", "in_progress", "waiting", "closed");
	const bool handled = firm_one_in(self, 2), solved = firm_one_in(self, 3);
	deed_text(&what, "title", "T");
	deed_text(&what, "content", "C");
	deed_number(&what, "customer", customer);
	deed_text(&what, "priority", firm_pick(self, "low", "normal", "high", "urgent"));
	deed_text(&what, "status", status);
	if (handled)
		deed_number(&what, "handler", 1 + firm_roll(self, 3));
	if (solved)
		deed_text(&what, "resolution", "solved");
	because(why, !handled && status[0] != 'n', CHECK);
	because(why, !solved && is_done(status), CHECK);
	give_link(self, &what, "contact", "contact", customer, &why);
	give_link(self, &what, "order", "sales_order", customer, &why);
	if (firm_one_in(self, 3))
		deed_number(&what, "product", firm_live(self, "product"));
	firm_tell_late(self, &what);
	(void)firm_do(self, &what, why);
}

static void move_request(firm *self, int64_t id)
{
	static const step_of steps[] = {
		{ "new", "assigned" },         { "assigned", "in_progress" },
		{ "in_progress", "waiting" },  { "in_progress", "resolved" },
		{ "in_progress", "assigned" }, { "waiting", "in_progress" },
		{ "waiting", "resolved" },     { "waiting", "assigned" },
		{ "resolved", "closed" },      { "resolved", "in_progress" },
		{ "closed", "in_progress" },
	};
	deed what = firm_update("service_request", id);
	reasons why = 0;
	engine_row row;
	const char *to = firm_pick(self, "assigned", "in_progress", "in_progress", "waiting",
	                           "resolved", "closed");
	const bool handled = firm_one_in(self, 2), solved = firm_one_in(self, 2);
	deed_text(&what, "status", to);
	if (handled)
		deed_number(&what, "handler", 1 + firm_roll(self, 3));
	if (solved)
		deed_text(&what, "resolution", "solved");
	if (row_find(self->f, "service_request", id, &row)) {
		because(why, !leads(steps, CX_COUNT_OF(steps), &row, to), CHECK);
		because(why, !handled && row_is_null(&row, "handler"), CHECK);
		because(why, !solved && is_done(to) && row_is_null(&row, "resolution"), CHECK);
	}
	firm_tell_late(self, &what);
	(void)firm_do(self, &what, why);
}

static void change_request(firm *self, int64_t id)
{
	deed what = firm_update("service_request", id);
	reasons why = 0;
	engine_row row;
	if (firm_one_in(self, 2)) {
		deed_text(&what, "priority", firm_pick(self, "low", "normal", "urgent"));
	} else {
		const int64_t customer = firm_live(self, "customer");
		deed_number(&what, "customer", customer);
		if (row_find(self->f, "service_request", id, &row) &&
		    row_int(&row, "customer") != customer)
			because(why,
			        firm_is_torn(self, "activity", "service_request", id,
			                     customer) ||
			                firm_is_torn(self, "feedback", "service_request", id,
			                             customer) ||
			                is_foreign(self, "contact", row_int(&row, "contact"),
			                           customer) ||
			                is_foreign(self, "sales_order", row_int(&row, "order"),
			                           customer),
			        CHECK);
	}
	(void)firm_do(self, &what, why);
}

void firm_requests(firm *self)
{
	const int64_t id = firm_live(self, "service_request");
	switch (firm_roll(self, 9)) {
	case 0:
	case 1:
		make_request(self);
		break;
	case 2:
		change_request(self, id);
		break;
	case 3:
		firm_drop(self, "service_request", firm_some(self, "service_request"), 0);
		break;
	case 4:
		firm_bring_back(self, "service_request", firm_some(self, "service_request"), 0);
		break;
	default:
		move_request(self, id);
	}
}

/* ---- feedback ---- */

static void make_feedback(firm *self)
{
	deed what = firm_create("feedback");
	reasons why = 0;
	const int64_t customer = firm_live(self, "customer");
	const int64_t score = firm_roll(self, 13) - 1;
	deed_number(&what, "customer", customer);
	deed_text(&what, "content", "C");
	deed_text(&what, "kind", firm_pick(self, "praise", "complaint"));
	deed_text(&what, "status", firm_pick(self, "new", "new", "closed"));
	deed_number(&what, "received_at", self->f->now_ms);
	give_link(self, &what, "contact", "contact", customer, &why);
	give_link(self, &what, "order", "sales_order", customer, &why);
	give_link(self, &what, "service_request", "service_request", customer, &why);
	if (firm_one_in(self, 2))
		deed_number(&what, "product", firm_live(self, "product"));
	if (firm_one_in(self, 2)) {
		deed_number(&what, "score", score);
		because(why, score < 0 || score > 10, CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void move_feedback(firm *self, int64_t id)
{
	static const step_of steps[] = { { "new", "acknowledged" },
		                         { "acknowledged", "in_progress" },
		                         { "in_progress", "closed" } };
	deed what = firm_update("feedback", id);
	reasons why = 0;
	engine_row row;
	const char *to = firm_pick(self, "new", "acknowledged", "in_progress", "closed");
	deed_text(&what, "status", to);
	if (row_find(self->f, "feedback", id, &row))
		because(why, !leads(steps, CX_COUNT_OF(steps), &row, to), CHECK);
	(void)firm_do(self, &what, why);
}

void firm_feedback(firm *self)
{
	switch (firm_roll(self, 6)) {
	case 0:
		firm_drop(self, "feedback", firm_some(self, "feedback"), 0);
		break;
	case 1:
		firm_bring_back(self, "feedback", firm_some(self, "feedback"), 0);
		break;
	case 2:
	case 3:
		move_feedback(self, firm_live(self, "feedback"));
		break;
	default:
		make_feedback(self);
	}
}

/* ---- activities ---- */

static void make_activity(firm *self)
{
	deed what = firm_create("activity");
	reasons why = 0;
	const int64_t customer = firm_live(self, "customer");
	const int64_t duration = firm_one_in(self, 20) ? -1 : firm_roll(self, 3600);
	const char *status = firm_pick(self, "done", "done", "planned", "cancelled");
	deed_text(&what, "kind", firm_pick(self, "call", "visit", "email"));
	deed_text(&what, "subject", "S");
	deed_number(&what, "customer", customer);
	deed_number(&what, "owner", 1 + firm_roll(self, 3));
	deed_text(&what, "status", status);
	deed_text(&what, "direction", firm_pick(self, "outbound", "inbound", "none"));
	deed_number(&what, "at", self->f->now_ms - firm_roll(self, 90000000));
	deed_number(&what, "duration_s", duration);
	because(why, duration < 0 || status[0] == 'c', CHECK);
	give_link(self, &what, "contact", "contact", customer, &why);
	give_link(self, &what, "opportunity", "opportunity", customer, &why);
	give_link(self, &what, "service_request", "service_request", customer, &why);
	(void)firm_do(self, &what, why);
}

static void change_activity(firm *self, int64_t id)
{
	static const step_of steps[] = { { "planned", "done" }, { "planned", "cancelled" } };
	deed what = firm_update("activity", id);
	reasons why = 0;
	engine_row row;
	const bool lives = row_find(self->f, "activity", id, &row);
	if (firm_one_in(self, 2)) {
		const char *to = firm_pick(self, "planned", "done", "cancelled");
		deed_text(&what, "status", to);
		because(why, lives && !leads(steps, CX_COUNT_OF(steps), &row, to), CHECK);
	} else {
		deed_number(&what, "at", self->f->now_ms - firm_roll(self, 90000000));
	}
	if (firm_one_in(self, 3)) {
		const int64_t customer = firm_live(self, "customer");
		deed_number(&what, "customer", customer);
		if (lives && row_int(&row, "customer") != customer)
			because(why,
			        is_foreign(self, "contact", row_int(&row, "contact"),
			                   customer) ||
			                is_foreign(self, "opportunity",
			                           row_int(&row, "opportunity"), customer) ||
			                is_foreign(self, "service_request",
			                           row_int(&row, "service_request"), customer),
			        CHECK);
	}
	(void)firm_do(self, &what, why);
}

void firm_activities(firm *self)
{
	switch (firm_roll(self, 8)) {
	case 0:
		firm_drop(self, "activity", firm_some(self, "activity"), 0);
		break;
	case 1:
		firm_bring_back(self, "activity", firm_some(self, "activity"), 0);
		break;
	case 2:
	case 3:
		change_activity(self, firm_live(self, "activity"));
		break;
	default:
		make_activity(self);
	}
}
