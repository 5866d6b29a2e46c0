/* SPDX-License-Identifier: Apache-2.0 */
/* Forecasts are those of another implementation (forecast_reference.py) and, where R is
 * installed, of R's HoltWinters (forecast_reference.R); on made-up series the model that fits
 * is the one that is chosen; a short history is told. */
#include "base/cleanup.h"
#include "crm/stats/outlook.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- made-up series ---- */

/* Of mean 0 and deviation 1, near enough to normal: twelve even ones added up (Irwin and
 * Hall). */
static double normal(dice *random)
{
	double sum = -6;
	for (int i = 0; i < 12; i++)
		sum += (double)dice_below(random, 1000000) / 1000000;
	return sum;
}

typedef struct shape {
	double level, slope, season, noise; /* the season as a part of the level */
} shape;

static void make_series(dice *random, shape of, int64_t *y, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const double angle =
			2 * 3.14159265358979 * (double)(i % CRM_SEASON) / CRM_SEASON;
		const double value = of.level * (1 + of.season * sin(angle)) +
		                     of.slope * (double)i + of.noise * normal(random);
		y[i] = value > 0 ? (int64_t)value : 0;
	}
}

/* ---- against others ---- */

static void write_model(FILE *to, const crm__outlook *outlook, crm__model model)
{
	const crm__outlook_model *one = &outlook->models[model];
	const crm__backtest *test = &one->test;
	fprintf(to, "\"%s\":{\"candidate\":%s,\"squares\":%.17g,\"alpha\":%.17g",
	        crm__model_label(model), one->candidate ? "true" : "false", one->fit.squares,
	        one->fit.alpha);
	fprintf(to, ",\"beta\":%.17g,\"gamma\":%.17g,\"folds\":%zu,\"mae\":%" PRId64,
	        one->fit.beta, one->fit.gamma, test->folds, test->mae);
	if (test->has_wape)
		fprintf(to, ",\"wape_bp\":%" PRId64, test->wape_bp);
	else
		fputs(",\"wape_bp\":null", to);
	if (test->has_mase)
		fprintf(to, ",\"mase_milli\":%" PRId64, test->mase_milli);
	else
		fputs(",\"mase_milli\":null", to);
	fputs(",\"months\":[", to);
	for (size_t h = 0; h < outlook->horizon; h++) {
		const crm__expectation *month = &one->months[h];
		fprintf(to, "%s[%" PRId64, h > 0 ? "," : "", month->value);
		if (month->has_interval)
			fprintf(to, ",%" PRId64 ",%" PRId64 "]", month->low, month->high);
		else
			fputs(",null,null]", to);
	}
	fputs("]}", to);
}

static void write_outlook(FILE *to, const int64_t *y, const crm__outlook *outlook)
{
	fputs("{\"y\":[", to);
	for (size_t i = 0; i < outlook->n; i++)
		fprintf(to, "%s%" PRId64, i > 0 ? "," : "", y[i]);
	fprintf(to, "],\"horizon\":%zu,\"chosen\":\"%s\",\"models\":{", outlook->horizon,
	        crm__model_label(outlook->chosen));
	bool more = false;
	for (int model = 0; model < CRM_MODEL_COUNT; model++) {
		if (!outlook->models[model].possible)
			continue;
		if (more)
			fputc(',', to);
		write_model(to, outlook, (crm__model)model);
		more = true;
	}
	fputs("}}\n", to);
}

static FILE *reference(const char *program, const char *script)
{
	const char *source = getenv("CARDEX_SOURCE");
	char command[4096];
	if (source == NULL) {
		print_message("skipped: CARDEX_SOURCE is not set\n");
		skip();
	}
	snprintf(command, sizeof command, "command -v %s >/dev/null", program);
	if (system(command) != 0) {
		print_message("skipped: %s is not installed\n", program);
		skip();
	}
	snprintf(command, sizeof command, "%s '%s/tests/crm/%s'", program, source, script);
	FILE *to = popen(command, "w");
	assert_non_null(to);
	return to;
}

/* Series of every length at which the rules change, and of every shape. */
typedef void writer(FILE *to, const int64_t *y, const crm__outlook *outlook);

