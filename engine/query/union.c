/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/union.h"

#include "base/check.h"
#include "engine/core/meta.h"

#include <string.h>

/* ---- the filter of a part ---- */

static uint16_t count_parts(const engine__filter *filter, uint16_t node)
{
	const engine__node *nodes = filter->nodes;
	uint16_t count = 0;
	for (uint16_t i = (uint16_t)(node + 1); i < nodes[node].end; i = nodes[i].end)
		count++;
	return count;
}

static bool is_candidate(const engine__filter *filter, uint16_t node)
{
	if (filter->nodes[node].op != ENGINE__OP_OR)
		return false;
	const uint16_t parts = count_parts(filter, node);
	return parts > 1 && parts <= ENGINE__UNION_PARTS_MAX;
}

bool engine__union_is_possible(const engine__plan *plan)
{
	const engine__filter *filter = &plan->filter;
	if (filter->names_deleted || plan->query->use_index != NULL)
		return false;
	for (uint16_t i = 0; i < filter->conjunct_count; i++)
		if (is_candidate(filter, filter->conjuncts[i]))
			return true;
	return false;
}

static void copy_untrue(const engine__filter *from, uint16_t node, engine__filter *to)
{
	const uint16_t at = to->node_count++;
	to->nodes[at] = (engine__node){ .op = ENGINE__OP_UNTRUE };
	engine__filter_copy_node(from, node, to);
	to->nodes[at].end = to->node_count;
}

/* All that the filter asks beside the "or", the part of that number, and that no part before it
 * holds. */
static cx_status filter_of_part(const engine__filter *from, uint16_t node, uint16_t number,
                                cx_arena *arena, engine__filter *ret)
{
	const size_t room = 1 + 2 * (size_t)from->node_count;
	engine__filter filter = { .type = from->type, .relations = from->relations };
	filter.nodes = cx_arena_alloc(arena, room * sizeof *filter.nodes);
	if (filter.nodes == NULL)
		return CX_NO_MEMORY;
	filter.nodes[filter.node_count++] = (engine__node){ .op = ENGINE__OP_AND };
	for (uint16_t i = 0; i < from->conjunct_count; i++)
		if (from->conjuncts[i] != node)
			engine__filter_copy_node(from, from->conjuncts[i], &filter);
	uint16_t part = (uint16_t)(node + 1);
	for (uint16_t i = 0; i < number; i++)
		part = from->nodes[part].end;
	engine__filter_copy_node(from, part, &filter);
	for (uint16_t i = (uint16_t)(node + 1); i < part; i = from->nodes[i].end)
		copy_untrue(from, i, &filter);
	CX_ASSERT(filter.node_count <= room);
	filter.nodes[0].end = filter.node_count;
	cx_status status = engine__filter_index(&filter, arena);
	if (status == CX_OK)
		*ret = filter;
	return status;
}

