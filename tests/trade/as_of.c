/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/as_of.h"

#include "tests/support/unit.h"
#include "tests/support/wire.h"
#include "tests/trade/groups.h"
#include "tests/trade/reading.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	INSTANTS = 12,
	MONTH_DAYS = 31,
	ANYBODY = 0,
	SOMEBODY = 1,
	/* Over three years of the trade, beside the rows of the day: what was measured where a
	 * checkpoint of each month is kept instead of flows. */
	CELLS_MAX = 254,
};
static const int64_t day_ms = 86400000;

typedef struct pipeline {
	struct {
		int64_t count;
		trade_wide amount, weighted;
	} stages[TRADE_STAGES + 1];
} pipeline;

/* An instant and whose pipeline is asked for: that of everybody, or of one owner. */
typedef struct view {
	const trade_world *world;
	int64_t at_ms;
	int64_t owner;
	pipeline expected, got;
	uint64_t cells;
	trade_cost rows; /* of the day */
} view;

static void add_row(pipeline *self, const trade_record *row, int sign)
{
	const int64_t stage = trade_int(row, "stage", 0);
	const int64_t amount = trade_int(row, "amount_base", 0);
	assert_true(stage >= 1 && stage <= TRADE_STAGES);
	self->stages[stage].count += sign;
	self->stages[stage].amount += sign * (trade_wide)amount;
	self->stages[stage].weighted +=
		sign * (trade_wide)amount * trade_int(row, "probability_bp", 0);
}

static bool counts(const view *self, const trade_record *row)
{
	return trade_is(row, "state", "open") &&
	       (self->owner == ANYBODY || trade_int(row, "owner", 0) == self->owner);
}

/* ---- what it is: one pass ---- */

typedef struct pass {
	view *views;
	size_t view_count;
	/* By opportunity, the row that stands at the instant of rows; stage 0: none is open. */
	int64_t rows_ms;
	int64_t *stages, *amounts;
} pass;

static void visit(void *context, const trade_record *row)
{
	pass *self = context;
	if (row->deleted)
		return;
	const int64_t from = trade_int(row, "valid_from", 0);
	const int64_t to = trade_int(row, "valid_to", 0);
	for (size_t i = 0; i < self->view_count; i++) {
		view *at = &self->views[i];
		if (from <= at->at_ms && at->at_ms < to && counts(at, row))
			add_row(&at->expected, row, 1);
	}
	const int64_t opportunity = trade_int(row, "opportunity", 0);
	if (from <= self->rows_ms && self->rows_ms < to && trade_is(row, "state", "open") &&
	    !trade_is_doomed(opportunity)) { /* lists are of what there is */
		self->stages[opportunity] = trade_int(row, "stage", 0);
		self->amounts[opportunity] = trade_int(row, "amount_base", 0);
	}
}

/* ---- totals, from cells ---- */

typedef struct cells {
	view *view;
	int sign;
} cells;

static cx_status add_cell(void *context, const engine_group *group)
{
	const cells *self = context;
	cx_reader reader = cx_reader_of(group->columns);
	const uint32_t columns = cx_read_array(&reader);
	cx_read_skip_many(&reader, columns - 1);
	const int64_t stage = cx_read_int(&reader);
	assert_true(!reader.failed && stage >= 1 && stage <= TRADE_STAGES);
	pipeline *to = &self->view->got;
	to->stages[stage].count += self->sign * (int64_t)group->count;
	to->stages[stage].amount += self->sign * trade_wide_of(group->sums[0]);
	to->stages[stage].weighted += self->sign * trade_wide_of(group->sums[1]);
	self->view->cells++;
	return CX_OK;
}

