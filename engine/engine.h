/* SPDX-License-Identifier: Apache-2.0 */
/* An open record store, its snapshots and its write transactions.
 *
 * One file, one process, one `engine` for it. Any number of threads may read, each through its
 * own engine_read; one write transaction exists at a time. Records: engine/record.h, queries:
 * engine/query.h, schema: engine/schema.h, administration: engine/admin.h. */
#pragma once

#include "base/slice.h"
#include "base/status.h"
#include "engine/schema.h"

typedef struct engine engine;
typedef struct engine_read engine_read;
typedef struct engine_write engine_write;
struct engine_rules; /* engine/rules.h */

/* Times the schema of a store can change while it is open, by engine_schema_apply() and by
 * builds that end (engine/evolve.h). */
enum { ENGINE_GENERATIONS_MAX = 500 };

typedef struct engine_options {
	cx_slice schema;       /* text for a new store; an existing one keeps its own */
	cx_slice schema_extra; /* more text after it (a user's own types, fields, indexes) */
	uint64_t map_bytes;    /* largest size of the file; 0 = 64 GiB (sparse) */
	unsigned readers_max;  /* snapshots at a time; 0 = 126 */
	bool any_filesystem;   /* also network and FUSE file systems */
	bool must_exist;       /* do not make a new file */
	/* Bytes of each of the two journal segments beside the file; 0 = 128 MiB. */
	uint64_t journal_bytes;
	uint64_t journal_age_ms; /* what is older is merged into the file; 0 = 60,000 */
	/* Look only at the beginning and the end of a file that was closed. */
	bool skip_structure_check;
	uint32_t
		sort_records_max; /* most records one query sorts without an index; 0 = 10000 */
	uint32_t scan_records_max; /* types with fewer records are scanned freely; 0 = 1000 */
	const struct engine_rules *rules; /* of the trade; must live as long; NULL: none */
} engine_options;

/* Opens the store at `path`, or makes it with the schema of the options.
 * Errors: those of the file (CX_LOCKED, CX_CORRUPT, CX_IO, CX_NOT_FOUND, CX_UNSUPPORTED,
 * CX_STORAGE_FULL), CX_SCHEMA_SYNTAX (a new store's text), CX_NO_MEMORY. `error` says where. */
CX_MUST_USE cx_status engine_open(const char *path, const engine_options *options, engine **ret,
                                  cx_error *error);

/* Merges the journal, so that the file is all there is; what engine_close() does, too, but
 * there an error has nobody to tell it to. Errors: CX_IO, CX_STORAGE_FULL, CX_CORRUPT; the
 * journal stays beside the file then, for the next open, and nothing is lost. */
CX_MUST_USE cx_status engine_settle(engine *self);

/* True once the disk has failed under a commit, or under the merge that goes on beside them: no
 * write is taken any more, reads go on. Open the store anew. Any thread, at any time. */
bool engine_has_failed(const engine *self);

/* Everything begun must have ended. NULL is accepted; sets `*self` to NULL. */
void engine_close(engine **self);

/* The newest schema. What is to be read or written through a handle is named by the schema that
 * the handle knows: engine_read_schema(). */
const engine_schema *engine_schema_of(const engine *self);

/* True when the store was made by this open. */
bool engine_was_created(const engine *self);

/* 32 random bytes, made with the store and kept in it; what signs continuations. */
cx_slice engine_secret(const engine *self);

/* ---- reading ---- */

/* One snapshot: everything committed when it began, and nothing else. Rows and other bytes
 * read through it live until it is renewed, rested or ended. Belongs to one thread at a time.
 * Keep it short: while it lives, no page freed since can be used again.
 * Errors: CX_BUSY (readers_max), CX_NO_MEMORY, CX_IO. */
CX_MUST_USE cx_status engine_read_begin(engine *self, engine_read **ret);
CX_MUST_USE cx_status engine_read_renew(engine_read *read);
/* Gives the snapshot up, keeps the object for the next renew. */
void engine_read_rest(engine_read *read);
void engine_read_end(engine_read **read);

/* The number of the last change the snapshot holds. */
uint64_t engine_read_seq(engine_read *read);

/* The schema the snapshot was written under. The structures live as long as the engine; those
 * of this one fit this handle until it is renewed. `*_generation`: its number, from 1, one more
 * with each change of the schema, states of indexes included. Not for a rested handle. */
const engine_schema *engine_read_schema(const engine_read *read);
uint64_t engine_read_generation(const engine_read *read);

/* ---- writing ---- */

/* Who writes and when. `now_ms` becomes created_at, updated_at, deleted_at. */
typedef struct engine_author {
	int64_t now_ms;
	int64_t user; /* id of a user record, 0 = none */
	/* Above 0: what is told happened then, before now, and is only written down now. It
	 * becomes created_at, and is what rules take for the time. */
	int64_t at_ms;
} engine_author;

static inline int64_t engine_author_at(const engine_author *author)
{
	return author->at_ms > 0 ? author->at_ms : author->now_ms;
}

/* Begins a write transaction; waits for the one of another thread. Everything is passed in
 * and nothing outside the transaction is touched, so its work can be run again from its start.
 * Errors: CX_NO_MEMORY, CX_IO (an earlier commit failed; open the store anew), CX_BUSY. */
CX_MUST_USE cx_status engine_write_begin(engine *self, engine_write **ret);

/* A savepoint, and the way back to it. One request that fails is undone so without a trace and
 * without touching what came before it in the same transaction. */
typedef struct engine_mark {
	size_t store;
	uint64_t seq;
	uint64_t log_bytes;
} engine_mark;
engine_mark engine_write_mark(engine_write *write);
void engine_write_rollback(engine_write *write, engine_mark mark);

/* What the transaction would see if it read: use with the functions of record.h and query.h.
 * It lives as long as the transaction. */
engine_read *engine_write_view(engine_write *write);

/* The sequence number the next change of this transaction gets. */
uint64_t engine_write_seq(const engine_write *write);

/* Buffered operations and bytes, to bound a group. */
size_t engine_write_operations(const engine_write *write);
size_t engine_write_bytes(const engine_write *write);

/* A transaction that was handed over; of one that changed nothing the newest that it saw, as
 * what it found may not be told before that is on disk. */
typedef struct engine_commit {
	uint64_t number;
} engine_commit;

/* Hands it over: what later transactions see, and snapshots once it is on disk. So the next
 * transaction can run while this one goes to disk. Ends it and sets `*write` to NULL, on error
 * too. Errors: as engine_write_commit(). */
CX_MUST_USE cx_status engine_write_submit(engine_write **write, engine_commit *ret);

/* Returns when it, and all before, are on disk. Any thread may wait.
 * Errors: CX_IO (outcome unknown, the store takes no more writes until it is opened anew). */
CX_MUST_USE cx_status engine_commit_wait(engine *self, engine_commit commit);

/* Makes it durable: when it returns CX_OK it is on disk. Ends the transaction and sets
 * `*write` to NULL, on error too.
 * Errors: CX_STORAGE_FULL (nothing of it happened), CX_IO (outcome unknown, the store takes
 * no more writes until it is opened anew). */
CX_MUST_USE cx_status engine_write_commit(engine_write **write);
void engine_write_abort(engine_write **write);
