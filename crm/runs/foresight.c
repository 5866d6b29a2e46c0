/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/runs/foresight.h"

#include "crm/figures/amount.h"

const char *crm__method_label(int method)
{
	static const char *const labels[] = {
		[CRM_METHOD_WEIGHTED] = "weighted",
		[CRM_METHOD_STAGE_HISTORY] = "stage_history",
		[CRM_METHOD_COMBINED] = "combined",
	};
	return method < CRM_METHOD_MODEL
	               ? labels[method]
	               : crm__model_label((crm__model)(method - CRM_METHOD_MODEL));
}

static void add(crm__foresight *to, size_t month, int method, crm__expectation expected)
{
	CX_ASSERT(to->count < CRM_FORESEEN_MAX);
	to->rows[to->count++] =
		(crm__foreseen){ .month = month, .method = method, .expected = expected };
}

static void add_models(crm__foresight *to, size_t month)
{
	for (int i = 0; i < CRM_MODEL_COUNT && to->has_outlook; i++) {
		const crm__outlook_model *model = &to->outlook.models[i];
		if (!model->possible)
			continue;
		add(to, month, CRM_METHOD_MODEL + i, model->months[month]);
		to->rows[to->count - 1].model = model;
	}
}

/* The best there is for the month that the last rows, from `first` on, are of. */
static void choose(crm__foresight *to, size_t first)
{
	int best = CRM_METHOD_STAGE_HISTORY;
	if (to->rows[first].month < CRM_ARRIVAL_AHEAD)
		best = CRM_METHOD_COMBINED;
	else if (to->has_outlook)
		best = CRM_METHOD_MODEL + (int)to->outlook.chosen;
	for (size_t i = first; i < to->count; i++)
		to->rows[i].chosen = to->rows[i].method == best;
}

static bool add_month(const crm__evidence *from, size_t scope, size_t months, size_t month,
                      crm__foresight *to)
{
	const size_t first = to->count;
	int64_t by_deal, by_history, combined;
	if (!crm__pipeline_in(from->pipeline, scope, month, CRM_WEIGHED_BY_DEAL, &by_deal) ||
	    !crm__pipeline_in(from->pipeline, scope, month, CRM_WEIGHED_BY_HISTORY,
	                      &by_history))
		return false;
	add(to, month, CRM_METHOD_WEIGHTED, (crm__expectation){ .value = by_deal });
	add(to, month, CRM_METHOD_STAGE_HISTORY, (crm__expectation){ .value = by_history });
	if (month < CRM_ARRIVAL_AHEAD) {
		const int64_t so_far =
			month == 0 ? crm__revenue_running(&from->revenue, scope) : 0;
		const int64_t usual =
			crm__arrivals_median(&from->arrivals, scope, month, months);
		if (!crm__amount_add(so_far, by_history, &combined) ||
		    !crm__amount_add(combined, usual, &combined))
			return false;
		add(to, month, CRM_METHOD_COMBINED, (crm__expectation){ .value = combined });
	}
	add_models(to, month);
	choose(to, first);
	return true;
}

static bool is_all_zero(const crm__foresight *self)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->rows[i].expected.value != 0)
			return false;
	return true;
}

bool crm__foresee(const crm__evidence *evidence, size_t scope, int forced, crm__foresight *ret)
{
	const int64_t *y;
	const size_t n = crm__revenue_history(&evidence->revenue, scope, &y);
	ret->count = 0;
	ret->has_outlook =
		crm__outlook_of(y, n, evidence->months, forced, &ret->outlook) ||
		crm__outlook_of(y, n, evidence->months, CRM_MODEL_ANY, &ret->outlook);
	for (size_t month = 0; month < evidence->months; month++)
		if (!add_month(evidence, scope, n, month, ret))
			return false;
	if (n == 0 && is_all_zero(ret))
		ret->count = 0;
	return true;
}
