/* SPDX-License-Identifier: Apache-2.0 */
/* A firm at work: a store of the trade with its rules on, and random writes to it of which each
 * says beforehand why it must be refused, or that it must be taken. */
#pragma once

#include "crm/operations.h"
#include "tests/model/ledger.h"
#include "tests/support/dice.h"

enum { DEED_FIELDS_MAX = 24, FIRM_MANAGER = 3 /* a user; 1 and 2 are no managers */ };

/* A write: fields as they are given. */
typedef struct deed_field {
	const char *name;
	enum { DEED_NUMBER, DEED_TEXT, DEED_BOOL, DEED_NOTHING } kind;
	int64_t number;
	const char *text;
} deed_field;

typedef struct deed {
	fixture_verb verb;
	const char *type;
	int64_t id; /* of a create: afterwards */
	deed_field fields[DEED_FIELDS_MAX];
	size_t count;
	int64_t at_ms; /* of which time it tells; 0 = now */
} deed;

enum { FIRM_MERGES_MAX = 64 };

/* A merge that may be taken back. */
typedef struct firm_merge {
	int64_t winner, loser, at_ms;
	ledger_moved *moved;
	size_t moved_count;
	int64_t after[LEDGER_SLOTS]; /* the winner's values where `filled` */
	int64_t before[LEDGER_SLOTS];
	bool filled[LEDGER_SLOTS];
} firm_merge;

typedef struct firm {
	store_fixture *f;
	dice random;
	ledger *ledger;
	firm_merge merges[FIRM_MERGES_MAX];
	size_t merge_count;
	int64_t taken, refused, watched;
	bool trace; /* tell each write, and look at everything after it */
} firm;

/* ---- chance ---- */

int64_t firm_roll(firm *self, int64_t below);
bool firm_one_in(firm *self, int64_t times);
#define firm_pick(self, ...)                               \
	(((const char *const[]){ __VA_ARGS__ })[firm_roll( \
		self, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))])

/* An id of that type, mostly a late one, deleted ones and one that was never given too; one
 * that is live if there is any such (now and then not). */
int64_t firm_some(firm *self, const char *type);
int64_t firm_live(firm *self, const char *type);
/* One of which a reference to that customer leads back, mostly; 0 = none. */
int64_t firm_of_customer(firm *self, const char *type, int64_t customer);
/* Whether a record whose `field` refers to `id` is of another customer than this one. */
bool firm_is_torn(const firm *self, const char *type, const char *field, int64_t id,
                  int64_t customer);

/* ---- writes ---- */

deed firm_create(const char *type);
deed firm_update(const char *type, int64_t id);
void deed_number(deed *self, const char *field, int64_t value);
void deed_text(deed *self, const char *field, const char *value);
void deed_bool(deed *self, const char *field, bool value);
void deed_null(deed *self, const char *field);
/* A reference, or null where it is 0. */
void deed_reference(deed *self, const char *field, int64_t id);

/* Time passes; sometimes a write tells of what happened days ago. */
void firm_time(firm *self);
void firm_tell_late(firm *self, deed *what);
/* The time of which it tells, and its day. */
int64_t firm_when(const firm *self, const deed *what);
int64_t firm_day(int64_t ms);

/* Does it; it must be refused for one of `why`, or of what references and unique indexes say,
 * or taken when there is none. True when it was taken. */
bool firm_do(firm *self, deed *what, reasons why);

/* Deletes, sometimes taken back at once, which leaves no trace; undeletes; purges. `why`: what
 * rules say against the delete. */
void firm_drop(firm *self, const char *type, int64_t id, reasons why);
void firm_bring_back(firm *self, const char *type, int64_t id, reasons why);
void firm_purge(firm *self, const char *type, int64_t id);

/* For operations that are no deed: the hash to compare with when they are refused (0: this one
 * is not watched), and how one ended. */
uint64_t firm_watch(firm *self);
bool firm_ended(firm *self, const char *what, int64_t id, cx_status status, reasons why,
                uint64_t before);
engine_author firm_author(firm *self);

/* ---- figures ---- */

__extension__ typedef __int128 firm_wide;

/* Halves away from zero. */
int64_t firm_rounded(firm_wide value, firm_wide by);
/* The rate of a currency on a day, ×10⁻⁸; 0 = there is none. */
int64_t firm_rate(const firm *self, const char *currency, int64_t day);
/* The same of a currency as a record has it. */
int64_t firm_rate_of(const firm *self, int64_t currency, int64_t day);
int64_t firm_text(const char *text);

/* ---- what the firm does, one step each ---- */

void firm_customers(firm *self);
void firm_contacts(firm *self);
void firm_tiers(firm *self);
void firm_merges(firm *self);
void firm_transfers(firm *self);
void firm_opportunities(firm *self);
void firm_conversions(firm *self);
void firm_orders(firm *self);
void firm_lines(firm *self);
void firm_payments(firm *self);
void firm_contracts(firm *self);
void firm_requests(firm *self);
void firm_feedback(firm *self);
void firm_activities(firm *self);
void firm_campaigns(firm *self);
void firm_touches(firm *self);
void firm_products(firm *self);
void firm_rates(firm *self);
void firm_people(firm *self);
void firm_stages(firm *self);
void firm_targets(firm *self);
void firm_forecasts(firm *self);
void firm_settings(firm *self);

/* ---- what holds at any time, by records alone ---- */

/* Inside a transaction. */
void firm_assert_histories(firm *self);
void firm_assert_rollups(firm *self);
void firm_assert_order(firm *self);
/* Why records do not go together: a customer above itself, an opportunity with the contact of
 * another customer; NULL: they do. Part of the above. In static storage. */
const char *firm_disorder(const ledger *of);
/* Between transactions: what campaigns have won is what was won. */
void firm_assert_attribution(firm *self);
