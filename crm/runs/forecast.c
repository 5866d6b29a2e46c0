/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/reading.h"
#include "crm/runs/rows.h"

#include <stdlib.h>

struct crm_forecast_run {
	crm__report reading; /* its arena; the snapshot is the caller's */
	crm__evidence evidence;
	crm__foresight foresight; /* of the scope that is being written */
	int64_t number;
	int64_t as_of_ms;
	int forced;
	size_t next; /* scope to write */
	crm_forecast_counts counts;
};

void crm_forecast_run_free(crm_forecast_run **run)
{
	if (*run == NULL)
		return;
	crm__reading_end(&(*run)->reading);
	free(*run);
	*run = NULL;
}

bool crm_forecast_run_is_done(const crm_forecast_run *run)
{
	return run->next == run->evidence.scopes.count;
}

const crm_forecast_counts *crm_forecast_run_counts(const crm_forecast_run *run)
{
	return &run->counts;
}

/* ---- reading ---- */

static cx_status check(const crm_forecast_request *request, crm_forecast_run *to,
                       cx_error *error)
{
	to->forced = CRM_MODEL_ANY;
	for (int i = 0; i < CRM_MODEL_COUNT; i++)
		if (cx_slice_equal(request->method,
		                   cx_slice_of(crm__model_label((crm__model)i))))
			to->forced = i;
	if (request->method.size > 0 && to->forced == CRM_MODEL_ANY)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "there is no method %.*s: it is ses, holt, seasonal_naive or "
		               "holt_winters",
		               CX_SLICE_ARG(request->method));
	if (request->months > CRM_FORECAST_MONTHS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "at most %d months are forecast",
		               CRM_FORECAST_MONTHS_MAX);
	to->evidence.months =
		request->months != 0 ? request->months : CRM_FORECAST_MONTHS_DEFAULT;
	to->as_of_ms = request->as_of_ms != 0 ? request->as_of_ms : request->now_ms;
	to->number = request->run != 0 ? request->run : to->as_of_ms;
	return CX_OK;
}

static cx_status read_evidence(crm_forecast_run *run)
{
	crm__report *report = &run->reading;
	crm__evidence *to = &run->evidence;
	cx_status status = crm__scopes_read(report, &to->scopes);
	if (status == CX_OK)
		status = crm__revenue_read(report, &to->scopes, &to->revenue);
	if (status == CX_OK)
		status = crm__win_rates_read(report, &to->rates);
	if (status == CX_OK)
		status = crm__pipeline_read(report, &to->scopes, &to->rates, to->revenue.month,
		                            to->months, &to->pipeline);
	return status == CX_OK ? crm__arrivals_read(report, &to->scopes, &to->arrivals)
	                       : status;
}

cx_status crm_forecast_run_new(engine_read *read, const crm_forecast_request *request,
                               crm_forecast_run **ret, cx_error *error)
{
	CX_SCOPED(crm_forecast_run_free) crm_forecast_run *run = calloc(1, sizeof *run);
	if (run == NULL)
		return CX_NO_MEMORY;
	cx_status status = check(request, run, error);
	if (status == CX_OK)
		status = crm__reading_begin(&run->reading, read, run->as_of_ms, error);
	if (status == CX_OK)
		status = read_evidence(run);
	if (status != CX_OK)
		return status;
	run->counts.scopes = run->evidence.scopes.count;
	*ret = run;
	run = NULL;
	return CX_OK;
}

/* ---- writing ---- */

static void end(crm__forecast_writer *self)
{
	crm__reading_end(&self->reading);
}

static cx_status write_rows(crm_forecast_run *run, crm__forecast_writer *to, size_t scope,
                            crm_forecast_counts *counts)
{
	bool there = false;
	cx_status status = crm__forecast_is_there(to, &there);
	if (status != CX_OK)
		return status;
	if (there || !to->scope->active) {
		counts->skipped++;
		return CX_OK;
	}
	if (!crm__foresee(&run->evidence, scope, run->forced, &run->foresight))
		return cx_fail(to->error, CX_TOO_LARGE, "a forecast does not fit 64 bits");
	counts->written += run->foresight.count;
	counts->skipped += run->foresight.count == 0;
	return crm__forecast_make(to, &run->foresight);
}

static cx_status write_scope(crm_forecast_run *run, crm__forecast_writer *to, size_t scope,
                             crm_forecast_counts *counts)
{
	to->scope = &run->evidence.scopes.items[scope];
	cx_status status = write_rows(run, to, scope, counts);
	const int64_t *months = run->evidence.revenue.amounts + scope * CRM_REVENUE_MONTHS;
	return status == CX_OK ? crm__forecast_fill(to, months, &counts->actuals) : status;
}

cx_status crm_forecast_run_write(crm_forecast_run *run, engine_write *write,
                                 const engine_author *author, size_t limit, cx_error *error)
{
	const engine_mark mark = engine_write_mark(write);
	CX_SCOPED(end)
	crm__forecast_writer to = {
		.write = write,
		.change = { .author = *author, .internal = true },
		.run = run->number,
		.as_of_ms = run->as_of_ms,
		.month = run->evidence.revenue.month,
		.error = error,
	};
	crm_forecast_counts counts = run->counts;
	const uint64_t before = counts.written + counts.actuals;
	size_t next = run->next;
	cx_status status =
		crm__reading_begin(&to.reading, engine_write_view(write), run->as_of_ms, error);
	if (status == CX_OK)
		status = crm__type(&to.reading, "forecast", &to.type);
	while (status == CX_OK && next < run->evidence.scopes.count &&
	       counts.written + counts.actuals - before < limit)
		status = write_scope(run, &to, next++, &counts);
	if (status != CX_OK) {
		engine_write_rollback(write, mark);
		return status;
	}
	run->next = next;
	run->counts = counts;
	return CX_OK;
}
