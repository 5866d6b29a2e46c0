/* SPDX-License-Identifier: Apache-2.0 */
/* What customers say: net promoter score (crm/stats/promoter.h) and complaints, by month and by
 * product. */
#include "crm/reports/parts/keyed.h"
#include "crm/reports/parts/scope.h"
#include "crm/reports/reports.h"
#include "crm/reports/span.h"
#include "crm/stats/promoter.h"

static const crm__param params[] = {
	CRM__SPAN_PARAMS,
	{ .name = "product",
	  .kind = CRM_REF,
	  .of = "product",
	  .help_en = "only about this product",
	  .help_zh = "仅此产品" },
};

#define FIGURES                                                                        \
	{ "feedback", CRM_INT, NULL, "Feedback", "反馈数" },                           \
		{ "scored", CRM_INT, NULL, "With a score", "评分数" },                 \
		{ "promoters", CRM_INT, NULL, "Promoters (9, 10)", "推荐者(9–10)" },   \
		{ "passives", CRM_INT, NULL, "Passives (7, 8)", "中立者(7–8)" },       \
		{ "detractors", CRM_INT, NULL, "Detractors (0 to 6)", "贬损者(0–6)" }, \
		{ "nps", CRM_CENTI, NULL, "NPS", "净推荐值" },                         \
	{                                                                              \
		"complaints", CRM_INT, NULL, "Complaints", "投诉数"                 \
	}

static const crm__column month_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	FIGURES,
	{ "orders", CRM_INT, NULL, "Orders", "订单数" },
	{ "per_100_orders", CRM_CENTI, NULL, "Complaints per 100 orders", "每百单投诉数" },
};

static const crm__column total_columns[] = {
	FIGURES,
	{ "orders", CRM_INT, NULL, "Orders", "订单数" },
	{ "per_100_orders", CRM_CENTI, NULL, "Complaints per 100 orders", "每百单投诉数" },
};

static const crm__column product_columns[] = {
	{ "product", CRM_REF, "product", "Product", "产品" },
	FIGURES,
};

static const crm__section month_section = { "months", "By month", "按月", month_columns,
	                                    CX_COUNT_OF(month_columns) };
static const crm__section total_section = { "total", "Total", "合计", total_columns,
	                                    CX_COUNT_OF(total_columns) };
static const crm__section product_section = { "products", "By product", "按产品",
	                                      product_columns, CX_COUNT_OF(product_columns) };

typedef struct voice {
	int64_t product; /* 0: none, or of all */
	int64_t feedback;
	int64_t complaints;
	int64_t scores[CRM_SCORES];
	int64_t orders;
} voice;

typedef struct satisfaction {
	crm__report *report;
	crm__span span;
	const crm__value *product;
	voice *months;
	crm__keyed products; /* of voice */
} satisfaction;

static void add(voice *to, const crm__value *kind, const crm__value *score, int64_t count)
{
	to->feedback += count;
	if (crm__is(kind, "complaint"))
		to->complaints += count;
	if (score->kind == CRM__NUMBER && score->number >= 0 && score->number < CRM_SCORES)
		to->scores[score->number] += count;
}

/* month, product, kind, score */
static cx_status add_group(void *context, const crm__group *group)
{
	satisfaction *self = context;
	const crm__value *of = group->columns;
	if (!crm__is_null(self->product) &&
	    (crm__is_null(&of[1]) || of[1].number != self->product->number))
		return CX_OK;
	const int64_t count = (int64_t)group->count;
	add(&self->months[crm__span_place(&self->span, of[0].number)], &of[2], &of[3], count);
	voice *product =
		crm__keyed_get(&self->products, crm__is_null(&of[1]) ? 0 : of[1].number);
	if (product == NULL)
		return CX_NO_MEMORY;
	add(product, &of[2], &of[3], count);
	return CX_OK;
}

