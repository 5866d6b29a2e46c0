/* SPDX-License-Identifier: Apache-2.0 */
/* How a summary is answered, and what it costs. */
#include "engine/query/explain.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "engine/core/snapshot.h"
#include "engine/summary/plan.h"

#include <stdio.h>
#include <string.h>

enum { WHY_SIZE = 200 };

/* ---- what is not read ---- */

static void why_not(const engine_summary_query *query, const engine__summary_plan *plan,
                    const engine_aggregate *aggregate, char why[WHY_SIZE])
{
	const engine__cover_terms terms = { .filter = &plan->filter,
		                            .zone_min = plan->zone_min };
	engine__supply unused;
	const char *missing;
	if (query->records.use_index != NULL)
		snprintf(why, WHY_SIZE, "use_index reads records");
	else if (query->no_aggregate)
		snprintf(why, WHY_SIZE, "no aggregate may be used");
	else if (query->aggregate != NULL)
		snprintf(why, WHY_SIZE, "another one was asked for");
	else if (aggregate->state != ENGINE_AGGREGATE_READY)
		snprintf(why, WHY_SIZE, "it is not built");
	else if (engine__supply_of(&plan->request, &terms, aggregate, &unused, &missing))
		snprintf(why, WHY_SIZE,
		         "another has it, too, and is bounded by more columns or has fewer");
	else if (strcmp(missing, "filter") == 0)
		snprintf(why, WHY_SIZE, "cannot decide the filter");
	else
		snprintf(why, WHY_SIZE, "has no %s", missing);
}

static uint32_t write_aggregates(const engine_summary_query *query,
                                 const engine__summary_plan *plan, cx_buf *out)
{
	const engine_type *type = query->records.type;
	const engine_aggregate *used = plan->by_groups ? plan->supply.cover.aggregate : NULL;
	uint32_t count = 0;
	for (uint16_t i = 0; i < type->aggregate_count; i++) {
		char why[WHY_SIZE];
		if (type->aggregates[i] == used)
			continue;
		why_not(query, plan, type->aggregates[i], why);
		cx_write_map(out, 2);
		cx_write_text(out, "aggregate");
		cx_write_text(out, type->aggregates[i]->name);
		cx_write_text(out, "why");
		cx_write_text(out, why);
		count++;
	}
	return count;
}

static void write_rejected(const engine_summary_query *query, const engine__summary_plan *plan,
                           cx_buf *out)
{
	cx_write_text(out, "rejected");
	const size_t place = cx_write_array_open(out);
	uint32_t count = plan->by_groups ? 0 : engine__plan_write_rejected(&plan->plan, out);
	count += write_aggregates(query, plan, out);
	if (cx_buf_status(out) == CX_OK)
		cx_write_array_close(out, place, count);
}

/* ---- what it costs ---- */

static uint64_t without(uint64_t whole, uint64_t part)
{
	return whole > part ? whole - part : 0;
}

static void write_executed(const engine__summary_plan *plan, const engine_summary_page *page,
                           const engine__summary_cost *cost, cx_buf *out)
{
	const engine__records_cost *records = &cost->records;
	const uint64_t known_ns = records->scan_ns + records->fetch_ns;
	const uint64_t keys_out = plan->by_groups ? cost->meant : records->rows;
	engine__node_figures nodes[4];
	size_t count = 0;
	/* The time for groups of an aggregate is that for adding them up. */
	nodes[count++] = (engine__node_figures){ .node = "keys",
		                                 .rows_in = page->keys_scanned,
		                                 .rows_out = keys_out,
		                                 .keys = page->keys_scanned,
		                                 .ns = records->scan_ns };
	if (!plan->by_groups)
		nodes[count++] =
			(engine__node_figures){ .node = "rows",
			                        .rows_in = records->rows,
			                        .rows_out = without(records->rows,
			                                            records->rechecks_failed),
			                        .fetched = records->rows,
			                        .rechecks_failed = records->rechecks_failed,
			                        .bytes = records->bytes,
			                        .ns = records->fetch_ns };
	nodes[count++] = (engine__node_figures){ .node = "groups",
		                                 .rows_in = cost->meant,
		                                 .rows_out = page->groups,
		                                 .ns = without(cost->collect_ns, known_ns) };
	nodes[count++] = (engine__node_figures){ .node = "page",
		                                 .rows_in = page->groups,
		                                 .rows_out = page->rows,
		                                 .bytes = cost->bytes,
		                                 .ns = cost->page_ns };
	engine__executed_write(&(engine__executed){ .rows = page->rows,
	                                            .reason = page->reason,
	                                            .ns = cost->collect_ns + cost->page_ns,
	                                            .nodes = nodes,
	                                            .node_count = count },
	                       out);
}

static cx_status execute(engine_read *read, const engine_summary_query *query,
                         engine__summary_plan *plan, cx_arena *arena, cx_buf *out,
                         cx_error *error)
{
	/* The page itself is not wanted. */
	CX_SCOPED(cx_buf_release) cx_buf rows = CX_BUF_INIT(4 * ENGINE_PAGE_BYTES_MAX);
	CX_UNSET engine_summary_page page;
	CX_UNSET engine__summary_cost cost;
	plan->plan.timed = true;
	cx_status status =
		engine__summary_answer(read, query, plan, arena, &rows, &page, &cost, error);
	if (status == CX_OK)
		write_executed(plan, &page, &cost, out);
	return status;
}

cx_status engine_summary_explain(engine_read *read, const engine_summary_query *query,
                                 engine_explain_level level, cx_buf *out, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	CX_UNSET engine__summary_plan plan;
	cx_status status = engine__scratch_take(read, &scratch);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for the aggregate");
	status = engine__summary_plan_of(read, query, scratch.arena, &plan, error);
	if (status != CX_OK)
		return status;
	cx_write_map(out, (plan.by_groups ? (size_t)ENGINE__COVER_KEYS : ENGINE__PLAN_KEYS) +
	                          (size_t)level);
	if (plan.by_groups)
		engine__cover_write(&plan.supply.cover, out);
	else
		engine__plan_write(read, &plan.plan, out);
	if (level >= ENGINE_EXPLAIN_REJECTED)
		write_rejected(query, &plan, out);
	if (level >= ENGINE_EXPLAIN_EXECUTED)
		status = execute(read, query, &plan, scratch.arena, out, error);
	return status == CX_OK ? cx_buf_status(out) : status;
}
