/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/performance.h"

#include "engine/aggregate.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"
#include "tests/trade/groups.h"
#include "tests/trade/told.h"

#include <stdio.h>
#include <stdlib.h>

enum { YEAR = 12, MANY = 26 };
static const int64_t day_ms = 86400000;

static int64_t this_month(void)
{
	return trade_month_of(trade_day_of(TRADE_TODAY * day_ms));
}

/* ---- targets ---- */

typedef struct aim {
	const char *scope;
	int64_t id; /* of the team or user */
	int back;   /* months */
	const char *metric;
	int64_t value;
} aim;

static const aim aims[] = {
	{ "org", 0, 0, "revenue", 90000001 },   { "org", 0, 3, "revenue", 70000001 },
	{ "org", 0, 14, "revenue", 5 },         { "org", 0, 2, "paid", 300000 },
	{ "team", 1, 1, "revenue", 40000003 },  { "team", 2, 1, "revenue", 20000003 },
	{ "team", 3, 4, "orders", 7 },          { "user", 2, 3, "revenue", 3000017 },
	{ "user", 2, 5, "revenue", 2000017 },   { "user", 3, 2, "new_customers", 3 },
	{ "user", 4, 6, "revenue", 12345678 },  { "user", 20, 0, "revenue", 1 },
	{ "team", 4, 0, "new_customers", 100 },
};

/* Of trade_fill: each user has one, of revenue, in one month. */
static int64_t target_of_fill(int64_t user, int64_t month)
{
	return trade_month_of(TRADE_TODAY - 46) == month ? 100000 * user : INT64_MIN;
}

static void set_parent(trade_world *world, int64_t team, int64_t parent)
{
	char text[64];
	snprintf(text, sizeof text, "{'parent': %lld}", (long long)parent);
	fixture_update(&world->store, "team", team, text);
}

static void set_team(trade_world *world, int64_t user, int64_t team)
{
	char text[64];
	snprintf(text, sizeof text, "{'team': %lld}", (long long)team);
	fixture_update(&world->store, "user", user, text);
}

static void set_target(trade_world *world, const aim *target)
{
	char text[256], of[64] = "";
	if (target->id != 0)
		snprintf(of, sizeof of, "'%s': %lld, ", target->scope, (long long)target->id);
	snprintf(text, sizeof text,
	         "{'scope': '%s', %s'period': %lld, 'metric': '%s', 'value': %lld}",
	         target->scope, of, (long long)trade_month_add(this_month(), -target->back),
	         target->metric, (long long)target->value);
	fixture_create(&world->store, "sales_target", text);
}

void trade_prepare_performance(trade_world *world)
{
	set_parent(world, 2, 1);
	set_parent(world, 3, 2);
	set_team(world, 2, 4);
	set_team(world, 5, 3);
	for (size_t i = 0; i < CX_COUNT_OF(aims); i++)
		set_target(world, &aims[i]);
	assert_int_equal(engine_read_renew(world->read), CX_OK);
}

/* INT64_MIN: there is none. */
static int64_t target_of(const char *scope, int64_t id, int64_t month, const char *metric)
{
	int64_t ret = INT64_MIN;
	if (strcmp(scope, "user") == 0 && strcmp(metric, "revenue") == 0)
		ret = target_of_fill(id, month);
	for (size_t i = 0; i < CX_COUNT_OF(aims); i++)
		if (strcmp(aims[i].scope, scope) == 0 && aims[i].id == id &&
		    strcmp(aims[i].metric, metric) == 0 &&
		    trade_month_add(this_month(), -aims[i].back) == month) {
			assert_true(ret == INT64_MIN);
			ret = aims[i].value;
		}
	return ret;
}

/* ---- performance ---- */

/* A row of the report, and whose targets it is measured against. */
typedef struct row {
	const char *section;
	size_t number;
	trade_whose whose;
	int64_t first, last;
	const char *target_scope; /* NULL: there can be none */
	int64_t target_id;
} row;

typedef struct subject {
	const trade_report *report;
	const trade_deeds *deeds;
	const char *metric;
} subject;

static int64_t measure(const trade_sums *sums, const char *metric)
{
	if (strcmp(metric, "revenue") == 0)
		return sums->revenue;
	if (strcmp(metric, "paid") == 0)
		return sums->paid;
	return strcmp(metric, "orders") == 0 ? sums->orders : sums->converted;
}

