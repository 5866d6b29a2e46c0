/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/firm.h"

#include "base/msgpack.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_BYTES_MAX = 4096, DESCRIPTION_SIZE = 1024, WATCHED_ONE_IN = 48 };
static const int64_t day_ms = 86400000, zone_ms = 480 * 60000;

/* ---- chance ---- */

int64_t firm_roll(firm *self, int64_t below)
{
	return (int64_t)dice_below(&self->random, (uint64_t)below);
}

bool firm_one_in(firm *self, int64_t times)
{
	return firm_roll(self, times) == 0;
}

int64_t firm_some(firm *self, const char *type)
{
	const int64_t last = ledger_last(self->ledger, ledger_type(self->ledger, type));
	if (last == 0 || firm_one_in(self, 100))
		return last + 1 + firm_roll(self, 3);
	const int64_t back = firm_one_in(self, 3) ? last : 8;
	return last - firm_roll(self, back < last ? back : last);
}

int64_t firm_live(firm *self, const char *type)
{
	int64_t id = firm_some(self, type);
	for (int i = 0; i < 12 && !ledger_lives(self->ledger, type, id); i++)
		id = firm_some(self, type);
	return id;
}

int64_t firm_of_customer(firm *self, const char *type, int64_t customer)
{
	for (int i = 0; i < 24; i++) {
		const int64_t id = firm_some(self, type);
		if (ledger_int(self->ledger, type, id, "customer") == customer)
			return id;
	}
	return firm_one_in(self, 12) ? firm_some(self, type) : 0;
}

/* ---- deeds ---- */

deed firm_create(const char *type)
{
	return (deed){ .verb = FIXTURE_CREATE, .type = type };
}

deed firm_update(const char *type, int64_t id)
{
	return (deed){ .verb = FIXTURE_UPDATE, .type = type, .id = id };
}

static deed_field *next_field(deed *self, const char *field)
{
	assert_true(self->count < DEED_FIELDS_MAX);
	deed_field *next = &self->fields[self->count++];
	*next = (deed_field){ .name = field };
	return next;
}

void deed_number(deed *self, const char *field, int64_t value)
{
	deed_field *next = next_field(self, field);
	next->kind = DEED_NUMBER;
	next->number = value;
}

void deed_text(deed *self, const char *field, const char *value)
{
	deed_field *next = next_field(self, field);
	next->kind = DEED_TEXT;
	next->text = value;
}

void deed_bool(deed *self, const char *field, bool value)
{
	deed_field *next = next_field(self, field);
	next->kind = DEED_BOOL;
	next->number = value;
}

void deed_null(deed *self, const char *field)
{
	next_field(self, field)->kind = DEED_NOTHING;
}

void deed_reference(deed *self, const char *field, int64_t id)
{
	if (id == 0)
		deed_null(self, field);
	else
		deed_number(self, field, id);
}

static void write_field(const deed_field *field, cx_buf *out)
{
	cx_write_text(out, field->name);
	switch (field->kind) {
	case DEED_NUMBER:
		cx_write_int(out, field->number);
		break;
	case DEED_TEXT:
		cx_write_text(out, field->text);
		break;
	case DEED_BOOL:
		cx_write_bool(out, field->number != 0);
		break;
	case DEED_NOTHING:
		cx_write_nil(out);
		break;
	}
}

static void describe(const deed *self, char text[DESCRIPTION_SIZE])
{
	static const char *const verbs[] = { "create", "update", "delete", "undelete",
		                             "purge" };
	size_t used = (size_t)snprintf(text, DESCRIPTION_SIZE, "%s %s %" PRId64,
	                               verbs[self->verb], self->type, self->id);
	for (size_t i = 0; i < self->count && used < DESCRIPTION_SIZE - 100; i++) {
		const deed_field *one = &self->fields[i];
		used += (size_t)(one->kind == DEED_TEXT
		                         ? snprintf(text + used, DESCRIPTION_SIZE - used,
		                                    ", %s: '%.40s'", one->name, one->text)
		                         : snprintf(text + used, DESCRIPTION_SIZE - used,
		                                    ", %s: %" PRId64 "%s", one->name,
		                                    one->number,
		                                    one->kind == DEED_NOTHING ? " (null)"
		                                                              : ""));
	}
	if (self->at_ms != 0 && used < DESCRIPTION_SIZE - 100)
		snprintf(text + used, DESCRIPTION_SIZE - used, ", at %" PRId64, self->at_ms);
}

