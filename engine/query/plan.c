/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/plan.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/core/meta.h"
#include "engine/query/covering.h"
#include "engine/query/exists.h"
#include "engine/query/intersection.h"
#include "engine/query/match.h"
#include "engine/query/memory.h"
#include "engine/query/union.h"

#include <string.h>

enum { COUNT_BATCH = 32 };

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
	if (index != NULL && !engine__query_permits(plan->query, index))
		at->why = "no_index excludes it";
	return check_text_order(read, plan, at);
}

static cx_status add_candidates(engine_read *read, engine__plan *plan)
{
	const engine_type *type = plan->query->type;
	cx_status status = add_candidate(read, plan, NULL);
	const uint16_t count = plan->query->by_id ? 0 : type->index_count;
	for (uint16_t i = 0; i < count && status == CX_OK; i++)
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

bool engine__query_permits(const engine_query *query, const engine_index *index)
{
	for (size_t i = 0; i < query->no_index_count; i++)
		if (query->no_index[i] == index)
			return false;
	return true;
}

static cx_status refuse_combine(const engine__plan *plan, cx_error *error)
{
	const engine_combine combine = plan->query->combine;
	if (combine == ENGINE_COMBINE_UNITE && plan->form != ENGINE__UNION)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "no \"or\" of the filter has an index for each of its parts");
	if (combine == ENGINE_COMBINE_INTERSECT && plan->form != ENGINE__INTERSECTION)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "no two indexes are fixed by equality in all their columns");
	return CX_OK;
}

/* The only candidate is the one that the earlier page was read by. */
static cx_status add_continued(engine_read *read, engine__plan *plan, cx_error *error)
{
	const engine__position *position = &plan->position;
	const engine_query *query = plan->query;
	const engine_index *index = NULL;
	if (!engine__position_index(query->type, position->index_id, &index))
		return engine__position_refuse(error);
	if (query->use_index != NULL && index != query->use_index)
		return engine__position_refuse(error);
	cx_status status = add_candidate(read, plan, index);
	if (status != CX_OK)
		return status;
	const engine__candidate *only = &plan->candidates[0];
	if (only->why != NULL || only->ordering != position->ordering ||
	    only->reverse != position->reverse)
		return engine__position_refuse(error);
	return CX_OK;
}

/* A union or an intersection goes on as one of the same indexes. */
static cx_status combine_again(engine_read *read, engine__plan *plan, cx_arena *arena,
                               cx_error *error)
{
	const engine__position *position = &plan->position;
	bool good = false;
	cx_status status;
	if (plan->query->use_index != NULL)
		return engine__position_refuse(error);
	if (position->form == ENGINE__UNION) {
		engine__union *join;
		status = engine__union_again(read, plan, position, arena, &join);
		good = status == CX_OK && join != NULL;
		if (good)
			status = engine__union_take(plan, join, arena);
	} else {
		status = engine__intersection_again(plan, position, arena, &good);
	}
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	return good ? CX_OK : engine__position_refuse(error);
}

/* A sorted page goes on behind values, wherever they are read from. */
static void sort_all(engine__plan *plan)
{
	for (size_t i = 0; i < plan->candidate_count; i++) {
		plan->candidates[i].ordering = ENGINE__SORTED;
		plan->candidates[i].reverse = false;
	}
}

static bool is_late(const engine_query *query)
{
	return query->deadline_ns != 0 && cx_clock_monotonic_ns() >= query->deadline_ns;
}

/* The estimate counts what is being merged twice, and what changed since the last merge: before
 * scans are refused the records are counted, as far as they may be read for a scan. */
static cx_status count_again(engine_read *read, engine__plan *plan)
{
	const uint64_t most = read->engine->scan_records_max;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status =
		engine__cursor_open(read->view, engine__tree_of(plan->query->type->record_tree),
	                            ENGINE__FORWARD, &cursor);
	CX_UNSET engine__pair pairs[COUNT_BATCH];
	uint64_t count = 0;
	size_t got = COUNT_BATCH;
	while (status == CX_OK && got == COUNT_BATCH && count < most && !is_late(plan->query)) {
		status = engine__cursor_next(cursor, pairs, COUNT_BATCH, &got);
		count += got;
	}
	if (status != CX_OK || count >= most || got == COUNT_BATCH)
		return status;
	plan->records = count;
	plan->may_scan = true;
	return CX_OK;
}

