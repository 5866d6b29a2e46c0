/* SPDX-License-Identifier: Apache-2.0 */
/* Months as numbers that can be counted: 12 · year + month − 1. */
#pragma once

#include "base/check.h"
#include "base/clock.h"

/* The month that a day lies in. */
static inline int64_t crm__month_number(int64_t day)
{
	int64_t year;
	unsigned month, in_month;
	cx_date_to_civil(day, &year, &month, &in_month);
	return 12 * year + (int64_t)month - 1;
}

/* Its first day; years 0 to 9999 (asserted). */
static inline int64_t crm__month_first(int64_t number)
{
	int64_t day = 0;
	CX_ASSERT(number >= 0);
	const bool good = cx_date_of_civil(number / 12, (unsigned)(number % 12) + 1, 1, &day);
	CX_ASSERT(good);
	return day;
}
