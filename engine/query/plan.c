/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/plan.h"

#include "base/check.h"
#include "engine/core/meta.h"
#include "engine/query/memory.h"

#include <string.h>

static cx_status check_order(const engine_query *query, cx_error *error)
{
	CX_ASSERT(query->order_count <= ENGINE_ORDER_MAX);
	for (size_t i = 0; i < query->order_count; i++) {
		const engine_field *field = query->order[i].field;
		CX_ASSERT(field == &query->type->fields[field->slot]);
		if (engine__shape_of(field) == ENGINE__ITEMS)
			return cx_fail_field(error, CX_TYPE, field->name,
			                     "order: %s is a list, and lists have no order",
			                     field->name);
	}
	return CX_OK;
}

static cx_status find_limit(const engine_query *query, size_t *ret, cx_error *error)
{
	if (query->limit > ENGINE_PAGE_RECORDS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit: at most %d records a page",
		               ENGINE_PAGE_RECORDS_MAX);
	*ret = query->limit > 0 ? query->limit : ENGINE_PAGE_RECORDS_DEFAULT;
	return CX_OK;
}

/* ---- candidates ---- */

/* With cut texts among the entries the order of the index is not the order of the texts. */
static cx_status check_text_order(engine_read *read, engine__plan *plan,
                                  engine__candidate *candidate)
{
	if (!candidate->text_order || candidate->why != NULL)
		return CX_OK;
	plan->by_contents = true;
	uint64_t inexact;
	cx_status status = engine__index_inexact(read, candidate->path.index, &inexact);
	if (status != CX_OK || inexact == 0)
		return status;
	candidate->ordering = ENGINE__SORTED;
	candidate->reverse = false;
	candidate->text_order = false;
	return CX_OK;
}

static cx_status add_candidate(engine_read *read, engine__plan *plan, const engine_index *index)
{
	engine__candidate *at = &plan->candidates[plan->candidate_count++];
	*at = engine__candidate_of(&plan->filter, plan->order, plan->order_count, index);
	return check_text_order(read, plan, at);
}

static cx_status add_candidates(engine_read *read, engine__plan *plan)
{
	const engine_type *type = plan->query->type;
	cx_status status = add_candidate(read, plan, NULL);
	for (uint16_t i = 0; i < type->index_count && status == CX_OK; i++)
		status = add_candidate(read, plan, &type->indexes[i]);
	return status;
}

/* The only candidate is the index asked for. */
static cx_status add_wanted(engine_read *read, engine__plan *plan, cx_error *error)
{
	const engine_index *index = plan->query->use_index;
	if (index->type != plan->query->type)
		return cx_fail(error, CX_INVALID_ARGUMENT, "use_index: %s is an index of %s",
		               index->name, index->type->name);
	cx_status status = add_candidate(read, plan, index);
	if (status != CX_OK)
		return status;
	const char *why = plan->candidates[0].why;
	if (why == NULL)
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT, "use_index: %s %s", index->name, why);
}

static const engine_index *index_by_id(const engine_type *type, uint16_t id)
{
	for (uint16_t i = 0; i < type->index_count; i++)
		if (type->indexes[i].id == id)
			return &type->indexes[i];
	return NULL;
}

/* The only candidate is the one that the earlier page was read by. */
static cx_status add_continued(engine_read *read, engine__plan *plan, cx_error *error)
{
	const engine__position *position = &plan->position;
	const engine_query *query = plan->query;
	const engine_index *index = NULL;
	if (position->index_id != 0) {
		index = index_by_id(query->type, position->index_id);
		if (index == NULL)
			return engine__position_refuse(error);
	}
	if (query->use_index != NULL && index != query->use_index)
		return engine__position_refuse(error);
	cx_status status = add_candidate(read, plan, index);
	if (status != CX_OK)
		return status;
	engine__candidate *only = &plan->candidates[0];
	if (position->ordering == ENGINE__SORTED && plan->order_count > 0) {
		only->ordering = ENGINE__SORTED;
		only->reverse = false;
	}
	if (only->why != NULL || only->ordering != position->ordering ||
	    only->reverse != position->reverse)
		return engine__position_refuse(error);
	return CX_OK;
}

/* Looks at every path, or the one that was asked for; remembers the choice where it may. */
static cx_status choose_anew(engine_read *read, engine__plan *plan, engine__purpose purpose,
                             cx_arena *arena, cx_error *error)
{
	const bool free = plan->query->use_index == NULL;
	cx_status status = free ? add_candidates(read, plan) : add_wanted(read, plan, error);
	if (status == CX_OK)
		status = engine__choose(read, plan, purpose, arena, &plan->chosen);
	if (status != CX_OK)
		return status;
	if (plan->chosen == NULL)
		return engine__refuse_scan(plan, error);
	if (free && !plan->by_contents)
		engine__memory_keep(read, plan);
	return CX_OK;
}

