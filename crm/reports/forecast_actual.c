/* SPDX-License-Identifier: Apache-2.0 */
/* What was forecast of months that are over, against what came. */
#include "crm/findings/scopes.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"

enum { BP = 10000, METHODS = 7 };

static const crm__param params[] = {
	{ .name = "owner",
	  .kind = CRM_REF,
	  .of = "user",
	  .help_en = "only of this person",
	  .help_zh = "仅此人" },
	{ .name = "team",
	  .kind = CRM_REF,
	  .of = "team",
	  .help_en = "only of this team",
	  .help_zh = "仅此团队" },
	{ .name = "from",
	  .kind = CRM_MONTH,
	  .fallback = "month-12",
	  .help_en = "first month",
	  .help_zh = "起始月份" },
	{ .name = "to",
	  .kind = CRM_MONTH,
	  .fallback = "month-1",
	  .help_en = "last month",
	  .help_zh = "截止月份" },
	{ .name = "all",
	  .kind = CRM_BOOL,
	  .fallback = "false",
	  .help_en = "every method, not only the one that was chosen",
	  .help_zh = "包含未采用的方法" },
};

static const crm__column method_columns[] = {
	{ "method", CRM_ENUM, NULL, "Method", "预测方法" },
	{ "forecasts", CRM_INT, NULL, "Forecasts", "预测数" },
	{ "wape_bp", CRM_BP, NULL, "Error (WAPE)", "误差(WAPE)" },
	{ "bias_bp", CRM_BP, NULL, "Bias", "偏差" },
	{ "with_interval", CRM_INT, NULL, "with an interval", "有区间的预测" },
	{ "inside_bp", CRM_BP, NULL, "came inside it", "落在区间内" },
};
static const crm__column row_columns[] = {
	{ "period", CRM_MONTH, NULL, "Month", "预测月份" },
	{ "as_of", CRM_TS, NULL, "Made at", "预测时点" },
	{ "run", CRM_INT, NULL, "Run", "批次" },
	{ "method", CRM_ENUM, NULL, "Method", "预测方法" },
	{ "chosen", CRM_BOOL, NULL, "Chosen", "采用" },
	{ "value", CRM_MONEY, NULL, "Forecast", "预测值" },
	{ "low", CRM_MONEY, NULL, "Low (10 %)", "下限(10%)" },
	{ "high", CRM_MONEY, NULL, "High (90 %)", "上限(90%)" },
	{ "actual", CRM_MONEY, NULL, "Actual", "实际值" },
	{ "error", CRM_MONEY, NULL, "Actual less forecast", "实际减预测" },
	{ "error_bp", CRM_BP, NULL, "of the actual", "占实际值" },
};
static const char row_fields[] = "period as_of run method chosen value low high actual";
enum { PERIOD, AS_OF, RUN, METHOD, CHOSEN, VALUE, LOW, HIGH, ACTUAL, FIELDS };

static const crm__section method_section = { "methods", "Methods", "预测方法", method_columns,
	                                     CX_COUNT_OF(method_columns) };
static const crm__section row_section = { "forecasts", "Forecasts", "预测与实际", row_columns,
	                                  CX_COUNT_OF(row_columns) };

static const char *const methods[METHODS] = { "weighted",    "stage_history", "combined",
	                                      "ses",         "holt",          "seasonal_naive",
	                                      "holt_winters" };

typedef struct tally {
	int64_t forecasts;
	engine_sum errors;   /* Σ actual − forecast */
	engine_sum absolute; /* Σ |actual − forecast| */
	engine_sum actual;   /* Σ |actual| */
	int64_t with_interval;
	int64_t inside;
} tally;

typedef struct comparison {
	crm__report *report;
	bool all;
	bool writing; /* rows, after they were added up */
	tally of[METHODS];
} comparison;

static engine_sum difference(const crm__value *values)
{
	return engine_sum_add(engine_sum_of(values[ACTUAL].number),
	                      engine_sum_negative(engine_sum_of(values[VALUE].number)));
}

