/* SPDX-License-Identifier: Apache-2.0 */
/* Changing the schema of a store while it is open, and building what that asks for.
 *
 * A change is described by the whole new text, in two parts: what comes first, and one's own
 * (`extend type` and types of one's own). What the two schemas have under the same names is the
 * same thing and keeps its number; everything else is new or dropped. Each difference is a
 * *step* with a verdict: instant, to be built online, or refused. A change with a refused step
 * does not happen at all.
 *
 * After a change, snapshots and transactions know the new schema (engine_read_schema), those
 * that are older the one they were written under. New indexes and aggregates are BUILDING:
 * writes keep them, queries do not use them; engine_build_step() goes through the records that
 * were there. A new rollup is BUILDING, too: its field has in it what the records that have
 * been gone through make it. */
#pragma once

#include "engine/engine.h"

#define ENGINE_VERDICTS(V)                                  \
	V(INSTANT, "instant") /* in force at once */        \
	V(REBUILD, "rebuild") /* built in the background */ \
	V(REFUSED, "refused")

typedef enum engine_verdict {
#define ENGINE_VERDICT_MEMBER(name, text) ENGINE_VERDICT_##name,
	ENGINE_VERDICTS(ENGINE_VERDICT_MEMBER)
#undef ENGINE_VERDICT_MEMBER
} engine_verdict;

/* "instant"; static storage. */
const char *engine_verdict_name(engine_verdict verdict);

enum { ENGINE_STEP_TEXT_MAX = 200 };

typedef struct engine_schema_step {
	engine_verdict verdict;
	bool loses;       /* values that records have are given up */
	const char *type; /* name */
	const char *name; /* of the field, index or aggregate; empty: the type itself */
	const char *text; /* what happens, or why not */
} engine_schema_step;

/* Takes a step; what it points to lives during the call. */
typedef void engine_step_sink(void *context, const engine_schema_step *step);

typedef struct engine_schema_text {
	cx_slice base;
	cx_slice own; /* may be empty */
} engine_schema_text;

typedef struct engine_schema_report {
	uint32_t instant;
	uint32_t rebuild;
	uint32_t refused;
	uint32_t losing;     /* of the instant ones */
	uint64_t generation; /* of the schema in force (after an apply: then) */
} engine_schema_report;

/* Compares the text with the schema of the snapshot. `sink` may be NULL.
 * Errors: CX_SCHEMA_SYNTAX (line and column of `own`, unless it is the base that is wrong),
 * CX_TOO_LARGE, CX_NO_MEMORY, CX_IO. */
CX_MUST_USE cx_status engine_schema_plan(engine_read *read, const engine_schema_text *text,
                                         engine_step_sink *sink, void *context,
                                         engine_schema_report *ret, cx_error *error);

/* Makes it the schema of the store; durable when it returns. A text that changes nothing
 * succeeds. Without `may_lose` steps that give up values are refused.
 * Must not be called by a thread that has a write transaction open; waits for that of another.
 * Errors: as engine_schema_plan(); CX_UNSAFE_CHANGE (a step is refused: the error names the
 * first, the report has been filled), CX_BUSY (the schema changed meanwhile, or more often than
 * ENGINE_GENERATIONS_MAX since the open), CX_STORAGE_FULL, CX_IO. */
CX_MUST_USE cx_status engine_schema_apply(engine *self, const engine_schema_text *text,
                                          bool may_lose, engine_step_sink *sink, void *context,
                                          engine_schema_report *ret, cx_error *error);

/* ---- building ---- */

/* Whether there may be something to build or to remove: after the open, a change of the schema,
 * and until engine_build_step() says otherwise. Any thread. */
bool engine_build_is_wanted(const engine *self);

/* Works for about `time_ns` in a write transaction of its own and hands it over, as
 * engine_write_submit() does. `*ret_more` is false when nothing was left to do.
 * Errors: CX_BUSY (the journal must be merged first; try again soon), CX_STORAGE_FULL (too
 * little room is left; nothing was done), those of a commit, CX_CORRUPT (a record cannot be
 * read). */
CX_MUST_USE cx_status engine_build_step(engine *self, uint64_t time_ns,
                                        engine_commit *ret_commit, bool *ret_more);

/* Gives up an index, aggregate or rollup (by the name of its field) that is being built: it
 * becomes FAILED and its entries are removed, its field is emptied. Durable when it returns.
 * Same rules as engine_schema_apply(). Errors: CX_NO_TYPE, CX_NO_INDEX, CX_INVALID_ARGUMENT (it
 * is not being built), CX_BUSY, … */
CX_MUST_USE cx_status engine_build_cancel(engine *self, cx_slice type, cx_slice name,
                                          cx_error *error);

/* ---- status ---- */

typedef struct engine_duplicate {
	int64_t first;
	int64_t second;
} engine_duplicate;

/* How an index, aggregate or rollup is. `entries` of a readable index is an estimate; of an
 * aggregate or rollup they are the records in it while it is built, otherwise 0. A rollup over
 * others is told as BUILDING, with 0 records, while one of them is. */
typedef struct engine_index_status {
	const char *type;
	const char *index; /* name; of a rollup that of its field */
	bool aggregate;
	bool rollup;
	const char
		*state; /* as engine_index_state_name(); "dropping" for one that is no more */
	uint64_t entries;
	/* BUILDING: records gone through, and of about how many; otherwise 0. */
	uint64_t records_done;
	uint64_t records;
	/* FAILED: "duplicates", "cancelled" or why else; otherwise empty. */
	const char *reason;
	uint64_t duplicates;           /* found so far */
	const engine_duplicate *pairs; /* the first 100: records with the same values */
	size_t pair_count;
} engine_index_status;

typedef cx_status engine_index_status_sink(void *context, const engine_index_status *status);

/* All indexes, aggregates and rollup fields of a type (NULL: of all), then those that are being
 * removed. */
CX_MUST_USE cx_status engine_index_statuses(engine_read *read, const engine_type *type,
                                            engine_index_status_sink *sink, void *context);
