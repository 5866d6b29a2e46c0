/* SPDX-License-Identifier: Apache-2.0 */
/* A forecast from history: every model that the history is long enough for, its errors in a
 * back-test, the one that is chosen, and how far off it may be.
 *
 * Back-test with rolling origin (Hyndman and Athanasopoulos, Forecasting: Principles and
 * Practice, 3rd ed., 5.10): K times a model is fitted to the beginning of the series and asked
 * for the next 3 months; the last time those are the last 3. The folds are the same for all
 * candidates:
 *
 *   n >= 27   K = min(12, n − 26)          all models
 *   n >= 16   K = min(12, n − 15)          all but holt_winters
 *   n >= 7    K = max(1, min(6, n − 6))    ses
 *   n < 7     not enough history
 *
 * Choice: the simplest, unless a richer one has an error at least 5 % lower; taken in the order
 * of CRM_MODELS, each against the best so far. A model that is no candidate, but for which
 * there is enough history, may be forced; it is tested on those of the K folds that it can do.
 *
 * Errors: WAPE = Σ|e| / Σ|y|; withheld when the months tested were on average below 5 % of the
 * whole series', as it explodes there. MAE = mean |e|. MASE: mean of |e| / mean |yₜ − yₜ₋₁| of
 * what that fold was fitted to (R. J. Hyndman and A. B. Koehler, Another look at measures of
 * forecast accuracy, International Journal of Forecasting 22 (2006) 679); withheld when that is
 * 0 in a fold.
 *
 * Interval: the 10th and 90th percentile of the model's back-test errors at that step, added to
 * the forecast, not below 0; none with fewer than 8 errors, and none beyond the third step,
 * which no back-test has looked at. */
#pragma once

#include "crm/stats/model.h"

#include <stdbool.h>

enum {
	CRM_OUTLOOK_LEAST = 7, /* months of history */
	CRM_FOLDS_MAX = 12,
	CRM_FOLD_MONTHS = 3,
	CRM_INTERVAL_ERRORS = 8,
	CRM_MODEL_ANY = -1, /* none is forced */
};

/* Rounded once, from exact inputs. */
typedef struct crm__backtest {
	size_t folds;
	int64_t mae;
	bool has_wape;
	int64_t wape_bp;
	bool has_mase;
	int64_t mase_milli;
	double absolute; /* Σ|e|; what models are compared by */
} crm__backtest;

typedef struct crm__expectation {
	int64_t value;
	bool has_interval;
	int64_t low;  /* 10 % */
	int64_t high; /* 90 % */
} crm__expectation;

typedef struct crm__outlook_model {
	bool possible;  /* there is enough history for it; otherwise nothing else is set */
	bool candidate; /* takes part in the choice */
	crm__fit fit;   /* to the whole series */
	crm__backtest test;
	crm__expectation months[CRM_HORIZON_MAX];
} crm__outlook_model;

typedef struct crm__outlook {
	size_t n; /* months of history */
	size_t horizon;
	crm__model chosen;
	bool forced;
	crm__outlook_model models[CRM_MODEL_COUNT];
} crm__outlook;

/* How many folds a series of `n` months has, and which is the richest candidate. False when it
 * is too short. */
bool crm__outlook_folds(size_t n, size_t *ret_folds, crm__model *ret_richest);

/* `y`: the complete months, oldest first, at most CRM_SERIES_MAX; the running one is left out.
 * `forced`: a model, or CRM_MODEL_ANY. False, and nothing written, when there is not enough
 * history, for any model or for the one that is forced. */
bool crm__outlook_of(const int64_t *y, size_t n, size_t horizon, int forced, crm__outlook *ret);
