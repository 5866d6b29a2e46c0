/* SPDX-License-Identifier: Apache-2.0 */
/* What was sold of each product, by the month its orders were confirmed in. */
#include "crm/reports/parts/keyed.h"
#include "crm/reports/parts/scope.h"
#include "crm/reports/reports.h"

static const crm__param params[] = {
	{ .name = "product",
	  .kind = CRM_REF,
	  .of = "product",
	  .help_en = "only this one",
	  .help_zh = "仅此产品" },
	CRM__PARAM_MONTHS("month-11"),
};

/* ---- adding ---- */

typedef struct sales {
	int64_t lines;
	engine_sum net, units_milli;
} sales;

typedef struct product {
	int64_t id;
	sales sold;
} product;

/* One product in one month. */
typedef struct cell {
	int64_t month, product;
	sales sold;
} cell;

typedef struct tally {
	crm__report *report;
	crm__months months;
	sales whole, by_month[CRM__MONTHS_MAX];
	crm__keyed products; /* of product */
	/* In the order they are read: by month, then product. One more than can be shown. */
	cell *cells;
	size_t cell_count, cells_max;
} tally;

static void add(sales *to, const crm__group *group)
{
	to->lines += (int64_t)group->count;
	to->net = engine_sum_add(to->net, group->sums[0]);
	to->units_milli = engine_sum_add(to->units_milli, group->sums[1]);
}

/* Columns: month, product. */
static cx_status take_sales(void *context, const crm__group *group)
{
	tally *self = context;
	size_t month;
	if (!crm__months_find(&self->months, &group->columns[0], &month))
		return CX_OK;
	product *found = crm__keyed_get(&self->products, group->columns[1].number);
	if (found == NULL)
		return CX_NO_MEMORY;
	if (self->cell_count < self->cells_max) {
		cell *one = &self->cells[self->cell_count++];
		*one = (cell){ .month = group->columns[0].number, .product = found->id };
		add(&one->sold, group);
	}
	add(&found->sold, group);
	add(&self->whole, group);
	add(&self->by_month[month], group);
	return CX_OK;
}

static cx_status read_sales(tally *self)
{
	const crm__value *only = crm__param_of(self->report, "product");
	crm__groups wanted = { .aggregate = "product_sales",
		               .low = crm__number(crm__months_first(&self->months)),
		               .high = crm__number(crm__months_last(&self->months)) };
	if (crm__is_null(only))
		return crm__groups_walk(self->report, &wanted, take_sales, self);
	wanted = (crm__groups){ .aggregate = "product_sales", .prefix_count = 2 };
	wanted.prefix[1] = *only;
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->months.count && status == CX_OK; i++) {
		wanted.prefix[0] = crm__number(self->months.days[i]);
		status = crm__groups_walk(self->report, &wanted, take_sales, self);
	}
	return status;
}

/* ---- rows ---- */

#define SALES                                                             \
	{ "units", CRM_MILLI, NULL, "Units", "件数" },                    \
		{ "net_base", CRM_MONEY, NULL, "Net sales", "净销售额" }, \
	{                                                                 \
		"lines", CRM_INT, NULL, "Order lines", "明细数"        \
	}

static const crm__column month_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	SALES,
};
static const crm__column product_columns[] = {
	{ "product", CRM_REF, "product", "Product", "产品" },
	SALES,
	{ "share_bp", CRM_BP, NULL, "Share of net sales", "销售额占比" },
};
static const crm__column detail_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	{ "product", CRM_REF, "product", "Product", "产品" },
	SALES,
};
static const crm__section month_section = { "months", "By month", "按月", month_columns,
	                                    CX_COUNT_OF(month_columns) };
static const crm__section product_section = { "products", "By product", "按产品",
	                                      product_columns, CX_COUNT_OF(product_columns) };
static const crm__section detail_section = { "product_months", "By month and product",
	                                     "按月和产品", detail_columns,
	                                     CX_COUNT_OF(detail_columns) };

static void put_sales(crm__report *report, const sales *sold)
{
	crm__put_sum(report, sold->units_milli);
	crm__put_sum(report, sold->net);
	crm__put_number(report, sold->lines);
}

static int compare(const void *left, const void *right)
{
	const product *a = left, *b = right;
	const int order = engine_sum_compare(b->sold.net, a->sold.net);
	return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

static void put_months(const tally *self)
{
	crm__section_begin(self->report, &month_section);
	for (size_t i = 0; i < self->months.count; i++)
		if (crm__row(self->report)) {
			crm__put_number(self->report, self->months.days[i]);
			put_sales(self->report, &self->by_month[i]);
		}
	crm__section_end(self->report);
}

static void put_products(const tally *self)
{
	crm__section_begin(self->report, &product_section);
	for (size_t i = 0; i < self->products.count; i++) {
		const product *one = crm__keyed_item(&self->products, i);
		if (!crm__row(self->report))
			break;
		crm__put_number(self->report, one->id);
		put_sales(self->report, &one->sold);
		crm__put_ratio(self->report, one->sold.net, self->whole.net, 10000);
	}
	crm__section_end(self->report);
}

static void put_detail(const tally *self)
{
	crm__section_begin(self->report, &detail_section);
	for (size_t i = 0; i < self->cell_count; i++) {
		const cell *one = &self->cells[i];
		if (!crm__row(self->report))
			break;
		crm__put_number(self->report, one->month);
		crm__put_number(self->report, one->product);
		put_sales(self->report, &one->sold);
	}
	crm__section_end(self->report);
}

static cx_status run(crm__report *report)
{
	tally *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	self->products = crm__keyed_of(report->arena, sizeof(product));
	self->cells_max = report->rows_max + 1;
	self->cells = cx_arena_alloc(report->arena, self->cells_max * sizeof *self->cells);
	if (self->cells == NULL)
		return CX_NO_MEMORY;
	cx_status status = crm__months_of(report, &self->months);
	if (status == CX_OK)
		status = read_sales(self);
	if (status != CX_OK)
		return status;
	crm__keyed_sort(&self->products, compare);
	put_months(self);
	put_products(self);
	put_detail(self);
	crm__note(report,
	          "Lines before the discount on a whole order and before tax; orders that are "
	          "confirmed or fulfilled.",
	          "明细净额,未计整单折扣和税;仅含已确认或已完成的订单。");
	return CX_OK;
}

const crm__definition crm__report_product_sales = { params, CX_COUNT_OF(params), run };
