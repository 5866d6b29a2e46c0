/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns, whom they reached, products and exchange rates. */
#include "tests/model/firm.h"
#include "tests/support/shop.h"

#include <stdio.h>
#include <string.h>

/* ---- campaigns ---- */

static void make_campaign(firm *self)
{
	deed what = firm_create("campaign");
	reasons why = 0;
	char code[16];
	const int64_t start = SHOP_DAY + firm_roll(self, 20);
	const int64_t end = SHOP_DAY + firm_roll(self, 60);
	const char *status = firm_pick(self, "planned", "running", "done", "cancelled");
	snprintf(code, sizeof code, "C%d", (int)firm_roll(self, 200));
	deed_text(&what, "code", code);
	deed_text(&what, "name", "N");
	deed_text(&what, "kind", firm_pick(self, "email", "exhibition"));
	deed_text(&what, "status", status);
	deed_number(&what, "start_on", start);
	deed_number(&what, "end_on", end);
	deed_number(&what, "actual_cost", firm_roll(self, 100000));
	deed_number(&what, "owner", 1 + firm_roll(self, 3));
	because(why, end < start || status[0] == 'c', CHECK);
	(void)firm_do(self, &what, why);
}

static void move_campaign(firm *self, int64_t id)
{
	static const struct {
		const char *from, *to;
	} steps[] = { { "planned", "running" },
		      { "planned", "cancelled" },
		      { "running", "done" },
		      { "running", "cancelled" },
		      { "done", "cancelled" } };
	deed what = firm_update("campaign", id);
	reasons why = 0;
	engine_row row;
	const char *to = firm_pick(self, "planned", "running", "done", "cancelled");
	deed_text(&what, "status", to);
	if (row_find(self->f, "campaign", id, &row)) {
		bool leads = row_is(&row, "status", to);
		for (size_t i = 0; i < CX_COUNT_OF(steps); i++)
			leads |= row_is(&row, "status", steps[i].from) &&
			         strcmp(steps[i].to, to) == 0;
		because(why, !leads, CHECK);
	}
	(void)firm_do(self, &what, why);
}

void firm_campaigns(firm *self)
{
	const int64_t id = firm_some(self, "campaign");
	switch (firm_roll(self, 8)) {
	case 0:
		if (firm_one_in(self, 3))
			firm_drop(self, "campaign", id, 0);
		break;
	case 1:
	case 2:
		firm_bring_back(self, "campaign", id, 0);
		break;
	case 3:
	case 4:
		move_campaign(self, firm_live(self, "campaign"));
		break;
	default:
		make_campaign(self);
	}
}

/* ---- touches ---- */

static bool is_foreign(const firm *self, int64_t contact, int64_t customer)
{
	return contact > 0 && ledger_lives(self->ledger, "contact", contact) &&
	       ledger_int(self->ledger, "contact", contact, "customer") != customer;
}

static void make_touch(firm *self)
{
	deed what = firm_create("campaign_touch");
	reasons why = 0;
	const int64_t customer = firm_live(self, "customer");
	const int64_t contact =
		firm_one_in(self, 2) ? firm_of_customer(self, "contact", customer) : 0;
	deed_number(&what, "campaign", firm_live(self, "campaign"));
	deed_number(&what, "customer", customer);
	deed_reference(&what, "contact", contact);
	deed_text(&what, "status",
	          firm_pick(self, "sent", "clicked", "responded", "attended", "opted_out"));
	deed_number(&what, "touched_at", self->f->now_ms);
	if (firm_one_in(self, 3))
		deed_number(&what, "responded_at",
		            self->f->now_ms - firm_roll(self, 200 * INT64_C(86400000)));
	because(why, is_foreign(self, contact, customer), CHECK);
	firm_tell_late(self, &what);
	(void)firm_do(self, &what, why);
}

static void change_touch(firm *self, int64_t id)
{
	deed what = firm_update("campaign_touch", id);
	reasons why = 0;
	engine_row row;
	const bool lives = row_find(self->f, "campaign_touch", id, &row);
	if (firm_one_in(self, 3)) {
		const int64_t customer = firm_live(self, "customer");
		deed_number(&what, "customer", customer);
		because(why,
		        lives && row_int(&row, "customer") != customer &&
		                is_foreign(self, row_int(&row, "contact"), customer),
		        CHECK);
	} else {
		const char *to = firm_pick(self, "sent", "opened", "clicked", "responded",
		                           "attended", "opted_out");
		const engine_field *status =
			engine_type_field(ledger_type(self->ledger, "campaign_touch"),
		                          CX_SLICE_LITERAL("status"));
		deed_text(&what, "status", to);
		because(why, lives && row_number_of_text(status, to) < row_int(&row, "status"),
		        CHECK);
	}
	(void)firm_do(self, &what, why);
}

void firm_touches(firm *self)
{
	const int64_t id = firm_some(self, "campaign_touch");
	switch (firm_roll(self, 8)) {
	case 0:
		firm_drop(self, "campaign_touch", id, 0);
		break;
	case 1:
		firm_bring_back(self, "campaign_touch", id, 0);
		break;
	case 2:
	case 3:
		change_touch(self, firm_live(self, "campaign_touch"));
		break;
	default:
		make_touch(self);
	}
}

/* ---- products ---- */

void firm_products(firm *self)
{
	char sku[16];
	const int64_t id = firm_some(self, "product");
	const int64_t price = firm_roll(self, 5000) - 50;
	const bool makes = firm_one_in(self, 2);
	deed what = makes ? firm_create("product") : firm_update("product", id);
	reasons why = 0;
	if (firm_one_in(self, 4)) {
		firm_drop(self, "product", id, 0);
		return;
	}
	if (firm_one_in(self, 4)) {
		firm_bring_back(self, "product", id, 0);
		return;
	}
	snprintf(sku, sizeof sku, "P%d", (int)firm_roll(self, 60));
	if (makes || firm_one_in(self, 4))
		deed_text(&what, "sku", sku);
	if (makes)
		deed_text(&what, "name", "N");
	if (makes)
		deed_text(&what, "currency", firm_pick(self, "CNY", "CNY", "USD"));
	deed_number(&what, "list_price", price);
	because(why, price < 0, CHECK);
	(void)firm_do(self, &what, why);
}

/* ---- rates ---- */

void firm_rates(firm *self)
{
	const int64_t id = firm_some(self, "fx_rate");
	const int64_t rate = 700000000 + firm_roll(self, 50000000);
	const bool wrong = firm_one_in(self, 10);
	const bool makes = firm_one_in(self, 2);
	deed what = makes ? firm_create("fx_rate") : firm_update("fx_rate", id);
	reasons why = 0;
	switch (firm_roll(self, 6)) {
	case 0:
		if (id > 2) /* those of the shop stay, so that there is a rate mostly */
			firm_drop(self, "fx_rate", id, 0);
		return;
	case 1:
		firm_bring_back(self, "fx_rate", id, 0);
		return;
	default:
		break;
	}
	if (makes) {
		deed_text(&what, "currency", firm_pick(self, "USD", "USD", "EUR"));
		deed_number(&what, "on", firm_day(self->f->now_ms) - firm_roll(self, 30));
	}
	deed_number(&what, "rate_e8", wrong ? 0 : rate);
	because(why, wrong, CHECK);
	(void)firm_do(self, &what, why);
}
