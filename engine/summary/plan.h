/* SPDX-License-Identifier: Apache-2.0 */
/* How a summary is answered: from the groups of a maintained aggregate, or from records. */
#pragma once

#include "engine/summary/records.h"
#include "engine/summary/supply.h"

typedef struct engine__summary_plan {
	engine_query records; /* what is read of the query */
	engine__request request;
	engine__filter filter;
	int64_t zone_min;
	bool by_groups;
	engine__supply supply; /* by_groups */
	engine__plan plan;     /* otherwise */
} engine__summary_plan;

/* Reads the request, and finds a way to answer it. It lives in the arena, and may not move.
 * Errors: those of engine_summary_run but for running it. */
CX_MUST_USE cx_status engine__summary_plan_of(engine_read *read,
                                              const engine_summary_query *query,
                                              cx_arena *arena, engine__summary_plan *ret,
                                              cx_error *error);

/* What answering has cost, besides what the page tells. */
typedef struct engine__summary_cost {
	uint64_t meant; /* groups of the aggregate, or records, that were added up */
	engine__records_cost records; /* zero when read from groups */
	uint64_t collect_ns;          /* only where the plan is timed */
	uint64_t page_ns;
	size_t bytes; /* of the page's rows */
} engine__summary_cost;

/* Answers as planned: see engine_summary_run. */
CX_MUST_USE cx_status engine__summary_answer(engine_read *read,
                                             const engine_summary_query *query,
                                             const engine__summary_plan *plan, cx_arena *arena,
                                             cx_buf *out, engine_summary_page *ret,
                                             engine__summary_cost *ret_cost, cx_error *error);
