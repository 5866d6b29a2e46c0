/* SPDX-License-Identifier: Apache-2.0 */
/* What campaigns have won of the opportunities closed in some months, and what that cost:
 * crm/stats/attribution.h. */
#include "crm/reports/campaign_cost.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"
#include "crm/stats/attribution.h"

#include <stdlib.h>

enum { BP = 10000, CAMPAIGNS_MAX = 10000, RESPONSES_MAX = 4096 };

static const int64_t day_ms = 86400000;

static const crm__param params[] = {
	{ .name = "from",
	  .kind = CRM_DATE,
	  .fallback = "month-11",
	  .help_en = "first day of closing",
	  .help_zh = "关闭日期自" },
	{ .name = "to",
	  .kind = CRM_DATE,
	  .fallback = "today",
	  .help_en = "last day of closing",
	  .help_zh = "关闭日期至" },
};

typedef struct campaign {
	int64_t id;
	crm__value status;
	bool has_cost; /* in base currency */
	int64_t cost;
	int64_t touched;
	int64_t responded;
	int64_t new_customers;
	engine_sum won[CRM_ATTRIBUTION_COUNT];
} campaign;

typedef struct attribution {
	crm__report *report;
	int64_t from_ms, to_ms; /* both included */
	campaign *items;        /* by id; in the end by what they won */
	size_t count;
	engine_sum nobody[CRM_ATTRIBUTION_COUNT];
	engine_sum won; /* by all opportunities */
	int64_t deals;
	int64_t after_response;
	crm__response responses[RESPONSES_MAX];
	size_t response_count;
} attribution;

/* ---- campaigns ---- */

static int by_id(const void *a, const void *b)
{
	const campaign *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static campaign *find(const attribution *self, int64_t id)
{
	const campaign wanted = { .id = id };
	return bsearch(&wanted, self->items, self->count, sizeof wanted, by_id);
}

enum { ID, STATUS, CURRENCY, COST };

static cx_status take_campaign(void *context, const crm__value *values)
{
	attribution *self = context;
	crm__report *report = self->report;
	if (self->count == CAMPAIGNS_MAX)
		return cx_fail(report->error, CX_TOO_LARGE, "there are more than %d campaigns",
		               CAMPAIGNS_MAX);
	campaign *one = &self->items[self->count++];
	one->id = values[ID].number;
	one->status = values[STATUS];
	one->status.text = cx_arena_copy(report->arena, values[STATUS].text);
	return crm__campaign_cost(report, values[CURRENCY].text, values[COST].number,
	                          &one->has_cost, &one->cost);
}

static cx_status take_touches(void *context, const crm__group *group)
{
	attribution *self = context;
	campaign *one = find(self, group->columns[0].number);
	if (one == NULL)
		return CX_OK;
	one->touched += (int64_t)group->count;
	if (crm__is(&group->columns[1], "responded") || crm__is(&group->columns[1], "attended"))
		one->responded += (int64_t)group->count;
	return CX_OK;
}

static cx_status read_campaigns(attribution *self)
{
	/* All there are, by an index. */
	const crm__condition where[] = { crm__one_of("status",
		                                     "planned running done cancelled") };
	const crm__query query = { .type = "campaign",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "status,start_on",
		                   .fields = "id status currency actual_cost" };
	const crm__groups touches = { .aggregate = "touches" };
	cx_status status = crm__query_run(self->report, &query, take_campaign, self);
	if (self->count > 0)
		qsort(self->items, self->count, sizeof *self->items, by_id);
	return status == CX_OK ? crm__groups_walk(self->report, &touches, take_touches, self)
	                       : status;
}

/* ---- opportunities that were won ---- */

static cx_status take_response(void *context, const crm__value *values)
{
	attribution *self = context;
	if (self->response_count == RESPONSES_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "a customer has more than %d responses", RESPONSES_MAX);
	self->responses[self->response_count++] = (crm__response){ .id = values[0].number,
		                                                   .campaign = values[1].number,
		                                                   .at = values[2].number };
	return CX_OK;
}

static cx_status read_responses(attribution *self, int64_t customer, int64_t made_ms,
                                int64_t closed_ms)
{
	const crm__condition where[] = {
		crm__equal("customer", crm__number(customer)),
		crm__between("responded_at", made_ms - CRM_ATTRIBUTION_DAYS * day_ms,
		             closed_ms),
	};
	const crm__query query = { .type = "campaign_touch",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "customer,responded_at",
		                   .fields = "id campaign responded_at" };
	self->response_count = 0;
	return crm__query_run(self->report, &query, take_response, self);
}

static void give(attribution *self, int64_t id, int way, int64_t amount)
{
	campaign *to = id == 0 ? NULL : find(self, id);
	engine_sum *sum = to == NULL ? &self->nobody[way] : &to->won[way];
	*sum = engine_sum_add(*sum, engine_sum_of(amount));
}

enum { CUSTOMER, CAMPAIGN, CREATED_AT, CLOSED_AT, AMOUNT };

static cx_status take_deal(void *context, const crm__value *values)
{
	attribution *self = context;
	const int64_t amount = values[AMOUNT].number;
	cx_status status = read_responses(self, values[CUSTOMER].number,
	                                  values[CREATED_AT].number, values[CLOSED_AT].number);
	if (status != CX_OK)
		return status;
	const size_t count = self->response_count;
	self->deals++;
	self->after_response += count > 0;
	self->won = engine_sum_add(self->won, engine_sum_of(amount));
	for (int way = 0; way < CRM_ATTRIBUTION_COUNT; way++) {
		if (count == 0) {
			give(self, values[CAMPAIGN].number, way, amount);
			continue;
		}
		crm__attribute(self->responses, count, (crm__attribution)way, amount);
		for (size_t i = 0; i < count; i++)
			give(self, self->responses[i].campaign, way, self->responses[i].share);
	}
	return CX_OK;
}

static cx_status read_deals(attribution *self)
{
	const crm__condition where[] = {
		crm__equal("state", crm__text("won")),
		crm__between("closed_at", self->from_ms, self->to_ms),
	};
	const crm__query query = {
		.type = "opportunity",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.index = "state,closed_at",
		.fields = "customer campaign created_at closed_at amount_base"
	};
	return crm__query_run(self->report, &query, take_deal, self);
}

/* ---- customers that responded to a campaign first, and ordered first after that ---- */

static cx_status note_first(void *context, const crm__value *values)
{
	*(int64_t *)context = values[0].number;
	return CX_OK;
}

static cx_status first_response(crm__report *report, int64_t customer, int64_t *ret)
{
	const crm__condition where[] = { crm__equal("customer", crm__number(customer)),
		                         crm__present("responded_at") };
	const crm__query query = { .type = "campaign_touch",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "customer,responded_at",
		                   .order = "responded_at",
		                   .limit = 1,
		                   .fields = "id" };
	*ret = 0;
	return crm__query_run(report, &query, note_first, ret);
}

static cx_status take_touch(void *context, const crm__value *values)
{
	attribution *self = context;
	campaign *one = find(self, values[1].number);
	crm__value converted;
	int64_t first;
	cx_status status = first_response(self->report, values[2].number, &first);
	if (status != CX_OK || first != values[0].number || one == NULL)
		return status;
	status = crm__get(self->report, "customer", values[2].number, "converted_at",
	                  &converted);
	if (status == CX_OK && !crm__is_null(&converted) &&
	    converted.number >= values[3].number && converted.number >= self->from_ms &&
	    converted.number <= self->to_ms)
		one->new_customers++;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

static cx_status read_new_customers(attribution *self)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->count && status == CX_OK; i++) {
		if (self->items[i].touched == 0)
			continue;
		/* One that opted out may have responded before. */
		const crm__condition where[] = {
			crm__equal("campaign", crm__number(self->items[i].id)),
			crm__one_of("status", "responded attended opted_out"),
			crm__present("responded_at"),
		};
		const crm__query query = { .type = "campaign_touch",
			                   .where = where,
			                   .where_count = CX_COUNT_OF(where),
			                   .index = "campaign,status,touched_at",
			                   .fields = "id campaign customer responded_at" };
		status = crm__query_run(self->report, &query, take_touch, self);
	}
	return status;
}

