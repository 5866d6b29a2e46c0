/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of engine/query.h. Each has an arena of its own, because a sink may itself read,
 * look up and query through the same handle. */
#include "engine/query/page.h"

static cx_status begin(cx_arena **ret, cx_error *error)
{
	cx_status status = cx_arena_new(ENGINE__SCRATCH_BYTES_MAX, ret);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "no memory for the query");
}

cx_status engine_query_run(engine_read *read, const engine_query *query, engine_row_sink *sink,
                           void *context, engine_page *ret, cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	cx_status status = begin(&arena, error);
	engine__plan plan;
	if (status == CX_OK)
		status = engine__plan_of(read, query, ENGINE__PURPOSE_RUN, arena, &plan, error);
	if (status != CX_OK)
		return status;

	engine_page page = { .reason = ENGINE_REASON_DONE };
	engine__pager pager = {
		.plan = &plan, .read = read, .sink = sink, .context = context, .page = &page
	};
	if (plan.chosen->ordering == ENGINE__SORTED)
		status = engine__page_sorted(&pager, arena, error);
	else
		status = engine__page_walked(&pager, arena, error);
	if (status == CX_OK)
		*ret = page;
	return status;
}

cx_status engine_query_count(engine_read *read, const engine_query *query, uint64_t *ret,
                             cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	cx_status status = begin(&arena, error);
	engine__plan plan;
	if (status == CX_OK)
		status = engine__plan_of(read, query, ENGINE__PURPOSE_COUNT, arena, &plan,
		                         error);
	if (status != CX_OK)
		return status;

	CX_SCOPED(engine__walk_end) engine__walk walk = { 0 };
	status = engine__walk_begin(read, &plan, (engine__scan_start){ 0 }, 0, arena, &walk,
	                            error);
	uint64_t count = 0;
	while (status == CX_OK) {
		engine__step step;
		status = engine__walk_next(&walk, &step, error);
		if (status != CX_OK)
			break;
		if (step.kind == ENGINE__STEP_END) {
			*ret = count;
			break;
		}
		count += step.kind == ENGINE__STEP_MATCH;
		if (engine__walk_is_late(&walk))
			status = cx_fail(error, CX_DEADLINE,
			                 "the deadline passed while records were counted");
	}
	return status;
}
