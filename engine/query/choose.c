/* SPDX-License-Identifier: Apache-2.0 */
/* What candidates cost. Costs are in about the time it takes to step over one key. */
#include "base/check.h"
#include "engine/query/intersection.h"
#include "engine/query/statistics.h"
#include "engine/query/union.h"

#include <string.h>

static const double cost_of_range = 10;
static const double cost_of_near_row = 4; /* the value beside the key */
static const double cost_of_far_row = 15; /* looked up in the record tree */
static const double cost_of_sorting = 4;
static const double cost_of_refusal =
	1e15; /* more than a query may sort: when all else fails */

/* Shares of the records that a condition is guessed to let through. */
static const double share_of_equal = 0.01;
static const double share_of_null = 0.2;
static const double share_of_prefix = 0.05;
static const double share_of_side = 1.0 / 3; /* one end of a range */
static const double share_of_residual = 1.0 / 8;
static const double share_of_columns = 1.0 / 4; /* left when the columns have been looked at */

const char engine__is_worse[] = "another decides all that it does";

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double share_of_fixed(const engine__node *node)
{
	if (node->op == ENGINE__OP_IS_NULL)
		return share_of_null;
	double one = share_of_equal;
	if (node->field->kind == ENGINE_BOOL)
		one = 0.5;
	if (node->field->kind == ENGINE_ENUM)
		one = 1.0 / node->field->label_count;
	return least(1, one * node->value_count);
}

static double share_of_bound(const engine__node *node)
{
	switch (node->op) {
	case ENGINE__OP_BETWEEN:
		return share_of_side * share_of_side;
	case ENGINE__OP_PREFIX:
	case ENGINE__OP_FOLDED_PREFIX:
		return share_of_prefix;
	case ENGINE__OP_NOT_NULL:
		return 1;
	case ENGINE__OP_LESS:
	case ENGINE__OP_LESS_EQUAL:
	case ENGINE__OP_GREATER:
	case ENGINE__OP_GREATER_EQUAL:
		return share_of_side;
	case ENGINE__OP_AND:
	case ENGINE__OP_OR:
	case ENGINE__OP_NOT:
	case ENGINE__OP_UNTRUE:
	case ENGINE__OP_EQUAL:
	case ENGINE__OP_NOT_EQUAL:
	case ENGINE__OP_IN:
	case ENGINE__OP_FOLDED_EQUAL:
	case ENGINE__OP_IS_NULL:
	case ENGINE__OP_HAS:
	case ENGINE__OP_EXISTS:
	case ENGINE__OP_CONTAINS:
	case ENGINE__OP_FOLDED_CONTAINS:
	case ENGINE__OP_MATCH:
		break;
	}
	CX_UNREACHABLE();
}

static double guess(const engine__filter *filter, const engine__candidate *candidate)
{
	const double entries = (double)candidate->entries;
	if (candidate->single)
		return least(entries, candidate->ranges);
	double share = candidate->ranges > 0 ? 1 : 0;
	for (uint16_t i = 0; i < candidate->equal_count; i++)
		share *= share_of_fixed(&filter->nodes[candidate->equal[i]]);
	for (uint16_t i = 0; i < filter->conjunct_count && candidate->ranged; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (engine__node_bounds(node, &candidate->path, candidate->equal_count))
			share *= share_of_bound(node);
	}
	return entries * share;
}

/* ---- sampling ---- */

enum { WALK_BATCH = 32 };

/* Keys in a range, at most `most` of them. */
static cx_status count_keys(engine__cursor *cursor, const engine__range *range, size_t most,
                            size_t *ret)
{
	CX_UNSET engine__pair pairs[WALK_BATCH];
	size_t count = 0;
	size_t got;
	cx_status status = CX_OK;
	if (range->low.size > 0)
		status = engine__cursor_seek(cursor, range->low);
	while (status == CX_OK && count < most) {
		size_t wanted = most - count < WALK_BATCH ? most - count : WALK_BATCH;
		status = engine__cursor_next(cursor, pairs, wanted, &got);
		if (status != CX_OK)
			break;
		const size_t inside = engine__range_count(range, pairs, got, false);
		count += inside;
		if (inside < wanted)
			break;
	}
	*ret = count;
	return status;
}

