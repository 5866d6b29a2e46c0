/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying out a plan: from the entries of its ranges to the records that match, one step at a
 * time. Rows are fetched in batches. */
#pragma once

#include "engine/query/plan.h"
#include "engine/query/scan.h"

enum { ENGINE__STEPS_PER_CLOCK = 64 }; /* the deadline is looked at every so many */

typedef enum engine__step_kind {
	ENGINE__STEP_END,
	ENGINE__STEP_REFUSED, /* an entry whose record does not match */
	ENGINE__STEP_MATCH,
} engine__step_kind;

/* At the end only `kind` is set. */
typedef struct engine__step {
	engine__step_kind kind;
	engine__hit hit;
	cx_slice record_key; /* lives as long as the snapshot */
	/* When the row was fetched: */
	cx_slice stored; /* lives as long as the snapshot */
	engine_row row;  /* a long one (see `is_long`), or one made from a key, lives until the
	                  * next step */
	bool is_long;    /* the row was put together from pieces */
} engine__step;

/* What a leg of the plan needs while it is walked. */
typedef struct engine__walk_leg {
	uint16_t *residual; /* all conjuncts left, for entries that could not be decided */
	uint16_t residual_count;
	bool *row_wants; /* operands of the leg's row conjuncts */
	bool *all_wants; /* operands of `residual` */
	engine__value *operands;
} engine__walk_leg;

typedef struct engine__walk {
	engine_read *read;
	const engine__plan *plan;
	engine__scan scan;
	engine__hit *hits;
	engine__verdict *verdicts;
	cx_slice *record_keys;
	cx_slice *stored;
	bool fetched[ENGINE__SCAN_BATCH_MAX]; /* the row is looked at */
	size_t batch;                         /* how many entries to take next */
	size_t batch_max;
	size_t rows_wanted; /* of entries behind so many only their being there matters */
	size_t count;
	size_t at;
	engine__walk_leg *legs;
	engine__walk_leg only; /* where there is one */
	cx_buf folded;
	cx_buf unescaped;
	cx_buf covered;   /* the present row, when it was made from a key */
	cx_arena *pieces; /* the long row of the present step */
	uint64_t steps;   /* entries handed out */
	uint64_t rows_fetched;
	uint64_t rechecks_failed;
	uint64_t row_bytes;
	bool decides; /* entries may be refused before their row is looked at */
	bool late;    /* what is left of this batch is not decided, and never will be */
	bool timed;   /* the next two are kept */
	uint64_t scan_ns;
	uint64_t fetch_ns;
} engine__walk;

/* `page` is how many matches are wanted, 0 = all: a match beyond them may come without its
 * row. End it with engine__walk_end, after
 * an error too; until then it may not move in memory.
 * Errors: CX_CURSOR_STALE, CX_NO_MEMORY, CX_IO, CX_CORRUPT. */
CX_MUST_USE cx_status engine__walk_begin(engine_read *read, const engine__plan *plan,
                                         engine__scan_start start, size_t page, cx_arena *arena,
                                         engine__walk *ret, cx_error *error);
void engine__walk_end(engine__walk *walk);

/* After an error `*ret` is not set. */
CX_MUST_USE cx_status engine__walk_next(engine__walk *walk, engine__step *ret, cx_error *error);

/* Index keys looked at so far, those of exists and of all meeting indexes too. */
uint64_t engine__walk_keys(const engine__walk *walk);

/* True when the deadline of the query has passed; looks at the clock only now and then. */
bool engine__walk_is_late(const engine__walk *walk);
