/* SPDX-License-Identifier: Apache-2.0 */
/* Records may hold any number as a date or instant; what is further away than this calendar
 * reaches is taken for its first or last day. */
#include "base/check.h"
#include "base/clock.h"
#include "crm/reports/frame/report.h"

static const int64_t day_ms = 86400000, minute_ms = 60000;
static const int64_t far_days = 2900000; /* within years -9999 to 9999 */

bool crm__calendar_has_day(int64_t day)
{
	static const int64_t first = -354285, last = 2567654; /* 1000-01-01, 8999-12-31 */
	return day >= first && day <= last;
}

bool crm__calendar_has(int64_t ms)
{
	return crm__calendar_has_day(ms / day_ms - (ms % day_ms < 0));
}

static int64_t clamp(int64_t number, int64_t most)
{
	if (number > most)
		return most;
	return number < -most ? -most : number;
}

int64_t crm__day_of(const crm__report *self, int64_t ms)
{
	const int64_t local = clamp(ms, far_days * day_ms) + self->zone_min * minute_ms;
	return local / day_ms - (local % day_ms < 0);
}

int64_t crm__day_ms(const crm__report *self, int64_t day)
{
	return clamp(day, far_days) * day_ms - self->zone_min * minute_ms;
}

int64_t crm__today(const crm__report *self)
{
	return crm__day_of(self, self->now_ms);
}

int64_t crm__month_of(int64_t day)
{
	return crm__month_add(day, 0);
}

int64_t crm__month_add(int64_t month, int64_t count)
{
	enum { YEAR_MAX = 9999 };
	int64_t year, ret = 0;
	unsigned in_year, day;
	cx_date_to_civil(clamp(month, far_days), &year, &in_year, &day);
	const int64_t months = clamp(
		year * 12 + (int64_t)in_year - 1 + clamp(count, YEAR_MAX * 12), YEAR_MAX * 12);
	year = months / 12 - (months % 12 < 0);
	const bool good = cx_date_of_civil(year, (unsigned)(months - year * 12) + 1, 1, &ret);
	CX_ASSERT(good);
	return ret;
}
