/* SPDX-License-Identifier: Apache-2.0 */
/* The whole months that a report is about. */
#pragma once

#include "crm/reports/frame/read.h"

enum { CRM__MONTHS_MAX = 60 };

/* The parameters that crm__months_of() reads; `first` as a fallback of a crm__param. */
#define CRM__PARAM_MONTHS(first)                                                  \
	{ .name = "from",                                                         \
	  .kind = CRM_MONTH,                                                      \
	  .fallback = first,                                                      \
	  .help_en = "first month",                                               \
	  .help_zh = "起始月份" },                                                \
	{                                                                         \
		.name = "to", .kind = CRM_MONTH, .fallback = "month",             \
		.help_en = "last month, included", .help_zh = "截止月份(含)" \
	}

typedef struct crm__months {
	size_t count;
	int64_t days[CRM__MONTHS_MAX]; /* the first day of each, ascending */
} crm__months;

/* Errors: CX_INVALID_ARGUMENT (the last before the first, more than CRM__MONTHS_MAX). */
CX_MUST_USE cx_status crm__months_of(crm__report *report, crm__months *ret);

static inline int64_t crm__months_first(const crm__months *months)
{
	return months->days[0];
}

static inline int64_t crm__months_last(const crm__months *months)
{
	return months->days[months->count - 1];
}

/* Which of them it is; false when none, or no number. */
bool crm__months_find(const crm__months *months, const crm__value *day, size_t *ret);