/* ---- time ---- */

void firm_time(firm *self)
{
	self->f->now_ms += firm_one_in(self, 5) ? firm_roll(self, 40000000) : 0;
}

void firm_tell_late(firm *self, deed *what)
{
	if (firm_one_in(self, 6))
		what->at_ms = self->f->now_ms - firm_roll(self, 20 * day_ms);
}

int64_t firm_when(const firm *self, const deed *what)
{
	return what->at_ms != 0 ? what->at_ms : self->f->now_ms;
}

int64_t firm_day(int64_t ms)
{
	return (ms + zone_ms) / day_ms;
}

/* ---- how it ends ---- */

static void complain(const char *what, cx_status status, reasons why, const char *text)
{
	char expected[256] = "";
	for (int i = 0; i < CX_STATUS_COUNT; i++)
		if (why >> i & 1) {
			const size_t used = strlen(expected);
			snprintf(expected + used, sizeof expected - used, " %s",
			         cx_status_name((cx_status)i));
		}
	fail_msg("%s ended with %s (%s), not with%s", what, cx_status_name(status), text,
	         why == 0 ? " OK" : expected);
}

uint64_t firm_watch(firm *self)
{
	return firm_one_in(self, WATCHED_ONE_IN) ? row_state_hash(self->f, true) : 0;
}

static bool ended(firm *self, const char *what, cx_status status, reasons why, uint64_t before)
{
	if (self->trace)
		print_message("%s: %s %s\n", what, cx_status_name(status),
		              status == CX_OK ? "" : self->f->error.text);
	const bool good =
		why == 0 ? status == CX_OK : status != CX_OK && (why >> (int)status & 1) != 0;
	if (!good)
		complain(what, status, why, self->f->error.text);
	*(status == CX_OK ? &self->taken : &self->refused) += 1;
	if (status == CX_OK || before == 0)
		return status == CX_OK;
	self->watched++;
	if (row_state_hash(self->f, true) != before)
		fail_msg("%s was refused and left a trace", what);
	return false;
}

bool firm_ended(firm *self, const char *what, int64_t id, cx_status status, reasons why,
                uint64_t before)
{
	char text[DESCRIPTION_SIZE];
	snprintf(text, sizeof text, "%s %" PRId64, what, id);
	return ended(self, text, status, why, before);
}

engine_author firm_author(firm *self)
{
	return (engine_author){ .now_ms = self->f->now_ms++ };
}

/* ---- doing ---- */

static cx_status run(firm *self, const deed *what, engine_outcome *ret)
{
	store_fixture *f = self->f;
	const engine_type *type = fixture_type(f, what->type);
	engine_change change = { .author = firm_author(self) };
	change.author.at_ms = what->at_ms;
	if (firm_one_in(self, 3))
		change.author.user = 1 + firm_roll(self, 3);
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(FIELDS_BYTES_MAX);
	cx_write_map(&fields, what->count);
	for (size_t i = 0; i < what->count; i++)
		write_field(&what->fields[i], &fields);
	assert_int_equal(cx_buf_status(&fields), CX_OK);
	switch (what->verb) {
	case FIXTURE_CREATE:
		return engine_create(f->write, type, cx_buf_slice(&fields), &change, ret,
		                     &f->error);
	case FIXTURE_UPDATE:
		return engine_update(f->write, type, what->id, cx_buf_slice(&fields), &change,
		                     ret, &f->error);
	case FIXTURE_DELETE:
		return engine_delete(f->write, type, what->id, &change, ret, &f->error);
	case FIXTURE_UNDELETE:
		return engine_undelete(f->write, type, what->id, &change, ret, &f->error);
	case FIXTURE_PURGE:
		return engine_purge(f->write, type, what->id, &change, ret, &f->error);
	}
	return CX_INTERNAL;
}

