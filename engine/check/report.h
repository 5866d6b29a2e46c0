/* SPDX-License-Identifier: Apache-2.0 */
/* A running check: what it reads, what it counted so far, where its findings go. */
#pragma once

#include "engine/admin.h"
#include "engine/core/build.h"
#include "engine/index/entries.h"
#include "engine/row/value.h"
#include "engine/store/store.h"

typedef struct engine__checking {
	engine_read *read;
	uint64_t deadline_ns;
	engine_finding_sink *sink;
	void *context;
	engine_check_report report;
	cx_arena *arena;                      /* of one record */
	uint64_t expected[ENGINE__TREES_MAX]; /* pairs each tree should hold, by number */
	uint64_t *inexact;                    /* inexact entries by index id */
	uint64_t deleted;                     /* deleted rows */
	struct engine__frontier *building;    /* by engine/check/builds.c; in `frontiers` */
	cx_arena *frontiers;
	bool search_is_ready; /* else its postings are not looked at */
} engine__checking;

/* Counts a finding and tells the sink the first 1000. */
CX_PRINTF(2, 3) void engine__find(engine__checking *self, const char *format, ...);

/* Errors: CX_DEADLINE. */
CX_MUST_USE cx_status engine__check_time(const engine__checking *self);

/* Reads every row of the type and looks up everything that must exist because of it. */
CX_MUST_USE cx_status engine__check_records(engine__checking *self, const engine_type *type);

/* Names the entries of the index that no live record explains. */
CX_MUST_USE cx_status engine__check_stray_entries(engine__checking *self,
                                                  const engine_index *index);

/* Reads how far builds have come, and counts the back references that wait to be removed. */
CX_MUST_USE cx_status engine__check_begin_builds(engine__checking *self);

/* The entry of an index that is being built: below its frontier it must be there, behind it may
 * be. Counts it when it is. */
CX_MUST_USE cx_status engine__check_partial(engine__checking *self, const engine__entry *entry,
                                            cx_slice record_key, bool *ret_missing);

/* Of an aggregate or a rollup: whether there is a build, also one that failed; whether it goes
 * through records; whether that has passed a record. */
bool engine__check_has_build(const engine__checking *self, engine__build_kind kind,
                             uint16_t id);
bool engine__check_is_built(const engine__checking *self, engine__build_kind kind, uint16_t id);
bool engine__check_has_passed(const engine__checking *self, engine__build_kind kind,
                              uint16_t id, cx_slice record_key);
/* Whether the groups of an aggregate, or of one that is no more, wait to be removed; whether
 * the field of a rollup that failed waits to be emptied. */
bool engine__check_is_removed(const engine__checking *self, engine__build_kind kind,
                              uint16_t id);

/* The search index: whether it can be read; the postings of a live record are there; the
 * postings that no live record explains. */
CX_MUST_USE cx_status engine__check_search_state(engine__checking *self);
CX_MUST_USE cx_status engine__check_postings(engine__checking *self, const engine_type *type,
                                             int64_t id, const engine__value *values);
CX_MUST_USE cx_status engine__check_stray_postings(engine__checking *self);

/* Back references, delete bookkeeping. */
CX_MUST_USE cx_status engine__check_bookkeeping(engine__checking *self);

/* The change log; `*ret_differs` when it could not be read to its end. */
CX_MUST_USE cx_status engine__check_log(engine__checking *self, bool *ret_differs);

/* Aggregates and rollups. */
CX_MUST_USE cx_status engine__check_aggregates(engine__checking *self);
/* The rollups of one record; those that should be being built are. */
CX_MUST_USE cx_status engine__check_rollups(engine__checking *self, const engine_type *type,
                                            const engine__value *values);
void engine__check_rollup_builds(engine__checking *self);

typedef cx_status engine__pair_visitor(engine__checking *self, void *what,
                                       const engine__pair *pair);

/* Calls `visit` for every pair of a tree, in order. */
CX_MUST_USE cx_status engine__each_pair(engine__checking *self, engine__tree tree, void *what,
                                        engine__pair_visitor *visit);