/* Walks up to `most` keys: the exact number when they are few, at least as many when not. */
static cx_status sample(engine_read *read, const engine__filter *filter, cx_arena *arena,
                        size_t most, engine__candidate *candidate)
{
	engine__ranges ranges;
	cx_status status = engine__ranges_of(filter, candidate, arena, &ranges);
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	if (status == CX_OK)
		status = engine__cursor_open(read->view, candidate->path.tree, ENGINE__FORWARD,
		                             &cursor);
	size_t keys = 0;
	size_t begun = 0;
	while (status == CX_OK && begun < ranges.count && begun < ENGINE__SAMPLE_RANGES &&
	       keys < most) {
		size_t more = 0;
		status = count_keys(cursor, &ranges.items[begun++], most - keys, &more);
		keys += more;
	}
	if (status != CX_OK)
		return status;
	const double seen = (double)keys;
	candidate->at_least = keys >= most && !candidate->informed;
	if (keys >= most)
		candidate->estimate = candidate->estimate > seen ? candidate->estimate : seen;
	else
		candidate->estimate =
			begun > 0 ? seen / (double)begun * (double)ranges.count : 0;
	return CX_OK;
}

/* Candidates whose ranges decide the same conjuncts have the same number of keys in them. */
static const engine__candidate *find_alike(const engine__plan *plan,
                                           const engine__candidate *candidate)
{
	for (const engine__candidate *other = plan->candidates; other < candidate; other++)
		if (other->why == NULL && !engine__candidate_is_unbounded(other) &&
		    memcmp(other->used, candidate->used, sizeof other->used) == 0)
			return other;
	return NULL;
}

/* All conjuncts that b's ranges decide are decided by a's. */
static bool decides_all(const engine__candidate *a, const engine__candidate *b)
{
	for (size_t i = 0; i < ENGINE__CONJUNCT_WORDS; i++)
		if ((b->used[i] & ~a->used[i]) != 0)
			return false;
	return true;
}

/* True when `a` is as good in every respect: there are no more keys in its ranges, and what is
 * to be done with each costs no more. Then there is nothing to estimate. */
static bool is_as_good(const engine__candidate *a, const engine__candidate *b)
{
	return decides_all(a, b) && a->ranges <= b->ranges + ENGINE__SAMPLE_RANGES &&
	       (a->ordering != ENGINE__SORTED || b->ordering == ENGINE__SORTED) &&
	       (!a->rows || b->rows) && (a->path.holds_rows || !b->path.holds_rows);
}

/* Leaves out candidates that another one is as good as; of equal ones the first declared stays.
 * Returns how many stay. */
static size_t leave_out_worse(engine__plan *plan)
{
	size_t count = 0;
	for (size_t i = plan->candidate_count; i-- > 0;) {
		engine__candidate *at = &plan->candidates[i];
		for (size_t j = 0; j < plan->candidate_count && at->why == NULL; j++) {
			const engine__candidate *other = &plan->candidates[j];
			if (j != i && other->why == NULL && is_as_good(other, at))
				at->why = engine__is_worse;
		}
		count += at->why == NULL;
	}
	return count;
}

/* True when usable candidates differ in what they have to read, so that it is worth knowing
 * more about it. */
static bool differ(const engine__plan *plan)
{
	const engine__candidate *first = NULL;
	for (size_t i = 0; i < plan->candidate_count; i++) {
		const engine__candidate *at = &plan->candidates[i];
		if (at->why != NULL)
			continue;
		if (first != NULL && memcmp(first->used, at->used, sizeof at->used) != 0)
			return true;
		if (first == NULL)
			first = at;
	}
	return false;
}

