/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/tier_facts.h"

#include "crm/figures/amount.h"
#include "crm/findings/grade.h"
#include "crm/reports/frame/read.h"

#include <stdlib.h>

static const int64_t day_ms = 86400000;

typedef struct reading {
	crm__report *report;
	crm__grading *to;
	size_t capacity;
	/* Stages from `proposal` on. */
	int64_t far_seq;
	bool has_far;
	int64_t far_stages[CRM__FAR_STAGES_MAX];
	size_t far_count;
} reading;

void crm__grading_release(crm__grading *self)
{
	free(self->items);
	*self = (crm__grading){ 0 };
}

static int by_id(const void *a, const void *b)
{
	const crm__graded *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static crm__graded *find(const reading *self, int64_t id)
{
	const crm__graded wanted = { .id = id };
	if (self->to->count == 0)
		return NULL;
	return bsearch(&wanted, self->to->items, self->to->count, sizeof wanted, by_id);
}

static cx_status too_much(const reading *self)
{
	return cx_fail(self->report->error, CX_TOO_LARGE,
	               "the amounts of a customer do not fit 64 bits");
}

/* ---- customers ---- */

static int64_t size_of(const crm__value *kind)
{
	enum { LARGE = 10, MEDIUM = 6, SMALL = 3, OTHER = 1 };
	if (crm__is(kind, "large") || crm__is(kind, "government"))
		return LARGE;
	if (crm__is(kind, "medium"))
		return MEDIUM;
	return crm__is(kind, "small") ? SMALL : OTHER;
}

static cx_status make_room(reading *self)
{
	enum { FIRST = 1024 };
	if (self->to->count < self->capacity)
		return CX_OK;
	if (self->capacity >= CRM_TIER_CUSTOMERS_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d customers", CRM_TIER_CUSTOMERS_MAX);
	const size_t capacity = self->capacity == 0 ? FIRST : 2 * self->capacity;
	crm__graded *items = reallocarray(self->to->items, capacity, sizeof *items);
	if (items == NULL)
		return CX_NO_MEMORY;
	self->to->items = items;
	self->capacity = capacity;
	return CX_OK;
}

enum { ID, KIND, CREATED_AT, POTENTIAL, ORDERS, OPEN_DEALS };

static cx_status take_customer(void *context, const crm__value *values)
{
	reading *self = context;
	cx_status status = make_room(self);
	if (status != CX_OK)
		return status;
	const int64_t age_ms = self->report->now_ms - values[CREATED_AT].number;
	self->to->items[self->to->count++] = (crm__graded){
		.id = values[ID].number,
		.facts = { .r_days = -1,
		           .open = values[POTENTIAL].number,
		           .size_tenths = size_of(&values[KIND]),
		           .age_days = age_ms / day_ms,
		           .ordered = values[ORDERS].number > 0,
		           .dealt = values[OPEN_DEALS].number > 0 },
	};
	return CX_OK;
}

static cx_status read_customers(reading *self)
{
	const crm__condition where[] = { crm__compare(
		"created_at", "<=", crm__number(self->report->now_ms)) };
	const crm__query query = {
		.type = "customer",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.allow_scan = true,
		.fields = "id kind created_at potential_base order_count open_opp_count",
	};
	cx_status status = crm__query_run(self->report, &query, take_customer, self);
	if (self->to->count > 0)
		qsort(self->to->items, self->to->count, sizeof *self->to->items, by_id);
	return status;
}

/* ---- orders ---- */

static cx_status take_order(void *context, const crm__value *values)
{
	const reading *self = context;
	const crm__tier_parameters *by = &self->to->parameters;
	crm__graded *one = find(self, values[0].number);
	if (one == NULL)
		return CX_OK;
	crm__customer_facts *facts = &one->facts;
	const int64_t days = (self->report->now_ms - values[1].number) / day_ms;
	const int64_t amount = values[2].number;
	bool fits = true;
	if (days < by->window_days) {
		facts->f_count++;
		fits = crm__amount_add(facts->m_base, amount, &facts->m_base);
		if (facts->r_days < 0 || days < facts->r_days)
			facts->r_days = days;
	}
	if (fits && days < by->growth_days)
		fits = crm__amount_add(facts->recent, amount, &facts->recent);
	else if (fits && days < 2 * by->growth_days)
		fits = crm__amount_add(facts->earlier, amount, &facts->earlier);
	return fits ? CX_OK : too_much(self);
}

static cx_status read_orders(reading *self)
{
	const crm__tier_parameters *by = &self->to->parameters;
	const int64_t days =
		by->window_days > 2 * by->growth_days ? by->window_days : 2 * by->growth_days;
	const int64_t now = self->report->now_ms;
	const crm__condition where[] = {
		crm__one_of("status", "confirmed fulfilled"),
		crm__between("confirmed_at", now - days * day_ms + 1, now),
	};
	const crm__query query = { .type = "sales_order",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .allow_scan = true,
		                   .fields = "customer confirmed_at total_base" };
	return crm__query_run(self->report, &query, take_order, self);
}

/* ---- opportunities ---- */

static cx_status take_proposal(void *context, const crm__value *values)
{
	reading *self = context;
	self->far_seq = values[0].number;
	self->has_far = true;
	return CX_OK;
}

static cx_status take_stage(void *context, const crm__value *values)
{
	reading *self = context;
	if (values[1].number < self->far_seq)
		return CX_OK;
	if (self->far_count == CRM__FAR_STAGES_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d stages", CRM__FAR_STAGES_MAX);
	self->far_stages[self->far_count++] = values[0].number;
	return CX_OK;
}

static cx_status read_stages(reading *self)
{
	const crm__condition where[] = { crm__equal("code", crm__text("proposal")) };
	const crm__query proposal = {
		.type = "stage", .where = where, .where_count = 1, .fields = "seq"
	};
	const crm__query all = { .type = "stage", .fields = "id seq" };
	cx_status status = crm__query_run(self->report, &proposal, take_proposal, self);
	if (status == CX_OK && self->has_far)
		status = crm__query_run(self->report, &all, take_stage, self);
	return status;
}

static bool is_far(const reading *self, int64_t stage)
{
	for (size_t i = 0; i < self->far_count; i++)
		if (self->far_stages[i] == stage)
			return true;
	return false;
}

enum { CUSTOMER, AMOUNT, PROBABILITY, STAGE };

static cx_status take_open(void *context, const crm__value *values)
{
	const reading *self = context;
	crm__graded *one = find(self, values[CUSTOMER].number);
	if (one == NULL)
		return CX_OK;
	int64_t weighted;
	one->facts.dealt = true;
	if (is_far(self, values[STAGE].number))
		one->facts.deal_far = true;
	if (!crm__amount_of_bp(values[AMOUNT].number, values[PROBABILITY].number, &weighted) ||
	    !crm__amount_add(one->facts.open, weighted, &one->facts.open))
		return too_much(self);
	return CX_OK;
}

static cx_status take_new_deal(void *context, const crm__value *values)
{
	crm__graded *one = find(context, values[0].number);
	if (one != NULL)
		one->facts.dealt = true;
	return CX_OK;
}

/* All open ones; and the closed ones of customers that may still be unrated, which cannot be
 * older than those. */
static cx_status read_deals(reading *self)
{
	const int64_t from = self->report->now_ms - self->to->parameters.unrated_days * day_ms;
	const crm__condition are_open[] = { crm__equal("state", crm__text("open")) };
	const crm__condition are_new[] = { crm__compare("created_at",
		                                        ">=", crm__number(from)) };
	const crm__query open = { .type = "opportunity",
		                  .where = are_open,
		                  .where_count = 1,
		                  .allow_scan = true,
		                  .fields = "customer amount_base probability_bp stage" };
	const crm__query late = { .type = "opportunity",
		                  .where = are_new,
		                  .where_count = 1,
		                  .index = "created_at",
		                  .fields = "customer" };
	cx_status status = read_stages(self);
	if (status == CX_OK)
		status = crm__query_run(self->report, &open, take_open, self);
	return status == CX_OK ? crm__query_run(self->report, &late, take_new_deal, self)
	                       : status;
}

/* ---- activities ---- */

static cx_status take_activity(void *context, const crm__value *values)
{
	const crm__value *kind = &values[1];
	const bool talk =
		crm__is(kind, "call") || crm__is(kind, "meeting") || crm__is(kind, "visit");
	const bool mail = crm__is(kind, "message") || crm__is(kind, "email");
	crm__graded *one = find(context, values[0].number);
	if (one != NULL && (talk || (mail && crm__is(&values[2], "inbound"))))
		one->facts.activities++;
	return CX_OK;
}

static cx_status read_activities(reading *self)
{
	const int64_t now = self->report->now_ms;
	const crm__condition where[] = {
		crm__equal("status", crm__text("done")),
		crm__between("at", now - self->to->parameters.engagement_days * day_ms + 1,
		             now),
	};
	const crm__query query = { .type = "activity",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .allow_scan = true,
		                   .fields = "customer kind direction" };
	return crm__query_run(self->report, &query, take_activity, self);
}

cx_status crm__grading_read(crm__report *report, const crm__tier_parameters *parameters,
                            crm__grading *ret)
{
	*ret = (crm__grading){ .parameters = *parameters };
	reading self = { .report = report, .to = ret };
	cx_status status = read_customers(&self);
	if (status == CX_OK)
		status = read_orders(&self);
	if (status == CX_OK)
		status = read_deals(&self);
	if (status == CX_OK)
		status = read_activities(&self);
	if (status == CX_OK)
		status = crm__grade_all(ret);
	return status == CX_OK ? crm__grade_by_hand(report, ret) : status;
}
