/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/model.h"

#include "base/check.h"
#include "base/cleanup.h"

#include <stdbool.h>

enum { START_MONTHS = 6 };

static const double grid[] = { 0.05, 0.15, 0.3, 0.5, 0.7 };
static const double damping = 0.9;

const char *crm__model_label(crm__model model)
{
	static const char *const labels[] = {
#define LABEL(name, label, months) label,
		CRM_MODELS(LABEL)
#undef LABEL
	};
	return labels[model];
}

size_t crm__model_months(crm__model model)
{
	static const size_t needed[] = {
#define MONTHS(name, label, months) months,
		CRM_MODELS(MONTHS)
#undef MONTHS
	};
	return needed[model];
}

/* Where a model stands after the last month. */
typedef struct standing {
	double level;
	double trend;
	double season[CRM_SEASON]; /* by number of the month, from 0, modulo 12 */
} standing;

static double mean_of(const double *y, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += y[i];
	return sum / (double)n;
}

/* ---- one pass over the series with given constants ---- */

static double pass_ses(const double *y, size_t n, const crm__fit *with, standing *to)
{
	double squares = 0;
	to->level = mean_of(y, n < START_MONTHS ? n : START_MONTHS);
	for (size_t i = 0; i < n; i++) {
		const double error = y[i] - to->level;
		squares += error * error;
		to->level += with->alpha * error;
	}
	return squares;
}

static double pass_holt(const double *y, size_t n, const crm__fit *with, standing *to)
{
	double squares = 0;
	to->level = y[0];
	to->trend = y[1] - y[0];
	for (size_t i = 1; i < n; i++) {
		const double expected = to->level + damping * to->trend;
		const double before = to->level;
		squares += (y[i] - expected) * (y[i] - expected);
		to->level = with->alpha * y[i] + (1 - with->alpha) * expected;
		to->trend = with->beta * (to->level - before) +
		            (1 - with->beta) * damping * to->trend;
	}
	return squares;
}

static void start_seasons(const double *y, size_t n, standing *to)
{
	const size_t years = n / CRM_SEASON;
	for (size_t month = 0; month < CRM_SEASON; month++)
		to->season[month] = 0;
	for (size_t year = 0; year < years; year++) {
		const double *months = y + year * CRM_SEASON;
		const double mean = mean_of(months, CRM_SEASON);
		for (size_t month = 0; month < CRM_SEASON; month++)
			to->season[month] += (months[month] - mean) / (double)years;
	}
}

static double pass_holt_winters(const double *y, size_t n, const crm__fit *with, standing *to)
{
	double squares = 0;
	for (size_t i = 0; i < n; i++) {
		double *season = &to->season[i % CRM_SEASON];
		const double before = to->level, expected = to->level + to->trend;
		const double error = y[i] - expected - *season;
		squares += error * error;
		to->level = with->alpha * (y[i] - *season) + (1 - with->alpha) * expected;
		to->trend = with->beta * (to->level - before) + (1 - with->beta) * to->trend;
		*season = with->gamma * (y[i] - to->level) + (1 - with->gamma) * *season;
	}
	return squares;
}

/* ---- the best constants ---- */

typedef double pass(const double *y, size_t n, const crm__fit *with, standing *to);

typedef struct search {
	pass *run;
	const double *y;
	size_t n;
	standing start; /* what every pass begins with */
	standing best;
	crm__fit fit;
	bool found;
} search;

static void try(search *self, crm__fit with)
{
	standing to = self->start;
	with.squares = self->run(self->y, self->n, &with, &to);
	if (self->found && !(with.squares < self->fit.squares))
		return;
	self->fit = with;
	self->best = to;
	self->found = true;
}

static void search_alpha(search *self)
{
	for (size_t a = 0; a < CX_COUNT_OF(grid); a++)
		try(self, (crm__fit){ .alpha = grid[a] });
}

static void search_beta(search *self)
{
	for (size_t a = 0; a < CX_COUNT_OF(grid); a++)
		for (size_t b = 0; b < CX_COUNT_OF(grid); b++)
			try(self, (crm__fit){ .alpha = grid[a], .beta = grid[b] });
}

static void search_gamma(search *self)
{
	for (size_t a = 0; a < CX_COUNT_OF(grid); a++)
		for (size_t b = 0; b < CX_COUNT_OF(grid); b++)
			for (size_t c = 0; c < CX_COUNT_OF(grid); c++)
				try(self, (crm__fit){ grid[a], grid[b], grid[c], 0 });
}

/* ---- forecasts ---- */

static double never_negative(double value)
{
	return value > 0 ? value : 0;
}

static crm__fit go_on_level(const double *y, size_t n, size_t horizon, double *ret)
{
	search self = { .run = pass_ses, .y = y, .n = n };
	search_alpha(&self);
	for (size_t h = 0; h < horizon; h++)
		ret[h] = never_negative(self.best.level);
	return self.fit;
}

static crm__fit go_on_damped(const double *y, size_t n, size_t horizon, double *ret)
{
	search self = { .run = pass_holt, .y = y, .n = n };
	search_beta(&self);
	double sum = 0, power = 1;
	for (size_t h = 0; h < horizon; h++) {
		power *= damping;
		sum += power;
		ret[h] = never_negative(self.best.level + sum * self.best.trend);
	}
	return self.fit;
}

static crm__fit repeat_year(const double *y, size_t n, size_t horizon, double *ret)
{
	crm__fit fit = { 0 };
	for (size_t i = CRM_SEASON; i < n; i++)
		fit.squares += (y[i] - y[i - CRM_SEASON]) * (y[i] - y[i - CRM_SEASON]);
	for (size_t h = 0; h < horizon; h++)
		ret[h] = never_negative(y[n - CRM_SEASON + h % CRM_SEASON]);
	return fit;
}

static crm__fit go_on_seasonal(const double *y, size_t n, size_t horizon, double *ret)
{
	search self = { .run = pass_holt_winters, .y = y, .n = n };
	self.start.level = mean_of(y, CRM_SEASON);
	self.start.trend =
		(mean_of(y + CRM_SEASON, CRM_SEASON) - self.start.level) / CRM_SEASON;
	start_seasons(y, n, &self.start);
	search_gamma(&self);
	for (size_t h = 0; h < horizon; h++)
		ret[h] = never_negative(self.best.level + (double)(h + 1) * self.best.trend +
		                        self.best.season[(n + h) % CRM_SEASON]);
	return self.fit;
}

crm__fit crm__model_forecast(crm__model model, const double *y, size_t n, size_t horizon,
                             double *ret)
{
	CX_ASSERT(n >= crm__model_months(model) && n <= CRM_SERIES_MAX);
	CX_ASSERT(horizon <= CRM_HORIZON_MAX);
	switch (model) {
	case CRM_MODEL_SES:
		return go_on_level(y, n, horizon, ret);
	case CRM_MODEL_HOLT:
		return go_on_damped(y, n, horizon, ret);
	case CRM_MODEL_SEASONAL_NAIVE:
		return repeat_year(y, n, horizon, ret);
	case CRM_MODEL_HOLT_WINTERS:
		return go_on_seasonal(y, n, horizon, ret);
	}
	CX_UNREACHABLE();
}