/* Days from low on before high; INT64_MIN: from the first, INT64_MAX: to the last. */
static void add_cells(view *self, const char *what, int64_t low, int64_t high, int sign)
{
	char name[32];
	snprintf(name, sizeof name, "%s_%s", self->owner == ANYBODY ? "stage" : "owner", what);
	const engine_schema *schema = engine_read_schema(self->world->read);
	engine_group_query query = { .aggregate =
		                             engine_schema_aggregate(schema, cx_slice_of(name)),
		                     .limit = ENGINE_GROUPS_MAX };
	assert_non_null(query.aggregate);
	if (low != INT64_MIN)
		query.low = wire(trade_filter("%lld", (long long)low));
	if (high != INT64_MAX)
		query.high = wire(trade_filter("%lld", (long long)high - 1));
	if (self->owner != ANYBODY)
		query.prefix = wire(trade_filter("[%lld]", (long long)self->owner));
	cells to = { .view = self, .sign = sign };
	engine_group_page page;
	cx_error error = { 0 };
	assert_int_equal(engine_aggregate_groups(self->world->read, &query, add_cell, &to,
	                                         &page, &error),
	                 CX_OK);
	assert_int_equal(page.position_size, 0);
	assert_int_equal(page.keys, page.groups);
}

/* What stands when the month begins: what came before it and has not gone, or what goes after
 * it and has not come. Rows that stand today go in the last month there is, so both are the
 * same; the one with fewer months between it and the end is read. */
static void add_months(view *self, int64_t month)
{
	if (month - (TRADE_TODAY - TRADE_DAYS) <= TRADE_TODAY - month) {
		add_cells(self, "in_month", INT64_MIN, month, 1);
		add_cells(self, "out_month", INT64_MIN, month, -1);
	} else {
		add_cells(self, "out_month", month, INT64_MAX, 1);
		add_cells(self, "in_month", month, INT64_MAX, -1);
	}
}

/* What stands when the day begins, from the nearer end of its month. */
static void add_days(view *self, int64_t day)
{
	const int64_t month = trade_month_of(day);
	const int64_t next = trade_month_of(month + MONTH_DAYS);
	if (day - month <= next - day) {
		add_months(self, month);
		if (day > month) {
			add_cells(self, "in_day", month, day, 1);
			add_cells(self, "out_day", month, day, -1);
		}
	} else {
		add_months(self, next);
		add_cells(self, "out_day", day, next, 1);
		add_cells(self, "in_day", day, next, -1);
	}
}

static void subtract_row(void *context, const trade_record *row)
{
	view *self = context;
	if (counts(self, row))
		add_row(&self->got, row, -1);
}

static void add_cost(trade_cost *to, const trade_cost *more)
{
	to->rows += more->rows;
	to->pages += more->pages;
	to->keys += more->keys;
	to->fetched += more->fetched;
}

/* A row that begins ends the one before it, if there is one. */
static void add_event(void *context, const trade_record *row)
{
	view *self = context;
	const bool lasts = trade_int(row, "valid_to", 0) > trade_int(row, "valid_from", 0);
	if (counts(self, row) && lasts)
		add_row(&self->got, row, 1);
	const trade_list before = {
		.type = "stage_history",
		.filter =
			trade_filter("['and',['=','opportunity',%lld],['<','valid_from',%lld]]",
		                     (long long)trade_int(row, "opportunity", 0),
		                     (long long)trade_int(row, "valid_from", 0)),
		.order = "valid_from desc",
		.limit = 1,
		.first = true
	};
	const trade_cost cost = trade_read(self->world, &before, subtract_row, self);
	add_cost(&self->rows, &cost);
}

static void read_totals(view *self)
{
	const int64_t day = trade_day_of(self->at_ms);
	add_days(self, day);
	const trade_list events = { .type = "stage_history",
		                    .filter = trade_filter("['between','valid_from',%lld,%lld]",
		                                           (long long)trade_day_begin_ms(day),
		                                           (long long)self->at_ms),
		                    .order = "valid_from",
		                    .limit = 1000 };
	const trade_cost cost = trade_read(self->world, &events, add_event, self);
	add_cost(&self->rows, &cost);
}

