/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/arrivals.h"

#include "crm/figures/amount.h"
#include "crm/findings/month.h"
#include "crm/reports/frame/read.h"
#include "crm/stats/rank.h"

typedef struct reading {
	crm__report *report;
	const crm__scopes *scopes;
	crm__arrivals *to;
	int64_t month;    /* number of the first */
	int64_t in_month; /* days after its first that today is */
} reading;

static int64_t *months_of(const crm__arrivals *self, size_t scope, size_t ahead)
{
	return self->amounts + (scope * CRM_ARRIVAL_AHEAD + ahead) * CRM_ARRIVAL_MONTHS;
}

/* The same day of a month, or its last. */
static int64_t same_day(const reading *self, int64_t month)
{
	const int64_t day = crm__month_first(month) + self->in_month;
	const int64_t last = crm__month_first(month + 1) - 1;
	return day < last ? day : last;
}

static cx_status add(const reading *self, const crm__value *user, const crm__value *team,
                     size_t ahead, size_t month, int64_t amount)
{
	size_t trail[CRM_SCOPE_TRAIL_MAX];
	const size_t count = crm__scopes_trail(self->scopes, user->number, team->number, trail);
	for (size_t i = 0; i < count; i++) {
		int64_t *to = &months_of(self->to, trail[i], ahead)[month];
		if (!crm__amount_add(*to, amount, to))
			return cx_fail(self->report->error, CX_TOO_LARGE,
			               "the revenue of a month does not fit 64 bits");
	}
	return CX_OK;
}

enum { OPPORTUNITY, CREATED, CONFIRMED, TOTAL, USER, TEAM };

static cx_status made_on(const reading *self, const crm__value *order, int64_t *ret)
{
	crm__value created = order[CREATED];
	cx_status status = CX_OK;
	if (!crm__is_null(&order[OPPORTUNITY])) {
		status = crm__get(self->report, "opportunity", order[OPPORTUNITY].number,
		                  "created_at", &created);
		if (status == CX_NOT_FOUND) { /* deleted since */
			created = order[CREATED];
			status = CX_OK;
		}
	}
	*ret = crm__day_of(self->report, created.number);
	return status;
}

static cx_status take(void *context, const crm__value *values)
{
	const reading *self = context;
	const int64_t confirmed =
		crm__month_number(crm__day_of(self->report, values[CONFIRMED].number));
	int64_t made = 0;
	cx_status status = made_on(self, values, &made);
	for (size_t ahead = 0; ahead < CRM_ARRIVAL_AHEAD && status == CX_OK; ahead++)
		if (made > same_day(self, confirmed - (int64_t)ahead))
			status = add(self, &values[USER], &values[TEAM], ahead,
			             (size_t)(confirmed - self->month), values[TOTAL].number);
	return status;
}

cx_status crm__arrivals_read(crm__report *report, const crm__scopes *scopes, crm__arrivals *ret)
{
	const int64_t today = crm__today(report), month = crm__month_number(today);
	const size_t room = scopes->count * CRM_ARRIVAL_AHEAD * CRM_ARRIVAL_MONTHS;
	crm__arrivals made = { .amounts = cx_arena_zalloc(report->arena,
		                                          room * sizeof *made.amounts) };
	if (made.amounts == NULL)
		return CX_NO_MEMORY;
	reading self = { .report = report,
		         .scopes = scopes,
		         .to = &made,
		         .month = month - CRM_ARRIVAL_MONTHS,
		         .in_month = today - crm__month_first(month) };
	const crm__condition where[] = {
		crm__one_of("status", "confirmed fulfilled"),
		crm__between("confirmed_at", crm__day_ms(report, crm__month_first(self.month)),
		             crm__day_ms(report, crm__month_first(month)) - 1),
	};
	const crm__query query = {
		.type = "sales_order",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.allow_scan = true,
		.fields = "opportunity created_at confirmed_at total_base credited_user "
			  "credited_team",
	};
	cx_status status = crm__query_run(report, &query, take, &self);
	if (status == CX_OK)
		*ret = made;
	return status;
}

int64_t crm__arrivals_median(const crm__arrivals *self, size_t scope, size_t ahead,
                             size_t months)
{
	int64_t sorted[CRM_ARRIVAL_MONTHS];
	if (months > CRM_ARRIVAL_MONTHS)
		months = CRM_ARRIVAL_MONTHS;
	if (months == 0)
		return 0;
	memcpy(sorted, months_of(self, scope, ahead) + (CRM_ARRIVAL_MONTHS - months),
	       months * sizeof *sorted);
	crm__rank_sort(sorted, months);
	return crm__percentile(sorted, months, 50);
}
