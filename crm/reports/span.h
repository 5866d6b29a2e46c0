/* SPDX-License-Identifier: Apache-2.0 */
/* Reports over months: the parameters `from` and `to`, both included. */
#pragma once

#include "crm/reports/frame/read.h"

/* A year, the present month included. */
#define CRM__SPAN_PARAMS                                                                  \
	{ .name = "from",                                                                 \
	  .kind = CRM_MONTH,                                                              \
	  .fallback = "month-11",                                                         \
	  .help_en = "from this month",                                                   \
	  .help_zh = "起始月份" },                                                        \
	{                                                                                 \
		.name = "to", .kind = CRM_MONTH, .fallback = "month",                     \
		.help_en = "to this month, which is included", .help_zh = "截止月份(含)", \
	}

enum { CRM__SPAN_MONTHS_MAX = 120 };

typedef struct crm__span {
	int64_t from, to;         /* first days of months */
	int64_t begin_ms, end_ms; /* [begin, end) */
	size_t months;
} crm__span;

/* Errors: CX_INVALID_ARGUMENT (the wrong way round, more than CRM__SPAN_MONTHS_MAX months). */
CX_MUST_USE cx_status crm__span_of(const crm__report *report, crm__span *ret);

/* The groups of an aggregate led by a month. */
crm__groups crm__span_groups(const crm__span *span, const char *aggregate);

/* Number of a month in the span. */
size_t crm__span_place(const crm__span *span, int64_t month);
