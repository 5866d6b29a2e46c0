/* SPDX-License-Identifier: Apache-2.0 */
/* About how many records match, without reading them. */
#include "engine/core/snapshot.h"
#include "engine/query/plan.h"

static const double share_of_other = 1.0 / 8; /* of a condition that no index tells of */

/* Live records: an index that leaves none out has as many entries. */
static cx_status count_live(engine_read *read, const engine_type *type, uint64_t *ret)
{
	engine__tree tree = engine__tree_of(type->record_tree);
	for (uint16_t i = 0; i < type->index_count; i++) {
		const engine_index *index = &type->indexes[i];
		if (index->present == NULL && !index->cluster)
			tree = engine__tree_of(index->tree);
	}
	return engine__view_estimate(read->view, tree, ret);
}

static bool decides_only(const engine__candidate *candidate, uint16_t conjunct)
{
	if (candidate->why != NULL || !engine__candidate_uses(candidate, conjunct))
		return false;
	unsigned used = 0;
	for (size_t i = 0; i < ENGINE__CONJUNCT_WORDS; i++)
		used += (unsigned)__builtin_popcountll(candidate->used[i]);
	return used == 1;
}

/* The share of all records that a condition lets through. */
static cx_status share_of(engine_read *read, engine__plan *plan, uint16_t conjunct,
                          cx_arena *arena, double records, double *ret)
{
	*ret = share_of_other;
	const engine_type *type = plan->query->type;
	for (uint16_t i = 0; i < type->index_count; i++) {
		engine__candidate at =
			engine__candidate_of(&plan->filter, NULL, 0, &type->indexes[i]);
		if (!decides_only(&at, conjunct))
			continue;
		cx_status status = engine__estimate(read, &plan->filter, arena, &at);
		*ret = at.estimate / records < 1 ? at.estimate / records : 1;
		return status;
	}
	return CX_OK;
}

/* Keys in the ranges, times the shares of what the ranges do not decide. */
static cx_status estimate_single(engine_read *read, engine__plan *plan, cx_arena *arena,
                                 double records, double *ret)
{
	engine__candidate *chosen = plan->chosen;
	cx_status status = engine__estimate(read, &plan->filter, arena, chosen);
	*ret = engine__candidate_is_unbounded(chosen) ? records : chosen->estimate;
	for (uint16_t i = 0; i < plan->filter.conjunct_count && status == CX_OK; i++) {
		double share = 1;
		/* Most that the search index finds match. */
		const bool told =
			plan->searched &&
			plan->filter.nodes[plan->filter.conjuncts[i]].op == ENGINE__OP_MATCH;
		if (!told && !engine__candidate_uses(chosen, i))
			status = share_of(read, plan, i, arena, records, &share);
		*ret *= share;
	}
	return status;
}

static cx_status estimate(engine_read *read, const engine_query *query, cx_arena *arena,
                          uint64_t *ret, cx_error *error)
{
	engine__plan plan;
	uint64_t live;
	cx_status status =
		engine__plan_of(read, query, ENGINE__PURPOSE_EXPLAIN, arena, &plan, error);
	if (status != CX_OK)
		return status;
	status = count_live(read, query->type, &live);
	const double records = live > 0 ? (double)live : 1;
	double rows = plan.form == ENGINE__UNION ? plan.chosen->estimate : plan.rows;
	if (status == CX_OK && plan.form == ENGINE__SINGLE)
		status = estimate_single(read, &plan, arena, records, &rows);
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	*ret = live > 0 ? (uint64_t)(rows + 0.5) : 0;
	return CX_OK;
}

cx_status engine_query_estimate(engine_read *read, const engine_query *query, uint64_t *ret,
                                cx_error *error)
{
	engine_query anyhow = *query;
	anyhow.allow_scan = true; /* nothing is read */
	anyhow.order_count = 0;
	anyhow.after = (cx_slice){ 0 };
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(read, &scratch);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for the query");
	return estimate(read, &anyhow, scratch.arena, ret, error);
}
