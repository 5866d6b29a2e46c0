/* SPDX-License-Identifier: Apache-2.0 */
/* Administration: what a store holds, and whether it is sound. */
#pragma once

#include "engine/engine.h"

typedef struct engine_stats {
	uint64_t seq;            /* last change */
	uint64_t map_bytes;      /* the most the file can hold */
	uint64_t file_bytes;     /* its length */
	uint64_t reusable_bytes; /* free pages inside it */
	uint64_t unmerged_bytes; /* in the journal, and not in the file yet */
	uint64_t disk_free_bytes;
	uint32_t readers; /* snapshots held now */
	bool low;         /* less than a tenth of the room is left */
} engine_stats;

CX_MUST_USE cx_status engine_stats_get(engine *self, engine_stats *ret);

/* The number of records of a type, deleted ones included. */
CX_MUST_USE cx_status engine_type_count(engine_read *read, const engine_type *type,
                                        uint64_t *ret);

/* The number of entries of an index. */
CX_MUST_USE cx_status engine_index_count(engine_read *read, const engine_index *index,
                                         uint64_t *ret);

/* Clears what dead processes left in the reader table; call about once a minute. */
unsigned engine_readers_check(engine *self);

/* One thing that is wrong: "customer 17: index email: entry missing". */
typedef void engine_finding_sink(void *context, const char *text);

typedef struct engine_check_report {
	uint64_t records;
	uint64_t entries;
	uint64_t references;
	uint64_t findings;
} engine_check_report;

/* Reads the whole snapshot and compares: every row's checksum, shape and key; every row's
 * entries are there with the right value; every entry has its row; unique indexes hold one
 * live record per value; every token of a live record has its posting in the search index, when
 * that is not being built, and there is no other; every live reference points to a live record;
 * back references, delete bookkeeping, id counters and inexact counts agree; aggregates and
 * rollups are what the records make them; the change log has no gap and agrees with the
 * histories and with the records' revisions. `sink` (may be NULL) gets the first 1000
 * findings. CX_OK when the check ran, whatever it found; CX_DEADLINE past `deadline_ns`
 * (0 = none). */
CX_MUST_USE cx_status engine_check(engine_read *read, uint64_t deadline_ns,
                                   engine_finding_sink *sink, void *context,
                                   engine_check_report *ret);
