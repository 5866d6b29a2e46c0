/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/core/snapshot.h"
#include "engine/query/plan.h"

#include <stdio.h>

enum { WHY_SIZE = 160 };

static const char *plan_name(const engine__candidate *chosen)
{
	const engine_index *index = chosen->path.index;
	if (index == NULL)
		return chosen->single ? "get" : "scan";
	if (index->cluster)
		return "cluster";
	return index->unique && chosen->single ? "unique" : "index";
}

static const char *order_name(engine__ordering ordering)
{
	switch (ordering) {
	case ENGINE__UNORDERED:
		return "none";
	case ENGINE__ORDERED:
	case ENGINE__MERGED:
		return "index";
	case ENGINE__SORTED:
		return "sort";
	}
	CX_UNREACHABLE();
}

static void write_index(const engine__path *path, cx_buf *out)
{
	if (path->index == NULL)
		cx_write_nil(out);
	else
		cx_write_text(out, path->index->name);
}

static void write_why(const engine__plan *plan, const engine__candidate *candidate, cx_buf *out)
{
	if (candidate->why != NULL) {
		cx_write_text(out, candidate->why);
		return;
	}
	if (plan->chosen->single && plan->chosen->ranges <= 1) {
		cx_write_text(out, "another finds the one record there can be");
		return;
	}
	char text[WHY_SIZE];
	snprintf(text, sizeof text, "costs more: about %.0f keys to read%s, %.0f in the plan",
	         candidate->estimate,
	         candidate->ordering == ENGINE__SORTED ? " and to sort" : "",
	         plan->chosen->estimate);
	cx_write_text(out, text);
}

static void write_rejected(const engine__plan *plan, cx_buf *out)
{
	cx_write_array(out, plan->candidate_count - 1);
	for (size_t i = 0; i < plan->candidate_count; i++) {
		const engine__candidate *candidate = &plan->candidates[i];
		if (candidate == plan->chosen)
			continue;
		cx_write_map(out, 2);
		cx_write_text(out, "index");
		write_index(&candidate->path, out);
		cx_write_text(out, "why");
		write_why(plan, candidate, out);
	}
}

static void write_bool(cx_buf *out, const char *key, bool value)
{
	cx_write_text(out, key);
	cx_write_bool(out, value);
}

static void write_ranges(const engine__plan *plan, cx_buf *out)
{
	const engine__candidate *chosen = plan->chosen;
	cx_write_text(out, "ranges");
	cx_write_uint(out, plan->ranges.count);
	cx_write_text(out, "equal");
	cx_write_array(out, chosen->equal_count);
	for (uint16_t i = 0; i < chosen->equal_count; i++)
		cx_write_text(out, engine__path_field(&chosen->path, i)->name);
	cx_write_text(out, "range");
	if (chosen->ranged)
		cx_write_text(out,
		              engine__path_field(&chosen->path, chosen->equal_count)->name);
	else
		cx_write_nil(out);
}

static void write_plan(const engine__plan *plan, cx_buf *out)
{
	const engine__candidate *chosen = plan->chosen;
	cx_write_map(out, 12);
	cx_write_text(out, "plan");
	cx_write_text(out, plan_name(chosen));
	cx_write_text(out, "index");
	write_index(&chosen->path, out);
	write_ranges(plan, out);
	write_bool(out, "reverse", chosen->reverse);
	write_bool(out, "merge", chosen->ordering == ENGINE__MERGED);
	cx_write_text(out, "order");
	cx_write_text(out, order_name(chosen->ordering));
	write_bool(out, "filter_in_index", plan->key_filter.conjunct_count > 0);
	write_bool(out, "recheck", plan->row_conjunct_count > 0);
	cx_write_text(out, "rows_of_type");
	cx_write_uint(out, plan->records);
	cx_write_text(out, "rejected");
	write_rejected(plan, out);
}

cx_status engine_query_explain(engine_read *read, const engine_query *query, cx_buf *out,
                               cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(read, &scratch);
	engine__plan plan;
	if (status == CX_OK)
		status = engine__plan_of(read, query, ENGINE__PURPOSE_EXPLAIN, scratch.arena,
		                         &plan, error);
	if (status != CX_OK)
		return status;
	write_plan(&plan, out);
	return cx_buf_status(out);
}
