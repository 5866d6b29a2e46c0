/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/report.h"

#include "crm/report.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"
#include "tests/trade/reading.h"

#include <stdio.h>

enum { OPEN_STAGES = 4, INSTANTS = 6, CUSTOMERS = 6 };
static const int64_t day_ms = 86400000, zone_ms = 8 * 3600000;

/* The first instant of the day that is the world's present. */
static int64_t today_ms(void)
{
	return TRADE_TODAY * day_ms - zone_ms;
}

typedef struct asked {
	int64_t keys;
	const cx_value *answer;
	cx_arena *arena;
} asked;

static void release(asked *self)
{
	cx_arena_free(&self->arena);
}

static asked run(const trade_world *world, const char *name, const char *params)
{
	static const cx_scan_limits limits = { .bytes = 1 << 23,
		                               .items = 1000000,
		                               .depth = 16 };
	asked ret = { .keys = 0 };
	cx_error error = { 0 };
	/* It lives as long as the answer, which nobody frees. */
	cx_buf out = CX_BUF_INIT(limits.bytes);
	const crm_report_request request = { .name = cx_slice_of(name),
		                             .params = wire(params),
		                             .now_ms = today_ms() };
	if (crm_report_run(world->read, &request, &out, &error) != CX_OK)
		fail_msg("%s %s: %s", name, params, error.text);
	const cx_slice bytes = wire_exact(cx_buf_slice(&out));
	cx_buf_release(&out);
	assert_int_equal(cx_arena_new(1 << 26, &ret.arena), CX_OK);
	assert_int_equal(cx_value_decode(bytes, limits, ret.arena, &ret.answer), CX_OK);
	ret.keys = cx_value_member(ret.answer, "keys")->as.integer;
	return ret;
}

static void check_keys(const char *what, int64_t keys, int64_t most)
{
	if (keys > most)
		trade_complain(1, what, "%lld keys, not %lld at most", (long long)keys,
		               (long long)most);
}

/* Rows of a section by its place. */
static const cx_value *rows_of(const asked *self, size_t section)
{
	const cx_value *sections = cx_value_member(self->answer, "sections");
	assert_true(section < sections->as.array.count);
	return cx_value_member(&sections->as.array.items[section], "rows");
}

static int64_t sum_of(const asked *self, size_t section, size_t column)
{
	const cx_value *rows = rows_of(self, section);
	int64_t sum = 0;
	for (size_t i = 0; i < rows->as.array.count; i++)
		sum += rows->as.array.items[i].as.array.items[column].as.integer;
	return sum;
}

/* ---- one pass for all of them ---- */

typedef struct seen {
	int64_t open;
	int64_t instants[INSTANTS];
	int64_t events[INSTANTS]; /* of the day, up to the instant */
	int64_t week;             /* events of the last week */
	int64_t customers[CUSTOMERS];
	int64_t requests[CUSTOMERS], contracts[CUSTOMERS];
} seen;

static void see_opportunity(void *context, const trade_record *record)
{
	seen *self = context;
	self->open += !record->deleted && trade_is(record, "state", "open");
}

static void see_history(void *context, const trade_record *record)
{
	seen *self = context;
	const int64_t from = trade_int(record, "valid_from", 0);
	if (record->deleted)
		return;
	for (size_t i = 0; i < INSTANTS; i++) {
		const int64_t at = self->instants[i];
		const int64_t day = (at + zone_ms) / day_ms * day_ms - zone_ms;
		self->events[i] += from >= day && from <= at;
	}
	self->week += from > today_ms() - 7 * day_ms && from <= today_ms();
}

static void count_of(const seen *self, const trade_record *record, int64_t *counts)
{
	const int64_t customer = trade_int(record, "customer", 0);
	for (size_t i = 0; i < CUSTOMERS; i++)
		counts[i] += !record->deleted && customer == self->customers[i];
}

