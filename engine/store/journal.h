/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: what makes commits durable, and what becomes of them afterwards.
 *
 * A commit becomes one entry at the end of the active segment and a version in its memtable
 * (journal.c). Who waits for it first writes and syncs all entries that wait, so that the
 * commits of many need one sync; then they are visible. A segment that is full or old is
 * frozen, and the other takes its place; a thread merges the frozen one into LMDB (merge.c).
 * What an earlier process left is read when the store is opened (recover.c).
 *
 * The tree "journal" of the LMDB file holds, in the transactions of the merge:
 *   "identity"  16 random bytes, made with the first segment; in the header of every segment
 *   "state"     three u64, big-endian: the newest commit that LMDB holds; the number of the
 *               oldest segment that is needed, 0 = none: the journal is empty; the number of
 *               the last segment there was. Where something is carried (carry.h), which LMDB
 *               does not hold then, two more: the number of the carried segment; how many bytes
 *               of it count
 *
 * Without the room for a segment, on a disk or in a map that is nearly full, there is no
 * journal: then, and for a transaction that is larger than a segment, everything is merged and
 * the transaction goes to LMDB directly, which finds out exactly whether it fits. */
#pragma once

#include "engine/store/buffer.h"
#include "engine/store/carry.h"
#include "engine/store/segment.h"
#include "engine/store/tables.h"

#include <pthread.h>

typedef struct engine__journal {
	/* Of the file: by the writer, and while it is opened and closed. */
	uint16_t tree; /* its own, in LMDB */
	uint8_t identity[ENGINE__IDENTITY_BYTES];
	uint64_t last_segment; /* the last number that was used */
	uint64_t segment_bytes_max;
	uint64_t next_bytes; /* of the next segment: they grow up to that */
	uint64_t refused_ns; /* when there was no room for a segment; 0 = there was */
	uint64_t age_ns;
	cx_buf encoded;

	/* Under the lock of the store. */
	pthread_cond_t changed;
	pthread_cond_t merge_wanted;
	uint64_t submitted; /* the newest commit */
	uint64_t visible;   /* the newest that is on disk */
	cx_buf waiting;     /* entries behind active->synced */
	cx_buf in_sync;     /* its other half, while it is written */
	bool syncing;
	engine__segment segments[ENGINE__SEGMENTS];
	engine__segment *active; /* NULL: there is no journal, and nothing is carried */
	engine__segment *frozen;
	engine__segment *carried; /* always the same one */
	engine__tables *tables;
	uint64_t active_since_ns;  /* when its first commit came; 0 = it is empty */
	uint64_t merged;           /* operations of the merge that are done */
	uint64_t merge_operations; /* that it has; 0 = not known yet */
	uint64_t merge_since_ns;
	bool merge_whole;       /* it is to leave nothing carried */
	uint64_t carried_bytes; /* of the carried segment; 0 = nothing is carried */
	uint64_t carried_since_ns;
	cx_status merge_status; /* of the last try */
	bool stopping;
	bool merger_runs;
	pthread_t merger;

	/* Of the merge thread. */
	bool carries_all;          /* trees that are not sparse too */
	engine__carrying carrying; /* of the frozen segment */
} engine__journal;

enum { ENGINE__STATE_BYTES = 24 }; /* where nothing is carried */

/* What LMDB says of the journal. */
typedef struct engine__journal_state {
	uint64_t covered;
	uint64_t segment; /* the next one that is needed; 0 = none */
	uint64_t last_segment;
	uint64_t carried; /* segment; 0 = none */
	uint64_t carried_end;
} engine__journal_state;

CX_MUST_USE cx_status engine__journal_init(engine__store *store, const char *path,
                                           const engine__store_options *options);
void engine__journal_release(engine__store *store);

/* Takes up what an earlier process left; after this the store is as it was then, and starts to
 * merge. Errors: CX_CORRUPT (journal of another store, missing, or damaged before its tail),
 * CX_IO, CX_NO_MEMORY; the error says where. */
CX_MUST_USE cx_status engine__journal_recover(engine__store *store, const char *path,
                                              cx_error *error);

/* Merges everything and removes the segments: the LMDB file is all there is then. By the
 * writer. Errors: those of a commit; the journal stays then. */
CX_MUST_USE cx_status engine__journal_stop(engine__store *store);

/* Gives the writes a number; they are in order, but not durable yet. By the writer.
 * Errors: as engine__txn_commit(). */
CX_MUST_USE cx_status engine__journal_submit(engine__store *store, const engine__buffer *writes,
                                             uint64_t *ret);

/* Waits until that commit is on disk. Any thread. Errors: CX_IO. */
CX_MUST_USE cx_status engine__journal_wait(engine__store *store, uint64_t number);

/* Freezes the active segment; `next` takes its place, unless NULL. All commits must be durable,
 * and no other be frozen. Under the lock of the store. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__journal_freeze(engine__store *store, engine__segment *next);

/* Waits until nothing is frozen. Under the lock of the store. Errors: why the merge does not
 * end; it is tried again all the same. */
CX_MUST_USE cx_status engine__journal_wait_merged(engine__store *store);

/* Freezes the active segment and goes on in the other, of `bytes_min` at least, once the one
 * before is merged. By the writer. Errors: CX_STORAGE_FULL, CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__journal_change_segment(engine__store *store, uint64_t bytes_min);

/* Writes a mark at the end of the active segment, which has room for it, and syncs it; all
 * commits must be durable. By the writer. Errors: CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__journal_mark(engine__store *store, engine__entry_kind kind,
                                           cx_slice body);

/* Room in LMDB for two segments of so many bytes, and for what is carried in one.
 * Errors: CX_STORAGE_FULL, CX_IO. */
CX_MUST_USE cx_status engine__journal_reserve(engine__store *store, uint64_t bytes,
                                              uint64_t carried);

/* Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__journal_start_merger(engine__store *store);

/* ---- merge.c ---- */

/* The thread; `context` is the store. */
void *engine__merge_run(void *context);

/* Makes the "state" part of a write transaction of LMDB; the last segment is the journal's. */
struct MDB_txn;
CX_MUST_USE int engine__journal_put_state(engine__store *store, struct MDB_txn *mdb,
                                          const engine__journal_state *state);
