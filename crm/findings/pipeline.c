/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/pipeline.h"

#include "crm/figures/amount.h"
#include "crm/figures/wide.h"
#include "crm/findings/month.h"
#include "crm/reports/frame/read.h"

struct crm__pipeline {
	int64_t month; /* number of the first */
	size_t months;
	crm__wide *sums; /* of each scope and month, CRM_WEIGHING_COUNT */
};

typedef struct reading {
	crm__report *report;
	const crm__scopes *scopes;
	const crm__win_rates *rates;
	crm__pipeline *to;
} reading;

static crm__wide *sum_at(const crm__pipeline *self, size_t scope, size_t month)
{
	return self->sums + (scope * self->months + month) * CRM_WEIGHING_COUNT;
}

enum { OWNER, STAGE, AMOUNT, PROBABILITY, CLOSE_ON };

static cx_status take(void *context, const crm__value *values)
{
	reading *self = context;
	const crm__win_rate *rate = crm__win_rates_find(self->rates, values[STAGE].number);
	const crm__wide amount = values[AMOUNT].number;
	const crm__wide by_deal = amount * values[PROBABILITY].number;
	const crm__wide by_history = rate == NULL ? 0 : amount * rate->rate_bp;
	const int64_t month = crm__month_number(values[CLOSE_ON].number) - self->to->month;
	size_t trail[CRM_SCOPE_TRAIL_MAX];
	const size_t count = crm__scopes_trail(self->scopes, values[OWNER].number, 0, trail);
	for (size_t i = 0; i < count; i++) {
		crm__wide *sum = sum_at(self->to, trail[i], (size_t)month);
		sum[CRM_WEIGHED_BY_DEAL] += by_deal;
		sum[CRM_WEIGHED_BY_HISTORY] += by_history;
	}
	return CX_OK;
}

cx_status crm__pipeline_read(crm__report *report, const crm__scopes *scopes,
                             const crm__win_rates *rates, int64_t month, size_t months,
                             const crm__pipeline **ret)
{
	crm__pipeline *made = cx_arena_zalloc(report->arena, sizeof *made);
	const size_t room = scopes->count * months * CRM_WEIGHING_COUNT;
	if (made == NULL)
		return CX_NO_MEMORY;
	*made = (crm__pipeline){ .month = month, .months = months };
	made->sums = cx_arena_zalloc(report->arena, room * sizeof *made->sums);
	if (made->sums == NULL)
		return CX_NO_MEMORY;
	reading self = { report, scopes, rates, made };
	const crm__condition where[] = {
		crm__equal("state", crm__text("open")),
		crm__between("close_on", crm__month_first(month),
		             crm__month_first(month + (int64_t)months) - 1),
	};
	const crm__query query = { .type = "opportunity",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "state,close_on",
		                   .fields =
		                           "owner stage amount_base probability_bp close_on" };
	cx_status status = crm__query_run(report, &query, take, &self);
	if (status == CX_OK)
		*ret = made;
	return status;
}

bool crm__pipeline_in(const crm__pipeline *self, size_t scope, size_t month,
                      crm__weighing weighing, int64_t *ret)
{
	CX_ASSERT(month < self->months);
	return crm__wide_round(sum_at(self, scope, month)[weighing], CRM_BP_ONE, ret);
}
