/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of engine/query.h. */
#include "engine/core/snapshot.h"
#include "engine/query/cover.h"
#include "engine/query/page.h"

#include <string.h>

static cx_status begin(engine_read *read, engine__scratch *ret, cx_error *error)
{
	cx_status status = engine__scratch_take(read, ret);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "no memory for the query");
}

static void copy_page(const engine_page *from, engine_page *to)
{
	memcpy(to, from, offsetof(engine_page, position) + from->position_size);
}

cx_status engine_query_run(engine_read *read, const engine_query *query, engine_row_sink *sink,
                           void *context, engine_page *ret, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = begin(read, &scratch, error);
	CX_UNSET engine__plan plan;
	if (status == CX_OK)
		status = engine__plan_of(read, query, ENGINE__PURPOSE_RUN, scratch.arena, &plan,
		                         error);
	if (status != CX_OK)
		return status;

	CX_UNSET engine_page page;
	page.reason = ENGINE_REASON_DONE;
	page.rows = 0;
	page.gave_up = false;
	page.position_size = 0;
	engine__pager pager = {
		.plan = &plan, .read = read, .sink = sink, .context = context, .page = &page
	};
	status = engine__page_run(&pager, scratch.arena, error);
	if (status == CX_OK)
		copy_page(&page, ret);
	return status;
}

cx_status engine_query_count(engine_read *read, const engine_query *query, uint64_t *ret,
                             cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = begin(read, &scratch, error);
	bool covered = false;
	if (status == CX_OK)
		status = engine__count_by_groups(read, query, scratch.arena, &covered, ret,
		                                 error);
	if (status != CX_OK || covered)
		return status;
	engine__plan plan;
	if (status == CX_OK)
		status = engine__plan_of(read, query, ENGINE__PURPOSE_COUNT, scratch.arena,
		                         &plan, error);
	if (status != CX_OK)
		return status;

	CX_SCOPED(engine__walk_end) engine__walk walk = { 0 };
	status = engine__walk_begin(read, &plan, (engine__scan_start){ 0 }, 0, scratch.arena,
	                            &walk, error);
	uint64_t count = 0;
	while (status == CX_OK) {
		CX_UNSET engine__step step;
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