static engine_sum size_of(engine_sum sum)
{
	return sum.high < 0 ? engine_sum_negative(sum) : sum;
}

static void add(comparison *self, const crm__value *values)
{
	const engine_sum error = difference(values);
	const int64_t actual = values[ACTUAL].number;
	for (size_t i = 0; i < METHODS; i++) {
		tally *to = &self->of[i];
		if (!crm__is(&values[METHOD], methods[i]))
			continue;
		to->forecasts++;
		to->errors = engine_sum_add(to->errors, error);
		to->absolute = engine_sum_add(to->absolute, size_of(error));
		to->actual = engine_sum_add(to->actual, size_of(engine_sum_of(actual)));
		if (crm__is_null(&values[LOW]))
			continue;
		to->with_interval++;
		to->inside += actual >= values[LOW].number && actual <= values[HIGH].number;
	}
}

static cx_status take(void *context, const crm__value *values)
{
	comparison *self = context;
	crm__report *report = self->report;
	if (!self->all && values[CHOSEN].number == 0)
		return CX_OK;
	if (!self->writing) {
		add(self, values);
		return CX_OK;
	}
	if (!crm__row(report))
		return CX_OK;
	for (size_t i = 0; i < FIELDS; i++)
		crm__put(report, &values[i]);
	crm__put_sum(report, difference(values));
	crm__put_ratio(report, difference(values), engine_sum_of(values[ACTUAL].number), BP);
	return CX_OK;
}

static cx_status read(comparison *self)
{
	crm__report *report = self->report;
	const crm__value *owner = crm__param_of(report, "owner");
	const crm__value *team = crm__param_of(report, "team");
	const bool of_user = !crm__is_null(owner), of_team = !of_user && !crm__is_null(team);
	const char *scope = crm__scope_label(of_user   ? CRM_SCOPE_USER
	                                     : of_team ? CRM_SCOPE_TEAM
	                                               : CRM_SCOPE_ORG);
	const crm__condition where[] = {
		crm__equal("scope", crm__text(scope)),
		of_team ? crm__equal("team", *team) : crm__absent("team"),
		of_user ? crm__equal("user", *owner) : crm__absent("user"),
		crm__between("period", crm__param_number(report, "from"),
		             crm__param_number(report, "to")),
		crm__present("actual"),
	};
	const crm__query query = { .type = "forecast",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "scope,team,user,period,as_of",
		                   .order = "period",
		                   .fields = row_fields };
	return crm__query_run(report, &query, take, self);
}

static void put_method(crm__report *report, const char *name, const tally *of)
{
	if (of->forecasts == 0 || !crm__row(report))
		return;
	crm__put_text(report, cx_slice_of(name));
	crm__put_number(report, of->forecasts);
	crm__put_ratio(report, of->absolute, of->actual, BP);
	crm__put_ratio(report, of->errors, of->actual, BP);
	crm__put_number(report, of->with_interval);
	crm__put_share(report, of->inside, of->with_interval);
}

static cx_status run(crm__report *report)
{
	comparison self = { .report = report, .all = crm__param_number(report, "all") != 0 };
	cx_status status = crm__check_span(report, crm__param_number(report, "from"),
	                                   crm__param_number(report, "to"));
	if (status == CX_OK)
		status = read(&self);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, &method_section);
	for (size_t i = 0; i < METHODS; i++)
		put_method(report, methods[i], &self.of[i]);
	crm__section_end(report);
	self.writing = true;
	crm__section_begin(report, &row_section);
	status = read(&self);
	if (status != CX_OK)
		return status;
	crm__section_end(report);
	crm__note(report,
	          "What came is written by the first forecast run after the month has ended.",
	          "实际值由月份结束后的第一次预测运行写入。");
	return CX_OK;
}

const crm__definition crm__report_forecast_actual = { params, CX_COUNT_OF(params), run };
