/* SPDX-License-Identifier: Apache-2.0 */
/* Every report in one list: dispatch, help and the table of docs/reports.md are made from it.
 * A report is a `const crm__definition crm__report_<C name>` in a file of this folder. */
#pragma once

#include "crm/reports/frame/report.h"

/* R(C name, name, what it tells, the same in Chinese) */
#define CRM_REPORTS(R)                                                       \
	R(customer, "customer", "All about one customer, as of one instant", \
	  "单个客户的全貌(同一时点)")

#define CRM__REPORT_DECLARE(name, text, en, zh) extern const crm__definition crm__report_##name;
CRM_REPORTS(CRM__REPORT_DECLARE)
#undef CRM__REPORT_DECLARE