static void check_target(const subject *self, const row *which)
{
	int64_t target = 0, reached = 0;
	bool any = false;
	for (int64_t month = which->first; month <= which->last;
	     month = trade_month_add(month, 1)) {
		const int64_t value = which->target_scope == NULL
		                              ? INT64_MIN
		                              : target_of(which->target_scope, which->target_id,
		                                          month, self->metric);
		if (value == INT64_MIN)
			continue;
		const trade_sums sums =
			trade_deeds_sum(self->deeds, &which->whose, month, month);
		any = true;
		target += value;
		reached += measure(&sums, self->metric);
	}
	trade_report_expect(self->report, which->section, which->number, "target",
	                    any ? target : INT64_MIN);
	trade_report_expect(self->report, which->section, which->number, "attainment_bp",
	                    any ? trade_ratio(reached, target, 10000) : INT64_MIN);
}

static void check_row(const subject *self, const row *which)
{
	const trade_sums sums =
		trade_deeds_sum(self->deeds, &which->whose, which->first, which->last);
	const struct {
		const char *column;
		int64_t value;
	} cells[] = {
		{ "revenue_base", sums.revenue },
		{ "paid_base", sums.paid },
		{ "deals_won", sums.won },
		{ "orders", sums.orders },
		{ "units", sums.units_milli },
		{ "deals_lost", sums.lost },
		{ "win_rate_bp", trade_ratio(sums.won, sums.won + sums.lost, 10000) },
		{ "customer_conversion_bp",
		  trade_ratio(sums.converted, sums.customers, 10000) },
		{ "new_customers", sums.converted },
		{ "average_deal_base", trade_ratio(sums.won_base, sums.won, 1) },
		{ "average_cycle_days", trade_ratio(sums.cycle_ms, sums.won * day_ms, 100) },
		{ "activities", sums.activities },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cells); i++)
		trade_report_expect(self->report, which->section, which->number,
		                    cells[i].column, cells[i].value);
	check_target(self, which);
}

/* Nobody with a figure is left out, and they are in order. */
static void check_people(const subject *self, const trade_whose *scope, int64_t first,
                         int64_t last)
{
	const size_t count = trade_report_rows(self->report, "people");
	trade_sums whole = { 0 };
	int64_t before = INT64_MAX;
	for (size_t i = 0; i < count; i++) {
		const int64_t id = trade_report_int(self->report, "people", i, "user");
		const row which = { .section = "people",
			            .number = i,
			            .whose = { .person_given = true,
			                       .person = id == INT64_MIN ? 0 : id,
			                       .team = scope->team },
			            .first = first,
			            .last = last,
			            .target_scope = "user",
			            .target_id = id };
		row mine = which;
		/* A target is that of someone who is in the team now. */
		const trade_deed owned = { .kind = TRADE_CUSTOMER, .user = mine.whose.person };
		if (id == INT64_MIN || !trade_deeds_belong(self->deeds, &owned, &which.whose))
			mine.target_scope = NULL;
		check_row(self, &mine);
		const trade_sums sums = trade_deeds_sum(self->deeds, &mine.whose, first, last);
		const int64_t value = measure(&sums, self->metric);
		if (id != INT64_MIN && value > before)
			trade_complain((int)i, "people", "not in order");
		before = value;
		whole.revenue += sums.revenue;
		whole.won += sums.won;
		whole.lost += sums.lost;
		whole.activities += sums.activities;
		whole.customers += sums.customers;
	}
	const trade_sums all = trade_deeds_sum(self->deeds, scope, first, last);
	if (whole.revenue != all.revenue || whole.won != all.won || whole.lost != all.lost ||
	    whole.activities != all.activities || whole.customers != all.customers)
		trade_complain((int)count, "people", "they do not add up to all");
}

static bool is_in(const trade_deeds *deeds, int64_t team, int64_t top)
{
	for (; team != 0 && top != 0; team = deeds->parent_of[team])
		if (team == top)
			return true;
	return top == 0;
}

static void check_teams(const subject *self, const trade_whose *scope, int64_t first,
                        int64_t last)
{
	size_t number = 0;
	for (int64_t team = 1; team <= TRADE_TEAMS; team++) {
		if (!is_in(self->deeds, team, scope->team))
			continue;
		trade_report_expect(self->report, "teams", number, "team", team);
		const row which = { .section = "teams",
			            .number = number++,
			            .whose = { .team = team },
			            .first = first,
			            .last = last,
			            .target_scope = "team",
			            .target_id = team };
		check_row(self, &which);
	}
	assert_int_equal(trade_report_rows(self->report, "teams"), number);
}

