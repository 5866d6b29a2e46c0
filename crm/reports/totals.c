/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/totals.h"

#include "base/check.h"
#include "crm/reports/history.h"

static cx_status make_room(crm__report *report, crm__totals *totals)
{
	if (totals->count < totals->capacity)
		return CX_OK;
	const size_t capacity = totals->capacity == 0 ? 64 : totals->capacity * 2;
	crm__total *grown = cx_arena_alloc(report->arena, capacity * sizeof *grown);
	if (grown == NULL)
		return CX_NO_MEMORY;
	if (totals->count > 0)
		memcpy(grown, totals->all, totals->count * sizeof *grown);
	totals->all = grown;
	totals->capacity = capacity;
	return CX_OK;
}

/* They are few: stages, times the people asked for, who come one after the other. */
static crm__total *find(const crm__totals *totals, int64_t owner, int64_t stage)
{
	for (size_t i = totals->count; i > 0; i--)
		if (totals->all[i - 1].owner == owner && totals->all[i - 1].stage == stage)
			return &totals->all[i - 1];
	return NULL;
}

static engine_sum with_sign(engine_sum sum, int sign)
{
	return sign < 0 ? engine_sum_negative(sum) : sum;
}

cx_status crm__totals_add(crm__report *report, crm__totals *totals, int64_t owner,
                          int64_t stage, const crm__group *group, int sign)
{
	crm__total *total = find(totals, owner, stage);
	if (total == NULL) {
		cx_status status = make_room(report, totals);
		if (status != CX_OK)
			return status;
		total = &totals->all[totals->count++];
		*total = (crm__total){ .owner = owner, .stage = stage };
	}
	total->count += sign * (int64_t)group->count;
	total->amount = engine_sum_add(total->amount, with_sign(group->sums[0], sign));
	total->weighted = engine_sum_add(total->weighted, with_sign(group->sums[1], sign));
	return CX_OK;
}

crm__total crm__totals_of_stage(const crm__totals *totals, int64_t stage)
{
	crm__total ret = { .stage = stage };
	for (size_t i = 0; i < totals->count; i++) {
		const crm__total *total = &totals->all[i];
		if (total->stage != stage)
			continue;
		ret.count += total->count;
		ret.amount = engine_sum_add(ret.amount, total->amount);
		ret.weighted = engine_sum_add(ret.weighted, total->weighted);
	}
	return ret;
}

/* ---- months and days ---- */

typedef struct cells {
	crm__report *report;
	crm__totals *totals;
	int64_t owner;
	int sign;
} cells;

static cx_status add_cell(void *context, const crm__group *group)
{
	const cells *self = context;
	const size_t stage = self->owner == 0 ? 1 : 2;
	return crm__totals_add(self->report, self->totals, self->owner,
	                       group->columns[stage].number, group, self->sign);
}

/* An aggregate of all, and the same of one person. */
typedef struct pair {
	const char *everybody, *one;
} pair;

static const pair in_month = { "stage_in_month", "owner_in_month" };
static const pair out_month = { "stage_out_month", "owner_out_month" };
static const pair in_day = { "stage_in_day", "owner_in_day" };
static const pair out_day = { "stage_out_day", "owner_out_day" };

static const crm__value unbound = { .kind = CRM__NONE };

static crm__groups groups_of(const cells *self, pair of, crm__value low, crm__value high)
{
	const bool is_one = self->owner != 0;
	return (crm__groups){
		.aggregate = is_one ? of.one : of.everybody,
		.prefix = { crm__number(self->owner) },
		.prefix_count = is_one,
		.low = low,
		.high = high,
	};
}

/* Both ends included; adds the one and subtracts the other. */
static cx_status add_range(cells *self, pair plus, pair minus, crm__value low, crm__value high)
{
	crm__groups groups = groups_of(self, plus, low, high);
	self->sign = 1;
	cx_status status = crm__groups_walk(self->report, &groups, add_cell, self);
	if (status != CX_OK)
		return status;
	groups = groups_of(self, minus, low, high);
	self->sign = -1;
	return crm__groups_walk(self->report, &groups, add_cell, self);
}

