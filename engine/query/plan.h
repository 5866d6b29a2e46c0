/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a query: which path is read, in which ranges, what is still to be looked at, and
 * how order comes about.
 *
 * How it is chosen: every path that can be used is a candidate. Equalities on its first
 * columns, then one range bound it; what keys it has then to be read is estimated from entry
 * counts, guesses by field kind and, where several candidates are left, by walking a few keys.
 * The cheapest one wins. A candidate that gives the order asked for, or that may stop at the
 * limit, is counted as stopping early only when it reads at most ENGINE__PATIENCE times the
 * keys of the most selective one: a filter that finds little late must not make it read all. */
#pragma once

#include "engine/core/handle.h"
#include "engine/query/key_filter.h"
#include "engine/query/position.h"
#include "engine/query/ranges.h"

enum {
	ENGINE__PATIENCE = 4,
	ENGINE__SAMPLE_KEYS = 128,  /* walked per candidate at most */
	ENGINE__SAMPLE_RANGES = 16, /* begun per candidate at most */
};

typedef enum engine__purpose {
	ENGINE__PURPOSE_RUN,
	ENGINE__PURPOSE_EXPLAIN, /* the same, with all that was not chosen */
	ENGINE__PURPOSE_COUNT,
} engine__purpose;

typedef struct engine__plan {
	const engine_query *query;
	engine__filter filter;
	engine_order order[ENGINE_ORDER_MAX]; /* what is left of it when simplified */
	size_t order_count;
	size_t limit;
	bool may_sort;    /* the limit is not too large for that */
	bool by_contents; /* what the store holds has a part in the choice */
	uint64_t records; /* of the type, deleted ones too */
	bool may_scan;    /* reading them all is permitted */

	/* All, by id first, then as the type's indexes; or the one that was known before. */
	engine__candidate *candidates;
	size_t candidate_count;
	engine__candidate *chosen;
	engine__ranges ranges;
	engine__key_filter key_filter;
	uint16_t *row_conjuncts; /* nodes that only the row can decide */
	uint16_t row_conjunct_count;
	bool live_only; /* the path finds deleted records, which are left out */
	bool fetches;   /* the rows are needed */
	bool continued; /* from the position of an earlier page */
	engine__position position;
} engine__plan;

/* Makes the plan. It lives in the arena and refers to the query.
 * Errors: as engine_query_run, but for running it. */
CX_MUST_USE cx_status engine__plan_of(engine_read *read, const engine_query *query,
                                      engine__purpose purpose, cx_arena *arena,
                                      engine__plan *ret, cx_error *error);

/* Takes the candidate that is best whatever the store holds, if there is one. Otherwise sets
 * plan->by_contents, estimates the cost of every usable candidate and takes the cheapest; NULL
 * when none is usable. Errors: CX_IO, CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__choose(engine_read *read, engine__plan *plan,
                                     engine__purpose purpose, cx_arena *arena,
                                     engine__candidate **ret);

/* CX_FULL_SCAN_REFUSED, with the index that would help. */
cx_status engine__refuse_scan(const engine__plan *plan, cx_error *error);