/* What the record would be. */
static void foresee(const firm *self, const deed *what, int64_t *values)
{
	const engine_type *type = ledger_type(self->ledger, what->type);
	const ledger_row *row = ledger_find(self->ledger, type, what->id);
	if (what->verb == FIXTURE_CREATE || row == NULL)
		ledger_defaults(type, values);
	else
		memcpy(values, row->values, sizeof row->values);
	for (size_t i = 0; i < what->count; i++) {
		const deed_field *one = &what->fields[i];
		const engine_field *field = engine_type_field(type, cx_slice_of(one->name));
		assert_non_null(field);
		values[field->slot] = one->kind == DEED_NOTHING ? ROW_NULL
		                      : one->kind == DEED_TEXT
		                              ? row_number_of_text(field, one->text)
		                              : one->number;
	}
}

static uint64_t watch_refused(firm *self, reasons why)
{
	return why == 0 ? 0 : firm_watch(self);
}

bool firm_do(firm *self, deed *what, reasons why)
{
	const engine_type *type = ledger_type(self->ledger, what->type);
	int64_t values[LEDGER_SLOTS];
	foresee(self, what, values);
	if (what->verb == FIXTURE_UPDATE && !ledger_lives(self->ledger, what->type, what->id))
		why = REASON(NOT_FOUND);
	else
		why |= ledger_refuses(self->ledger, type, what->id, values);
	const uint64_t before = watch_refused(self, why);
	engine_outcome outcome;
	const cx_status status = run(self, what, &outcome);
	char text[DESCRIPTION_SIZE];
	describe(what, text);
	if (!ended(self, text, status, why, before))
		return false;
	what->id = outcome.id;
	ledger_take(self->ledger, type, outcome.id, values);
	return true;
}

static bool act(firm *self, fixture_verb verb, const char *type, int64_t id, reasons why)
{
	const deed what = { .verb = verb, .type = type, .id = id };
	const uint64_t before = watch_refused(self, why);
	engine_outcome outcome;
	const cx_status status = run(self, &what, &outcome);
	char text[DESCRIPTION_SIZE];
	describe(&what, text);
	return ended(self, text, status, why, before);
}

void firm_drop(firm *self, const char *type, int64_t id, reasons why)
{
	const engine_type *of = ledger_type(self->ledger, type);
	const bool lives = ledger_lives(self->ledger, type, id);
	why = lives ? why | ledger_delete(self->ledger, of, id, true)
	            : ledger_delete(self->ledger, of, id, true);
	const bool watch = firm_one_in(self, 8);
	const uint64_t before = watch ? row_state_hash(self->f, false) : 0;
	if (!act(self, FIXTURE_DELETE, type, id, why))
		return;
	(void)ledger_delete(self->ledger, of, id, false);
	if (!watch)
		return;
	(void)act(self, FIXTURE_UNDELETE, type, id, 0);
	assert_true(ledger_undelete(self->ledger, of, id, false) == 0);
	if (row_state_hash(self->f, false) != before)
		fail_msg("%s %" PRId64 " is not what it was before it was deleted and brought "
		         "back",
		         type, id);
}