static cx_status choose(engine_read *read, engine__plan *plan, engine__purpose purpose,
                        cx_arena *arena, cx_error *error)
{
	plan->chosen = &plan->candidates[0];
	if (plan->continued)
		return add_continued(read, plan, error);
	const engine_index *known;
	const bool looks = plan->query->use_index != NULL || purpose == ENGINE__PURPOSE_EXPLAIN;
	if (looks || !engine__memory_find(read, plan, &known))
		return choose_anew(read, plan, purpose, arena, error);
	cx_status status = add_candidate(read, plan, known);
	CX_ASSERT(status != CX_OK || plan->chosen->why == NULL);
	return status;
}

static cx_status count_records(engine_read *read, engine__plan *plan)
{
	const engine_type *type = plan->query->type;
	cx_status status = engine__view_estimate(read->view, engine__tree_of(type->record_tree),
	                                         &plan->records);
	plan->may_scan =
		plan->query->allow_scan || plan->records < read->engine->scan_records_max;
	return status;
}

/* ---- what is left to be looked at ---- */

static cx_status split_residual(engine__plan *plan, cx_arena *arena)
{
	const engine__filter *filter = &plan->filter;
	const size_t room = (size_t)filter->conjunct_count + 1;
	plan->row_conjuncts = cx_arena_alloc(arena, room * sizeof *plan->row_conjuncts);
	if (plan->row_conjuncts == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < filter->conjunct_count; i++)
		if (!engine__candidate_uses(plan->chosen, i))
			plan->row_conjuncts[plan->row_conjunct_count++] = filter->conjuncts[i];
	return engine__key_filter_of(filter, &plan->chosen->path, plan->row_conjuncts,
	                             &plan->row_conjunct_count, arena, &plan->key_filter);
}

/* A conjunct that text had to be cut for is not one its column decides either: a cut column
 * is undecided, so the row is asked. */
static cx_status finish(engine__plan *plan, engine__purpose purpose, cx_arena *arena)
{
	engine__candidate *chosen = plan->chosen;
	cx_status status = engine__ranges_of(&plan->filter, chosen, arena, &plan->ranges);
	if (status == CX_OK)
		status = split_residual(plan, arena);
	plan->live_only = chosen->path.holds_deleted && !plan->filter.names_deleted;
	plan->fetches = purpose != ENGINE__PURPOSE_COUNT || plan->live_only ||
	                plan->row_conjunct_count > 0;
	return status;
}

static cx_status check_sort(engine_read *read, const engine__plan *plan, cx_error *error)
{
	if (plan->chosen->ordering != ENGINE__SORTED || plan->may_sort)
		return CX_OK;
	return cx_fail(error, CX_SORT_LIMIT,
	               "no index of %s gives this order, and at most %u records are sorted for "
	               "a page; lower the limit",
	               plan->query->type->name, read->engine->sort_records_max);
}

static cx_status read_query(engine__plan *plan, engine__purpose purpose, cx_arena *arena,
                            cx_error *error)
{
	const engine_query *query = plan->query;
	cx_status status = check_order(query, error);
	if (status == CX_OK)
		status = find_limit(query, &plan->limit, error);
	if (status == CX_OK)
		status = engine__filter_read(query->type, query->filter, arena, &plan->filter,
		                             error);
	if (status != CX_OK || purpose == ENGINE__PURPOSE_COUNT)
		return status;

	memcpy(plan->order, query->order, sizeof plan->order);
	plan->order_count =
		engine__order_simplify(&plan->filter, plan->order, query->order_count);
	plan->continued = query->after.size > 0;
	return plan->continued ? engine__position_read(query, &plan->position, error) : CX_OK;
}

cx_status engine__plan_of(engine_read *read, const engine_query *query, engine__purpose purpose,
                          cx_arena *arena, engine__plan *ret, cx_error *error)
{
	*ret = (engine__plan){ .query = query };
	cx_status status = read_query(ret, purpose, arena, error);
	if (status != CX_OK)
		return status;
	ret->may_sort = ret->limit <= read->engine->sort_records_max;
	const size_t room = (size_t)query->type->index_count + 1;
	ret->candidates = cx_arena_alloc(arena, room * sizeof *ret->candidates);
	if (ret->candidates == NULL)
		return CX_NO_MEMORY;
	status = count_records(read, ret);
	if (status == CX_OK)
		status = choose(read, ret, purpose, arena, error);
	if (status == CX_OK)
		status = check_sort(read, ret, error);
	return status == CX_OK ? finish(ret, purpose, arena) : status;
}
