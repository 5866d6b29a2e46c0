/* SPDX-License-Identifier: Apache-2.0 */
/* Which open opportunities of a person come first, and why: crm/stats/priority.h. */
#include "crm/stats/priority.h"

#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"
#include "crm/stats/rank.h"

#include <stdlib.h>

enum { DEALS_MAX = 10000 };

static const crm__param params[] = {
	{ .name = "owner",
	  .kind = CRM_REF,
	  .of = "user",
	  .required = true,
	  .help_en = "whose open opportunities",
	  .help_zh = "负责人" },
};

static const crm__column columns[] = {
	{ "id", CRM_ID, "opportunity", "Opportunity", "商机" },
	{ "title", CRM_TEXT, NULL, "Title", "商机名称" },
	{ "customer", CRM_REF, "customer", "Customer", "客户" },
	{ "stage", CRM_REF, "stage", "Stage", "销售阶段" },
	{ "tier", CRM_ENUM, NULL, "Tier of the customer", "客户分级" },
	{ "expected_base", CRM_MONEY, NULL, "Weighted amount", "加权金额" },
	{ "close_on", CRM_DATE, NULL, "Expected close", "预计成交日期" },
	{ "last_activity_at", CRM_TS, NULL, "Last activity", "最近跟进时间" },
	{ "priority", CRM_INT, NULL, "Priority (0–1000)", "优先级(0–1000)" },
	{ "value", CRM_INT, NULL, "for its amount (500)", "金额分(500)" },
	{ "of_customer", CRM_INT, NULL, "for the customer (200)", "客户分(200)" },
	{ "nearness", CRM_INT, NULL, "for closing soon (150)", "临近分(150)" },
	{ "momentum", CRM_INT, NULL, "for being followed (150)", "活跃分(150)" },
};

static const crm__section section = { "opportunities", "Open opportunities by priority",
	                              "按优先级排列的在跟商机", columns, CX_COUNT_OF(columns) };

typedef struct deal {
	int64_t id;
	crm__value title;
	crm__value customer;
	crm__value stage;
	crm__value close_on;
	crm__value last_activity_at;
	crm__deal_facts facts;
	crm__priority priority;
} deal;

typedef struct deals {
	crm__report *report;
	deal *items;
	int64_t *sorted; /* what each is expected to bring */
	size_t count;
} deals;

enum { ID, TITLE, CUSTOMER, STAGE, EXPECTED, CLOSE_ON, ACTIVITY };

static cx_status take(void *context, const crm__value *values)
{
	deals *self = context;
	crm__report *report = self->report;
	if (self->count == DEALS_MAX)
		return cx_fail(report->error, CX_TOO_LARGE,
		               "the person has more than %d open opportunities", DEALS_MAX);
	const crm__value *at = &values[ACTIVITY];
	deal *one = &self->items[self->count];
	*one = (deal){
		.id = values[ID].number,
		.title = values[TITLE],
		.customer = values[CUSTOMER],
		.stage = values[STAGE],
		.close_on = values[CLOSE_ON],
		.last_activity_at = *at,
		.facts = { .expected_base = values[EXPECTED].number,
		           .tier = CRM_TIER_UNRATED,
		           .close_in_days = values[CLOSE_ON].number - crm__today(report),
		           .active = !crm__is_null(at),
		           .idle_ms = report->now_ms - at->number },
	};
	one->title.text = cx_arena_copy(report->arena, values[TITLE].text);
	self->sorted[self->count++] = values[EXPECTED].number;
	return CX_OK;
}

static cx_status read_deals(deals *self)
{
	const crm__condition where[] = {
		crm__equal("owner", *crm__param_of(self->report, "owner")),
		crm__equal("state", crm__text("open")),
	};
	const crm__query query = {
		.type = "opportunity",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.index = "owner,state,expected_base",
		.fields = "id title customer stage expected_base close_on last_activity_at",
	};
	return crm__query_run(self->report, &query, take, self);
}

static cx_status read_tier(crm__report *report, int64_t customer, crm__tier *ret)
{
	crm__value tier;
	cx_status status = crm__get(report, "customer", customer, "tier", &tier);
	*ret = CRM_TIER_UNRATED;
	if (status == CX_OK && crm__is(&tier, "high"))
		*ret = CRM_TIER_HIGH;
	else if (status == CX_OK && crm__is(&tier, "potential"))
		*ret = CRM_TIER_POTENTIAL;
	else if (status == CX_OK && crm__is(&tier, "low"))
		*ret = CRM_TIER_LOW;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

/* The most important first; of equal ones what is expected to bring more, then the older. */
static int by_priority(const void *a, const void *b)
{
	const deal *x = a, *y = b;
	if (x->priority.total != y->priority.total)
		return x->priority.total > y->priority.total ? -1 : 1;
	if (x->facts.expected_base != y->facts.expected_base)
		return x->facts.expected_base > y->facts.expected_base ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void put(crm__report *report, const deal *one)
{
	crm__put_number(report, one->id);
	crm__put(report, &one->title);
	crm__put(report, &one->customer);
	crm__put(report, &one->stage);
	crm__put_text(report, cx_slice_of(crm__tier_label(one->facts.tier)));
	crm__put_number(report, one->facts.expected_base);
	crm__put(report, &one->close_on);
	crm__put(report, &one->last_activity_at);
	crm__put_number(report, one->priority.total);
	crm__put_number(report, one->priority.value);
	crm__put_number(report, one->priority.customer);
	crm__put_number(report, one->priority.nearness);
	crm__put_number(report, one->priority.momentum);
}

static cx_status weigh(deals *self)
{
	cx_status status = CX_OK;
	crm__rank_sort(self->sorted, self->count);
	for (size_t i = 0; i < self->count && status == CX_OK; i++) {
		deal *one = &self->items[i];
		status = read_tier(self->report, one->customer.number, &one->facts.tier);
		one->priority = crm__priority_of(&one->facts, self->sorted, self->count);
	}
	if (self->count > 0)
		qsort(self->items, self->count, sizeof *self->items, by_priority);
	return status;
}

static cx_status run(crm__report *report)
{
	deals self = {
		.report = report,
		.items = cx_arena_alloc(report->arena, DEALS_MAX * sizeof *self.items),
		.sorted = cx_arena_alloc(report->arena, DEALS_MAX * sizeof *self.sorted),
	};
	if (self.items == NULL || self.sorted == NULL)
		return CX_NO_MEMORY;
	cx_status status = read_deals(&self);
	if (status == CX_OK)
		status = weigh(&self);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, &section);
	for (size_t i = 0; i < self.count && crm__row(report); i++)
		put(report, &self.items[i]);
	crm__section_end(report);
	return CX_OK;
}

const crm__definition crm__report_priority = { params, CX_COUNT_OF(params), run };