/* What comes back, and what leads to it again, may not go together by now. */
/* Whether one that came back refers to a record of another customer, or the other way round. */
static bool is_torn_back(const ledger *self, const char *type, int64_t id)
{
	static const struct {
		const char *source, *field, *target;
	} links[] = {
		{ "activity", "opportunity", "opportunity" },
		{ "activity", "service_request", "service_request" },
		{ "sales_order", "opportunity", "opportunity" },
		{ "sales_order", "contract", "contract" },
		{ "contract", "opportunity", "opportunity" },
		{ "contract", "amends", "contract" },
		{ "service_request", "order", "sales_order" },
		{ "feedback", "order", "sales_order" },
		{ "feedback", "service_request", "service_request" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(links); i++) {
		const bool is_source = strcmp(links[i].source, type) == 0;
		if (!is_source && strcmp(links[i].target, type) != 0)
			continue;
		const int64_t last = ledger_last(self, ledger_type(self, links[i].source));
		for (int64_t from = 1; from <= last; from++) {
			if (!ledger_lives(self, links[i].source, from))
				continue;
			const int64_t to =
				ledger_int(self, links[i].source, from, links[i].field);
			const bool concerns = is_source ? from == id : to == id;
			if (concerns && to > 0 && ledger_lives(self, links[i].target, to) &&
			    ledger_int(self, links[i].source, from, "customer") !=
			            ledger_int(self, links[i].target, to, "customer"))
				return true;
		}
	}
	return false;
}

static reasons refuses_order(const firm *self, const engine_type *type, int64_t id)
{
	ledger *trial = ledger_copy(self->ledger);
	reasons why = ledger_undelete(trial, type, id, false);
	because(why,
	        why == 0 &&
	                (firm_disorder(trial) != NULL || is_torn_back(trial, type->name, id)),
	        CHECK);
	ledger_free(trial);
	return why;
}

void firm_bring_back(firm *self, const char *type, int64_t id, reasons why)
{
	const engine_type *of = ledger_type(self->ledger, type);
	const reasons says = ledger_undelete(self->ledger, of, id, true);
	const reasons never =
		REASON(NOT_FOUND) | REASON(NOT_DELETED) | REASON(INVALID_ARGUMENT);
	why = (says & never) != 0 ? says : says | why;
	if (why == 0)
		why = refuses_order(self, of, id);
	if (act(self, FIXTURE_UNDELETE, type, id, why))
		(void)ledger_undelete(self->ledger, of, id, false);
}

void firm_purge(firm *self, const char *type, int64_t id)
{
	const engine_type *of = ledger_type(self->ledger, type);
	if (act(self, FIXTURE_PURGE, type, id, ledger_purge(self->ledger, of, id, true)))
		(void)ledger_purge(self->ledger, of, id, false);
}

/* ---- figures ---- */

int64_t firm_rounded(firm_wide value, firm_wide by)
{
	const firm_wide twice = 2 * value + (value < 0 ? -by : by);
	return (int64_t)(twice / (2 * by));
}

int64_t firm_text(const char *text)
{
	static const engine_field any = { .kind = ENGINE_STRING };
	return row_number_of_text(&any, text);
}

bool firm_is_torn(const firm *self, const char *type, const char *field, int64_t id,
                  int64_t customer)
{
	const int64_t last = ledger_last(self->ledger, ledger_type(self->ledger, type));
	for (int64_t other = 1; other <= last; other++)
		if (ledger_lives(self->ledger, type, other) &&
		    ledger_int(self->ledger, type, other, field) == id &&
		    ledger_int(self->ledger, type, other, "customer") != customer)
			return true;
	return false;
}

int64_t firm_rate_of(const firm *self, int64_t currency, int64_t day)
{
	const engine_type *type = ledger_type(self->ledger, "fx_rate");
	int64_t newest = INT64_MIN, rate = 0;
	if (currency == firm_text("CNY"))
		return 100000000;
	for (int64_t id = 1; id <= ledger_last(self->ledger, type); id++) {
		if (!ledger_lives(self->ledger, "fx_rate", id) ||
		    ledger_int(self->ledger, "fx_rate", id, "currency") != currency)
			continue;
		const int64_t on = ledger_int(self->ledger, "fx_rate", id, "on");
		if (on > day || on < newest)
			continue;
		newest = on;
		rate = ledger_int(self->ledger, "fx_rate", id, "rate_e8");
	}
	return rate;
}

int64_t firm_rate(const firm *self, const char *currency, int64_t day)
{
	return firm_rate_of(self, firm_text(currency), day);
}
