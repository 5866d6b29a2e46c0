/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to go on with a monthly series y₁ … yₙ.
 *
 *   ses             simple exponential smoothing: l ← l + α(y − l); start l = mean of the first
 *                   min(6, n); forecast l. n >= 1
 *   holt            damped trend: f = l + φb, l ← αy + (1 − α)f, b ← β(l − l′) + (1 − β)φb, φ =
 *                   0.9, from month 2; start l = y₁, b = y₂ − y₁; forecast l + Σφⁱb. n >= 8
 *   seasonal_naive  what was 12 months earlier. n >= 13
 *   holt_winters    additive, 12 months: f = l + b + s, l ← α(y − s) + (1 − α)(l + b), b ← β(l
 * − l′) + (1 − β)b, s ← γ(y − l) + (1 − γ)s, from month 1; start l = mean of year 1, b = (mean
 * of year 2 − mean of year 1) / 12, s = mean deviation from the mean of its year, over the
 * complete years from month 1; forecast l + hb
 *                   + s. n >= 24
 *
 * α, β, γ are those of 0.05, 0.15, 0.3, 0.5, 0.7 with the least sum of squared one-step errors,
 * the first such with γ changing fastest and α slowest; these errors are of forecasts that are
 * not cut at 0. What is forecast is never below 0.
 *
 * Sources: R. G. Brown, Statistical Forecasting for Inventory Control (1959); C. C. Holt
 * (1957), reprinted in International Journal of Forecasting 20 (2004) 5; E. S. Gardner and E.
 * McKenzie, Forecasting trends in time series, Management Science 31 (1985) 1237; P. R.
 * Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6
 * (1960) 324; all in R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice,
 * 3rd ed. (2021), chapter 8. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* M(name in C, label of forecast.method, months needed); the simplest first. */
#define CRM_MODELS(M)                           \
	M(SES, "ses", 1)                        \
	M(HOLT, "holt", 8)                      \
	M(SEASONAL_NAIVE, "seasonal_naive", 13) \
	M(HOLT_WINTERS, "holt_winters", 24)

typedef enum crm__model {
#define CRM_MODEL_MEMBER(name, label, months) CRM_MODEL_##name,
	CRM_MODELS(CRM_MODEL_MEMBER)
#undef CRM_MODEL_MEMBER
} crm__model;

enum {
	CRM_MODEL_COUNT = 0
#define CRM_MODEL_ONE(name, label, months) +1
	CRM_MODELS(CRM_MODEL_ONE)
#undef CRM_MODEL_ONE
		,
	CRM_SEASON = 12,
	CRM_SERIES_MAX = 240, /* months of a series */
	CRM_HORIZON_MAX = 24, /* months ahead */
};

const char *crm__model_label(crm__model model);

/* Months of history it needs. */
size_t crm__model_months(crm__model model);

/* What a model was fitted with; those it does not have are 0. */
typedef struct crm__fit {
	double alpha;
	double beta;
	double gamma;
	double squares; /* sum of its squared one-step errors */
} crm__fit;

/* Fits the model to `n` months, its least to CRM_SERIES_MAX (asserted), and writes what it
 * expects of the next `horizon` (to CRM_HORIZON_MAX) months. */
crm__fit crm__model_forecast(crm__model model, const double *y, size_t n, size_t horizon,
                             double *ret);
