/* SPDX-License-Identifier: Apache-2.0 */
/* Sales performance of a person, a team with all below it, or the organisation, by month,
 * against targets. Source: the table sales_performance of docs/reports-sales.md. */
#include "base/check.h"
#include "crm/reports/performance/tally.h"
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

/* ---- columns ---- */

enum { KEY, MEASURES_FROM, TARGET_AT = MEASURES_FROM + 12, COLUMNS = MEASURES_FROM + 14 };

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

static const crm__column total_columns[] = {
	{ "months", CRM_INT, NULL, "Months", "月数" },
	MEASURES,
};
static const crm__column month_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	MEASURES,
};
static const crm__column person_columns[] = {
	{ "user", CRM_REF, "user", "Person", "人员" },
	MEASURES,
};
static const crm__column team_columns[] = {
	{ "team", CRM_REF, "team", "Team", "团队" },
	MEASURES,
};

static const crm__section total_section = { "total", "All of it", "合计", total_columns,
	                                    COLUMNS };
static const crm__section month_section = { "months", "By month", "按月", month_columns,
	                                    COLUMNS };
static const crm__section person_section = { "people", "By person", "按人员", person_columns,
	                                     COLUMNS };
static const crm__section team_section = { "teams", "By team, with those below it",
	                                   "按团队(含下级)", team_columns, COLUMNS };

static bool is_money(crm__metric metric)
{
	return metric == CRM__METRIC_REVENUE || metric == CRM__METRIC_PAID;
}

/* A target of orders or customers is a number of them. */
static cx_status begin(crm__report *report, const crm__section *section, crm__metric metric)
{
	if (!is_money(metric)) {
		crm__column *columns = cx_arena_alloc(report->arena, COLUMNS * sizeof *columns);
		crm__section *counting = cx_arena_alloc(report->arena, sizeof *counting);
		if (columns == NULL || counting == NULL)
			return CX_NO_MEMORY;
		memcpy(columns, section->columns, COLUMNS * sizeof *columns);
		columns[TARGET_AT].kind = CRM_INT;
		*counting = *section;
		counting->columns = columns;
		section = counting;
	}
	crm__section_begin(report, section);
	return CX_OK;
}

/* ---- rows ---- */

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

static cx_status put_total(crm__tally *tally)
{
	crm__report *report = tally->report;
	const cx_status status = begin(report, &total_section, tally->metric);
	if (status != CX_OK)
		return status;
	if (crm__row(report)) {
		crm__put_number(report, (int64_t)tally->months->count);
		put_figures(report, &tally->whole);
	}
	crm__section_end(report);
	return CX_OK;
}

static cx_status put_months(crm__tally *tally)
{
	crm__report *report = tally->report;
	const cx_status status = begin(report, &month_section, tally->metric);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < tally->months->count; i++)
		if (crm__row(report)) {
			crm__put_number(report, tally->months->days[i]);
			put_figures(report, &tally->by_month[i]);
		}
	crm__section_end(report);
	return CX_OK;
}

static cx_status put_people(crm__tally *tally)
{
	crm__report *report = tally->report;
	const cx_status status = begin(report, &person_section, tally->metric);
	if (status != CX_OK)
		return status;
	crm__tally_rank(tally);
	for (size_t i = 0; i < tally->people.count; i++) {
		const crm__person *person = crm__keyed_item(&tally->people, i);
		if (!crm__row(report))
			break;
		crm__put_id(report, person->id);
		put_figures(report, &person->figures);
	}
	crm__section_end(report);
	return CX_OK;
}

static cx_status put_teams(crm__tally *tally)
{
	crm__report *report = tally->report;
	const cx_status status = begin(report, &team_section, tally->metric);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < tally->scope->team_count; i++)
		if (crm__row(report)) {
			crm__put_number(report, tally->scope->teams[i].id);
			put_figures(report, &tally->by_team[i]);
		}
	crm__section_end(report);
	return CX_OK;
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
		status = put_total(&tally);
	if (status == CX_OK)
		status = put_months(&tally);
	if (status == CX_OK && scope.user == 0)
		status = put_people(&tally);
	if (status == CX_OK && scope.user == 0)
		status = put_teams(&tally);
	if (status == CX_OK)
		put_notes(report);
	return status;
}

const crm__definition crm__report_performance = {
	.params = params,
	.param_count = CX_COUNT_OF(params),
	.run = run,
};