/* Rows of groups in these months, and of all customers'. */
static uint64_t groups_of(const trade_world *world, const char *name, int64_t first,
                          int64_t last)
{
	char low[32], high[32];
	snprintf(low, sizeof low, "%lld", (long long)first);
	snprintf(high, sizeof high, "%lld", (long long)last);
	engine_group_query query = {
		.aggregate = engine_schema_aggregate(engine_read_schema(world->read),
		                                     cx_slice_of(name)),
	};
	if (strncmp(name, "customers", 9) != 0) {
		query.low = wire(low);
		query.high = wire(high);
	}
	engine_group total;
	uint64_t ret;
	assert_int_equal(engine_aggregate_total(world->read, &query, &total, &ret, NULL),
	                 CX_OK);
	return ret;
}

/* As many keys as there are groups, teams, people with their targets, and names. */
static void check_cost(const trade_world *world, const trade_report *report, int64_t first,
                       int64_t last)
{
	static const char *const names[] = { "revenue",
		                             "cash",
		                             "closed",
		                             "activities",
		                             "customers_created",
		                             "customers_converted",
		                             "customers_backdated" };
	const int64_t people = world->sizes.users + TRADE_TEAMS;
	const int64_t targets = world->sizes.targets + (int64_t)CX_COUNT_OF(aims);
	int64_t most = 4 * people + targets + 16;
	for (size_t i = 0; i < CX_COUNT_OF(names); i++)
		most += (int64_t)groups_of(world, names[i], first, last);
	const int64_t keys = trade_report_figure(report, "keys");
	const int64_t fetched = trade_report_figure(report, "fetched");
	if (keys > most)
		trade_complain((int)keys, "keys", "more than %lld", (long long)most);
	if (fetched > people + targets + TRADE_TEAMS + 4)
		trade_complain((int)fetched, "records", "more than teams, targets and names");
}

typedef struct asked {
	const char *params;
	trade_whose scope;
	bool person;
	const char *target_scope;
	int64_t target_id;
	const char *metric;
	int months;
} asked;

static void check_asked(const trade_world *world, const trade_deeds *deeds, const asked *what)
{
	const int64_t last = this_month(), first = trade_month_add(last, 1 - what->months);
	trade_report report;
	trade_report_run(world, &report, "performance",
	                 "{%s, 'from': 'month-%d', 'metric': '%s'}", what->params,
	                 what->months - 1, what->metric);
	const subject self = { &report, deeds, what->metric };
	row which = { .section = "total",
		      .whose = what->scope,
		      .first = first,
		      .last = last,
		      .target_scope = what->target_scope,
		      .target_id = what->target_id };
	check_row(&self, &which);
	assert_int_equal(trade_report_rows(&report, "months"), what->months);
	which.section = "months";
	for (int i = 0; i < what->months; i++) {
		which.first = which.last = trade_month_add(first, i);
		which.number = (size_t)i;
		trade_report_expect(&report, "months", which.number, "month", which.first);
		check_row(&self, &which);
	}
	if (!what->person) {
		check_people(&self, &what->scope, first, last);
		check_teams(&self, &what->scope, first, last);
	}
	check_cost(world, &report, first, last);
	trade_report_release(&report);
}

void trade_check_performance(const trade_world *world, const trade_deeds *deeds)
{
	static const asked all[] = {
		{ "'owner': nil", { 0 }, false, "org", 0, "revenue", YEAR },
		{ "'owner': nil", { 0 }, false, "org", 0, "paid", MANY },
		{ "'owner': nil", { 0 }, false, "org", 0, "revenue", 1 },
		{ "'team': 1", { .team = 1 }, false, "team", 1, "revenue", YEAR },
		{ "'team': 2", { .team = 2 }, false, "team", 2, "revenue", 3 },
		{ "'team': 3", { .team = 3 }, false, "team", 3, "orders", YEAR },
		{ "'team': 4", { .team = 4 }, false, "team", 4, "new_customers", YEAR },
		{ "'owner': 2",
		  { .person_given = true, .person = 2 },
		  true,
		  "user",
		  2,
		  "revenue",
		  YEAR },
		{ "'owner': 'user000003'",
		  { .person_given = true, .person = 3 },
		  true,
		  "user",
		  3,
		  "new_customers",
		  MANY },
	};
	for (size_t i = 0; i < CX_COUNT_OF(all); i++)
		check_asked(world, deeds, &all[i]);
}

