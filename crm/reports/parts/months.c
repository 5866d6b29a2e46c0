/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/parts/months.h"

cx_status crm__months_of(crm__report *report, crm__months *ret)
{
	const int64_t last = crm__month_of(crm__param_number(report, "to"));
	int64_t month = crm__month_of(crm__param_number(report, "from"));
	if (month > last)
		return cx_fail(report->error, CX_INVALID_ARGUMENT,
		               "parameter from is a month after that of parameter to");
	for (ret->count = 0; month <= last; month = crm__month_add(month, 1)) {
		if (ret->count == CRM__MONTHS_MAX)
			return cx_fail(report->error, CX_INVALID_ARGUMENT,
			               "from and to are more than %d months apart: ask for "
			               "fewer at a time",
			               CRM__MONTHS_MAX);
		ret->days[ret->count++] = month;
	}
	return CX_OK;
}

bool crm__months_find(const crm__months *months, const crm__value *day, size_t *ret)
{
	if (day->kind != CRM__NUMBER)
		return false;
	for (size_t i = 0; i < months->count; i++)
		if (months->days[i] == day->number) {
			*ret = i;
			return true;
		}
	return false;
}
