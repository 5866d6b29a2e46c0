/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/intersection.h"

#include "base/check.h"

#include <string.h>

static const double cost_of_meeting = 6; /* moving another index up to an id */
static const double share_wanted = 0.2;
static const double keys_worth_it = 64; /* with fewer there is nothing to be gained */

/* Entries in one range, by id. */
static bool comes_by_id(const engine__candidate *candidate)
{
	return (candidate->why == NULL || candidate->why == engine__is_worse) &&
	       candidate->path.id_last && candidate->path.column_count > 0 &&
	       candidate->ranges == 1 &&
	       candidate->equal_count == candidate->path.column_count && !candidate->ranged;
}

static bool decides_more(const engine__candidate *candidate, const uint64_t *used)
{
	for (size_t i = 0; i < ENGINE__CONJUNCT_WORDS; i++)
		if ((candidate->used[i] & ~used[i]) != 0)
			return true;
	return false;
}

static void add_used(const engine__candidate *candidate, uint64_t *used)
{
	for (size_t i = 0; i < ENGINE__CONJUNCT_WORDS; i++)
		used[i] |= candidate->used[i];
}

/* Entries come by id, so only that can be an order that needs no sorting. */
static engine__ordering find_ordering(const engine__plan *plan, bool *ret_reverse)
{
	*ret_reverse = false;
	if (plan->order_count == 0)
		return ENGINE__UNORDERED;
	if (plan->order[0].field->slot != ENGINE_SLOT_ID || engine__plan_goes_on_sorted(plan))
		return ENGINE__SORTED;
	*ret_reverse = plan->order[0].descending;
	return ENGINE__ORDERED;
}

static cx_status take(engine__plan *plan, engine__candidate *const *meets, uint16_t count,
                      cx_arena *arena)
{
	engine__candidate *whole = cx_arena_alloc(arena, sizeof *whole);
	if (whole == NULL)
		return CX_NO_MEMORY;
	*whole = *meets[0];
	for (uint16_t i = 1; i < count; i++)
		add_used(meets[i], whole->used);
	engine__candidate_find_residual(&plan->filter, whole);
	whole->ordering = find_ordering(plan, &whole->reverse);
	whole->text_order = false;
	memcpy(plan->meets, meets, count * sizeof *meets);
	plan->meet_count = count;
	plan->form = ENGINE__INTERSECTION;
	plan->chosen = whole;
	return CX_OK;
}

/* The one with the fewest keys that decides something more. */
static engine__candidate *find_next(const engine__plan *plan, const uint64_t *used)
{
	engine__candidate *best = NULL;
	for (size_t i = 0; i < plan->candidate_count; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (comes_by_id(at) && decides_more(at, used) &&
		    (best == NULL || at->estimate < best->estimate))
			best = at;
	}
	return best;
}

static double find_cost(const engine__plan *plan, engine__purpose purpose,
                        const engine__candidate *lead, uint16_t count, double rows)
{
	bool reverse;
	const bool sorts = find_ordering(plan, &reverse) == ENGINE__SORTED;
	double part = 1;
	const double page = (double)plan->limit + 1;
	if (engine__purpose_is_page(purpose) && !sorts && rows > page)
		part = page / rows;
	engine__candidate one = *lead;
	one.estimate = rows * part;
	one.ordering = sorts ? ENGINE__SORTED : ENGINE__UNORDERED;
	one.residual = false;
	one.rows = purpose != ENGINE__PURPOSE_COUNT; /* they are fetched */
	return lead->estimate * part * (1 + cost_of_meeting * (count - 1)) +
	       engine__cost(plan, purpose, &one, one.estimate);
}

/* Those that were left out have no estimate yet. */
static cx_status estimate_worse(engine_read *read, engine__plan *plan, cx_arena *arena)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < plan->candidate_count && status == CX_OK; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (at->why == engine__is_worse && comes_by_id(at))
			status = engine__estimate(read, &plan->filter, arena, at);
	}
	return status;
}

cx_status engine__intersection_try(engine_read *read, engine__plan *plan,
                                   engine__purpose purpose, cx_arena *arena)
{
	cx_status status = estimate_worse(read, plan, arena);
	if (status != CX_OK)
		return status;
	const engine_combine combine = plan->query->combine;
	const bool forced = combine == ENGINE_COMBINE_INTERSECT;
	engine__candidate *meets[ENGINE__INTERSECT_MAX];
	uint64_t used[ENGINE__CONJUNCT_WORDS] = { 0 };
	uint16_t count = 0;
	double rows = 0;
	while (count < ENGINE__INTERSECT_MAX) {
		engine__candidate *next = find_next(plan, used);
		if (next == NULL)
			break;
		const double records = plan->records > 0 ? (double)plan->records : 1;
		const double share = next->estimate / records;
		rows = count == 0 ? next->estimate : rows * (share < 1 ? share : 1);
		add_used(next, used);
		meets[count++] = next;
	}
	if (count < 2)
		return CX_OK;
	const double cost = find_cost(plan, purpose, meets[0], count, rows);
	const bool better = meets[0]->estimate >= keys_worth_it &&
	                    rows < share_wanted * meets[0]->estimate &&
	                    (plan->chosen == NULL || cost < plan->chosen->cost);
	if (!forced && !better)
		return CX_OK;
	plan->rows = rows;
	status = take(plan, meets, count, arena);
	if (status == CX_OK)
		plan->chosen->cost = cost;
	return status;
}

cx_status engine__intersection_again(engine__plan *plan, const engine__position *position,
                                     cx_arena *arena, bool *ret)
{
	const engine_type *type = plan->query->type;
	engine__candidate *meets[ENGINE__INTERSECT_MAX];
	*ret = false;
	if (position->leg_count < 2 || position->leg_count > ENGINE__INTERSECT_MAX)
		return CX_OK;
	for (uint16_t i = 0; i < position->leg_count; i++) {
		const engine_index *index;
		if (!engine__position_index(type, position->legs[i], &index) || index == NULL)
			return CX_OK;
		meets[i] = cx_arena_alloc(arena, sizeof *meets[i]);
		if (meets[i] == NULL)
			return CX_NO_MEMORY;
		*meets[i] = engine__candidate_of(&plan->filter, plan->order, plan->order_count,
		                                 index);
		if (!comes_by_id(meets[i]))
			return CX_OK;
	}
	cx_status status = take(plan, meets, position->leg_count, arena);
	*ret = status == CX_OK && plan->chosen->ordering == position->ordering &&
	       plan->chosen->reverse == position->reverse;
	return status;
}