static cx_status note_month(void *context, const crm__group *group)
{
	const crm__value *month = group->columns;
	*(int64_t *)context = month[0].number;
	return CX_OK;
}

static cx_status note_month_of_one(void *context, const crm__group *group)
{
	const crm__value *month = group->columns;
	*(int64_t *)context = month[1].number;
	return CX_OK;
}

/* What stands when the month begins: what came before it and has not gone, or what goes after
 * it and has not come. Rows that stand at present go in the last month there is, so both are
 * the same; the one with fewer months between it and the end is read. */
static cx_status add_months(cells *self, int64_t month)
{
	crm__groups groups = groups_of(self, in_month, unbound, unbound);
	int64_t first = month;
	groups.limit = 1;
	cx_status status =
		crm__groups_walk(self->report, &groups,
	                         self->owner == 0 ? note_month : note_month_of_one, &first);
	if (status != CX_OK)
		return status;
	const int64_t last = crm__month_of(crm__today(self->report));
	return month - first <= last - month
	               ? add_range(self, in_month, out_month, unbound, crm__number(month - 1))
	               : add_range(self, out_month, in_month, crm__number(month), unbound);
}

/* What stands when the day begins, from the nearer end of its month. */
static cx_status add_past(cells *self, int64_t day)
{
	const int64_t month = crm__month_of(day), next = crm__month_add(month, 1);
	const bool from_begin = day - month <= next - day;
	cx_status status = add_months(self, from_begin ? month : next);
	if (status != CX_OK || day == month)
		return status;
	return from_begin ? add_range(self, in_day, out_day, crm__number(month),
	                              crm__number(day - 1))
	                  : add_range(self, out_day, in_day, crm__number(day),
	                              crm__number(next - 1));
}

/* ---- the rows of the day itself ---- */

typedef struct day {
	crm__report *report;
	crm__totals *totals;
	const crm__people *people;
	bool by_owner;
} day;

static cx_status add_row(day *self, const crm__history_row *row, int sign)
{
	const crm__value owner = crm__number(row->owner);
	if (!crm__history_is_open(row) || !crm__people_have(self->people, &owner))
		return CX_OK;
	const crm__group group = { .count = 1,
		                   .sums = { engine_sum_of(row->amount),
		                             engine_sum_product(row->amount,
		                                                row->probability_bp) } };
	return crm__totals_add(self->report, self->totals, self->by_owner ? row->owner : 0,
	                       row->stage, &group, sign);
}

static cx_status add_event(void *context, const crm__history_event *event)
{
	day *self = context;
	cx_status status = add_row(self, &event->after, 1);
	if (status == CX_OK && event->has_before)
		status = add_row(self, &event->before, -1);
	return status;
}

cx_status crm__totals_at(crm__report *report, int64_t at_ms, const crm__people *people,
                         bool by_owner, crm__totals *ret)
{
	*ret = (crm__totals){ 0 };
	crm__people each = *people;
	cx_status status = CX_OK;
	if (people->all && by_owner)
		status = crm__people_everybody(report, &each);
	const int64_t day_of = crm__day_of(report, at_ms);
	cells self = { .report = report, .totals = ret };
	if (status == CX_OK && each.all)
		status = add_past(&self, day_of);
	for (size_t i = 0; status == CX_OK && !each.all && i < each.count; i++) {
		self.owner = each.ids[i];
		status = add_past(&self, day_of);
	}
	day last = { .report = report, .totals = ret, .people = &each, .by_owner = !each.all };
	if (status == CX_OK)
		status = crm__history_walk(report, crm__day_ms(report, day_of), at_ms,
		                           add_event, &last);
	return status;
}

void crm__note_ahead(crm__report *report, int64_t at_ms)
{
	if (at_ms > report->now_ms)
		crm__note(report,
		          "The instant has not come yet: what stands is that of the present.",
		          "该时点尚未到来:所示为当前状态。");
}
