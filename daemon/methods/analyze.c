/* SPDX-License-Identifier: Apache-2.0 */
/* analyze: takes the statistics of all indexes anew. */
#include "engine/analyze.h"

#include "base/clock.h"
#include "daemon/methods/answers.h"

#include <inttypes.h>

static cx_status fail(cx_status status, cx_error *error)
{
	return cx_fail(error, status, "the analysis did not end: %s", cx_status_text(status));
}

/* Each slice has a snapshot of its own, so that none is held for long. */
static cx_status read_all(daemon__call *call, engine_analysis *analysis, cx_error *error)
{
	for (bool done = false; !done;) {
		cx_status status = engine_read_renew(call->read);
		if (status == CX_OK)
			status = engine_analysis_step(analysis, call->read, &done);
		if (status != CX_OK)
			return fail(status, error);
		if (!done && cx_clock_monotonic_ns() >= call->deadline_ns)
			return cx_fail(error, CX_DEADLINE,
			               "the deadline passed before all indexes were read");
	}
	return CX_OK;
}

static cx_status analyze(daemon__call *call, cx_error *error)
{
	CX_SCOPED(engine_analysis_free) engine_analysis *analysis = NULL;
	cx_status status = engine_analysis_new(call->context->store, &analysis);
	if (status != CX_OK)
		return fail(status, error);
	status = read_all(call, analysis, error);
	if (status != CX_OK)
		return status;
	size_t done;
	size_t all;
	engine_analysis_progress(analysis, &done, &all);
	uint64_t epoch;
	status = engine_analysis_commit(&analysis, &epoch);
	if (status != CX_OK)
		return fail(status, error);
	cx_write_map(call->out, 2);
	cx_write_text(call->out, "epoch");
	cx_write_uint(call->out, epoch);
	cx_write_text(call->out, "indexes");
	cx_write_uint(call->out, all);
	return CX_OK;
}

cx_status daemon__answer_analyze(daemon__call *call, cx_error *error)
{
	if (atomic_exchange(&call->context->analyzes, true))
		return cx_fail(error, CX_BUSY, "an analysis is running already");
	cx_status status = analyze(call, error);
	atomic_store(&call->context->analyzes, false);
	return status;
}
