/* SPDX-License-Identifier: Apache-2.0 */
/* Revenue of the months ahead, from the months before: the history, the methods with what they
 * would have been off by, and what each expects; beside it what the pipeline says, and of the
 * near months both together: confirmed so far, open by the history of its stages, and what is
 * usual of opportunities that are not there yet. */
#include "crm/figures/amount.h"
#include "crm/findings/arrivals.h"
#include "crm/findings/month.h"
#include "crm/findings/pipeline.h"
#include "crm/findings/revenue.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"
#include "crm/stats/outlook.h"

static const crm__param params[] = {
	CRM__PARAM_OWNED,
	{ .name = "months",
	  .kind = CRM_INT,
	  .fallback = "6",
	  .low = 1,
	  .high = CRM_HORIZON_MAX,
	  .help_en = "months ahead, this one included",
	  .help_zh = "预测月数(含本月)" },
	{ .name = "method",
	  .kind = CRM_ENUM,
	  .of = "ses holt seasonal_naive holt_winters",
	  .help_en = "this one instead of the best",
	  .help_zh = "指定预测方法" },
};

enum { BY_PIPELINE, BY_BEST_CASE, BY_COMMIT, BY_OMITTED, CATEGORIES };
static const char *const categories[CATEGORIES] = { "pipeline", "best_case", "commit",
	                                            "omitted" };

typedef struct forecast {
	crm__report *report;
	crm__people people;
	crm__scopes scopes;
	size_t scope;
	size_t months;
	crm__revenue revenue;
	const int64_t *y;
	size_t n;
	const crm__pipeline *pipeline;
	crm__arrivals arrivals;
	engine_sum open[CRM_HORIZON_MAX][CATEGORIES]; /* amounts by month and category */
	bool has_outlook;
	crm__outlook outlook;
} forecast;

/* ---- what there is ---- */

static cx_status find_scope(forecast *self)
{
	const crm__value *owner = crm__param_of(self->report, "owner");
	const crm__value *team = crm__param_of(self->report, "team");
	self->scope = 0;
	if (!crm__is_null(owner))
		self->scope = crm__scopes_find(&self->scopes, CRM_SCOPE_USER, owner->number);
	else if (!crm__is_null(team))
		self->scope = crm__scopes_find(&self->scopes, CRM_SCOPE_TEAM, team->number);
	if (self->scope < self->scopes.count)
		return crm__people_of(self->report, owner, team, &self->people);
	return cx_fail(self->report->error, CX_NOT_FOUND, "there is no such person or team");
}

static cx_status add_open(void *context, const crm__group *group)
{
	forecast *self = context;
	if (!crm__people_have(&self->people, &group->columns[1]))
		return CX_OK;
	const int64_t month = crm__month_number(group->columns[0].number) - self->revenue.month;
	for (size_t i = 0; i < CATEGORIES; i++) {
		engine_sum *to = &self->open[month][i];
		if (crm__is(&group->columns[2], categories[i]))
			*to = engine_sum_add(*to, group->sums[0]);
	}
	return CX_OK;
}

static cx_status read_open(forecast *self)
{
	const int64_t first = self->revenue.month;
	const int64_t last = first + (int64_t)self->months - 1;
	const crm__groups groups = { .aggregate = "pipeline_close",
		                     .low = crm__number(crm__month_first(first)),
		                     .high = crm__number(crm__month_first(last)) };
	return crm__groups_walk(self->report, &groups, add_open, self);
}

static cx_status read_all(forecast *self)
{
	crm__win_rates rates;
	crm__report *report = self->report;
	cx_status status = crm__scopes_read(report, &self->scopes);
	if (status == CX_OK)
		status = find_scope(self);
	if (status == CX_OK)
		status = crm__revenue_read(report, &self->scopes, &self->revenue);
	if (status == CX_OK)
		status = crm__win_rates_read(report, &rates);
	if (status == CX_OK)
		status = crm__pipeline_read(report, &self->scopes, &rates, self->revenue.month,
		                            self->months, &self->pipeline);
	if (status == CX_OK)
		status = crm__arrivals_read(report, &self->scopes, &self->arrivals);
	return status == CX_OK ? read_open(self) : status;
}

static int forced_model(crm__report *report)
{
	const crm__value *method = crm__param_of(report, "method");
	for (int i = 0; i < CRM_MODEL_COUNT; i++)
		if (crm__is(method, crm__model_label((crm__model)i)))
			return i;
	return CRM_MODEL_ANY;
}

/* ---- what is told ---- */

