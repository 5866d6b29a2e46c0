/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/span.h"

#include "base/check.h"

cx_status crm__span_of(const crm__report *report, crm__span *ret)
{
	*ret = (crm__span){ .from = crm__param_number(report, "from"),
		            .to = crm__param_number(report, "to") };
	cx_status status = crm__check_span(report, ret->from, ret->to);
	if (status != CX_OK)
		return status;
	int64_t month = ret->from;
	for (; month <= ret->to && ret->months <= CRM__SPAN_MONTHS_MAX; ret->months++)
		month = crm__month_add(month, 1);
	if (ret->months > CRM__SPAN_MONTHS_MAX)
		return cx_fail(report->error, CX_INVALID_ARGUMENT,
		               "from and to are more than %d months apart",
		               CRM__SPAN_MONTHS_MAX);
	ret->begin_ms = crm__day_ms(report, ret->from);
	ret->end_ms = crm__day_ms(report, month);
	return CX_OK;
}

crm__groups crm__span_groups(const crm__span *span, const char *aggregate)
{
	return (crm__groups){ .aggregate = aggregate,
		              .low = crm__number(span->from),
		              .high = crm__number(span->to) };
}

size_t crm__span_place(const crm__span *span, int64_t month)
{
	size_t place = 0;
	for (int64_t at = span->from; at < month; at = crm__month_add(at, 1))
		place++;
	CX_ASSERT(place < span->months);
	return place;
}