/* ---- conversion ---- */

static void check_converted(const trade_report *report, const trade_deeds *deeds,
                            const row *which)
{
	const trade_sums sums =
		trade_deeds_sum(deeds, &which->whose, which->first, which->last);
	trade_report_expect(report, which->section, which->number, "customers", sums.customers);
	trade_report_expect(report, which->section, which->number, "converted", sums.converted);
	trade_report_expect(report, which->section, which->number, "conversion_bp",
	                    trade_ratio(sums.converted, sums.customers, 10000));
}

void trade_check_conversion(const trade_world *world, const trade_deeds *deeds)
{
	const int64_t last = trade_month_add(this_month(), -2);
	const int64_t first = trade_month_add(this_month(), -7);
	trade_report report;
	trade_report_run(world, &report, "customer_conversion",
	                 "{'team': 1, 'from': 'month-7', 'to': 'month-2'}");
	row which = {
		.section = "total", .whose = { .team = 1 }, .first = first, .last = last
	};
	check_converted(&report, deeds, &which);
	which.section = "months";
	for (int i = 0; i < 6; i++) {
		which.first = which.last = trade_month_add(first, i);
		which.number = (size_t)i;
		check_converted(&report, deeds, &which);
	}
	which = (row){ .section = "people", .first = first, .last = last };
	assert_true(trade_report_rows(&report, "people") > 1);
	for (; which.number < trade_report_rows(&report, "people"); which.number++) {
		which.whose = (trade_whose){ .person_given = true, .team = 1 };
		which.whose.person = trade_report_int(&report, "people", which.number, "user");
		check_converted(&report, deeds, &which);
	}
	assert_int_equal(trade_report_rows(&report, "teams"), 3);
	trade_report_release(&report);
}

/* ---- won and lost ---- */

static void check_outcome(const trade_report *report, const trade_deeds *deeds,
                          const row *which)
{
	const trade_sums sums =
		trade_deeds_sum(deeds, &which->whose, which->first, which->last);
	const struct {
		const char *column;
		int64_t value;
	} cells[] = {
		{ "deals_won", sums.won },
		{ "won_base", sums.won_base },
		{ "deals_lost", sums.lost },
		{ "lost_base", sums.lost_base },
		{ "win_rate_bp", trade_ratio(sums.won, sums.won + sums.lost, 10000) },
		{ "win_rate_value_bp",
		  trade_ratio(sums.won_base, sums.won_base + sums.lost_base, 10000) },
		{ "average_deal_base", trade_ratio(sums.won_base, sums.won, 1) },
		{ "average_cycle_days", trade_ratio(sums.cycle_ms, sums.won * day_ms, 100) },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cells); i++)
		trade_report_expect(report, which->section, which->number, cells[i].column,
		                    cells[i].value);
}

static void check_reasons(const trade_world *world, const trade_report *report,
                          const trade_deeds *deeds, const row *which)
{
	const engine_field *field = engine_type_field(
		fixture_type(&world->store, "opportunity"), CX_SLICE_LITERAL("lost_reason"));
	const trade_sums sums =
		trade_deeds_sum(deeds, &which->whose, which->first, which->last);
	const int64_t begin = trade_day_begin_ms(which->first);
	const int64_t end = trade_day_begin_ms(trade_month_add(which->last, 1));
	int64_t total = 0, before = INT64_MAX;
	for (size_t number = 0; number < trade_report_rows(report, "reasons"); number++) {
		const cx_slice text =
			trade_report_text(report, "reasons", number, "lost_reason");
		const int label = text.size == 0 ? -1 : engine_field_label(field, text);
		int64_t count = 0, amount = 0;
		for (size_t i = 0; i < deeds->count; i++) {
			const trade_deed *deed = &deeds->items[i];
			if (deed->kind != TRADE_LOSS || deed->label != label ||
			    deed->at_ms < begin || deed->at_ms >= end ||
			    !trade_deeds_belong(deeds, deed, &which->whose))
				continue;
			count++;
			amount += deed->amount;
		}
		trade_report_expect(report, "reasons", number, "deals_lost", count);
		trade_report_expect(report, "reasons", number, "lost_base", amount);
		trade_report_expect(report, "reasons", number, "share_bp",
		                    trade_ratio(count, sums.lost, 10000));
		trade_report_expect(report, "reasons", number, "share_value_bp",
		                    trade_ratio(amount, sums.lost_base, 10000));
		assert_true(count > 0 && count <= before);
		before = count;
		total += count;
	}
	assert_int_equal(total, sums.lost);
}