static const crm__column history_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	{ "revenue_base", CRM_MONEY, NULL, "Revenue", "销售额" },
	{ "complete", CRM_BOOL, NULL, "Complete", "已结束" },
};
static const crm__column method_columns[] = {
	{ "method", CRM_ENUM, NULL, "Method", "预测方法" },
	{ "chosen", CRM_BOOL, NULL, "Chosen", "采用" },
	{ "candidate", CRM_BOOL, NULL, "Compared with the others", "参与比较" },
	{ "wape_bp", CRM_BP, NULL, "Back-test error (WAPE)", "回测误差(WAPE)" },
	{ "mase_milli", CRM_MILLI, NULL, "MASE", "MASE" },
	{ "mae", CRM_MONEY, NULL, "Mean absolute error", "平均绝对误差" },
	{ "folds", CRM_INT, NULL, "Back-tests", "回测次数" },
	{ "alpha_centi", CRM_CENTI, NULL, "α", "α" },
	{ "beta_centi", CRM_CENTI, NULL, "β", "β" },
	{ "gamma_centi", CRM_CENTI, NULL, "γ", "γ" },
};
static const crm__column month_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "预测月份" },
	{ "method", CRM_ENUM, NULL, "Method", "预测方法" },
	{ "value", CRM_MONEY, NULL, "Forecast from history", "历史预测" },
	{ "low", CRM_MONEY, NULL, "Low (10 %)", "下限(10%)" },
	{ "high", CRM_MONEY, NULL, "High (90 %)", "上限(90%)" },
	{ "weighted", CRM_MONEY, NULL, "Pipeline, weighted", "加权管道" },
	{ "stage_history", CRM_MONEY, NULL, "Pipeline, by stages' history", "阶段加权预测" },
	{ "commit", CRM_MONEY, NULL, "Open, commit", "承诺" },
	{ "best_case", CRM_MONEY, NULL, "Open, best case", "乐观" },
	{ "pipeline", CRM_MONEY, NULL, "Open, pipeline", "管道" },
	{ "confirmed", CRM_MONEY, NULL, "Confirmed so far", "已确认订单" },
	{ "new_business", CRM_MONEY, NULL, "Usual new business", "预计新增业务" },
	{ "combined", CRM_MONEY, NULL, "Combined forecast", "综合预测" },
};
static const crm__section history_section = { "history", "History", "历史", history_columns,
	                                      CX_COUNT_OF(history_columns) };
static const crm__section method_section = { "methods", "Methods", "预测方法", method_columns,
	                                     CX_COUNT_OF(method_columns) };
static const crm__section month_section = { "forecast", "Forecast", "预测", month_columns,
	                                    CX_COUNT_OF(month_columns) };

static void put_month(forecast *self, int64_t number, int64_t amount, bool complete)
{
	crm__report *report = self->report;
	if (!crm__row(report))
		return;
	crm__put_number(report, crm__month_first(number));
	crm__put_number(report, amount);
	crm__put_bool(report, complete);
}

static void put_history(forecast *self)
{
	const int64_t first = self->revenue.month - (int64_t)self->n;
	crm__section_begin(self->report, &history_section);
	for (size_t i = 0; i < self->n; i++)
		put_month(self, first + (int64_t)i, self->y[i], true);
	put_month(self, self->revenue.month, crm__revenue_running(&self->revenue, self->scope),
	          false);
	crm__section_end(self->report);
}

static void put_if(crm__report *report, bool has, int64_t number)
{
	if (has)
		crm__put_number(report, number);
	else
		crm__put_null(report);
}

/* Of 0.05 to 0.7, in hundredths; a model that has it not has 0. */
static void put_constant(crm__report *report, double constant)
{
	put_if(report, constant > 0, (int64_t)(constant * 100 + 0.5));
}

static void put_method(crm__report *report, const crm__outlook *outlook, crm__model model)
{
	const crm__outlook_model *one = &outlook->models[model];
	const crm__backtest *test = &one->test;
	if (!one->possible || !crm__row(report))
		return;
	crm__put_text(report, cx_slice_of(crm__model_label(model)));
	crm__put_bool(report, outlook->chosen == model);
	crm__put_bool(report, one->candidate);
	put_if(report, test->has_wape, test->wape_bp);
	put_if(report, test->has_mase, test->mase_milli);
	put_if(report, test->folds > 0, test->mae);
	crm__put_number(report, (int64_t)test->folds);
	put_constant(report, one->fit.alpha);
	put_constant(report, one->fit.beta);
	put_constant(report, one->fit.gamma);
}

