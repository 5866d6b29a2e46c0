/* SPDX-License-Identifier: Apache-2.0 */
/* Sales performance of a person, a team with all below it, or the organisation, by month,
 * against targets. Source: the table sales_performance of docs/reports-sales.md. */
#include "base/check.h"
#include "crm/reports/performance/view.h"
#include "crm/reports/reports.h"

static const crm__param params[] = {
	CRM__PARAM_SCOPE,
	CRM__PARAM_MONTHS("month-11"),
	{ .name = "metric",
	  .kind = CRM_ENUM,
	  .of = CRM__METRICS,
	  .fallback = "revenue",
	  .help_en = "which targets: attainment is this measure against them",
	  .help_zh = "目标指标:完成率为该指标与目标之比" },
};

/* ---- figures ---- */

static void put_cycle(crm__report *report, const crm__figures *figures)
{
	const int64_t day_ms = 86400000, centi = 100;
	crm__put_ratio(report, figures->cycle_ms, engine_sum_product(figures->won, day_ms),
	               centi);
}

static void put_target(crm__report *report, const crm__figures *figures)
{
	if (figures->targeted == 0) {
		crm__put_null(report);
		crm__put_null(report);
		return;
	}
	crm__put_sum(report, figures->target);
	crm__put_ratio(report, figures->reached, figures->target, 10000);
}

static void put_figures(crm__report *report, const crm__figures *figures)
{
	crm__put_sum(report, figures->revenue);
	crm__put_sum(report, figures->paid);
	crm__put_number(report, figures->won);
	crm__put_number(report, figures->orders);
	crm__put_sum(report, figures->units_milli);
	crm__put_number(report, figures->lost);
	crm__put_share(report, figures->won, figures->won + figures->lost);
	crm__put_share(report, figures->converted, figures->customers);
	crm__put_number(report, figures->converted);
	crm__put_ratio(report, figures->won_base, engine_sum_of(figures->won), 1);
	put_cycle(report, figures);
	crm__put_number(report, figures->activities);
	put_target(report, figures);
}

/* ---- columns ---- */

#define MEASURES                                                                      \
	{ "revenue_base", CRM_MONEY, NULL, "Revenue", "销售额" },                     \
		{ "paid_base", CRM_MONEY, NULL, "Paid", "回款" },                     \
		{ "deals_won", CRM_INT, NULL, "Deals won", "成交单数" },              \
		{ "orders", CRM_INT, NULL, "Orders", "订单数" },                      \
		{ "units", CRM_MILLI, NULL, "Units", "成交件数" },                    \
		{ "deals_lost", CRM_INT, NULL, "Deals lost", "输单数" },              \
		{ "win_rate_bp", CRM_BP, NULL, "Win rate", "赢单率" },                \
		{ "customer_conversion_bp", CRM_BP, NULL, "Customer conversion",      \
		  "客户转化率" },                                                     \
		{ "new_customers", CRM_INT, NULL, "New customers", "新增成交客户" },  \
		{ "average_deal_base", CRM_MONEY, NULL, "Average deal", "平均单值" }, \
		{ "average_cycle_days", CRM_CENTI, NULL, "Average cycle (days)",      \
		  "平均成交周期(天)" },                                               \
		{ "activities", CRM_INT, NULL, "Activities", "活动数" },              \
		{ "target", CRM_MONEY, NULL, "Target", "目标" },                      \
	{                                                                             \
		"attainment_bp", CRM_BP, NULL, "Attainment", "完成率"              \
	}

CRM__TALLY_VIEW(of_money, put_figures, "person", "人员", "Person", MEASURES);

static bool is_money(crm__metric metric)
{
	return metric == CRM__METRIC_REVENUE || metric == CRM__METRIC_PAID;
}

static cx_status count_targets(crm__report *report, crm__section *section)
{
	const size_t count = section->column_count;
	crm__column *columns = cx_arena_alloc(report->arena, count * sizeof *columns);
	if (columns == NULL)
		return CX_NO_MEMORY;
	memcpy(columns, section->columns, count * sizeof *columns);
	for (size_t i = 0; i < count; i++)
		if (strcmp(columns[i].name, "target") == 0)
			columns[i].kind = CRM_INT;
	section->columns = columns;
	return CX_OK;
}

/* A target of orders or customers is a number of them. */
static cx_status view_of(crm__report *report, crm__metric metric, const crm__tally_view **ret)
{
	*ret = &of_money;
	if (is_money(metric))
		return CX_OK;
	crm__tally_view *view = cx_arena_alloc(report->arena, sizeof *view);
	if (view == NULL)
		return CX_NO_MEMORY;
	*view = of_money;
	*ret = view;
	crm__section *const sections[] = { &view->total, &view->months, &view->people,
		                           &view->teams };
	cx_status status = CX_OK;
	for (size_t i = 0; i < CX_COUNT_OF(sections) && status == CX_OK; i++)
		status = count_targets(report, sections[i]);
	return status;
}

static void put_notes(crm__report *report)
{
	crm__note(report,
	          "Revenue, payments and deals belong to the person and team credited at the "
	          "time; activities, new customers and conversion to the present owner and the "
	          "team the owner is in now.",
	          "销售额、回款和成交归属当时的业绩归属人及团队;"
	          "活动、新增客户和转化率归属现负责人及其现"
	          "所在团队。");
	crm__note(
		report,
		"A target counts for exactly the person, team or organisation it was set for; "
		"attainment compares only months that have one.",
		"目标仅用于其所设定的人员、团队或组织;完成率只比较有目标的月份。");
	crm__note(report, "An order cancelled later restates the month it was confirmed in.",
	          "订单事后取消会重述其确认月份的数字。");
}

static crm__metric metric_of(const crm__report *report)
{
	static const char *const words[] = { "revenue", "paid", "orders", "new_customers" };
	const crm__value *word = crm__param_of(report, "metric");
	for (size_t i = 0; i < CX_COUNT_OF(words); i++)
		if (crm__is(word, words[i]))
			return (crm__metric)i;
	CX_UNREACHABLE();
}

static cx_status run(crm__report *report)
{
	crm__scope scope;
	crm__months months;
	crm__tally tally;
	const crm__tally_view *view;
	cx_status status = crm__months_of(report, &months);
	if (status == CX_OK)
		status = crm__scope_of(report, &scope);
	if (status == CX_OK)
		status = crm__tally_init(&tally, report, &scope, &months, metric_of(report));
	if (status == CX_OK)
		status = crm__tally_targets(&tally);
	if (status == CX_OK)
		status = crm__tally_credits(&tally);
	if (status == CX_OK)
		status = crm__tally_activities(&tally);
	if (status == CX_OK)
		status = crm__tally_customers(&tally);
	if (status == CX_OK)
		status = view_of(report, tally.metric, &view);
	if (status != CX_OK)
		return status;
	crm__tally_put(&tally, view);
	put_notes(report);
	return status;
}

const crm__definition crm__report_performance = {
	.params = params,
	.param_count = CX_COUNT_OF(params),
	.run = run,
};