static cx_status sample_all(engine_read *read, engine__plan *plan, cx_arena *arena)
{
	for (size_t i = 0; i < plan->candidate_count; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (at->why != NULL || at->single || engine__candidate_is_unbounded(at))
			continue;
		const engine__candidate *alike = find_alike(plan, at);
		if (alike != NULL) {
			at->estimate = alike->estimate;
			at->at_least = alike->at_least;
			continue;
		}
		cx_status status = sample(read, &plan->filter, arena, ENGINE__SAMPLE_KEYS, at);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* What the statistics of the index say, if there are any. */
static cx_status consult(engine_read *read, const engine__filter *filter, cx_arena *arena,
                         engine__candidate *candidate)
{
	const engine__index_statistics *known =
		engine__statistics_of(read, candidate->path.index);
	if (known == NULL || candidate->single || engine__candidate_is_unbounded(candidate))
		return CX_OK;
	engine__ranges ranges;
	cx_status status = engine__ranges_of(filter, candidate, arena, &ranges);
	if (status != CX_OK)
		return status;
	candidate->informed = true;
	candidate->estimate =
		engine__statistics_estimate(known, candidate, &ranges, candidate->entries);
	return CX_OK;
}

static cx_status guess_one(engine_read *read, const engine__filter *filter, cx_arena *arena,
                           engine__candidate *candidate)
{
	cx_status status =
		engine__view_estimate(read->view, candidate->path.tree, &candidate->entries);
	if (status != CX_OK)
		return status;
	candidate->estimate = guess(filter, candidate);
	return consult(read, filter, arena, candidate);
}

cx_status engine__estimate(engine_read *read, const engine__filter *filter, cx_arena *arena,
                           engine__candidate *candidate)
{
	cx_status status = guess_one(read, filter, arena, candidate);
	if (status != CX_OK || candidate->single || engine__candidate_is_unbounded(candidate))
		return status;
	return sample(read, filter, arena, ENGINE__SAMPLE_KEYS, candidate);
}

/* ---- cost ---- */

/* The keys that are expected to be read. */
static double keys_of(const engine__plan *plan, engine__purpose purpose,
                      const engine__candidate *candidate, double fewest)
{
	const double keys = candidate->estimate > 1 ? candidate->estimate : 1;
	const bool patient = keys <= ENGINE__PATIENCE * fewest;
	const double page = (double)plan->limit + 1;
	if (!engine__purpose_is_page(purpose) || candidate->ordering == ENGINE__SORTED)
		return keys;
	if (!candidate->residual)
		return least(keys, page);
	return patient ? least(keys, page / share_of_residual) : keys;
}

double engine__cost(const engine__plan *plan, engine__purpose purpose,
                    const engine__candidate *candidate, double fewest)
{
	const bool sorts = candidate->ordering == ENGINE__SORTED;
	const double keys = keys_of(plan, purpose, candidate, fewest);
	double rows = keys;
	if (candidate->residual && !candidate->rows)
		rows *= share_of_columns;
	if (engine__plan_covers(plan, candidate, NULL) ||
	    (purpose == ENGINE__PURPOSE_COUNT && !candidate->rows &&
	     !candidate->path.holds_deleted))
		rows = 0;
	double ranges = candidate->ranges;
	if (candidate->ordering != ENGINE__MERGED)
		ranges = least(ranges, keys);
	double cost = ranges * cost_of_range + keys;
	cost += rows * (candidate->path.holds_rows ? cost_of_near_row : cost_of_far_row);
	if (sorts)
		cost += rows * cost_of_sorting;
	return sorts && !plan->may_sort ? cost + cost_of_refusal : cost;
}

/* Reading every record for what may be a few of them. */
static bool is_full_scan(const engine__candidate *candidate, engine__purpose purpose)
{
	return engine__candidate_is_unbounded(candidate) &&
	       (candidate->residual || candidate->ordering == ENGINE__SORTED ||
	        purpose == ENGINE__PURPOSE_ALL);
}

/* Leaves out what is not permitted. */
static void refuse_scans(engine__plan *plan, engine__purpose purpose)
{
	for (size_t i = 0; i < plan->candidate_count && !plan->may_scan; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (at->why == NULL && is_full_scan(at, purpose))
			at->why = "would have to look at every record";
	}
}

/* Looks up entry counts and guesses. */
static cx_status guess_all(engine_read *read, engine__plan *plan, cx_arena *arena)
{
	for (size_t i = 0; i < plan->candidate_count; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (at->why != NULL)
			continue;
		cx_status status = guess_one(read, &plan->filter, arena, at);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* A candidate that finds one record or none is not to be improved. */
static engine__candidate *find_single(const engine__plan *plan)
{
	for (size_t i = 0; i < plan->candidate_count; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (at->why == NULL && at->single && at->ranges <= 1)
			return at;
	}
	return NULL;
}

/* The first that can be used, NULL when none can. */
static engine__candidate *find_first(const engine__plan *plan)
{
	for (size_t i = 0; i < plan->candidate_count; i++)
		if (plan->candidates[i].why == NULL)
			return &plan->candidates[i];
	return NULL;
}

static double find_fewest(const engine__plan *plan, const engine__union *join)
{
	double fewest = join != NULL ? join->estimate : -1;
	for (size_t i = 0; i < plan->candidate_count; i++) {
		const engine__candidate *at = &plan->candidates[i];
		if (at->why == NULL && (fewest < 0 || at->estimate < fewest))
			fewest = at->estimate;
	}
	return fewest < 1 ? 1 : fewest;
}

static engine__candidate *find_cheapest(const engine__plan *plan, engine__purpose purpose,
                                        double fewest)
{
	engine__candidate *best = NULL;
	for (size_t i = 0; i < plan->candidate_count; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (at->why != NULL)
			continue;
		at->cost = engine__cost(plan, purpose, at, fewest);
		if (best == NULL || at->cost < best->cost)
			best = at;
	}
	return best;
}

/* True when a candidate, the cheapest by keys of which no more is known than that there are at
 * least so many, would not be the cheapest if it had all there can be. */
static bool is_doubtful(const engine__plan *plan, engine__purpose purpose,
                        const engine__candidate *candidate, double fewest)
{
	if (candidate == NULL || !candidate->at_least)
		return false;
	engine__candidate most = *candidate;
	most.estimate = (double)most.entries;
	const double cost = engine__cost(plan, purpose, &most, fewest);
	for (size_t i = 0; i < plan->candidate_count; i++) {
		const engine__candidate *at = &plan->candidates[i];
		if (at != candidate && at->why == NULL && at->cost < cost)
			return true;
	}
	return false;
}

/* Takes the cheapest path. A walk of few keys shows of a long range only that it is not short,
 * and a guess may be far below; so the cheapest is walked further while that could make another
 * the cheapest. */
static cx_status take_cheapest(engine_read *read, engine__plan *plan, engine__purpose purpose,
                               cx_arena *arena, double fewest)
{
	plan->chosen = find_cheapest(plan, purpose, fewest);
	size_t most = ENGINE__SAMPLE_KEYS;
	while (most < ENGINE__WALK_KEYS && is_doubtful(plan, purpose, plan->chosen, fewest)) {
		most *= 2;
		cx_status status = sample(read, &plan->filter, arena, most, plan->chosen);
		if (status != CX_OK)
			return status;
		plan->chosen = find_cheapest(plan, purpose, fewest);
	}
	return CX_OK;
}

/* With the records told by the search index, nothing is to be combined: a page that goes on has
 * others of them, and so other ranges. */
static engine_combine combine_of(const engine__plan *plan)
{
	return plan->query->by_id || plan->searched ? ENGINE_COMBINE_NEVER
	                                            : plan->query->combine;
}

/* Takes the cheapest path, or union, or intersection. */
static cx_status choose_by_cost(engine_read *read, engine__plan *plan, engine__purpose purpose,
                                cx_arena *arena, engine__union *join)
{
	const engine_combine combine = combine_of(plan);
	const double fewest = find_fewest(plan, join);
	cx_status status = take_cheapest(read, plan, purpose, arena, fewest);
	if (status == CX_OK && join != NULL) {
		join->cost = engine__union_cost(plan, purpose, join, fewest);
		if (plan->chosen == NULL || combine == ENGINE_COMBINE_UNITE ||
		    join->cost < plan->chosen->cost)
			status = engine__union_take(plan, join, arena);
	}
	if (status == CX_OK && plan->form == ENGINE__SINGLE &&
	    (combine == ENGINE_COMBINE_AS_CHEAPEST || combine == ENGINE_COMBINE_INTERSECT))
		status = engine__intersection_try(read, plan, purpose, arena);
	plan->fewest = fewest;
	if (plan->chosen != NULL)
		plan->expected = keys_of(plan, purpose, plan->chosen, fewest);
	return status;
}

/* ---- turning to another ---- */

/* A plan that was chosen by its form alone, or goes on for a page, is carried out. */
static bool may_turn(const engine__plan *plan)
{
	return plan->expected > 0 && plan->form == ENGINE__SINGLE && !plan->continued &&
	       plan->spent.candidate == NULL && !plan->chosen->single;
}

/* So far it has read ten times what was expected: then it may as well read as much again. */
static double feared_cost(const engine__plan *plan, uint64_t keys)
{
	engine__candidate feared = *plan->chosen;
	feared.estimate = 2 * (double)keys;
	return engine__cost(plan, ENGINE__PURPOSE_ALL, &feared, 0);
}

static bool is_impatient(const engine__plan *plan, uint64_t keys)
{
	const uint64_t asked = plan->query->give_up_keys;
	if (asked > 0)
		return keys >= asked;
	return keys >= ENGINE__GIVE_UP_KEYS_MIN &&
	       (double)keys >= ENGINE__IMPATIENCE * plan->expected;
}

engine__candidate *engine__plan_next(const engine__plan *plan, uint64_t keys)
{
	if (!is_impatient(plan, keys) || !may_turn(plan))
		return NULL;
	engine__candidate *next = NULL;
	/* Who asks for it is given the next best one at any cost. */
	double cost = plan->query->give_up_keys > 0 ? cost_of_refusal : feared_cost(plan, keys);
	for (size_t i = 0; i < plan->candidate_count; i++) {
		engine__candidate *at = &plan->candidates[i];
		if (at == plan->chosen || at->why != NULL)
			continue;
		const double other = engine__cost(plan, ENGINE__PURPOSE_RUN, at, plan->fewest);
		if (other >= cost)
			continue;
		cost = other;
		next = at;
	}
	return next;
}

cx_status engine__plan_turn(engine__plan *plan, engine__candidate *next, cx_arena *arena)
{
	plan->spent.candidate = plan->chosen;
	plan->chosen = next;
	plan->leg_count = 0;
	return engine__plan_finish(plan, ENGINE__PURPOSE_RUN, arena);
}

cx_status engine__choose(engine_read *read, engine__plan *plan, engine__purpose purpose,
                         cx_arena *arena)
{
	const engine_combine combine = combine_of(plan);
	const bool forced =
		combine == ENGINE_COMBINE_UNITE || combine == ENGINE_COMBINE_INTERSECT;
	refuse_scans(plan, purpose);
	plan->chosen = find_single(plan);
	if (plan->chosen != NULL && !forced)
		return CX_OK;
	const bool unites =
		(combine == ENGINE_COMBINE_AS_CHEAPEST || combine == ENGINE_COMBINE_UNITE) &&
		engine__union_is_possible(plan);
	const size_t count = forced ? plan->candidate_count : leave_out_worse(plan);
	plan->chosen = find_first(plan);
	if (count <= 1 && !unites)
		return CX_OK;
	plan->by_contents = true;
	engine__union *join = NULL;
	cx_status status = guess_all(read, plan, arena);
	if (status == CX_OK && plan->records > ENGINE__SAMPLE_KEYS && (unites || differ(plan)))
		status = sample_all(read, plan, arena);
	if (status == CX_OK && unites)
		status = engine__union_find(read, plan, purpose, arena, &join);
	return status == CX_OK ? choose_by_cost(read, plan, purpose, arena, join) : status;
}
