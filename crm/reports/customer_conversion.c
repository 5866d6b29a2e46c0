/* SPDX-License-Identifier: Apache-2.0 */
/* Customers that bought for the first time, of those that had not: of the customers of an owner
 * not yet converted when the period began, or created in it, the share whose first confirmed
 * order lies in it. */
#include "crm/reports/performance/tally.h"
#include "crm/reports/reports.h"

static const crm__param params[] = { CRM__PARAM_SCOPE, CRM__PARAM_MONTHS("month-11") };

enum { COLUMNS = 4 };

#define MEASURES                                                                    \
	{ "customers", CRM_INT, NULL, "Could be converted", "可转化客户数" },       \
		{ "converted", CRM_INT, NULL, "Converted", "新增成交客户" },        \
	{                                                                           \
		"conversion_bp", CRM_BP, NULL, "Conversion rate", "客户转化率" \
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
	{ "user", CRM_REF, "user", "Owner", "负责人" },
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
static const crm__section person_section = { "people", "By owner", "按负责人", person_columns,
	                                     COLUMNS };
static const crm__section team_section = { "teams", "By team, with those below it",
	                                   "按团队(含下级)", team_columns, COLUMNS };

static void put_figures(crm__report *report, const crm__figures *figures)
{
	crm__put_number(report, figures->customers);
	crm__put_number(report, figures->converted);
	crm__put_share(report, figures->converted, figures->customers);
}

static void put_periods(crm__report *report, const crm__tally *tally)
{
	crm__section_begin(report, &total_section);
	if (crm__row(report)) {
		crm__put_number(report, (int64_t)tally->months->count);
		put_figures(report, &tally->whole);
	}
	crm__section_end(report);
	crm__section_begin(report, &month_section);
	for (size_t i = 0; i < tally->months->count; i++)
		if (crm__row(report)) {
			crm__put_number(report, tally->months->days[i]);
			put_figures(report, &tally->by_month[i]);
		}
	crm__section_end(report);
}

static void put_owners(crm__report *report, crm__tally *tally)
{
	crm__tally_rank(tally);
	crm__section_begin(report, &person_section);
	for (size_t i = 0; i < tally->people.count; i++) {
		const crm__person *person = crm__keyed_item(&tally->people, i);
		if (!crm__row(report))
			break;
		crm__put_id(report, person->id);
		put_figures(report, &person->figures);
	}
	crm__section_end(report);
	crm__section_begin(report, &team_section);
	for (size_t i = 0; i < tally->scope->team_count; i++)
		if (crm__row(report)) {
			crm__put_number(report, tally->scope->teams[i].id);
			put_figures(report, &tally->by_team[i]);
		}
	crm__section_end(report);
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
		status = crm__tally_init(&tally, report, &scope, &months,
		                         CRM__METRIC_NEW_CUSTOMERS);
	if (status == CX_OK)
		status = crm__tally_customers(&tally);
	if (status != CX_OK)
		return status;
	put_periods(report, &tally);
	if (scope.user == 0)
		put_owners(report, &tally);
	crm__note(report,
	          "By present owner: customers have no record of whose they were before. What "
	          "was known at a date comes from the change log.",
	          "按现负责人统计:客户不保留历任负责人;某日当时的数字可由变更日志得出。");
	return CX_OK;
}

const crm__definition crm__report_customer_conversion = { params, CX_COUNT_OF(params), run };
