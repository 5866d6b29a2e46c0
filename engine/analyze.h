/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of indexes, by which the planner estimates what it cannot count: boundary keys
 * between which lie about equally many entries, the number of different values of each prefix
 * of the columns, and the most common first values. They are taken by reading each index from
 * end to end, in slices of their own snapshots, and stored when all are done. They are part of
 * the store, but of no change: sequence number and change log do not know them.
 *
 *   CX_SCOPED(engine_analysis_free) engine_analysis *analysis = NULL;
 *   engine_analysis_new(store, &analysis);
 *   while (status == CX_OK && !done)
 *           renew the snapshot; status = engine_analysis_step(analysis, read, &done);
 *   engine_analysis_commit(&analysis, &epoch); */
#pragma once

#include "engine/engine.h"

enum {
	ENGINE_ANALYZE_ENTRIES_MIN = 500, /* an index with fewer needs no statistics */
	ENGINE_ANALYZE_SLICE_KEYS_MAX = 20000,
	ENGINE_ANALYZE_BOUNDARIES_MAX = 200, /* of an index */
	ENGINE_ANALYZE_COMMON_MAX = 20,      /* first values of an index */
};

typedef struct engine_analysis engine_analysis;

/* Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine_analysis_new(engine *self, engine_analysis **ret);
void engine_analysis_free(engine_analysis **analysis);

/* Reads up to ENGINE_ANALYZE_SLICE_KEYS_MAX more keys from the snapshot, which may be another
 * each time; `*ret_done` when that were the last. Errors: CX_NO_MEMORY, CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_analysis_step(engine_analysis *analysis, engine_read *read,
                                           bool *ret_done);

/* Stores what was found, in a transaction of its own, as the next epoch, and lets the planner
 * use it. Frees the analysis, on an error too. Errors: those of a commit. */
CX_MUST_USE cx_status engine_analysis_commit(engine_analysis **analysis, uint64_t *ret_epoch);

/* True when some index holds a fifth more or less than when its statistics were taken, or has
 * enough entries and no statistics. */
CX_MUST_USE cx_status engine_analysis_is_due(engine_read *read, bool *ret);

/* The epoch of the statistics in use; 0 = none were ever taken. */
uint64_t engine_analysis_epoch(engine *self);

/* Indexes read so far, and those that there are. */
void engine_analysis_progress(const engine_analysis *analysis, size_t *ret_done,
                              size_t *ret_all);
