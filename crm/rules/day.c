/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/day.h"

#include "base/clock.h"

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };

static int64_t floor_day(int64_t ms)
{
	return ms / DAY_MS - (ms % DAY_MS < 0);
}

cx_status crm__day_at(const engine_draft *draft, int64_t at_ms, int64_t *ret)
{
	int64_t minutes;
	cx_status status = engine_draft_zone(draft, &minutes);
	int64_t local;
	if (status == CX_OK && __builtin_add_overflow(at_ms, minutes * MINUTE_MS, &local))
		return CX_INTERNAL;
	if (status == CX_OK)
		*ret = floor_day(local);
	return status;
}

cx_status crm__day_today(const engine_draft *draft, int64_t *ret)
{
	return crm__day_at(draft, engine_author_at(&engine_draft_change(draft)->author), ret);
}

bool crm__day_begins_month(int64_t day)
{
	int64_t year;
	unsigned month, of_month;
	cx_date_to_civil(day, &year, &month, &of_month);
	return of_month == 1;
}