static void write_series(FILE *to, writer *write)
{
	static const size_t lengths[] = { 7,  8,  12, 13, 15, 16, 23, 24,
		                          26, 27, 28, 36, 37, 38, 60, 120 };
	static const shape shapes[] = {
		{ 1000000, 0, 0, 100000 },
		{ 1000000, 20000, 0, 50000 },
		{ 1000000, 5000, 0.5, 80000 },
		{ 1000000, -30000, 0.2, 30000 },
		{ 7, 0, 0, 4 },
		{ 5e15, 1e13, 0.3, 1e15 },
		{ 0, 0, 0, 0 },
	};
	dice random = { .state = 20261126 };
	for (size_t i = 0; i < CX_COUNT_OF(lengths); i++)
		for (size_t j = 0; j < CX_COUNT_OF(shapes); j++) {
			int64_t y[CRM_SERIES_MAX];
			crm__outlook outlook;
			make_series(&random, shapes[j], y, lengths[i]);
			assert_true(
				crm__outlook_of(y, lengths[i], 14, CRM_MODEL_ANY, &outlook));
			write(to, y, &outlook);
		}
}

static void another_implementation_agrees(void **state)
{
	(void)state;
	FILE *to = reference("/usr/bin/python3", "forecast_reference.py");
	write_series(to, write_outlook);
	assert_int_equal(pclose(to), 0);
}

/* One line for a model that R has, as forecast_reference.R reads it. */
static void write_fit(FILE *to, const int64_t *y, const crm__outlook *outlook, crm__model model)
{
	const crm__outlook_model *one = &outlook->models[model];
	if (!one->possible)
		return;
	fprintf(to, "%s %.17g %.17g %.17g %.17g %zu", crm__model_label(model), one->fit.alpha,
	        one->fit.beta, one->fit.gamma, one->fit.squares, outlook->horizon);
	for (size_t h = 0; h < outlook->horizon; h++)
		fprintf(to, " %" PRId64, one->months[h].value);
	fprintf(to, " %zu", outlook->n);
	for (size_t i = 0; i < outlook->n; i++)
		fprintf(to, " %" PRId64, y[i]);
	fputc('\n', to);
}

static void write_for_r(FILE *to, const int64_t *y, const crm__outlook *outlook)
{
	write_fit(to, y, outlook, CRM_MODEL_SES);
	write_fit(to, y, outlook, CRM_MODEL_HOLT_WINTERS);
}

static void r_agrees(void **state)
{
	(void)state;
	FILE *to = reference("Rscript", "forecast_reference.R");
	write_series(to, write_for_r);
	assert_int_equal(pclose(to), 0);
}

/* ---- what is chosen ---- */

enum { TRIES = 40 };

typedef struct choices {
	int of[CRM_MODEL_COUNT];
	double wape[CRM_MODEL_COUNT]; /* mean of those that have one */
} choices;

static choices choose_often(shape of, size_t n)
{
	choices made = { 0 };
	dice random = { .state = 815 + n };
	for (int i = 0; i < TRIES; i++) {
		int64_t y[CRM_SERIES_MAX];
		crm__outlook outlook;
		make_series(&random, of, y, n);
		assert_true(crm__outlook_of(y, n, 3, CRM_MODEL_ANY, &outlook));
		made.of[outlook.chosen]++;
		for (int model = 0; model < CRM_MODEL_COUNT; model++)
			made.wape[model] +=
				(double)outlook.models[model].test.wape_bp / 10000 / TRIES;
	}
	print_message(
		"%zu months: ses %d, holt %d, seasonal_naive %d, holt_winters %d; WAPE %.3f "
		"%.3f %.3f %.3f\n",
		n, made.of[0], made.of[1], made.of[2], made.of[3], made.wape[0], made.wape[1],
		made.wape[2], made.wape[3]);
	return made;
}

static const shape flat = { 1000000, 0, 0, 150000 };
static const shape seasonal = { 1000000, 3000, 0.35, 80000 };

static void a_level_is_forecast_as_a_level(void **state)
{
	(void)state;
	assert_in_range(choose_often(flat, 30).of[CRM_MODEL_SES], 24, TRIES);
	assert_in_range(choose_often(flat, 48).of[CRM_MODEL_SES], 32, TRIES);
}

static void seasons_are_seen_after_four_years(void **state)
{
	(void)state;
	const choices made = choose_often(seasonal, 48);
	assert_in_range(made.of[CRM_MODEL_HOLT_WINTERS], 28, TRIES);
	assert_true(made.wape[CRM_MODEL_HOLT_WINTERS] < 0.6 * made.wape[CRM_MODEL_SES]);
}

static void seasons_are_not_seen_in_fifteen_months(void **state)
{
	(void)state;
	assert_int_equal(choose_often(seasonal, 15).of[CRM_MODEL_SES], TRIES);
}

