/* SPDX-License-Identifier: Apache-2.0 */
/* Customers, their contacts and gradings. */
#include "tests/model/firm.h"
#include "tests/support/shop.h"

#include <string.h>

enum { HEIGHT_MAX = 64 };

/* ---- customers ---- */

/* Whether `id` would be above itself, or too low. */
static bool is_bad_parent(const firm *self, int64_t id, int64_t parent)
{
	for (int height = 1; parent > 0; height++) {
		if (parent == id || height >= HEIGHT_MAX)
			return true;
		if (!ledger_lives(self->ledger, "customer", parent))
			return false;
		parent = ledger_int(self->ledger, "customer", parent, "parent");
	}
	return false;
}

static void give_customer(firm *self, deed *what, reasons *why)
{
	if (firm_one_in(self, 2))
		deed_text(what, "industry", firm_pick(self, "A", "C", "T"));
	if (firm_one_in(self, 3))
		deed_text(what, "region", firm_pick(self, "上海", "广东"));
	if (firm_one_in(self, 4)) {
		const int64_t parent = firm_live(self, "customer");
		deed_number(what, "parent", parent);
		because(*why, is_bad_parent(self, what->id, parent), CHECK);
	}
	if (firm_one_in(self, 6))
		deed_reference(what, "campaign", firm_live(self, "campaign"));
	if (firm_one_in(self, 8))
		deed_text(what, "tax_id", firm_pick(self, "T1", "T2", "T3", "T4", "T5", "T6"));
	if (firm_one_in(self, 8)) {
		const char *country = firm_pick(self, "CN", "US", "DE", "1A", "C");
		deed_text(what, "country", country);
		because(*why, country[0] == '1' || country[1] == '\0', CHECK);
	}
	if (firm_one_in(self, 8))
		deed_number(what, "potential_base", firm_roll(self, 1000000));
	if (firm_one_in(self, 5))
		deed_reference(what, "owner", firm_roll(self, 4));
}

static void make_customer(firm *self)
{
	deed what = firm_create("customer");
	reasons why = 0;
	const char *name =
		firm_pick(self, "上海华东有限公司", "Acme Ltd.", "阿里", "Zeta", " ");
	deed_text(&what, "name", name);
	because(why, name[0] == ' ', CHECK);
	deed_text(&what, "lifecycle",
	          firm_pick(self, "prospect", "prospect", "active", "dormant", "lost"));
	give_customer(self, &what, &why);
	firm_tell_late(self, &what);
	(void)firm_do(self, &what, why);
}

static void change_customer(firm *self)
{
	const int64_t id = firm_live(self, "customer");
	deed what = firm_update("customer", id);
	reasons why = 0;
	engine_row row;
	const bool lives = row_find(self->f, "customer", id, &row);
	if (firm_one_in(self, 4)) {
		const char *to =
			firm_pick(self, "lost", "lost", "prospect", "active", "dormant");
		deed_text(&what, "lifecycle", to);
		because(why, lives && !row_is(&row, "lifecycle", to) && strcmp(to, "lost") != 0,
		        CHECK);
	}
	give_customer(self, &what, &why);
	(void)firm_do(self, &what, why);
}

void firm_customers(firm *self)
{
	const int64_t id = firm_some(self, "customer");
	switch (firm_roll(self, 12)) {
	case 0:
	case 1:
	case 2:
		make_customer(self);
		break;
	case 3:
		firm_drop(self, "customer", id, 0);
		break;
	case 4:
		firm_bring_back(self, "customer", id, 0);
		break;
	case 5:
		if (firm_one_in(self, 6))
			firm_purge(self, "customer", id);
		break;
	default:
		change_customer(self);
	}
}

/* ---- contacts ---- */

static bool is_named(const firm *self, int64_t contact)
{
	return ledger_count(self->ledger, "opportunity", "contact", contact) > 0;
}

static void change_contact(firm *self)
{
	const int64_t id = firm_live(self, "contact");
	deed what = firm_update("contact", id);
	reasons why = 0;
	if (firm_one_in(self, 3)) {
		const int64_t customer = firm_live(self, "customer");
		deed_number(&what, "customer", customer);
		because(why,
		        customer != ledger_int(self->ledger, "contact", id, "customer") &&
		                is_named(self, id),
		        CHECK);
	} else {
		deed_bool(&what, "is_primary", !firm_one_in(self, 4));
	}
	(void)firm_do(self, &what, why);
}

void firm_contacts(firm *self)
{
	const int64_t id = firm_some(self, "contact");
	deed what = firm_create("contact");
	switch (firm_roll(self, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
		deed_number(&what, "customer", firm_live(self, "customer"));
		deed_text(&what, "name", "P");
		deed_bool(&what, "is_primary", firm_one_in(self, 2));
		deed_text(&what, "mobile", firm_pick(self, "13800000001", "139 0000 0002"));
		(void)firm_do(self, &what, 0);
		break;
	case 4:
		firm_drop(self, "contact", id, 0);
		break;
	case 5:
		firm_bring_back(self, "contact", id, 0);
		break;
	case 6:
		if (firm_one_in(self, 4))
			firm_purge(self, "contact", id);
		break;
	default:
		change_contact(self);
	}
}

/* ---- tiers ---- */

static void give_tier(firm *self, deed *what, reasons *why, bool manual)
{
	const int64_t as_of =
		firm_one_in(self, 20) ? self->f->now_ms + 1000 : 1 + firm_roll(self, 40);
	const int64_t score = firm_one_in(self, 12) ? 1001 : firm_roll(self, 1001);
	deed_number(what, "as_of", as_of);
	because(*why, as_of > self->f->now_ms, CHECK);
	deed_text(what, "tier", firm_pick(self, "high", "potential", "low"));
	deed_number(what, "value_score", score);
	because(*why, score > 1000, CHECK);
	if (manual)
		deed_text(what, "reason", firm_pick(self, "r", "", "s"));
	because(*why, manual && what->fields[what->count - 1].text[0] == '\0', CHECK);
}

static void make_tier(firm *self)
{
	deed what = firm_create("customer_tier");
	reasons why = 0;
	const bool manual = firm_one_in(self, 3);
	deed_number(&what, "customer", firm_live(self, "customer"));
	deed_number(&what, "potential_score", firm_roll(self, 1000));
	deed_bool(&what, "manual", manual);
	give_tier(self, &what, &why, manual);
	(void)firm_do(self, &what, why);
}

static void change_tier(firm *self)
{
	deed what = firm_update("customer_tier", firm_live(self, "customer_tier"));
	reasons why = 0;
	give_tier(self, &what, &why, false);
	if (firm_one_in(self, 5))
		deed_number(&what, "customer", firm_live(self, "customer"));
	(void)firm_do(self, &what, why);
}

void firm_tiers(firm *self)
{
	const int64_t id = firm_some(self, "customer_tier");
	switch (firm_roll(self, 8)) {
	case 0:
		firm_drop(self, "customer_tier", id, 0);
		break;
	case 1:
		firm_bring_back(self, "customer_tier", id, 0);
		break;
	case 2:
	case 3:
		change_tier(self);
		break;
	default:
		make_tier(self);
	}
}
