/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/performance/tally.h"

#include "base/check.h"

enum { DEPTH_MAX = 64 };

cx_status crm__tally_init(crm__tally *self, crm__report *report, const crm__scope *scope,
                          const crm__months *months, crm__metric metric)
{
	*self = (crm__tally){
		.report = report, .scope = scope, .months = months, .metric = metric
	};
	self->people = crm__keyed_of(report->arena, sizeof(crm__person));
	self->by_month = cx_arena_zalloc(report->arena, months->count * sizeof *self->by_month);
	self->by_team =
		cx_arena_zalloc(report->arena, (scope->team_count + 1) * sizeof *self->by_team);
	return self->by_month != NULL && self->by_team != NULL ? CX_OK : CX_NO_MEMORY;
}

/* ---- adding ---- */

engine_sum crm__figures_metric(const crm__figures *figures, crm__metric metric)
{
	switch (metric) {
	case CRM__METRIC_REVENUE:
		return figures->revenue;
	case CRM__METRIC_PAID:
		return figures->paid;
	case CRM__METRIC_ORDERS:
		return engine_sum_of(figures->orders);
	case CRM__METRIC_NEW_CUSTOMERS:
		return engine_sum_of(figures->converted);
	}
	CX_UNREACHABLE();
}

static void grow(const crm__tally *self, crm__figures *figures, const crm__figures *gain,
                 size_t month)
{
	figures->revenue = engine_sum_add(figures->revenue, gain->revenue);
	figures->paid = engine_sum_add(figures->paid, gain->paid);
	figures->units_milli = engine_sum_add(figures->units_milli, gain->units_milli);
	figures->won_base = engine_sum_add(figures->won_base, gain->won_base);
	figures->cycle_ms = engine_sum_add(figures->cycle_ms, gain->cycle_ms);
	figures->won += gain->won;
	figures->lost += gain->lost;
	figures->orders += gain->orders;
	figures->activities += gain->activities;
	figures->converted += gain->converted;
	figures->customers += gain->customers;
	if (month != CRM__NOWHERE && (figures->targeted >> month & 1) != 0)
		figures->reached = engine_sum_add(figures->reached,
		                                  crm__figures_metric(gain, self->metric));
}

cx_status crm__tally_add(crm__tally *self, const crm__figures *gain, const crm__place *place)
{
	const crm__scope *scope = self->scope;
	grow(self, &self->whole, gain, place->month);
	if (place->month != CRM__NOWHERE)
		grow(self, &self->by_month[place->month], gain, place->month);
	size_t team = place->team;
	for (int depth = 0; depth < DEPTH_MAX && team != CRM__NOWHERE; depth++) {
		grow(self, &self->by_team[team], gain, place->month);
		team = scope->teams[team].above;
	}
	if (scope->user != 0)
		return CX_OK;
	const int64_t id = place->owner->kind == CRM__NUMBER ? place->owner->number : 0;
	crm__person *person = crm__keyed_get(&self->people, id);
	if (person == NULL)
		return CX_NO_MEMORY;
	grow(self, &person->figures, gain, place->month);
	return CX_OK;
}

/* ---- ranking ---- */

static int compare(const void *left, const void *right)
{
	const crm__person *a = left, *b = right;
	if ((a->id == 0) != (b->id == 0))
		return a->id == 0 ? 1 : -1;
	const int order = engine_sum_compare(b->measure, a->measure);
	return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

void crm__tally_rank(crm__tally *self)
{
	for (size_t i = 0; i < self->people.count; i++) {
		crm__person *person = crm__keyed_item(&self->people, i);
		person->measure = crm__figures_metric(&person->figures, self->metric);
	}
	crm__keyed_sort(&self->people, compare);
}
