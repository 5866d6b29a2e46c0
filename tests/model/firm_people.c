/* SPDX-License-Identifier: Apache-2.0 */
/* Teams, people, stages, settings, targets and forecasts by hand. */
#include "tests/model/firm.h"
#include "tests/support/shop.h"

#include <stdio.h>
#include <string.h>

enum { LEVELS_MAX = 8, JANUARY = 19723 /* 2024-01-01 */ };

/* ---- teams and users ---- */

/* Levels down to the lowest team below `id`, itself counted; of those above, `id` not. */
static int64_t height_of(const firm *self, int64_t id)
{
	const engine_type *type = ledger_type(self->ledger, "team");
	int64_t height = 0;
	for (int64_t below = 1; below <= ledger_last(self->ledger, type); below++)
		if (ledger_int(self->ledger, "team", below, "parent") == id) {
			const int64_t of = height_of(self, below);
			height = of > height ? of : height;
		}
	return height + 1;
}

static int64_t depth_of(const firm *self, int64_t id)
{
	int64_t depth = 0;
	for (; id > 0 && ledger_lives(self->ledger, "team", id); depth++)
		id = ledger_int(self->ledger, "team", id, "parent");
	return depth;
}

static bool is_above(const firm *self, int64_t id, int64_t other)
{
	for (; other > 0; other = ledger_int(self->ledger, "team", other, "parent"))
		if (other == id)
			return true;
	return false;
}

static void change_team(firm *self)
{
	char name[16];
	const bool makes = firm_one_in(self, 3);
	const int64_t id = makes ? 0 : firm_live(self, "team");
	const int64_t parent = firm_one_in(self, 5) ? 0 : firm_live(self, "team");
	deed what = makes ? firm_create("team") : firm_update("team", id);
	reasons why = 0;
	snprintf(name, sizeof name, "N%d", (int)firm_roll(self, 40));
	if (makes)
		deed_text(&what, "name", name);
	deed_reference(&what, "parent", parent);
	if (parent != ledger_int(self->ledger, "team", id, "parent")) {
		const bool loops = !makes && is_above(self, id, parent);
		because(why, loops, CHECK);
		because(why,
		        !loops && parent != 0 && ledger_lives(self->ledger, "team", parent) &&
		                depth_of(self, parent) + (makes ? 1 : height_of(self, id)) >
		                        LEVELS_MAX,
		        CHECK);
	}
	(void)firm_do(self, &what, why);
}

static void change_user(firm *self)
{
	char login[16];
	const bool makes = firm_one_in(self, 3);
	const int64_t id = firm_live(self, "user");
	deed what = makes ? firm_create("user") : firm_update("user", id);
	reasons why = 0;
	snprintf(login, sizeof login, "u%d", (int)firm_roll(self, 60));
	if (makes) {
		deed_text(&what, "login", login);
		deed_text(&what, "name", firm_pick(self, "U", "U", "U", "\t"));
		because(why, what.fields[1].text[0] == '\t', CHECK);
	} else {
		deed_bool(&what, "active", !firm_one_in(self, 3));
	}
	deed_number(&what, "team", firm_live(self, "team"));
	(void)firm_do(self, &what, why);
}

void firm_people(firm *self)
{
	switch (firm_roll(self, 6)) {
	case 0:
		firm_drop(self, firm_pick(self, "team", "user", "stage", "org"), 1, 0);
		break;
	case 1:
	case 2:
		change_team(self);
		break;
	default:
		change_user(self);
	}
}

/* ---- stages ---- */

static bool is_used(firm *self, int64_t stage)
{
	const engine_type *history = fixture_type(self->f, "stage_history");
	const int64_t last = row_last_id(self->f, history);
	if (ledger_count(self->ledger, "opportunity", "stage", stage) > 0)
		return true;
	for (int64_t id = 1; id <= last; id++) {
		engine_row row;
		if (row_find(self->f, "stage_history", id, &row) &&
		    row_int(&row, "stage") == stage)
			return true;
	}
	return false;
}

static int64_t bp_of(const char *kind)
{
	return kind[0] == 'w' ? 10000 : kind[0] == 'l' ? 0 : 3000;
}

static void change_stage(firm *self)
{
	const int64_t id = firm_live(self, "stage");
	deed what = firm_update("stage", id);
	reasons why = 0;
	engine_row row;
	if (!row_find(self->f, "stage", id, &row))
		return;
	if (firm_one_in(self, 4)) {
		const char *kind = firm_pick(self, "open", "won", "lost");
		const bool changes = !row_is(&row, "kind", kind);
		deed_text(&what, "kind", kind);
		deed_number(&what, "probability_bp", bp_of(kind));
		because(why, changes && kind[0] != 'o', CHECK); /* there is one already */
		because(why, changes && is_used(self, id), CHECK);
		if (why == 0 && changes) /* then nobody could win any more */
			return;
	} else {
		const int64_t bp = firm_roll(self, 10300) - 100;
		deed_number(&what, "probability_bp", bp);
		because(why, bp < 0 || bp > 10000, CHECK);
		because(why, row_is(&row, "kind", "won") && bp != 10000, CHECK);
		because(why, row_is(&row, "kind", "lost") && bp != 0, CHECK);
	}
	(void)firm_do(self, &what, why);
}

