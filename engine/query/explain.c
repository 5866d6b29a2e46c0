/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/explain.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/msgpack.h"
#include "engine/core/snapshot.h"
#include "engine/query/page.h"
#include "engine/query/statistics.h"

#include <stdio.h>

enum { WHY_SIZE = 160 };

static const char *path_name(const engine__candidate *chosen)
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

/* Part of what is done. */
static bool is_used(const engine__plan *plan, const engine__candidate *candidate)
{
	for (uint16_t i = 0; i < plan->meet_count; i++)
		if (plan->meets[i] == candidate)
			return true;
	return candidate == plan->chosen;
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

uint32_t engine__plan_write_rejected(const engine__plan *plan, cx_buf *out)
{
	uint32_t count = 0;
	for (size_t i = 0; i < plan->candidate_count; i++) {
		const engine__candidate *candidate = &plan->candidates[i];
		if (is_used(plan, candidate))
			continue;
		cx_write_map(out, 2);
		cx_write_text(out, "index");
		write_index(&candidate->path, out);
		cx_write_text(out, "why");
		write_why(plan, candidate, out);
		count++;
	}
	return count;
}

static void write_rejected(const engine__plan *plan, cx_buf *out)
{
	cx_write_text(out, "rejected");
	const size_t place = cx_write_array_open(out);
	const uint32_t count = engine__plan_write_rejected(plan, out);
	if (cx_buf_status(out) == CX_OK)
		cx_write_array_close(out, place, count);
}

static void write_bool(cx_buf *out, const char *key, bool value)
{
	cx_write_text(out, key);
	cx_write_bool(out, value);
}

static void write_figure(cx_buf *out, const char *key, uint64_t value)
{
	cx_write_text(out, key);
	cx_write_uint(out, value);
}

static void write_ranges(const engine__candidate *candidate, uint64_t ranges, cx_buf *out)
{
	write_figure(out, "ranges", ranges);
	cx_write_text(out, "equal");
	cx_write_array(out, candidate->equal_count);
	for (uint16_t i = 0; i < candidate->equal_count; i++)
		cx_write_text(out, engine__path_field(&candidate->path, i)->name);
	cx_write_text(out, "range");
	if (candidate->ranged)
		cx_write_text(
			out,
			engine__path_field(&candidate->path, candidate->equal_count)->name);
	else
		cx_write_nil(out);
}

static void write_estimate(const engine__plan *plan, double estimate, cx_buf *out)
{
	cx_write_text(out, "estimate");
	if (plan->by_contents && plan->records > 0)
		cx_write_uint(out, (uint64_t)(estimate + 0.5));
	else
		cx_write_nil(out);
}

static uint64_t ranges_of_leg(const engine__plan *plan, uint16_t leg)
{
	uint64_t count = 0;
	for (size_t i = 0; i < plan->ranges.count; i++)
		count += plan->form == ENGINE__INTERSECTION ? i == leg
		                                            : plan->ranges.items[i].leg == leg;
	return count;
}

static void write_leg(const engine__plan *plan, uint16_t number, cx_buf *out)
{
	const bool unites = plan->form == ENGINE__UNION;
	const engine__candidate *candidate =
		unites ? &plan->joined->legs[number] : plan->meets[number];
	const engine__way *leg = unites ? &plan->legs[number] : &plan->only;
	const bool leads = unites || number == 0;
	cx_write_map(out, 8);
	cx_write_text(out, "plan");
	cx_write_text(out, path_name(candidate));
	cx_write_text(out, "index");
	write_index(&candidate->path, out);
	write_ranges(candidate, ranges_of_leg(plan, number), out);
	write_bool(out, "filter_in_index", leads && leg->key_filter.conjunct_count > 0);
	write_bool(out, "recheck", leads && leg->row_conjunct_count > 0);
	write_estimate(plan, candidate->estimate, out);
}

static uint16_t count_legs(const engine__plan *plan)
{
	if (plan->form == ENGINE__UNION)
		return plan->joined->leg_count;
	return plan->form == ENGINE__INTERSECTION ? plan->meet_count : 0;
}

static void write_legs(const engine__plan *plan, cx_buf *out)
{
	cx_write_text(out, "legs");
	cx_write_array(out, count_legs(plan));
	for (uint16_t i = 0; i < count_legs(plan); i++)
		write_leg(plan, i, out);
}

static const char *hint_of(const engine_query *query)
{
	if (query->use_index != NULL)
		return "use_index";
	if (query->no_index_count > 0)
		return "no_index";
	return query->combine != ENGINE_COMBINE_AS_CHEAPEST ? "combine" : NULL;
}

static void write_checks(const engine__plan *plan, cx_buf *out)
{
	bool in_index = false;
	bool recheck = false;
	bool covering = plan->leg_count > 0;
	for (uint16_t i = 0; i < plan->leg_count; i++) {
		covering = covering && !plan->legs[i].fetches;
		in_index = in_index || plan->legs[i].key_filter.conjunct_count > 0;
		recheck = recheck || plan->legs[i].row_conjunct_count > 0;
	}
	write_bool(out, "filter_in_index", in_index);
	write_bool(out, "recheck", recheck);
	write_bool(out, "covering", covering);
}

static void write_head(const engine__plan *plan, cx_buf *out)
{
	static const char *const combined[] = {
		[ENGINE__UNION] = "union", [ENGINE__INTERSECTION] = "intersection"
	};
	const bool single = plan->form == ENGINE__SINGLE;
	cx_write_text(out, "plan");
	cx_write_text(out, single ? path_name(plan->chosen) : combined[plan->form]);
	cx_write_text(out, "index");
	if (single)
		write_index(&plan->chosen->path, out);
	else
		cx_write_nil(out);
}

void engine__plan_write(engine_read *read, const engine__plan *plan, cx_buf *out)
{
	const engine__candidate *chosen = plan->chosen;
	const char *hint = hint_of(plan->query);
	write_head(plan, out);
	write_ranges(chosen, plan->ranges.count, out);
	write_bool(out, "reverse", chosen->reverse);
	write_bool(out, "merge", chosen->ordering == ENGINE__MERGED);
	cx_write_text(out, "order");
	cx_write_text(out, order_name(chosen->ordering));
	write_checks(plan, out);
	write_figure(out, "rows_of_type", plan->records);
	write_estimate(plan, plan->form == ENGINE__INTERSECTION ? plan->rows : chosen->estimate,
	               out);
	cx_write_text(out, "hint");
	if (hint != NULL)
		cx_write_text(out, hint);
	else
		cx_write_nil(out);
	write_figure(out, "stats_epoch", engine__statistics_epoch(read));
	cx_write_text(out, "search");
	if (plan->searched)
		cx_write_uint(out, plan->search_records);
	else
		cx_write_nil(out);
	write_legs(plan, out);
}

/* ---- executed ---- */

static void write_node(const engine__node_figures *figures, cx_buf *out)
{
	cx_write_map(out, 8);
	cx_write_text(out, "node");
	cx_write_text(out, figures->node);
	write_figure(out, "rows_in", figures->rows_in);
	write_figure(out, "rows_out", figures->rows_out);
	write_figure(out, "keys", figures->keys);
	write_figure(out, "fetched", figures->fetched);
	write_figure(out, "rechecks_failed", figures->rechecks_failed);
	write_figure(out, "bytes", figures->bytes);
	write_figure(out, "us", figures->ns / 1000);
}

static void write_gave_up(const engine__executed *what, cx_buf *out)
{
	cx_write_text(out, "gave_up");
	cx_write_map(out, 3);
	cx_write_text(out, "index");
	write_index(&what->spent->candidate->path, out);
	write_figure(out, "keys", what->spent->keys);
	cx_write_text(out, "next");
	write_index(&what->chosen->path, out);
}

void engine__executed_write(const engine__executed *what, cx_buf *out)
{
	const bool gave_up = what->spent != NULL && what->spent->candidate != NULL;
	cx_write_text(out, "executed");
	cx_write_map(out, 4 + (size_t)gave_up);
	write_figure(out, "rows", what->rows);
	cx_write_text(out, "reason");
	cx_write_text(out, engine_reason_name(what->reason));
	write_figure(out, "us", what->ns / 1000);
	if (gave_up)
		write_gave_up(what, out);
	cx_write_text(out, "nodes");
	cx_write_array(out, what->node_count);
	for (size_t i = 0; i < what->node_count; i++)
		write_node(&what->nodes[i], out);
}

static void write_executed(const engine__pager *pager, uint64_t ns, cx_buf *out)
{
	const engine_page *page = pager->page;
	const bool sorts = pager->plan->chosen->ordering == ENGINE__SORTED;
	const uint64_t matched = page->rows_fetched - page->rechecks_failed;
	const uint64_t found = matched > page->rows ? matched : page->rows; /* from keys */
	const uint64_t known = page->scan_ns + page->fetch_ns;
	const engine__node_figures nodes[] = {
		{ "keys", page->keys_scanned, page->rows_fetched, page->keys_scanned, 0, 0, 0,
		  page->scan_ns },
		{ "rows", page->rows_fetched, matched, 0, page->rows_fetched,
		  page->rechecks_failed, page->bytes_read, page->fetch_ns },
		{ sorts ? "sort" : "page", found, page->rows, 0, 0, 0, pager->bytes,
		  ns > known ? ns - known : 0 },
	};
	engine__executed_write(&(engine__executed){ .rows = page->rows,
	                                            .reason = page->reason,
	                                            .ns = ns,
	                                            .spent = &pager->plan->spent,
	                                            .chosen = pager->plan->chosen,
	                                            .nodes = nodes,
	                                            .node_count = CX_COUNT_OF(nodes) },
	                       out);
}

static cx_status pass(void *context, const engine_row *row)
{
	(void)context;
	(void)row;
	return CX_OK;
}

static cx_status execute(engine_read *read, engine__plan *plan, cx_arena *arena, cx_buf *out,
                         cx_error *error)
{
	engine_page page = { .reason = ENGINE_REASON_DONE };
	engine__pager pager = { .plan = plan, .read = read, .sink = pass, .page = &page };
	const uint64_t begun = cx_clock_monotonic_ns();
	plan->timed = true;
	cx_status status = engine__page_run(&pager, arena, error);
	if (status == CX_OK)
		write_executed(&pager, cx_clock_monotonic_ns() - begun, out);
	return status;
}

cx_status engine_query_explain_at(engine_read *read, const engine_query *query,
                                  engine_explain_level level, cx_buf *out, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(read, &scratch);
	engine__plan plan;
	if (status == CX_OK)
		status = engine__plan_of(read, query, ENGINE__PURPOSE_EXPLAIN, scratch.arena,
		                         &plan, error);
	if (status != CX_OK)
		return status;
	cx_write_map(out, ENGINE__PLAN_KEYS + (size_t)level);
	engine__plan_write(read, &plan, out);
	if (level >= ENGINE_EXPLAIN_REJECTED)
		write_rejected(&plan, out);
	if (level >= ENGINE_EXPLAIN_EXECUTED)
		status = execute(read, &plan, scratch.arena, out, error);
	return status == CX_OK ? cx_buf_status(out) : status;
}

cx_status engine_query_explain(engine_read *read, const engine_query *query, cx_buf *out,
                               cx_error *error)
{
	return engine_query_explain_at(read, query, ENGINE_EXPLAIN_REJECTED, out, error);
}
