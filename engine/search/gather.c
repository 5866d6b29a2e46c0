/* SPDX-License-Identifier: Apache-2.0 */
/* The legs race: each is read a batch at a time, in turn, until one is at its end. That is
 * about the shortest, found without any estimate, and no other was read further than it. Its
 * records are then looked for in the sorted legs: in what was read of them, and by key behind
 * that. */
#include "engine/search/gather.h"

#include "base/check.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
	BATCH_FIRST = 16,
	SIEVE_MIN = 32, /* fewer records are looked at sooner than looked up */
	SIEVE_SLICE = 64,
};

static uint64_t keys_left(const engine__budget *budget)
{
	CX_ASSERT(budget->keys <= budget->keys_max);
	return budget->keys_max - budget->keys;
}

static bool goes_on(engine__budget *budget)
{
	if (keys_left(budget) == 0)
		budget->ended = true;
	if (budget->deadline_ns != 0 && cx_clock_monotonic_ns() >= budget->deadline_ns)
		budget->is_late = true;
	return !budget->ended && !budget->is_late;
}

/* The one to use when none came to its end: a sorted one, whose newest records were read. */
static engine__leg *best_unended(engine__legs *legs)
{
	for (size_t i = 0; i < legs->count; i++)
		if (legs->each[i].sorted)
			return &legs->each[i];
	return &legs->each[0];
}

static cx_status race(engine__legs *legs, engine__budget *budget, engine__leg **ret)
{
	for (size_t batch = BATCH_FIRST;;) {
		for (size_t i = 0; i < legs->count; i++) {
			engine__leg *leg = &legs->each[i];
			if (!goes_on(budget)) {
				*ret = best_unended(legs);
				return CX_OK;
			}
			const uint64_t left = keys_left(budget);
			const size_t most = batch < left ? batch : (size_t)left;
			size_t read;
			cx_status status = engine__leg_read(legs, leg, most, &read);
			if (status != CX_OK)
				return status;
			budget->keys += read;
			if (leg->ended) {
				*ret = leg;
				return CX_OK;
			}
		}
		batch = 2 * batch < ENGINE__LEG_BATCH ? 2 * batch : (size_t)ENGINE__LEG_BATCH;
	}
}

static int compare(const void *a, const void *b)
{
	return engine__prospect_compare(a, b);
}

/* Of a leg that is not sorted: into order, each record once. */
static void settle(engine__prospects *all)
{
	if (all->count == 0)
		return;
	qsort(all->items, all->count, sizeof *all->items, compare);
	size_t kept = 0;
	for (size_t i = 1; i < all->count; i++) {
		engine__prospect *last = &all->items[kept];
		if (engine__prospect_compare(last, &all->items[i]) == 0)
			last->flags |= all->items[i].flags;
		else
			all->items[++kept] = all->items[i];
	}
	all->count = kept + 1;
}

/* Whether a leg has the record: by what was read of it as far as that goes. Behind that takes a
 * key. */
static cx_status has(engine__legs *legs, const engine__leg *leg, size_t *at,
                     const engine__prospect *candidate, engine__budget *budget, bool *ret,
                     uint8_t *ret_flags)
{
	while (*at < leg->count && engine__prospect_compare(&leg->found[*at], candidate) < 0)
		++*at;
	if (*at < leg->count) {
		*ret = engine__prospect_compare(&leg->found[*at], candidate) == 0;
		*ret_flags = *ret ? leg->found[*at].flags : 0;
		return CX_OK;
	}
	*ret = false;
	*ret_flags = 0;
	if (leg->ended)
		return CX_OK;
	budget->keys++;
	return engine__leg_has(legs, leg, candidate, ret, ret_flags);
}

/* What nobody has looked at may be true. */
static void allow(const engine__leg *leg, engine__prospect *items, size_t count)
{
	const unsigned flags =
		(leg->first ? ENGINE__TOKEN_START : 0u) | (leg->last ? ENGINE__TOKEN_END : 0u);
	for (size_t i = 0; i < count && flags != 0; i++)
		items[i].flags |= (uint8_t)flags;
}

/* Leaves those that the leg has. When the budget ends the rest stays as it is: their texts are
 * looked at anyway, so it is only more of them. */
static cx_status sieve(engine__legs *legs, const engine__leg *leg, engine__budget *budget,
                       engine__prospects *all)
{
	size_t kept = 0, at = 0, i = 0;
	for (; i < all->count; i++) {
		if (keys_left(budget) == 0 || (i % SIEVE_SLICE == 0 && !goes_on(budget)))
			break;
		engine__prospect candidate = all->items[i];
		bool there;
		uint8_t flags;
		cx_status status = has(legs, leg, &at, &candidate, budget, &there, &flags);
		if (status != CX_OK)
			return status;
		candidate.flags |= flags;
		if (there)
			all->items[kept++] = candidate;
	}
	allow(leg, all->items + i, all->count - i);
	memmove(&all->items[kept], &all->items[i], (all->count - i) * sizeof *all->items);
	all->count = kept + all->count - i;
	return CX_OK;
}

static cx_status narrow(engine__legs *legs, const engine__leg *driver, engine__budget *budget,
                        engine__prospects *all)
{
	for (size_t i = 0; i < legs->count; i++) {
		const engine__leg *leg = &legs->each[i];
		if (leg == driver)
			continue;
		if (leg->sorted && all->count >= SIEVE_MIN && keys_left(budget) > 0 &&
		    goes_on(budget)) {
			cx_status status = sieve(legs, leg, budget, all);
			if (status != CX_OK)
				return status;
		} else {
			allow(leg, all->items, all->count);
		}
	}
	return CX_OK;
}

cx_status engine__gather(engine_read *read, const engine__types *types,
                         const engine__reading *reading, engine__budget *budget,
                         cx_arena *arena, engine__prospects *ret)
{
	CX_SCOPED(engine__legs_end) engine__legs legs = { 0 };
	cx_status status = engine__legs_begin(read, types, reading, arena, &legs);
	engine__leg *driver = NULL;
	if (status == CX_OK)
		status = race(&legs, budget, &driver);
	if (status != CX_OK)
		return status;
	engine__prospects all = { .items = driver->found, .count = driver->count };
	if (!driver->sorted)
		settle(&all);
	status = narrow(&legs, driver, budget, &all);
	if (status == CX_OK)
		*ret = all;
	return status;
}

cx_status engine__prospects_join(engine__prospects *a, const engine__prospects *b,
                                 cx_arena *arena)
{
	if (b->count == 0)
		return CX_OK;
	engine__prospects all = { .count = a->count + b->count };
	all.items = cx_arena_alloc(arena, all.count * sizeof *all.items);
	if (all.items == NULL)
		return CX_NO_MEMORY;
	if (a->count > 0)
		memcpy(all.items, a->items, a->count * sizeof *all.items);
	memcpy(all.items + a->count, b->items, b->count * sizeof *all.items);
	settle(&all);
	*a = all;
	return CX_OK;
}