/* ---- what is told ---- */

static const crm__column columns[] = {
	{ "campaign", CRM_REF, "campaign", "Campaign", "市场活动" },
	{ "status", CRM_ENUM, NULL, "Status", "状态" },
	{ "touched", CRM_INT, NULL, "Touched", "触达" },
	{ "responded", CRM_INT, NULL, "Responded", "响应" },
	{ "response_rate_bp", CRM_BP, NULL, "Response rate", "响应率" },
	{ "new_customers", CRM_INT, NULL, "New customers", "新增成交客户" },
	{ "first", CRM_MONEY, NULL, "Won, first touch", "赢单额(首次触达)" },
	{ "last", CRM_MONEY, NULL, "Won, last touch", "赢单额(末次触达)" },
	{ "linear", CRM_MONEY, NULL, "Won, equal shares", "赢单额(均分)" },
	{ "cost", CRM_MONEY, NULL, "Cost", "实际费用" },
	{ "cost_per_response", CRM_MONEY, NULL, "Cost per response", "单次响应成本" },
	{ "roi_first_bp", CRM_BP, NULL, "ROI, first touch", "投资回报率(首次触达)" },
	{ "roi_last_bp", CRM_BP, NULL, "ROI, last touch", "投资回报率(末次触达)" },
	{ "roi_linear_bp", CRM_BP, NULL, "ROI, equal shares", "投资回报率(均分)" },
};
static const crm__column total_columns[] = {
	{ "part", CRM_ENUM, NULL, "Part", "部分" },
	{ "label_en", CRM_TEXT, NULL, "Meaning", "英文" },
	{ "label_zh", CRM_TEXT, NULL, "In Chinese", "含义" },
	{ "first", CRM_MONEY, NULL, "First touch", "首次触达" },
	{ "last", CRM_MONEY, NULL, "Last touch", "末次触达" },
	{ "linear", CRM_MONEY, NULL, "Equal shares", "均分" },
};
static const crm__section section = { "campaigns", "Campaigns", "市场活动", columns,
	                              CX_COUNT_OF(columns) };
