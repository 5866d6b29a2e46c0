/* SPDX-License-Identifier: Apache-2.0 */
/* Customers that bought for the first time, of those that had not: of the customers of an owner
 * not yet converted when the period began, or created in it, the share whose first confirmed
 * order lies in it. */
#include "crm/reports/performance/view.h"
#include "crm/reports/reports.h"

static const crm__param params[] = { CRM__PARAM_SCOPE, CRM__PARAM_MONTHS("month-11") };

static void put_figures(crm__report *report, const crm__figures *figures)
{
	crm__put_number(report, figures->customers);
	crm__put_number(report, figures->converted);
	crm__put_share(report, figures->converted, figures->customers);
}

CRM__TALLY_VIEW(view, put_figures, "owner", "负责人", "Owner",
                { "customers", CRM_INT, NULL, "Could be converted", "可转化客户数" },
                { "converted", CRM_INT, NULL, "Converted", "新增成交客户" },
                { "conversion_bp", CRM_BP, NULL, "Conversion rate", "客户转化率" });

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
	crm__tally_put(&tally, &view);
	crm__note(report,
	          "By present owner: customers have no record of whose they were before. What "
	          "was known at a date comes from the change log.",
	          "按现负责人统计:客户不保留历任负责人;某日当时的数字可由变更日志得出。");
	return CX_OK;
}

const crm__definition crm__report_customer_conversion = { params, CX_COUNT_OF(params), run };
