/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/outlook.h"

#include "base/check.h"
#include "crm/stats/proportion.h"
#include "crm/stats/rank.h"

#include <math.h>

enum {
	ALL_FROM = 27,
	SEASON_FROM = 16,
	SHORT_FOLDS = 6,
	BP = 10000,
	MILLI = 1000,
	LOW_PERCENT = 10,
	HIGH_PERCENT = 90,
};

/* A richer model must bring the error down to this; tested months must be this large. */
static const double better = 0.95, near_zero = 0.05;

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

bool crm__outlook_folds(size_t n, size_t *ret_folds, crm__model *ret_richest)
{
	if (n < CRM_OUTLOOK_LEAST)
		return false;
	if (n >= ALL_FROM) {
		*ret_folds = least_of(CRM_FOLDS_MAX, n - (ALL_FROM - 1));
		*ret_richest = CRM_MODEL_HOLT_WINTERS;
	} else if (n >= SEASON_FROM) {
		*ret_folds = least_of(CRM_FOLDS_MAX, n - (SEASON_FROM - 1));
		*ret_richest = CRM_MODEL_SEASONAL_NAIVE;
	} else {
		*ret_folds = least_of(SHORT_FOLDS, n - (CRM_OUTLOOK_LEAST - 1));
		*ret_richest = CRM_MODEL_SES;
	}
	return true;
}

/* ---- back-test ---- */

typedef struct errors {
	size_t folds;
	double by_step[CRM_FOLD_MONTHS][CRM_FOLDS_MAX]; /* y − forecast */
	double absolute;                                /* Σ|e| */
	double actual;                                  /* Σ|y| of the months tested */
	double scaled;                                  /* Σ of |e| / scale of the fold */
	bool has_scale;                                 /* none of those was 0 */
} errors;

static double mean_size(const double *y, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += fabs(y[i]);
	return n == 0 ? 0 : sum / (double)n;
}

static double mean_step(const double *y, size_t n)
{
	double sum = 0;
	for (size_t i = 1; i < n; i++)
		sum += fabs(y[i] - y[i - 1]);
	return n < 2 ? 0 : sum / (double)(n - 1);
}

static void test_fold(crm__model model, const double *y, size_t origin, errors *to)
{
	double expected[CRM_FOLD_MONTHS];
	crm__model_forecast(model, y, origin, CRM_FOLD_MONTHS, expected);
	const double scale = mean_step(y, origin);
	if (!(scale > 0))
		to->has_scale = false;
	for (size_t step = 0; step < CRM_FOLD_MONTHS; step++) {
		const double actual = y[origin + step], error = actual - expected[step];
		to->by_step[step][to->folds] = error;
		to->absolute += fabs(error);
		to->actual += fabs(actual);
		if (scale > 0)
			to->scaled += fabs(error) / scale;
	}
	to->folds++;
}

static errors test_model(crm__model model, const double *y, size_t n, size_t folds)
{
	errors found = { .has_scale = true };
	const size_t first = n - CRM_FOLD_MONTHS - (folds - 1);
	for (size_t fold = 0; fold < folds; fold++)
		if (first + fold >= crm__model_months(model))
			test_fold(model, y, first + fold, &found);
	return found;
}

static crm__backtest sum_up(const errors *found, double mean)
{
	crm__backtest test = { .folds = found->folds, .absolute = found->absolute };
	if (found->folds == 0)
		return test;
	const double months = (double)(found->folds * CRM_FOLD_MONTHS);
	test.mae = crm__round_to(found->absolute / months, 1);
	test.has_wape = found->actual > 0 && found->actual / months >= near_zero * mean;
	if (test.has_wape)
		test.wape_bp = crm__round_to(found->absolute / found->actual, BP);
	test.has_mase = found->has_scale;
	if (test.has_mase)
		test.mase_milli = crm__round_to(found->scaled / months, MILLI);
	return test;
}

/* ---- forecast ---- */

static int64_t not_negative(int64_t value)
{
	return value > 0 ? value : 0;
}

static void add_interval(const errors *found, size_t step, double value, crm__expectation *to)
{
	double sorted[CRM_FOLDS_MAX];
	const size_t count = found->folds;
	if (step >= CRM_FOLD_MONTHS || count < CRM_INTERVAL_ERRORS)
		return;
	for (size_t i = 0; i < count; i++)
		sorted[i] = found->by_step[step][i];
	crm__rank_sort_reals(sorted, count);
	const double low = crm__percentile_real(sorted, count, LOW_PERCENT);
	const double high = crm__percentile_real(sorted, count, HIGH_PERCENT);
	to->has_interval = true;
	to->low = not_negative(crm__round_to(value + low, 1));
	to->high = not_negative(crm__round_to(value + high, 1));
}

static void expect(crm__model model, const double *y, crm__outlook *outlook,
                   const errors *found)
{
	crm__outlook_model *to = &outlook->models[model];
	double values[CRM_HORIZON_MAX];
	to->fit = crm__model_forecast(model, y, outlook->n, outlook->horizon, values);
	for (size_t h = 0; h < outlook->horizon; h++) {
		to->months[h].value = crm__round_to(values[h], 1);
		add_interval(found, h, values[h], &to->months[h]);
	}
}

static crm__model choose(const crm__outlook *outlook)
{
	crm__model best = CRM_MODEL_SES;
	for (size_t i = CRM_MODEL_SES + 1; i < CRM_MODEL_COUNT; i++) {
		const crm__outlook_model *one = &outlook->models[i];
		const double least = outlook->models[best].test.absolute;
		/* Nothing is better than no error. */
		if (one->candidate && least > 0 && one->test.absolute <= better * least)
			best = (crm__model)i;
	}
	return best;
}

bool crm__outlook_of(const int64_t *y, size_t n, size_t horizon, int forced, crm__outlook *ret)
{
	CX_ASSERT(n <= CRM_SERIES_MAX && horizon <= CRM_HORIZON_MAX);
	CX_ASSERT(forced >= CRM_MODEL_ANY && forced < CRM_MODEL_COUNT);
	size_t folds;
	crm__model richest;
	if (!crm__outlook_folds(n, &folds, &richest) ||
	    (forced >= 0 && n < crm__model_months((crm__model)forced)))
		return false;

	double series[CRM_SERIES_MAX];
	for (size_t i = 0; i < n; i++)
		series[i] = (double)y[i];
	*ret = (crm__outlook){ .n = n, .horizon = horizon, .forced = forced >= 0 };
	const double mean = mean_size(series, n);
	for (size_t i = 0; i < CRM_MODEL_COUNT; i++) {
		const crm__model model = (crm__model)i;
		crm__outlook_model *one = &ret->models[i];
		one->possible = n >= crm__model_months(model);
		one->candidate = model <= richest;
		if (!one->possible)
			continue;
		const errors found = test_model(model, series, n, folds);
		one->test = sum_up(&found, mean);
		expect(model, series, ret, &found);
	}
	ret->chosen = forced >= 0 ? (crm__model)forced : choose(ret);
	return true;
}