static const crm__section total_section = { "totals", "All that was won", "赢单合计",
	                                    total_columns, CX_COUNT_OF(total_columns) };

static int by_won(const void *a, const void *b)
{
	const campaign *x = a, *y = b;
	const int order = engine_sum_compare(y->won[CRM_ATTRIBUTION_LINEAR],
	                                     x->won[CRM_ATTRIBUTION_LINEAR]);
	return order != 0 ? order : by_id(a, b);
}

static void put_roi(crm__report *report, const campaign *one, int way)
{
	const engine_sum cost = engine_sum_of(one->cost);
	if (one->has_cost)
		crm__put_ratio(report, engine_sum_add(one->won[way], engine_sum_negative(cost)),
		               cost, BP);
	else
		crm__put_null(report);
}

static void put_cost(crm__report *report, const campaign *one)
{
	if (!one->has_cost) {
		crm__put_null(report);
		crm__put_null(report);
		return;
	}
	crm__put_number(report, one->cost);
	crm__put_ratio(report, engine_sum_of(one->cost), engine_sum_of(one->responded), 1);
}

static void put(crm__report *report, const campaign *one)
{
	crm__put_number(report, one->id);
	crm__put(report, &one->status);
	crm__put_number(report, one->touched);
	crm__put_number(report, one->responded);
	crm__put_share(report, one->responded, one->touched);
	crm__put_number(report, one->new_customers);
	for (int way = 0; way < CRM_ATTRIBUTION_COUNT; way++)
		crm__put_sum(report, one->won[way]);
	put_cost(report, one);
	for (int way = 0; way < CRM_ATTRIBUTION_COUNT; way++)
		put_roi(report, one, way);
}

static void put_total(crm__report *report, const char *name, const char *en, const char *zh,
                      const engine_sum sums[CRM_ATTRIBUTION_COUNT])
{
	if (!crm__row(report))
		return;
	crm__put_text(report, cx_slice_of(name));
	crm__put_text(report, cx_slice_of(en));
	crm__put_text(report, cx_slice_of(zh));
	for (int way = 0; way < CRM_ATTRIBUTION_COUNT; way++)
		crm__put_sum(report, sums[way]);
}

static void put_totals(const attribution *self)
{
	engine_sum by_campaigns[CRM_ATTRIBUTION_COUNT] = { { 0 } };
	engine_sum all[CRM_ATTRIBUTION_COUNT];
	for (int way = 0; way < CRM_ATTRIBUTION_COUNT; way++) {
		for (size_t i = 0; i < self->count; i++)
			by_campaigns[way] =
				engine_sum_add(by_campaigns[way], self->items[i].won[way]);
		all[way] = engine_sum_add(by_campaigns[way], self->nobody[way]);
		/* Every way gives away all that was won, and no more. */
		CX_ASSERT(engine_sum_compare(all[way], self->won) == 0);
	}
	crm__section_begin(self->report, &total_section);
	put_total(self->report, "attributed", "By campaigns", "归因于活动", by_campaigns);
	put_total(self->report, "unattributed", "By none", "未归因", self->nobody);
	put_total(self->report, "won", "All", "全部赢单", all);
	crm__section_end(self->report);
}

static void put_all(attribution *self)
{
	crm__report *report = self->report;
	put_totals(self);
	if (self->count > 0)
		qsort(self->items, self->count, sizeof *self->items, by_won);
	crm__section_begin(report, &section);
	for (size_t i = 0; i < self->count && crm__row(report); i++)
		put(report, &self->items[i]);
	crm__section_end(report);
	crm__note_number(report, "{} opportunities were won.", "赢单商机 {} 个。", self->deals);
	crm__note_number(report, "{} of them after a response of the customer.",
	                 "其中 {} 个之前有客户响应。", self->after_response);
}

static cx_status run(crm__report *report)
{
	attribution *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	const int64_t from = crm__param_number(report, "from");
	const int64_t to = crm__param_number(report, "to");
	self->report = report;
	self->items = cx_arena_zalloc(report->arena, CAMPAIGNS_MAX * sizeof *self->items);
	self->from_ms = crm__day_ms(report, from);
	self->to_ms = crm__day_ms(report, to + 1) - 1;
	if (self->items == NULL)
		return CX_NO_MEMORY;
	cx_status status = crm__check_span(report, from, to);
	if (status == CX_OK)
		status = read_campaigns(self);
	if (status == CX_OK)
		status = read_deals(self);
	if (status == CX_OK)
		status = read_new_customers(self);
	if (status == CX_OK)
		put_all(self);
	return status;
}

const crm__definition crm__report_campaigns = { params, CX_COUNT_OF(params), run };
