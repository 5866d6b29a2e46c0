/* SPDX-License-Identifier: Apache-2.0 */
/* A candidate: a path and what of a query it can do. Found from filter, order and schema
 * alone, so it is the same for every page of a query. */
#pragma once

#include "engine/query/filter.h"
#include "engine/query/path.h"

enum {
	ENGINE__RANGES_MAX = 1000, /* key ranges of one plan */
	ENGINE__MERGE_MAX = 1000,  /* ranges that are merged to keep order */
	ENGINE__CONJUNCT_WORDS = (ENGINE_FILTER_NODES_MAX + 63) / 64,
};

/* How the order asked for comes about. */
typedef enum engine__ordering {
	ENGINE__UNORDERED, /* none was asked for; ranges one after the other */
	ENGINE__ORDERED,   /* ranges one after the other are in order */
	ENGINE__MERGED,    /* each range is in order, they are merged */
	ENGINE__SORTED,    /* the best `limit` are kept while all are read */
} engine__ordering;

typedef struct engine__candidate {
	engine__path path;
	/* The node that fixes each of the first columns to some values. */
	uint16_t equal[ENGINE_COLUMNS_MAX + 1];
	uint16_t equal_count;
	uint32_t ranges; /* product of their numbers of values; 0 = nothing can match */
	bool ranged;     /* conjuncts bound the column after those */
	bool single;     /* a range holds one record: the id, or a whole unique key */
	engine__ordering ordering;
	bool reverse;
	bool text_order; /* `ordering` stands only while the index has no inexact entries */
	/* Conjuncts, by position, that the ranges decide. */
	uint64_t used[ENGINE__CONJUNCT_WORDS];
	bool residual; /* some conjunct is not among them */
	bool rows;     /* and one of those needs the row: the columns do not decide it */

	/* Filled by the planner. */
	uint64_t entries; /* of the path */
	double estimate;  /* keys in the ranges */
	bool informed;    /* … says the statistics of the index, … */
	bool at_least;    /* … or a walk that ended before the ranges did, without them */
	double cost;
	const char *why; /* not NULL: cannot be used, because … */
} engine__candidate;

/* `order` must be simple (engine__order_simplify). */
engine__candidate engine__candidate_of(const engine__filter *filter, const engine_order *order,
                                       size_t order_count, const engine_index *index);

/* Finds `residual` and `rows` anew from `used`. */
void engine__candidate_find_residual(const engine__filter *filter,
                                     engine__candidate *candidate);

/* True when nothing of the filter bounds what has to be read. */
bool engine__candidate_is_unbounded(const engine__candidate *candidate);

/* Leaves out what cannot matter: a field that the filter fixes to one value, one that came
 * before, and all after the id. Returns how many are left. */
size_t engine__order_simplify(const engine__filter *filter, engine_order *order, size_t count);

/* Finds ordering, reverse and text_order of a candidate whose columns are known. */
void engine__order_match(const engine__filter *filter, const engine_order *order,
                         size_t order_count, engine__candidate *candidate);

static inline void engine__candidate_use(engine__candidate *candidate, uint16_t conjunct)
{
	candidate->used[conjunct / 64] |= UINT64_C(1) << conjunct % 64;
}

static inline bool engine__candidate_uses(const engine__candidate *candidate, uint16_t conjunct)
{
	return (candidate->used[conjunct / 64] >> conjunct % 64 & 1) != 0;
}

/* Whether a conjunct's node can bound this column of a path by a range. */
bool engine__node_bounds(const engine__node *node, const engine__path *path, uint16_t column);