void trade_check_win_loss(const trade_world *world, const trade_deeds *deeds)
{
	static const struct {
		const char *params;
		trade_whose whose;
	} all[] = {
		{ "'team': nil", { 0 } },
		{ "'team': 2", { .team = 2 } },
		{ "'owner': 1", { .person_given = true, .person = 1 } },
	};
	const int64_t last = this_month(), first = trade_month_add(last, -23);
	for (size_t i = 0; i < CX_COUNT_OF(all); i++) {
		trade_report report;
		trade_report_run(world, &report, "win_loss", "{%s, 'from': 'month-23'}",
		                 all[i].params);
		row which = {
			.section = "total", .whose = all[i].whose, .first = first, .last = last
		};
		check_outcome(&report, deeds, &which);
		check_reasons(world, &report, deeds, &which);
		which.section = "months";
		for (int month = 0; month < 24; month++) {
			which.first = which.last = trade_month_add(first, month);
			which.number = (size_t)month;
			check_outcome(&report, deeds, &which);
		}
		const int64_t most = 2 + 2 * (world->sizes.users + TRADE_TEAMS) + 16 +
		                     (int64_t)groups_of(world, "closed", first, last);
		assert_true(trade_report_figure(&report, "keys") <= most);
		trade_report_release(&report);
	}
}

/* ---- activities ---- */

enum { KINDS = 7 };
static const char *const kinds[KINDS] = { "call",    "email", "meeting", "visit",
	                                  "message", "task",  "note" };

static void check_volume(const trade_report *report, const trade_deeds *deeds, const row *which)
{
	const int64_t begin = trade_day_begin_ms(which->first);
	const int64_t end = trade_day_begin_ms(trade_month_add(which->last, 1));
	int64_t count[KINDS] = { 0 }, all = 0, seconds = 0;
	for (size_t i = 0; i < deeds->count; i++) {
		const trade_deed *deed = &deeds->items[i];
		if (deed->kind != TRADE_ACTIVITY || deed->at_ms < begin || deed->at_ms >= end ||
		    !trade_deeds_belong(deeds, deed, &which->whose))
			continue;
		assert_in_range(deed->label, 0, KINDS - 1); /* as the schema has them */
		count[deed->label]++;
		all++;
		seconds += deed->amount;
	}
	trade_report_expect(report, which->section, which->number, "activities", all);
	trade_report_expect(report, which->section, which->number, "duration", 1000 * seconds);
	for (size_t i = 0; i < KINDS; i++)
		trade_report_expect(report, which->section, which->number, kinds[i], count[i]);
}

void trade_check_activities(const trade_world *world, const trade_deeds *deeds)
{
	const int64_t last = this_month(), first = trade_month_add(last, -5);
	trade_report report;
	trade_report_run(world, &report, "activity_volume", "{'team': 1, 'from': 'month-5'}");
	row which = { .section = "months", .whose = { .team = 1 } };
	int64_t all = 0, by_kind = 0;
	for (int month = 0; month < 6; month++) {
		which.first = which.last = trade_month_add(first, month);
		which.number = (size_t)month;
		check_volume(&report, deeds, &which);
		all += trade_report_int(&report, "months", which.number, "activities");
	}
	for (size_t i = 0; i < KINDS; i++)
		by_kind += trade_report_int(&report, "kinds", i, "activities");
	assert_int_equal(by_kind, all);
	which = (row){ .section = "people", .first = first, .last = last };
	for (; which.number < trade_report_rows(&report, "people"); which.number++) {
		which.whose = (trade_whose){ .person_given = true };
		which.whose.person = trade_report_int(&report, "people", which.number, "user");
		check_volume(&report, deeds, &which);
	}
	for (size_t i = 0; i < 3; i++) {
		which = (row){ .section = "teams", .number = i, .first = first, .last = last };
		which.whose.team = (int64_t)i + 1;
		check_volume(&report, deeds, &which);
	}
	trade_report_release(&report);
}