static void put_methods(const forecast *self)
{
	crm__section_begin(self->report, &method_section);
	for (int i = 0; i < CRM_MODEL_COUNT && self->has_outlook; i++)
		put_method(self->report, &self->outlook, (crm__model)i);
	crm__section_end(self->report);
}

static void put_expected(crm__report *report, const crm__outlook *outlook, size_t month)
{
	const crm__expectation *one = &outlook->models[outlook->chosen].months[month];
	crm__put_text(report, cx_slice_of(crm__model_label(outlook->chosen)));
	crm__put_number(report, one->value);
	put_if(report, one->has_interval, one->low);
	put_if(report, one->has_interval, one->high);
}

static void put_pipeline(const forecast *self, size_t month)
{
	for (int way = 0; way < CRM_WEIGHING_COUNT; way++) {
		int64_t sum = 0;
		const bool fits = crm__pipeline_in(self->pipeline, self->scope, month,
		                                   (crm__weighing)way, &sum);
		put_if(self->report, fits, sum);
	}
	crm__put_sum(self->report, self->open[month][BY_COMMIT]);
	crm__put_sum(self->report, self->open[month][BY_BEST_CASE]);
	crm__put_sum(self->report, self->open[month][BY_PIPELINE]);
}

/* Of this month and the next two; what is beyond knows nothing but the history. */
static void put_combined(const forecast *self, size_t month)
{
	crm__report *report = self->report;
	const int64_t confirmed =
		month == 0 ? crm__revenue_running(&self->revenue, self->scope) : 0;
	int64_t open = 0, sum = 0;
	if (month >= CRM_ARRIVAL_AHEAD) {
		for (int i = 0; i < 3; i++)
			crm__put_null(report);
		return;
	}
	const int64_t usual =
		crm__arrivals_median(&self->arrivals, self->scope, month, self->n);
	const bool fits = crm__pipeline_in(self->pipeline, self->scope, month,
	                                   CRM_WEIGHED_BY_HISTORY, &open) &&
	                  crm__amount_add(confirmed, open, &sum) &&
	                  crm__amount_add(sum, usual, &sum);
	crm__put_number(report, confirmed);
	crm__put_number(report, usual);
	put_if(report, fits, sum);
}

static void put_months(const forecast *self)
{
	crm__report *report = self->report;
	crm__section_begin(report, &month_section);
	for (size_t month = 0; month < self->months && crm__row(report); month++) {
		crm__put_number(report, crm__month_first(self->revenue.month + (int64_t)month));
		if (self->has_outlook) {
			put_expected(report, &self->outlook, month);
		} else {
			for (int i = 0; i < 4; i++)
				crm__put_null(report);
		}
		put_pipeline(self, month);
		put_combined(self, month);
	}
	crm__section_end(report);
}

/* How short the history is, and what that means. */
static void note_history(const forecast *self)
{
	enum { SEASON_SEEN = 27 };
	crm__report *report = self->report;
	const int64_t n = (int64_t)self->n;
	crm__note_number(report, "{} complete months of history.", "共有 {} 个完整月的历史。",
	                 n);
	if (self->n < CRM_OUTLOOK_LEAST)
		crm__note(report, "Not enough history: a forecast from it needs 7 months.",
		          "历史不足:历史预测至少需要 7 个完整月。");
	else if (!self->has_outlook)
		crm__note(report, "Not enough history for the method that was asked for.",
		          "历史不足以使用指定的方法。");
	else if (self->n < SEASON_SEEN)
		crm__note(
			report,
			"Too short to see seasons in a back-test, which takes 27 months: where "
			"there are seasons, ask for seasonal_naive (from 13 months) or "
			"holt_winters (from 24).",
			"历史不足 27 个月,回测看不出季节性;如有季节性,可指定 "
			"seasonal_naive(13 个月起)或 holt_winters(24 个月起)。");
	if (self->has_outlook && self->outlook.forced)
		crm__note(report, "The method was asked for, not chosen by its errors.",
		          "方法为指定,并非按误差选出。");
}

static cx_status run(crm__report *report)
{
	forecast *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	self->months = (size_t)crm__param_number(report, "months");
	cx_status status = read_all(self);
	if (status != CX_OK)
		return status;
	self->n = crm__revenue_history(&self->revenue, self->scope, &self->y);
	self->has_outlook = crm__outlook_of(self->y, self->n, self->months,
	                                    forced_model(report), &self->outlook);
	put_history(self);
	put_methods(self);
	put_months(self);
	note_history(self);
	return CX_OK;
}

const crm__definition crm__report_forecast = { params, CX_COUNT_OF(params), run };
