/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a query: which path is read, in which ranges, what is still to be looked at, and
 * how order comes about.
 *
 * How it is chosen: every path that can be used is a candidate. Equalities on its first
 * columns, then one range bound it; what keys it has then to be read is estimated from entry
 * counts, guesses by field kind and, where several candidates are left, by walking a few keys;
 * more of them where that shows only that there are more, and another would be the cheapest if
 * there are many. The cheapest one wins. A candidate that gives the order asked for, or that
 * may stop at the limit, is counted as stopping early only when it reads at most
 * ENGINE__PATIENCE times the keys of the most selective one: a filter that finds little late
 * must not make it read all. */
#pragma once

#include "engine/core/handle.h"
#include "engine/query/key_filter.h"
#include "engine/query/position.h"
#include "engine/query/ranges.h"

enum {
	ENGINE__PATIENCE = 4,
	ENGINE__SAMPLE_KEYS = 128, /* walked per candidate at most */
	ENGINE__WALK_KEYS = 2048,  /* the same of one that is cheapest only until it is known */
	ENGINE__SAMPLE_RANGES = 16, /* begun per candidate at most */
	ENGINE__IMPATIENCE = 10, /* times the keys expected, after which a plan is given up */
	ENGINE__GIVE_UP_KEYS_MIN = 2000, /* fewer are not worth another plan */
};

typedef enum engine__purpose {
	ENGINE__PURPOSE_RUN,
	ENGINE__PURPOSE_EXPLAIN, /* the same, with all that was not chosen */
	ENGINE__PURPOSE_COUNT,
	ENGINE__PURPOSE_ALL, /* every row, in any order */
} engine__purpose;

/* Whether a page of rows may be all that is read. */
static inline bool engine__purpose_is_page(engine__purpose purpose)
{
	return purpose == ENGINE__PURPOSE_RUN || purpose == ENGINE__PURPOSE_EXPLAIN;
}

/* How the paths of a plan go together. */
typedef enum engine__form {
	ENGINE__SINGLE,
	/* One path for each part of an "or". Each leg asks for what its part and the rest of
	 * the filter do, and leaves out what the parts before it find: so no record comes
	 * twice, and nothing has to be remembered. */
	ENGINE__UNION,
	/* Several indexes, each fixed to one value of all its columns, so that their entries
	 * come by id; only records that are in all of them are looked at. */
	ENGINE__INTERSECTION,
} engine__form;

enum {
	ENGINE__UNION_PARTS_MAX = 16, /* parts of an "or" that becomes a union */
	ENGINE__INTERSECT_MAX = 4,    /* indexes of an intersection */
	ENGINE__UNIONS_MAX = 4,       /* of the filter that are looked at */
};

/* What a plan that was given up has cost. */
typedef struct engine__spent {
	const engine__candidate *candidate; /* NULL: none was */
	uint64_t keys;
	uint64_t rows_fetched;
	uint64_t rechecks_failed;
	uint64_t bytes;
	uint64_t scan_ns;
	uint64_t fetch_ns;
} engine__spent;

/* A path and what is left to be done with its entries. */
typedef struct engine__way {
	const engine__filter *filter; /* of the plan; in a union the leg's own */
	const engine__path *path;
	engine__key_filter key_filter;
	uint16_t *row_conjuncts; /* nodes that only the row can decide */
	uint16_t row_conjunct_count;
	bool refuses;      /* not every entry is a match */
	bool live_only;    /* the path finds deleted records, which are left out */
	bool covers;       /* keys have all that is asked for: covering.h */
	uint32_t covering; /* in these columns, a bit each */
	bool fetches;      /* the rows are needed */
} engine__way;

/* A union while it is planned: the "or", and by part its filter and the path for it. */
typedef struct engine__union {
	uint16_t node;
	uint16_t leg_count;
	engine__filter *filters;
	engine__candidate *legs;
	engine__ordering ordering;
	bool reverse;
	double estimate;
	double cost;
} engine__union;

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
	/* What is done. Of a union: its first leg, with the ordering and estimate of the whole;
	 * of an intersection: the leading index, with all that the others decide. */
	engine__candidate *chosen;
	engine__form form;
	engine__union *joined;                           /* UNION */
	engine__candidate *meets[ENGINE__INTERSECT_MAX]; /* INTERSECTION: [0] leads */
	uint16_t meet_count;
	double rows;           /* about how many come out of an intersection */
	engine__ranges ranges; /* of all legs */
	engine__way *legs;
	uint16_t leg_count;
	engine__way only; /* the leg of a plan that has one */
	bool continued;   /* from the position of an earlier page */
	bool timed;       /* time is taken while it is carried out */
	engine__position position;
	/* Of a choice by cost. */
	double fewest;   /* keys that the most selective path has */
	double expected; /* keys that the chosen one was expected to read */
	engine__spent spent;
	/* Of a filter with a match that has to be TRUE (match.h). */
	bool matches;
	bool searched;           /* the search index has told its records, … */
	uint64_t search_records; /* … so many */
	uint64_t search_keys;    /* keys of that index that were looked at */
} engine__plan;

/* Makes the plan. It lives in the arena and refers to the query.
 * Errors: as engine_query_run, but for running it. */
CX_MUST_USE cx_status engine__plan_of(engine_read *read, const engine_query *query,
                                      engine__purpose purpose, cx_arena *arena,
                                      engine__plan *ret, cx_error *error);

/* The page goes on behind values that an earlier one sorted by: it has to be sorted, too. */
static inline bool engine__plan_goes_on_sorted(const engine__plan *plan)
{
	return plan->continued && plan->position.ordering == ENGINE__SORTED;
}

/* Whether the rows of the candidate would come from its keys alone. `ret_columns`: see
 * engine__path_covers. */
bool engine__plan_covers(const engine__plan *plan, const engine__candidate *candidate,
                         uint32_t *ret_columns);

/* Computes ranges and legs of a plan whose filter and form are known. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__plan_finish(engine__plan *plan, engine__purpose purpose,
                                          cx_arena *arena);

/* Sets plan->chosen and form. Takes the candidate that is best whatever the store holds, if
 * there is one. Otherwise sets plan->by_contents, estimates the cost of every usable candidate,
 * union and intersection and takes the cheapest; chosen is NULL when none is usable.
 * Errors: CX_IO, CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__choose(engine_read *read, engine__plan *plan,
                                     engine__purpose purpose, cx_arena *arena);

/* Looks up the entries of a candidate's path and estimates the keys in its ranges.
 * Errors: CX_IO, CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__estimate(engine_read *read, const engine__filter *filter,
                                       cx_arena *arena, engine__candidate *candidate);

/* The candidate to go on with when the chosen one has read `keys` without a row: one that would
 * cost less than what is to be feared of it. NULL: there is none, or giving up is no question.
 */
engine__candidate *engine__plan_next(const engine__plan *plan, uint64_t keys);

/* Goes on with it; the walk has ended. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__plan_turn(engine__plan *plan, engine__candidate *next,
                                        cx_arena *arena);

/* What a candidate costs, in about the time it takes to step over a key. `fewest` keys have to
 * be read by the most selective one. */
double engine__cost(const engine__plan *plan, engine__purpose purpose,
                    const engine__candidate *candidate, double fewest);

/* Why a candidate was left out that another one is as good as; what it is good for in an
 * intersection is another matter. */
extern const char engine__is_worse[];

/* Whether a query may use the index: it has not said that it must not. */
bool engine__query_permits(const engine_query *query, const engine_index *index);

/* CX_FULL_SCAN_REFUSED, with the index that would help. */
cx_status engine__refuse_scan(const engine__plan *plan, cx_error *error);