static cx_status add_orders(void *context, const crm__group *group)
{
	satisfaction *self = context;
	self->months[crm__span_place(&self->span, group->columns[0].number)].orders +=
		(int64_t)group->count;
	return CX_OK;
}

static void put_figures(crm__report *report, const voice *of)
{
	crm__promoters who = { 0 };
	const bool any = crm__promoters_of(of->scores, &who);
	crm__put_number(report, of->feedback);
	crm__put_number(report, who.promoters + who.passives + who.detractors);
	crm__put_number(report, who.promoters);
	crm__put_number(report, who.passives);
	crm__put_number(report, who.detractors);
	if (any)
		crm__put_number(report, who.nps_bp);
	else
		crm__put_null(report);
	crm__put_number(report, of->complaints);
}

/* Of one product it is not known how many orders had it. */
static void put_orders(const satisfaction *self, const voice *of)
{
	if (!crm__is_null(self->product)) {
		crm__put_null(self->report);
		crm__put_null(self->report);
		return;
	}
	crm__put_number(self->report, of->orders);
	crm__put_share(self->report, of->complaints, of->orders);
}

static void put_months(const satisfaction *self)
{
	int64_t month = self->span.from;
	crm__section_begin(self->report, &month_section);
	for (size_t i = 0; i < self->span.months; i++) {
		if (crm__row(self->report)) {
			crm__put_number(self->report, month);
			put_figures(self->report, &self->months[i]);
			put_orders(self, &self->months[i]);
		}
		month = crm__month_add(month, 1);
	}
	crm__section_end(self->report);
}

static void put_total(const satisfaction *self)
{
	voice sum = { 0 };
	for (size_t i = 0; i < self->span.months; i++) {
		sum.feedback += self->months[i].feedback;
		sum.complaints += self->months[i].complaints;
		sum.orders += self->months[i].orders;
		for (size_t score = 0; score < CRM_SCORES; score++)
			sum.scores[score] += self->months[i].scores[score];
	}
	crm__section_begin(self->report, &total_section);
	if (crm__row(self->report)) {
		put_figures(self->report, &sum);
		put_orders(self, &sum);
	}
	crm__section_end(self->report);
}

/* What most is said about first; of no product last. */
static int by_feedback(const void *left, const void *right)
{
	const voice *a = left, *b = right;
	if ((a->product == 0) != (b->product == 0))
		return a->product == 0 ? 1 : -1;
	if (a->feedback != b->feedback)
		return a->feedback > b->feedback ? -1 : 1;
	return (a->product > b->product) - (a->product < b->product);
}

static void put_products(satisfaction *self)
{
	crm__keyed_sort(&self->products, by_feedback);
	crm__section_begin(self->report, &product_section);
	for (size_t i = 0; i < self->products.count; i++) {
		const voice *one = crm__keyed_item(&self->products, i);
		if (!crm__row(self->report))
			break;
		crm__put_id(self->report, one->product);
		put_figures(self->report, one);
	}
	crm__section_end(self->report);
}

static cx_status run(crm__report *report)
{
	satisfaction self = { .report = report,
		              .product = crm__param_of(report, "product"),
		              .products = crm__keyed_of(report->arena, sizeof(voice)) };
	cx_status status = crm__span_of(report, &self.span);
	if (status != CX_OK)
		return status;
	self.months = cx_arena_zalloc(report->arena, self.span.months * sizeof *self.months);
	if (self.months == NULL)
		return CX_NO_MEMORY;
	const crm__groups feedback = crm__span_groups(&self.span, "feedback_scores");
	const crm__groups orders = crm__span_groups(&self.span, "revenue");
	status = crm__groups_walk(report, &feedback, add_group, &self);
	if (status == CX_OK && crm__is_null(self.product))
		status = crm__groups_walk(report, &orders, add_orders, &self);
	if (status != CX_OK)
		return status;
	put_months(&self);
	put_total(&self);
	put_products(&self);
	return CX_OK;
}

const crm__definition crm__report_satisfaction = { params, CX_COUNT_OF(params), run };