static void check_totals(view *self)
{
	const char *what = self->owner == ANYBODY ? "totals as of an instant"
	                                          : "totals of one owner as of an instant";
	read_totals(self);
	bool good = true;
	int64_t open = 0;
	for (size_t i = 1; i <= TRADE_STAGES; i++) {
		open += self->expected.stages[i].count;
		good = good && self->got.stages[i].count == self->expected.stages[i].count &&
		       self->got.stages[i].amount == self->expected.stages[i].amount &&
		       self->got.stages[i].weighted == self->expected.stages[i].weighted;
	}
	if (!good || open == 0)
		trade_complain(7, what, "not what the pass finds (%lld open)", (long long)open);
	/* In and out, a cell for each stage, of half the months and half the days of one. */
	if (self->cells > CELLS_MAX)
		trade_complain(7, what, "%llu cells", (unsigned long long)self->cells);
	trade_check_cost(7, what, &self->rows, self->rows.rows, 1);
}

/* ---- rows ---- */

typedef struct rows {
	const trade_world *world;
	const pass *pass;
	trade_cost cost; /* of the seeks */
	size_t open, wrong;
	int64_t opportunity;
} rows;

static void compare_row(void *context, const trade_record *row)
{
	rows *self = context;
	if (!trade_is(row, "state", "open"))
		return;
	self->open++;
	self->wrong +=
		trade_int(row, "stage", 0) != self->pass->stages[self->opportunity] ||
		trade_int(row, "amount_base", 0) != self->pass->amounts[self->opportunity];
}

static void seek_row(void *context, const trade_record *opportunity)
{
	rows *self = context;
	self->opportunity = opportunity->id;
	const trade_list floor = {
		.type = "stage_history",
		.filter = trade_filter(
			"['and',['=','opportunity',%lld],['<=','valid_from',%lld]]",
			(long long)opportunity->id, (long long)self->pass->rows_ms),
		.order = "valid_from desc",
		.limit = 1,
		.first = true
	};
	const trade_cost cost = trade_read(self->world, &floor, compare_row, self);
	add_cost(&self->cost, &cost);
}

static void check_rows(const trade_world *world, const pass *made)
{
	rows self = { .world = world, .pass = made };
	const trade_list before = { .type = "opportunity",
		                    .filter = trade_filter("['<','created_at',%lld]",
		                                           (long long)made->rows_ms),
		                    .order = "created_at desc",
		                    .limit = 500 };
	const trade_cost cost = trade_read(world, &before, seek_row, &self);
	size_t open = 0;
	for (int64_t i = 1; i <= world->sizes.opportunities; i++)
		open += made->stages[i] > 0;
	if (self.wrong > 0 || self.open != open || open == 0)
		trade_complain(8, "rows as of an instant",
		               "%zu open, %zu by the pass, %zu wrong", self.open, open,
		               self.wrong);
	trade_check_cost(8, "made before an instant", &cost, cost.rows, 1);
	trade_check_cost(8, "what each was", &self.cost, self.cost.rows, 1);
}

void trade_check_as_of(const trade_world *world)
{
	static view views[INSTANTS];
	const int64_t begin = (TRADE_TODAY - TRADE_DAYS) * day_ms;
	for (int64_t i = 0; i < INSTANTS; i++)
		views[i] = (view){ .world = world,
			           .at_ms = begin + (i + 1) * 71 * day_ms + i * 7654321,
			           .owner = i % 3 == 2 ? SOMEBODY : ANYBODY };
	const size_t room = (size_t)world->sizes.opportunities + 1;
	pass made = { .views = views,
		      .view_count = INSTANTS,
		      .rows_ms = begin + 90 * day_ms + 12345,
		      .stages = calloc(room, sizeof *made.stages),
		      .amounts = calloc(room, sizeof *made.amounts) };
	assert_true(made.stages != NULL && made.amounts != NULL);
	trade_pass(world, "stage_history", visit, &made);
	for (size_t i = 0; i < INSTANTS; i++)
		check_totals(&views[i]);
	check_rows(world, &made);
	free(made.stages);
	free(made.amounts);
}