void firm_stages(firm *self)
{
	char code[16];
	if (!firm_one_in(self, 4)) {
		change_stage(self);
		return;
	}
	deed what = firm_create("stage");
	reasons why = 0;
	const char *kind = firm_pick(self, "open", "open", "won");
	snprintf(code, sizeof code, "s%d", (int)firm_roll(self, 30));
	deed_text(&what, "code", code);
	deed_text(&what, "label_zh", "Z");
	deed_text(&what, "label_en", "E");
	deed_number(&what, "seq", 10 + firm_roll(self, 30));
	deed_text(&what, "kind", kind);
	deed_number(&what, "probability_bp", bp_of(kind));
	because(why, kind[0] == 'w', CHECK);
	(void)firm_do(self, &what, why);
}

/* ---- the organisation ---- */

void firm_settings(firm *self)
{
	deed what = firm_update("org", 1);
	reasons why = 0;
	switch (firm_roll(self, 4)) {
	case 0: {
		const int64_t month = firm_roll(self, 14);
		deed_number(&what, "fiscal_start_month", month);
		because(why, month < 1 || month > 12, CHECK);
		break;
	}
	case 1: {
		const int64_t days = firm_roll(self, 100) - 10;
		deed_number(&what, "rfm_window_days", days);
		because(why, days < 1, CHECK);
		break;
	}
	case 2: {
		const char *base = firm_pick(self, "CNY", "USD", "x");
		deed_text(&what, "base_currency", base);
		because(why, base[0] != 'C', CHECK); /* there are amounts in it */
		break;
	}
	default:
		what = firm_create("org");
		because(why, true, INVALID_ARGUMENT); /* there is one */
	}
	(void)firm_do(self, &what, why);
}

/* ---- targets and forecasts ---- */

static void give_scope(firm *self, deed *what, reasons *why)
{
	const char *scope = firm_pick(self, "org", "team", "user");
	const bool team = firm_one_in(self, 8) != (scope[0] == 't');
	const bool user = firm_one_in(self, 8) != (scope[0] == 'u');
	const int64_t period = JANUARY + 31 * firm_roll(self, 2) + firm_one_in(self, 10);
	deed_text(what, "scope", scope);
	deed_reference(what, "team", team ? firm_live(self, "team") : 0);
	deed_reference(what, "user", user ? firm_live(self, "user") : 0);
	deed_number(what, "period", period);
	because(*why, team != (scope[0] == 't') || user != (scope[0] == 'u'), CHECK);
	because(*why, period != JANUARY && period != JANUARY + 31, CHECK);
}

void firm_targets(firm *self)
{
	const int64_t id = firm_some(self, "sales_target");
	const int64_t value = firm_roll(self, 100000) - 500;
	const bool makes = firm_one_in(self, 2);
	deed what = makes ? firm_create("sales_target") : firm_update("sales_target", id);
	reasons why = 0;
	switch (firm_roll(self, 6)) {
	case 0:
		firm_drop(self, "sales_target", id, 0);
		return;
	case 1:
		firm_bring_back(self, "sales_target", id, 0);
		return;
	default:
		break;
	}
	if (makes) {
		give_scope(self, &what, &why);
		deed_text(&what, "metric", firm_pick(self, "revenue", "paid"));
	}
	deed_number(&what, "value", value);
	because(why, value < 0, CHECK);
	(void)firm_do(self, &what, why);
}

void firm_forecasts(firm *self)
{
	const int64_t id = firm_some(self, "forecast");
	const int64_t value = firm_roll(self, 1000), low = firm_roll(self, 1100);
	const bool makes = !firm_one_in(self, 4);
	deed what = makes ? firm_create("forecast") : firm_update("forecast", id);
	reasons why = 0;
	switch (firm_roll(self, 6)) {
	case 0:
		firm_drop(self, "forecast", id, 0);
		return;
	case 1:
		firm_bring_back(self, "forecast", id, 0);
		return;
	default:
		break;
	}
	if (makes) {
		give_scope(self, &what, &why);
		deed_number(&what, "run", 1 + firm_roll(self, 3));
		deed_number(&what, "as_of", 5);
		deed_text(&what, "method", firm_pick(self, "weighted", "ses"));
		deed_number(&what, "low", low);
		if (firm_one_in(self, 2)) {
			deed_number(&what, "high", value);
			because(why, low > value, CHECK);
		}
	}
	deed_number(&what, "value", value);
	because(why, !makes, CHECK); /* never changed */
	(void)firm_do(self, &what, why);
}