/* Looks at every path, or the one that was asked for. */
static cx_status look(engine_read *read, engine__plan *plan, engine__purpose purpose,
                      cx_arena *arena, cx_error *error)
{
	plan->candidate_count = 0;
	cx_status status = plan->query->use_index == NULL ? add_candidates(read, plan)
	                                                  : add_wanted(read, plan, error);
	if (status != CX_OK)
		return status;
	if (plan->continued)
		sort_all(plan);
	status = engine__choose(read, plan, purpose, arena);
	return status == CX_OK ? refuse_combine(plan, error) : status;
}

/* Remembers the choice where it may. */
static cx_status choose_anew(engine_read *read, engine__plan *plan, engine__purpose purpose,
                             cx_arena *arena, cx_error *error)
{
	cx_status status = look(read, plan, purpose, arena, error);
	if (status == CX_OK && plan->chosen == NULL && !plan->may_scan) {
		status = count_again(read, plan);
		if (status == CX_OK && plan->may_scan)
			status = look(read, plan, purpose, arena, error);
	}
	if (status != CX_OK)
		return status;
	if (plan->chosen == NULL)
		return engine__refuse_scan(plan, error);
	const bool free = plan->query->use_index == NULL;
	if (free && !plan->by_contents && !plan->continued && !plan->query->by_id &&
	    !plan->searched && purpose != ENGINE__PURPOSE_ALL &&
	    plan->query->no_index_count == 0 && plan->form == ENGINE__SINGLE)
		engine__memory_keep(read, plan);
	return CX_OK;
}