/* ---- rules ---- */

static void folds_are_those_of_the_rule(void **state)
{
	(void)state;
	static const struct {
		size_t n, folds;
		crm__model richest;
	} rows[] = {
		{ 7, 1, CRM_MODEL_SES },
		{ 8, 2, CRM_MODEL_SES },
		{ 12, 6, CRM_MODEL_SES },
		{ 15, 6, CRM_MODEL_SES },
		{ 16, 1, CRM_MODEL_SEASONAL_NAIVE },
		{ 26, 11, CRM_MODEL_SEASONAL_NAIVE },
		{ 27, 1, CRM_MODEL_HOLT_WINTERS },
		{ 38, 12, CRM_MODEL_HOLT_WINTERS },
		{ 240, 12, CRM_MODEL_HOLT_WINTERS },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		size_t folds = 0;
		crm__model richest = CRM_MODEL_SES;
		assert_true(crm__outlook_folds(rows[i].n, &folds, &richest));
		assert_int_equal(folds, rows[i].folds);
		assert_int_equal(richest, rows[i].richest);
	}
}

static void a_short_history_is_told(void **state)
{
	(void)state;
	static const int64_t y[15] = { 5, 6, 7, 8, 9, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5 };
	crm__outlook outlook = { .n = 77 };
	assert_false(crm__outlook_of(y, 6, 3, CRM_MODEL_ANY, &outlook));
	assert_false(crm__outlook_of(y, 6, 3, CRM_MODEL_SES, &outlook));
	assert_false(crm__outlook_of(y, 12, 3, CRM_MODEL_SEASONAL_NAIVE, &outlook));
	assert_int_equal(outlook.n, 77);
	assert_true(crm__outlook_of(y, 7, 3, CRM_MODEL_ANY, &outlook));
	assert_false(outlook.models[CRM_MODEL_HOLT].possible);
	assert_int_equal(outlook.models[CRM_MODEL_SES].test.folds, 1);
	assert_false(outlook.models[CRM_MODEL_SES].months[0].has_interval);
}

static void a_model_can_be_forced(void **state)
{
	(void)state;
	static const int64_t y[15] = { 500, 600, 700, 800, 900, 501, 602, 703,
		                       804, 905, 100, 200, 300, 400, 550 };
	crm__outlook outlook;
	assert_true(crm__outlook_of(y, 15, 14, CRM_MODEL_SEASONAL_NAIVE, &outlook));
	assert_true(outlook.forced);
	assert_int_equal(outlook.chosen, CRM_MODEL_SEASONAL_NAIVE);
	const crm__outlook_model *naive = &outlook.models[CRM_MODEL_SEASONAL_NAIVE];
	assert_false(naive->candidate);
	assert_int_equal(naive->test.folds, 0); /* the last origin has 12 months */
	for (size_t h = 0; h < 14; h++)
		assert_int_equal(naive->months[h].value, y[3 + h % 12]);
	assert_true(crm__outlook_of(y, 15, 3, CRM_MODEL_ANY, &outlook));
	assert_false(outlook.forced);
	assert_int_equal(outlook.chosen, CRM_MODEL_SES);
}

static void errors_of_a_series_that_fell_to_nothing_are_withheld(void **state)
{
	(void)state;
	int64_t y[48];
	for (size_t i = 0; i < 48; i++)
		y[i] = i < 30 ? 1000000 : 1;
	crm__outlook outlook;
	assert_true(crm__outlook_of(y, 48, 6, CRM_MODEL_ANY, &outlook));
	for (int model = 0; model < CRM_MODEL_COUNT; model++) {
		assert_false(outlook.models[model].test.has_wape);
		for (size_t h = 0; h < 6; h++)
			assert_true(outlook.models[model].months[h].value >= 0);
	}
	assert_false(outlook.models[CRM_MODEL_SES].months[3].has_interval);
	assert_true(outlook.models[CRM_MODEL_SES].months[2].has_interval);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_implementation_agrees),
		cmocka_unit_test(r_agrees),
		cmocka_unit_test(a_level_is_forecast_as_a_level),
		cmocka_unit_test(seasons_are_seen_after_four_years),
		cmocka_unit_test(seasons_are_not_seen_in_fifteen_months),
		cmocka_unit_test(folds_are_those_of_the_rule),
		cmocka_unit_test(a_short_history_is_told),
		cmocka_unit_test(a_model_can_be_forced),
		cmocka_unit_test(errors_of_a_series_that_fell_to_nothing_are_withheld),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
