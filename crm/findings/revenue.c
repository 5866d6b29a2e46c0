/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/revenue.h"

#include "crm/figures/amount.h"
#include "crm/findings/month.h"
#include "crm/reports/frame/read.h"

typedef struct reading {
	crm__report *report;
	const crm__scopes *scopes;
	crm__revenue *to;
} reading;

enum { MONTH, USER, TEAM }; /* columns of the aggregate */

static int64_t first_month(const crm__revenue *self)
{
	return self->month - (CRM_REVENUE_MONTHS - 1);
}

static cx_status take(void *context, const crm__group *group)
{
	reading *self = context;
	crm__revenue *to = self->to;
	const int64_t at = crm__month_number(group->columns[MONTH].number) - first_month(to);
	int64_t amount;
	size_t trail[CRM_SCOPE_TRAIL_MAX];
	const size_t count = crm__scopes_trail(self->scopes, group->columns[USER].number,
	                                       group->columns[TEAM].number, trail);
	bool fits = engine_sum_to_int(group->sums[0], &amount);
	for (size_t i = 0; i < count && fits; i++) {
		int64_t *month = &to->amounts[trail[i] * CRM_REVENUE_MONTHS + (size_t)at];
		fits = crm__amount_add(*month, amount, month);
	}
	if (!fits)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "the revenue of a month does not fit 64 bits");
	return CX_OK;
}

cx_status crm__revenue_read(crm__report *report, const crm__scopes *scopes, crm__revenue *ret)
{
	const size_t room = scopes->count * CRM_REVENUE_MONTHS;
	crm__revenue made = { .month = crm__month_number(crm__today(report)),
		              .scopes = scopes->count,
		              .amounts =
		                      cx_arena_zalloc(report->arena, room * sizeof(int64_t)) };
	if (made.amounts == NULL)
		return CX_NO_MEMORY;
	reading self = { .report = report, .scopes = scopes, .to = &made };
	const crm__groups groups = {
		.aggregate = "revenue",
		.low = crm__number(crm__month_first(first_month(&made))),
		.high = crm__number(crm__month_first(made.month)),
	};
	cx_status status = crm__groups_walk(report, &groups, take, &self);
	if (status == CX_OK)
		*ret = made;
	return status;
}

static const int64_t *months_of(const crm__revenue *self, size_t scope)
{
	return self->amounts + scope * CRM_REVENUE_MONTHS;
}

int64_t crm__revenue_running(const crm__revenue *self, size_t scope)
{
	return months_of(self, scope)[CRM_REVENUE_MONTHS - 1];
}

size_t crm__revenue_history(const crm__revenue *self, size_t scope, const int64_t **ret)
{
	const int64_t *months = months_of(self, scope);
	size_t first = 0;
	while (first < CRM_SERIES_MAX && months[first] == 0)
		first++;
	*ret = months + first;
	return CRM_SERIES_MAX - first;
}