static cx_status new_union(const engine__plan *plan, uint16_t node, cx_arena *arena,
                           engine__union **ret)
{
	const uint16_t count = count_parts(&plan->filter, node);
	engine__union *self = cx_arena_zalloc(arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->node = node;
	self->leg_count = count;
	self->filters = cx_arena_zalloc(arena, count * sizeof *self->filters);
	self->legs = cx_arena_zalloc(arena, count * sizeof *self->legs);
	if (self->filters == NULL || self->legs == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < count; i++) {
		cx_status status =
			filter_of_part(&plan->filter, node, i, arena, &self->filters[i]);
		if (status != CX_OK)
			return status;
	}
	*ret = self;
	return CX_OK;
}

/* ---- order ---- */

/* Whether the columns after the fixed ones begin with the order, in one direction. */
static bool tail_is_ordered(const engine__plan *plan, const engine__candidate *leg,
                            bool *ret_reverse)
{
	const engine__path *path = &leg->path;
	const uint16_t columns = (uint16_t)(path->column_count + 1);
	if (!path->id_last)
		return false;
	for (uint16_t i = 0; i < plan->order_count; i++) {
		const uint16_t column = (uint16_t)(leg->equal_count + i);
		if (column >= columns || engine__path_folds(path, column) ||
		    engine__path_field(path, column) != plan->order[i].field)
			return false;
		const bool descending =
			column < path->column_count && path->index->columns[column].descending;
		const bool reverse = plan->order[i].descending != descending;
		if (i > 0 && reverse != *ret_reverse)
			return false;
		*ret_reverse = reverse;
	}
	return true;
}

/* Whether what follows the fixed columns is the same in both, so that it can be compared. */
static bool same_tail(const engine__candidate *a, const engine__candidate *b)
{
	const int left = a->path.column_count - a->equal_count;
	if (left != b->path.column_count - b->equal_count)
		return false;
	for (int i = 0; i < left; i++) {
		const engine_column *x = &a->path.index->columns[a->equal_count + i];
		const engine_column *y = &b->path.index->columns[b->equal_count + i];
		if (x->field != y->field || x->descending != y->descending ||
		    x->folded != y->folded || x->text_bytes_max != y->text_bytes_max)
			return false;
	}
	return true;
}

/* False when texts in the order may have been cut. */
static cx_status check_texts(engine_read *read, const engine__plan *plan,
                             const engine__candidate *leg, bool *ret_exact)
{
	*ret_exact = true;
	bool text = false;
	for (size_t i = 0; i < plan->order_count; i++)
		text = text || engine__shape_of(plan->order[i].field) == ENGINE__CHARS;
	if (!text || leg->path.index == NULL)
		return CX_OK;
	uint64_t inexact;
	cx_status status = engine__index_inexact(read, leg->path.index, &inexact);
	*ret_exact = status == CX_OK && inexact == 0;
	return status;
}

/* ---- legs ---- */

/* By part, every path that bounds what it has to read. */
typedef struct options {
	engine__candidate *items;
	uint16_t count;
} options;

/* True when something of the part itself bounds what is read; otherwise the leg would be no
 * better than the whole filter without the "or". What all parts ask comes first. */
static bool serves_part(const engine__plan *plan, const engine__candidate *leg)
{
	for (uint16_t i = (uint16_t)(plan->filter.conjunct_count - 1);
	     i < 64 * ENGINE__CONJUNCT_WORDS; i++)
		if (engine__candidate_uses(leg, i))
			return true;
	return false;
}

static cx_status add_option(engine_read *read, const engine__plan *plan,
                            const engine__filter *filter, const engine_index *index,
                            cx_arena *arena, options *ret)
{
	engine__candidate *at = &ret->items[ret->count];
	*at = engine__candidate_of(filter, plan->order, plan->order_count, index);
	if (at->why != NULL || !serves_part(plan, at) ||
	    (index != NULL && !engine__query_permits(plan->query, index)))
		return CX_OK;
	ret->count++;
	return engine__estimate(read, filter, arena, at);
}

static cx_status find_options(engine_read *read, const engine__plan *plan,
                              const engine__filter *filter, cx_arena *arena, options *ret)
{
	const engine_type *type = plan->query->type;
	*ret = (options){ 0 };
	ret->items = cx_arena_alloc(arena, (type->index_count + 1U) * sizeof *ret->items);
	if (ret->items == NULL)
		return CX_NO_MEMORY;
	cx_status status = add_option(read, plan, filter, NULL, arena, ret);
	for (uint16_t i = 0; i < type->index_count && status == CX_OK; i++)
		status = add_option(read, plan, filter, &type->indexes[i], arena, ret);
	return status;
}

static const engine__candidate *best_option(const options *from)
{
	const engine__candidate *best = NULL;
	for (uint16_t i = 0; i < from->count; i++)
		if (best == NULL || from->items[i].estimate < best->estimate)
			best = &from->items[i];
	return best;
}

/* The best option that can be merged with `lead`. */
static cx_status best_with(engine_read *read, const engine__plan *plan, const options *from,
                           const engine__candidate *lead, const engine__candidate **ret)
{
	*ret = NULL;
	for (uint16_t i = 0; i < from->count; i++) {
		const engine__candidate *at = &from->items[i];
		bool reverse = false;
		bool exact = false;
		if (!tail_is_ordered(plan, at, &reverse) || !same_tail(at, lead) ||
		    (*ret != NULL && at->estimate >= (*ret)->estimate))
			continue;
		cx_status status = check_texts(read, plan, at, &exact);
		if (status != CX_OK)
			return status;
		if (exact)
			*ret = at;
	}
	return CX_OK;
}

static void sum_up(engine__union *self)
{
	self->estimate = 0;
	for (uint16_t i = 0; i < self->leg_count; i++)
		self->estimate += self->legs[i].estimate;
}

static bool has_few_ranges(const engine__union *self)
{
	uint64_t ranges = 0;
	for (uint16_t i = 0; i < self->leg_count; i++)
		ranges += self->legs[i].ranges;
	return ranges <= ENGINE__RANGES_MAX;
}

/* Legs merged in the order of those whose first leg is `lead`. */
static cx_status try_merge(engine_read *read, const engine__plan *plan, const options *parts,
                           const engine__candidate *lead, engine__union *ret, bool *ret_found)
{
	*ret_found = false;
	for (uint16_t i = 0; i < ret->leg_count; i++) {
		const engine__candidate *leg;
		cx_status status = best_with(read, plan, &parts[i], lead, &leg);
		if (status != CX_OK || leg == NULL)
			return status;
		ret->legs[i] = *leg;
	}
	ret->ordering = ENGINE__MERGED;
	(void)tail_is_ordered(plan, lead, &ret->reverse);
	sum_up(ret);
	*ret_found = has_few_ranges(ret);
	return CX_OK;
}

/* Keeps the cheaper of two. */
static void keep_best(const engine__plan *plan, engine__purpose purpose,
                      const engine__union *found, engine__union *best, bool *has_best)
{
	if (*has_best && engine__union_cost(plan, purpose, found, found->estimate) >=
	                         engine__union_cost(plan, purpose, best, best->estimate))
		return;
	engine__candidate *legs = best->legs;
	memcpy(legs, found->legs, found->leg_count * sizeof *legs);
	*best = *found;
	best->legs = legs;
	*has_best = true;
}

static cx_status try_merges(engine_read *read, const engine__plan *plan,
                            engine__purpose purpose, const options *parts, cx_arena *arena,
                            engine__union *best, bool *has_best)
{
	engine__union found = *best;
	found.legs = cx_arena_alloc(arena, best->leg_count * sizeof *found.legs);
	if (found.legs == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < parts[0].count; i++) {
		bool reverse = false;
		bool good = false;
		if (!tail_is_ordered(plan, &parts[0].items[i], &reverse))
			continue;
		cx_status status =
			try_merge(read, plan, parts, &parts[0].items[i], &found, &good);
		if (status != CX_OK)
			return status;
		if (good)
			keep_best(plan, purpose, &found, best, has_best);
	}
	return CX_OK;
}

/* One leg after the other. */
static bool try_in_turn(const engine__plan *plan, const options *parts, engine__union *ret)
{
	for (uint16_t i = 0; i < ret->leg_count; i++)
		ret->legs[i] = *best_option(&parts[i]);
	ret->ordering = plan->order_count == 0 ? ENGINE__UNORDERED : ENGINE__SORTED;
	ret->reverse = false;
	sum_up(ret);
	return has_few_ranges(ret);
}

/* `*ret` is NULL when some part has no path. */
static cx_status find_legs(engine_read *read, const engine__plan *plan, engine__purpose purpose,
                           uint16_t node, cx_arena *arena, engine__union **ret)
{
	*ret = NULL;
	engine__union *self;
	cx_status status = new_union(plan, node, arena, &self);
	options parts[ENGINE__UNION_PARTS_MAX];
	for (uint16_t i = 0; status == CX_OK && i < self->leg_count; i++) {
		status = find_options(read, plan, &self->filters[i], arena, &parts[i]);
		if (status == CX_OK && parts[i].count == 0)
			return CX_OK;
	}
	if (status != CX_OK)
		return status;
	bool found = try_in_turn(plan, parts, self);
	if (plan->order_count > 0 && !engine__plan_goes_on_sorted(plan))
		status = try_merges(read, plan, purpose, parts, arena, self, &found);
	if (status == CX_OK && found)
		*ret = self;
	return status;
}

cx_status engine__union_find(engine_read *read, const engine__plan *plan,
                             engine__purpose purpose, cx_arena *arena, engine__union **ret)
{
	const engine__filter *filter = &plan->filter;
	unsigned tried = 0;
	*ret = NULL;
	for (uint16_t i = 0; i < filter->conjunct_count && tried < ENGINE__UNIONS_MAX; i++) {
		if (!is_candidate(filter, filter->conjuncts[i]))
			continue;
		tried++;
		engine__union *found;
		cx_status status =
			find_legs(read, plan, purpose, filter->conjuncts[i], arena, &found);
		if (status != CX_OK)
			return status;
		if (found != NULL && (*ret == NULL || found->estimate < (*ret)->estimate))
			*ret = found;
	}
	return CX_OK;
}

double engine__union_cost(const engine__plan *plan, engine__purpose purpose,
                          const engine__union *join, double fewest)
{
	double cost = 0;
	double least = -1;
	for (uint16_t i = 0; i < join->leg_count; i++) {
		engine__candidate leg = join->legs[i];
		leg.ordering = join->ordering;
		leg.residual = leg.residual || i > 0;
		const double one = engine__cost(plan, purpose, &leg, fewest);
		cost += one;
		least = least < 0 || one < least ? one : least;
	}
	/* Without an order the first leg that has a page of rows ends it; which one that is is
	 * not known. */
	const bool early =
		join->ordering == ENGINE__UNORDERED && engine__purpose_is_page(purpose);
	return early ? (cost + least) / 2 : cost;
}

/* ---- taking it ---- */

cx_status engine__union_again(engine_read *read, const engine__plan *plan,
                              const engine__position *position, cx_arena *arena,
                              engine__union **ret)
{
	*ret = NULL;
	const engine__filter *filter = &plan->filter;
	if (filter->names_deleted || position->or_node >= filter->node_count ||
	    !is_candidate(filter, position->or_node) ||
	    count_parts(filter, position->or_node) != position->leg_count)
		return CX_OK;
	engine__union *self;
	cx_status status = new_union(plan, position->or_node, arena, &self);
	bool exact = true;
	for (uint16_t i = 0; i < position->leg_count && status == CX_OK; i++) {
		const engine_index *index;
		if (!engine__position_index(plan->query->type, position->legs[i], &index))
			return CX_OK;
		engine__candidate *leg = &self->legs[i];
		*leg = engine__candidate_of(&self->filters[i], plan->order, plan->order_count,
		                            index);
		bool reverse = false;
		const bool merged = position->ordering == ENGINE__MERGED;
		if (leg->why != NULL ||
		    (merged && (!tail_is_ordered(plan, leg, &reverse) ||
		                reverse != position->reverse || !same_tail(leg, self->legs))))
			return CX_OK;
		if (merged)
			status = check_texts(read, plan, leg, &exact);
		if (!exact)
			return status;
	}
	self->ordering = position->ordering;
	self->reverse = position->reverse;
	if (status == CX_OK && has_few_ranges(self))
		*ret = self;
	return status;
}

cx_status engine__union_take(engine__plan *plan, engine__union *join, cx_arena *arena)
{
	engine__candidate *whole = cx_arena_alloc(arena, sizeof *whole);
	if (whole == NULL)
		return CX_NO_MEMORY;
	*whole = join->legs[0];
	whole->ordering = join->ordering;
	whole->reverse = join->reverse;
	whole->estimate = join->estimate;
	whole->cost = join->cost;
	whole->residual = true;
	whole->single = false;
	plan->form = ENGINE__UNION;
	plan->joined = join;
	plan->chosen = whole;
	return CX_OK;
}
