/* SPDX-License-Identifier: Apache-2.0 */
/* A leg of a search: ranges of postings that hold every record that can match a part of it. All
 * legs of a reading hold a record that matches it.
 *
 * The postings of one token are in order of type and id, so such a leg is *sorted*: it is read
 * from its end, the newest record first, and can be asked for one record. The others are ranges
 * of tokens that begin alike, or several of them. */
#pragma once

#include "engine/core/handle.h"
#include "engine/search/posting.h"
#include "engine/search/wanted.h"

enum {
	ENGINE__LEGS_MAX = 32, /* what has more is not narrowed down by the rest */
	ENGINE__LEG_BATCH = 256,
};

/* The types a search goes through. */
typedef struct engine__types {
	const engine_type **of_id; /* by type id, NULL for others; of_id_count of them */
	size_t of_id_count;
	const engine_type **each; /* by descending id */
	size_t count;
	bool all; /* every type that has a searched field */
} engine__types;

/* A record that may match. */
typedef struct engine__prospect {
	int64_t id;
	uint16_t type;
	uint8_t flags; /* ENGINE__TOKEN_START, _END: what may be true of its match */
} engine__prospect;

/* The order of sorted legs: the newest first. <0, 0, >0 */
int engine__prospect_compare(const engine__prospect *a, const engine__prospect *b);

typedef struct engine__postings_range {
	cx_slice low;
	cx_slice high; /* not in it */
} engine__postings_range;

typedef struct engine__leg {
	engine__postings_range *ranges;
	size_t range_count;
	bool sorted;
	bool first;     /* of its term: the record's text may begin with it */
	bool last;      /* of a search of one term */
	cx_slice token; /* sorted: the token; else what a token must be to be the whole term */
	/* Being read. */
	engine__cursor *cursor;
	size_t range;
	bool begun;
	bool ended;
	engine__prospect *found; /* in the order read */
	size_t count;
	size_t capacity;
} engine__leg;

typedef struct engine__legs {
	engine__view *view;
	engine__tree tree;
	const engine__types *types;
	cx_arena *arena;
	engine__leg each[ENGINE__LEGS_MAX];
	size_t count;
} engine__legs;

/* The legs of a reading. End them with engine__legs_end. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__legs_begin(engine_read *read, const engine__types *types,
                                         const engine__reading *reading, cx_arena *arena,
                                         engine__legs *ret);
void engine__legs_end(engine__legs *legs);

/* Reads up to `max` (<= ENGINE__LEG_BATCH) more postings of a leg into leg->found; sets
 * leg->ended at the end. `*ret_read` are the keys looked at. Errors: CX_CORRUPT, CX_IO,
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__leg_read(engine__legs *legs, engine__leg *leg, size_t max,
                                       size_t *ret_read);

/* Whether a sorted leg has the record, and its flags there. Errors: CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine__leg_has(engine__legs *legs, const engine__leg *leg,
                                      const engine__prospect *candidate, bool *ret,
                                      uint8_t *ret_flags);
