/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of products and campaigns. */
#include "tests/support/unit.h"
#include "tests/trade/groups.h"
#include "tests/trade/performance.h"
#include "tests/trade/reading.h"
#include "tests/trade/told.h"

#include <stdlib.h>

enum { MONTHS = 12 };

/* ---- products ---- */

typedef struct sales {
	int64_t lines, units, net;
} sales;

typedef struct sold {
	int64_t first;
	sales *cells; /* by month and product */
	int64_t products;
} sold;

static sales *cell_of(const sold *self, int month, int64_t product)
{
	return &self->cells[month * (self->products + 1) + product];
}

static void take_line(void *context, const trade_record *record)
{
	const sold *self = context;
	const int64_t at = trade_int(record, "confirmed_at", INT64_MIN);
	if (record->deleted || at == INT64_MIN)
		return;
	for (int month = 0; month < MONTHS; month++) {
		const int64_t begin = trade_month_add(self->first, month);
		if (trade_month_of(trade_day_of(at)) != begin)
			continue;
		sales *cell = cell_of(self, month, trade_int(record, "product", 0));
		cell->lines++;
		cell->units += trade_int(record, "qty_milli", 0);
		cell->net += trade_int(record, "net_base", 0);
	}
}

static void expect_sales(const trade_report *report, const char *section, size_t row,
                         const sales *expected)
{
	trade_report_expect(report, section, row, "lines", expected->lines);
	trade_report_expect(report, section, row, "units", expected->units);
	trade_report_expect(report, section, row, "net_base", expected->net);
}

static void add(sales *to, const sales *more)
{
	to->lines += more->lines;
	to->units += more->units;
	to->net += more->net;
}

static sales sum(const sold *self, int month, int64_t product)
{
	sales ret = { 0 };
	for (int m = 0; m < MONTHS; m++)
		for (int64_t p = 1; p <= self->products; p++)
			if ((month < 0 || m == month) && (product == 0 || p == product))
				add(&ret, cell_of(self, m, p));
	return ret;
}

static void check_detail(const trade_report *report, const sold *self)
{
	size_t row = 0;
	for (int month = 0; month < MONTHS; month++)
		for (int64_t product = 1; product <= self->products; product++) {
			const sales *cell = cell_of(self, month, product);
			if (cell->lines == 0)
				continue;
			trade_report_expect(report, "product_months", row, "month",
			                    trade_month_add(self->first, month));
			trade_report_expect(report, "product_months", row, "product", product);
			expect_sales(report, "product_months", row++, cell);
		}
	assert_int_equal(trade_report_rows(report, "product_months"), row);
	/* A group for each, the organisation, and a name for each product. */
	assert_true(trade_report_figure(report, "keys") <= (int64_t)row + self->products + 4);
	assert_true(trade_report_figure(report, "fetched") <= self->products + 1);
}

static void check_one_product(const trade_world *world, const sold *self)
{
	trade_report report;
	trade_report_run(world, &report, "product_sales", "{'product': 'SKU-000003'}");
	for (int month = 0; month < MONTHS; month++)
		expect_sales(&report, "months", (size_t)month, cell_of(self, month, 3));
	assert_true(trade_report_figure(&report, "keys") <= MONTHS + 4);
	trade_report_release(&report);
}

void trade_check_products(const trade_world *world)
{
	const int64_t day_ms = 86400000;
	sold self = { .products = world->sizes.products };
	self.first =
		trade_month_add(trade_month_of(trade_day_of(TRADE_TODAY * day_ms)), 1 - MONTHS);
	self.cells = calloc((size_t)(MONTHS * (self.products + 1)), sizeof *self.cells);
	assert_non_null(self.cells);
	trade_pass(world, "order_line", take_line, &self);
	trade_report report;
	trade_report_run(world, &report, "product_sales", "{}");
	for (int month = 0; month < MONTHS; month++) {
		const sales whole = sum(&self, month, 0);
		expect_sales(&report, "months", (size_t)month, &whole);
	}
	const sales whole = sum(&self, -1, 0);
	int64_t before = INT64_MAX, lines = 0;
	for (size_t row = 0; row < trade_report_rows(&report, "products"); row++) {
		const sales one =
			sum(&self, -1, trade_report_int(&report, "products", row, "product"));
		expect_sales(&report, "products", row, &one);
		trade_report_expect(&report, "products", row, "share_bp",
		                    trade_ratio(one.net, whole.net, 10000));
		assert_true(one.net <= before);
		before = one.net;
		lines += one.lines;
	}
	assert_true(whole.lines > 0);
	assert_int_equal(lines, whole.lines);
	/* All that is in a page of rows at full size: the detail may be cut there. */
	if (world->sizes.products <= 100) {
		check_detail(&report, &self);
		check_one_product(world, &self);
	}
	trade_report_release(&report);
	free(self.cells);
}

/* ---- campaigns ---- */

enum { STATES = 6, CAMPAIGNS_MAX = 101 };
static const char *const states[STATES] = { "sent",      "opened",   "clicked",
	                                    "responded", "attended", "opted_out" };

typedef struct touched {
	int64_t all[CAMPAIGNS_MAX], in_state[CAMPAIGNS_MAX][STATES];
} touched;

static void take_touch(void *context, const trade_record *record)
{
	touched *self = context;
	const int64_t campaign = trade_int(record, "campaign", 0);
	if (record->deleted)
		return;
	assert_true(campaign > 0 && campaign < CAMPAIGNS_MAX);
	self->all[campaign]++;
	for (int i = 0; i < STATES; i++)
		self->in_state[campaign][i] += trade_is(record, "status", states[i]);
}

void trade_check_responses(const trade_world *world)
{
	static touched found;
	found = (touched){ 0 };
	trade_pass(world, "campaign_touch", take_touch, &found);
	trade_report report;
	trade_report_run(world, &report, "campaign_response", "{}");
	int64_t all = 0, responses = 0, before = INT64_MAX;
	const size_t rows = trade_report_rows(&report, "campaigns");
	for (size_t row = 0; row < rows; row++) {
		const int64_t id = trade_report_int(&report, "campaigns", row, "campaign");
		const int64_t answered = found.in_state[id][3] + found.in_state[id][4];
		trade_report_expect(&report, "campaigns", row, "touched", found.all[id]);
		for (int i = 0; i < STATES; i++)
			trade_report_expect(&report, "campaigns", row, states[i],
			                    found.in_state[id][i]);
		trade_report_expect(&report, "campaigns", row, "responses", answered);
		const int64_t rate = trade_ratio(answered, found.all[id], 10000);
		trade_report_expect(&report, "campaigns", row, "response_rate_bp", rate);
		assert_true(rate <= before);
		before = rate;
		all += found.all[id];
		responses += answered;
	}
	assert_int_equal(rows, world->sizes.campaigns);
	trade_report_expect(&report, "total", 0, "touched", all);
	trade_report_expect(&report, "total", 0, "response_rate_bp",
	                    trade_ratio(responses, all, 10000));
	/* A group for each state of each campaign, and its record twice: cost and name. */
	assert_true(trade_report_figure(&report, "keys") <=
	            world->sizes.campaigns * (STATES + 2) + 4);
	trade_report_release(&report);
}
