/* SPDX-License-Identifier: Apache-2.0 */
/* run_tiers and run_forecast: work over all records on a worker, written in slices between the
 * writes of others. One that is broken off by its deadline says so, and goes on when it is
 * asked for once more with the same instant. */
#include "crm/runs.h"

#include "base/clock.h"
#include "daemon/methods/answers.h"

#include <time.h>

/* Both kinds of run, as this file sees them. */
typedef cx_status run_slice(void *run, engine_write *write, const engine_author *author,
                            cx_error *error);
typedef bool run_is_done(const void *run);

typedef struct running {
	daemon__call *call;
	void *run;
	run_slice *slice;
	run_is_done *is_done;
} running;

static cx_status slice_of_tiers(void *run, engine_write *write, const engine_author *author,
                                cx_error *error)
{
	return crm_tier_run_write(run, write, author, CRM_RUN_SLICE, error);
}

static bool tiers_are_done(const void *run)
{
	return crm_tier_run_is_done(run);
}

static cx_status slice_of_forecast(void *run, engine_write *write, const engine_author *author,
                                   cx_error *error)
{
	return crm_forecast_run_write(run, write, author, CRM_RUN_SLICE, error);
}

static bool forecast_is_done(const void *run)
{
	return crm_forecast_run_is_done(run);
}

/* ---- writing ---- */

static bool is_late(const running *self)
{
	return cx_clock_monotonic_ns() >= self->call->deadline_ns;
}

/* While the journal has no room until it is merged. */
static cx_status begin(const running *self, engine_write **ret)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	cx_status status;
	while ((status = engine_write_begin(self->call->context->store, ret)) == CX_BUSY &&
	       !is_late(self))
		nanosleep(&pause, NULL);
	return status;
}

static cx_status write_slice(const running *self, cx_error *error)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	const engine_author author = { .now_ms = daemon_clock_now_ms(
					       &self->call->context->clock) };
	cx_status status = begin(self, &write);
	if (status == CX_OK)
		status = self->slice(self->run, write, &author, error);
	if (status == CX_OK)
		status = engine_write_commit(&write);
	if (status == CX_OK) /* whoever watches is told */
		daemon_context_committed(self->call->context);
	return status;
}

static cx_status write_all(const running *self, cx_error *error)
{
	cx_status status = CX_OK;
	engine_read_rest(self->call->read);
	while (status == CX_OK && !self->is_done(self->run)) {
		if (is_late(self))
			return cx_fail(error, CX_DEADLINE,
			               "the deadline passed; what is written stays, and the "
			               "same run again goes on from there");
		status = write_slice(self, error);
	}
	return status;
}

static cx_status write_seq(daemon__call *call)
{
	cx_status status = engine_read_renew(call->read);
	if (status != CX_OK)
		return status;
	cx_write_text(call->out, "seq");
	cx_write_uint(call->out, engine_read_seq(call->read));
	return CX_OK;
}

static cx_status read_instant(const daemon__call *call, int64_t now_ms, int64_t *ret,
                              cx_error *error)
{
	const proto_options *options = &call->request->options;
	*ret = 0;
	if ((options->given & PROTO_BIT(AT)) == 0)
		return CX_OK;
	if (options->at == 0 || options->at > (uint64_t)now_ms)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "at: a time between 1970 and now, in ms");
	*ret = (int64_t)options->at;
	return CX_OK;
}

typedef struct figure {
	const char *name;
	uint64_t value;
} figure;

static void write_figures(const figure *figures, size_t count, cx_buf *out)
{
	for (size_t i = 0; i < count; i++) {
		cx_write_text(out, figures[i].name);
		cx_write_uint(out, figures[i].value);
	}
}

/* ---- tiers ---- */

static void write_tiers(const crm_tier_counts *counts, cx_buf *out)
{
	static const char *const tiers[] = { "high", "potential", "low", "unrated" };
	const figure figures[] = {
		{ "customers", counts->customers }, { "written", counts->written },
		{ "skipped", counts->skipped },     { "by_hand", counts->by_hand },
		{ "changed", counts->changed },     { "dormant", counts->dormant },
	};
	write_figures(figures, CX_COUNT_OF(figures), out);
	cx_write_text(out, "tiers");
	cx_write_map(out, CX_COUNT_OF(tiers));
	for (size_t i = 0; i < CX_COUNT_OF(tiers); i++) {
		cx_write_text(out, tiers[i]);
		cx_write_uint(out, counts->tiers[i]);
	}
}

cx_status daemon__answer_run_tiers(daemon__call *call, cx_error *error)
{
	CX_SCOPED(crm_tier_run_free) crm_tier_run *run = NULL;
	crm_tier_request what = {
		.now_ms = daemon_clock_now_ms(&call->context->clock),
		.parameters = call->request->options.params,
	};
	cx_status status = read_instant(call, what.now_ms, &what.as_of_ms, error);
	if (status == CX_OK)
		status = crm_tier_run_new(call->read, &what, &run, error);
	if (status != CX_OK)
		return status;
	const running self = {
		.call = call, .run = run, .slice = slice_of_tiers, .is_done = tiers_are_done
	};
	status = write_all(&self, error);
	if (status != CX_OK)
		return status;
	cx_write_map(call->out, 8);
	write_tiers(crm_tier_run_counts(run), call->out);
	return write_seq(call);
}

/* ---- forecasts ---- */

static cx_status read_forecast(const daemon__call *call, crm_forecast_request *ret,
                               cx_error *error)
{
	const proto_options *options = &call->request->options;
	*ret = (crm_forecast_request){
		.now_ms = daemon_clock_now_ms(&call->context->clock),
		.method = options->model,
		.months = options->months,
	};
	if (options->months > CRM_FORECAST_MONTHS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "months is 1 to %d",
		               CRM_FORECAST_MONTHS_MAX);
	if (options->run > INT64_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "run is the number of a run");
	ret->run = (int64_t)options->run;
	return read_instant(call, ret->now_ms, &ret->as_of_ms, error);
}

static uint64_t run_number(const crm_forecast_request *what)
{
	if (what->run > 0)
		return (uint64_t)what->run;
	return (uint64_t)(what->as_of_ms > 0 ? what->as_of_ms : what->now_ms);
}

cx_status daemon__answer_run_forecast(daemon__call *call, cx_error *error)
{
	CX_SCOPED(crm_forecast_run_free) crm_forecast_run *run = NULL;
	crm_forecast_request what;
	cx_status status = read_forecast(call, &what, error);
	if (status == CX_OK)
		status = crm_forecast_run_new(call->read, &what, &run, error);
	if (status != CX_OK)
		return status;
	const running self = { .call = call,
		               .run = run,
		               .slice = slice_of_forecast,
		               .is_done = forecast_is_done };
	status = write_all(&self, error);
	if (status != CX_OK)
		return status;
	const crm_forecast_counts *counts = crm_forecast_run_counts(run);
	const figure figures[] = {
		{ "run", run_number(&what) },   { "scopes", counts->scopes },
		{ "written", counts->written }, { "skipped", counts->skipped },
		{ "actuals", counts->actuals },
	};
	cx_write_map(call->out, CX_COUNT_OF(figures) + 1);
	write_figures(figures, CX_COUNT_OF(figures), call->out);
	return write_seq(call);
}