static cx_status choose(engine_read *read, engine__plan *plan, engine__purpose purpose,
                        cx_arena *arena, cx_error *error)
{
	plan->chosen = &plan->candidates[0];
	const engine_query *query = plan->query;
	if (plan->continued && plan->position.ordering != ENGINE__SORTED)
		return plan->position.form == ENGINE__SINGLE
		               ? add_continued(read, plan, error)
		               : combine_again(read, plan, arena, error);
	const engine_index *known;
	const bool looks = query->use_index != NULL || query->no_index_count > 0 ||
	                   query->by_id || plan->continued || plan->searched ||
	                   query->combine > ENGINE_COMBINE_NEVER ||
	                   purpose == ENGINE__PURPOSE_EXPLAIN || purpose == ENGINE__PURPOSE_ALL;
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

static cx_status split_residual(engine__way *leg, const engine__candidate *candidate,
                                cx_arena *arena)
{
	const engine__filter *filter = leg->filter;
	const size_t room = (size_t)filter->conjunct_count + 1;
	leg->row_conjuncts = cx_arena_alloc(arena, room * sizeof *leg->row_conjuncts);
	if (leg->row_conjuncts == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < filter->conjunct_count; i++)
		if (!engine__candidate_uses(candidate, i))
			leg->row_conjuncts[leg->row_conjunct_count++] = filter->conjuncts[i];
	leg->refuses = leg->row_conjunct_count > 0;
	return engine__key_filter_of(filter, leg->path, leg->row_conjuncts,
	                             &leg->row_conjunct_count, arena, &leg->key_filter);
}

/* What is sorted is compared by its row, and several indexes that meet show one key. */
bool engine__plan_covers(const engine__plan *plan, const engine__candidate *candidate,
                         uint32_t *ret_columns)
{
	return plan->form != ENGINE__INTERSECTION && candidate->ordering != ENGINE__SORTED &&
	       !candidate->rows &&
	       engine__path_covers(&candidate->path, plan->query, ret_columns);
}

/* A conjunct that text had to be cut for is not one its column decides either: a cut column
 * is undecided, so the row is asked. */
static cx_status finish_leg(engine__plan *plan, engine__purpose purpose,
                            const engine__filter *filter, const engine__candidate *candidate,
                            cx_arena *arena, engine__way *ret)
{
	*ret = (engine__way){ .filter = filter, .path = &candidate->path };
	cx_status status = split_residual(ret, candidate, arena);
	ret->live_only = candidate->path.holds_deleted && !filter->names_deleted;
	ret->refuses = ret->refuses || ret->live_only;
	const bool counts = purpose == ENGINE__PURPOSE_COUNT;
	ret->covers = !counts && plan->chosen->ordering != ENGINE__SORTED &&
	              engine__plan_covers(plan, candidate, &ret->covering);
	ret->fetches =
		(!counts && !ret->covers) || ret->live_only || ret->row_conjunct_count > 0;
	plan->leg_count++;
	return status;
}

/* Appends the ranges of another leg. */
static cx_status add_ranges(engine__plan *plan, const engine__ranges *more, cx_arena *arena)
{
	engine__ranges *all = &plan->ranges;
	const size_t count = all->count + more->count;
	engine__range *items = cx_arena_alloc(arena, (count + 1) * sizeof *items);
	if (items == NULL)
		return CX_NO_MEMORY;
	if (all->count > 0)
		memcpy(items, all->items, all->count * sizeof *items);
	for (size_t i = 0; i < more->count; i++) {
		items[all->count + i] = more->items[i];
		items[all->count + i].leg = plan->leg_count;
	}
	*all = (engine__ranges){ .items = items, .count = count };
	return CX_OK;
}

static cx_status finish_union(engine__plan *plan, engine__purpose purpose, cx_arena *arena)
{
	engine__union *join = plan->joined;
	plan->legs = cx_arena_alloc(arena, join->leg_count * sizeof *plan->legs);
	if (plan->legs == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < join->leg_count; i++) {
		engine__candidate *leg = &join->legs[i];
		engine__ranges ranges;
		cx_status status = engine__ranges_of(&join->filters[i], leg, arena, &ranges);
		if (status == CX_OK)
			status = add_ranges(plan, &ranges, arena);
		if (status == CX_OK)
			status = finish_leg(plan, purpose, &join->filters[i], leg, arena,
			                    &plan->legs[i]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* What the ranges of the others decide is not to be asked again; what a cut text made doubtful
 * is. */
static cx_status finish_intersection(engine__plan *plan, engine__purpose purpose,
                                     cx_arena *arena)
{
	engine__candidate *chosen = plan->chosen;
	memset(chosen->used, 0, sizeof chosen->used);
	bool empty = false;
	for (uint16_t i = 0; i < plan->meet_count; i++) {
		engine__ranges ranges;
		cx_status status =
			engine__ranges_of(&plan->filter, plan->meets[i], arena, &ranges);
		if (status == CX_OK)
			status = add_ranges(plan, &ranges, arena);
		if (status != CX_OK)
			return status;
		empty = empty || ranges.count != 1;
		for (size_t word = 0; word < ENGINE__CONJUNCT_WORDS; word++)
			chosen->used[word] |= plan->meets[i]->used[word];
	}
	if (empty)
		plan->ranges.count = 0;
	for (size_t i = 0; i < plan->ranges.count; i++)
		plan->ranges.items[i].leg = 0;
	engine__candidate_find_residual(&plan->filter, chosen);
	plan->legs = &plan->only;
	return finish_leg(plan, purpose, &plan->filter, chosen, arena, &plan->only);
}

cx_status engine__plan_finish(engine__plan *plan, engine__purpose purpose, cx_arena *arena)
{
	if (plan->form == ENGINE__UNION)
		return finish_union(plan, purpose, arena);
	if (plan->form == ENGINE__INTERSECTION)
		return finish_intersection(plan, purpose, arena);
	cx_status status = engine__ranges_of(&plan->filter, plan->chosen, arena, &plan->ranges);
	if (status == CX_OK && plan->query->above > 0) {
		CX_ASSERT(plan->query->by_id);
		status = engine__ranges_above(&plan->ranges, plan->query->above, arena);
	}
	plan->legs = &plan->only;
	return status == CX_OK ? finish_leg(plan, purpose, &plan->filter, plan->chosen, arena,
	                                    &plan->only)
	                       : status;
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

static cx_status read_query(engine_read *read, engine__plan *plan, engine__purpose purpose,
                            cx_arena *arena, cx_error *error)
{
	const engine_query *query = plan->query;
	cx_status status = check_order(query, error);
	if (status == CX_OK)
		status = find_limit(query, &plan->limit, error);
	if (status == CX_OK)
		status = engine__filter_bind(read, query->type, query->filter, arena,
		                             &plan->filter, error);
	if (status == CX_OK && plan->filter.relations != NULL)
		plan->filter.relations->deadline_ns = query->deadline_ns;
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
	cx_status status = read_query(read, ret, purpose, arena, error);
	if (status != CX_OK)
		return status;
	status = engine__match_narrow(read, ret, arena, error);
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
	if (status == CX_OK)
		status = engine__plan_finish(ret, purpose, arena);
	if (status == CX_OK)
		engine__match_relocate(ret);
	return status;
}