static void see_request(void *context, const trade_record *record)
{
	seen *self = context;
	count_of(self, record, self->requests);
}

static void see_contract(void *context, const trade_record *record)
{
	seen *self = context;
	count_of(self, record, self->contracts);
}

static seen look(const trade_world *world)
{
	seen self = { .open = 0 };
	for (int64_t i = 0; i < INSTANTS; i++) {
		self.instants[i] =
			today_ms() - (TRADE_DAYS - 10 - i * 150) * day_ms + i * 7654321;
		self.customers[i] = 1 + i * world->sizes.customers / CUSTOMERS;
	}
	trade_pass(world, "opportunity", see_opportunity, &self);
	trade_pass(world, "stage_history", see_history, &self);
	trade_pass(world, "service_request", see_request, &self);
	trade_pass(world, "contract", see_contract, &self);
	return self;
}

/* ---- the reports ---- */

/* Settings; names of stages. */
enum { FIXED = 2 + TRADE_STAGES + 1 + TRADE_STAGES };

static void check_board(const trade_world *world, const seen *known)
{
	enum { CARDS = 20 };
	CX_SCOPED(release) asked board = run(world, "board", "{'cards': 20}");
	const int64_t users = world->sizes.users;
	/* A group for each stage and person; of each stage the first key of each person's
	 * range, the cards and one more; of each card the names of customer and owner. */
	check_keys("board", board.keys,
	           FIXED + OPEN_STAGES * users + OPEN_STAGES * (users + CARDS + 1) +
	                   OPEN_STAGES * CARDS + users);
	if (sum_of(&board, 0, 1) != known->open)
		trade_complain(3, "board", "%lld open, not %lld",
		               (long long)sum_of(&board, 0, 1), (long long)known->open);
}

static void check_pipeline(const trade_world *world, const seen *known)
{
	for (size_t i = 0; i < INSTANTS; i++) {
		char params[64];
		snprintf(params, sizeof params, "{'at': %lld}", (long long)known->instants[i]);
		CX_SCOPED(release) asked at = run(world, "pipeline", params);
		check_keys("pipeline", at.keys, FIXED + 255 + 2 * known->events[i]);
	}
	/* What was begun last has come to its stage by then. */
	CX_SCOPED(release) asked now = run(world, "pipeline", "{'at': 'today+60'}");
	if (sum_of(&now, 0, 1) != known->open)
		trade_complain(7, "pipeline", "%lld open, not %lld",
		               (long long)sum_of(&now, 0, 1), (long long)known->open);
}

static void check_movement(const trade_world *world, const seen *known)
{
	CX_SCOPED(release)
	asked week = run(world, "movement", "{'from': 'today-7', 'to': 'today'}");
	int64_t events = 0; /* of the days at both ends */
	for (size_t i = 0; i < INSTANTS; i++)
		events += known->events[i];
	check_keys("movement", week.keys,
	           FIXED + 2 * 255 + 2 * known->week + 2 * (known->week + events));
}

static void check_customers(const trade_world *world, const seen *known)
{
	for (size_t i = 0; i < CUSTOMERS; i++) {
		char params[64];
		snprintf(params, sizeof params, "{'customer': %lld}",
		         (long long)known->customers[i]);
		CX_SCOPED(release) asked one = run(world, "customer", params);
		int64_t shown = 0;
		for (size_t section = 0; section < 8; section++)
			shown += rows_of(&one, section)->as.array.count;
		/* What is shown, one more of each section, the names of at most three records
		 * of each row; all its requests, and its contracts twice. */
		check_keys("customer", one.keys,
		           FIXED + 9 + 4 * shown + known->requests[i] +
		                   2 * known->contracts[i]);
	}
}

void trade_check_reports(const trade_world *world)
{
	const seen known = look(world);
	check_board(world, &known);
	check_pipeline(world, &known);
	check_movement(world, &known);
	check_customers(world, &known);
}
