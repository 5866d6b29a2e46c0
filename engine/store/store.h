/* SPDX-License-Identifier: Apache-2.0 */
/* The ordered transactional key-value interface the record layer stands on.
 *
 * A store is one file, and while it is open a journal beside it, that holds named trees; a tree
 * maps byte strings to byte strings in memcmp order of the keys. Keys
 * are 1..ENGINE__KEY_BYTES_MAX bytes, values 0..ENGINE__VALUE_BYTES_MAX bytes.
 *
 * A *view* is what reads go through: a snapshot of everything committed, or the inside of a
 * write transaction (its own writes over such a snapshot). Gets and cursors work on both.
 *
 * A *transaction* buffers its writes in a private sorted map. Truncating the map to a mark is
 * the savepoint; dropping it is the abort; commit hands it down and returns when it is on disk.
 *
 * Life time of bytes: keys and values handed out live until their view ends or is renewed;
 * inside a transaction until it ends, even when they were overwritten or rolled back since.
 *
 * Thread rule: the store may be shared; a view and its cursors belong to one thread at a time;
 * one transaction exists at a time, beginning another waits for its end. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

enum {
	ENGINE__KEY_BYTES_MAX = 500,
	ENGINE__VALUE_BYTES_MAX = 64 * 1024,
	ENGINE__TXN_BYTES_MAX = 64 * 1024 * 1024,  /* of all buffered keys and values */
	ENGINE__JOURNAL_BYTES = 128 * 1024 * 1024, /* of a segment, unless the options say */
	ENGINE__TXN_OPERATIONS_MAX = 2000 * 1000,  /* buffered, with those rolled back */
	ENGINE__SEEK_BYTES_MAX = 512,              /* a bound may be longer than a key */
	ENGINE__TREES_MAX = 1024,
	ENGINE__TREE_NUMBERS = ENGINE__TREES_MAX + 3, /* with LMDB's two and the journal's */
	ENGINE__TREE_NAME_MAX = 32,
};

typedef struct engine__store engine__store;
typedef struct engine__view engine__view;
typedef struct engine__cursor engine__cursor;
typedef struct engine__txn engine__txn;

/* A tree of an open store. 0 is no tree. */
typedef struct engine__tree {
	uint16_t number;
} engine__tree;

typedef struct engine__pair {
	cx_slice key;
	cx_slice value;
} engine__pair;

typedef enum engine__direction {
	ENGINE__FORWARD,
	ENGINE__BACKWARD,
} engine__direction;

/* ---- store ---- */

typedef struct engine__store_options {
	uint64_t map_bytes;   /* address space and so the largest file; set once; 0 = 64 GiB */
	unsigned readers_max; /* views at a time; 0 = 126 */
	bool any_filesystem;  /* also network and FUSE file systems, where mmap may lie */
	bool must_exist;      /* do not make a new file */
	/* Look only at the beginning and the end of a file that was closed. */
	bool skip_structure_check;
	/* Bytes of each segment of the journal; 0 = 128 MiB. What waits for the merge takes up
	 * to about six times that in memory, kept until nobody writes, and twice that on disk;
	 * where indexes are so large that merges carry entries over (carry.h), up to twelve
	 * times and three times. Memory that a view holds comes on top. */
	uint64_t journal_bytes;
	uint64_t journal_age_ms; /* after which commits are merged at the latest; 0 = 60,000 */
	bool carry_all;          /* merges carry over pairs of all trees (carry.h): for tests */
} engine__store_options;

/* Opens the file at `path` or makes it: under a temporary name, synced, renamed, its folder
 * synced. Holds an exclusive lock until the close, so no other process opens it. The file is
 * readable by its owner only. When the last process did not close it, what its journal holds
 * is taken up; everything that was acknowledged is there.
 *
 * Every page in use is looked at before (verify.h), about half a second for a GB in memory,
 * unless that is skipped.
 *
 * Errors: CX_LOCKED (another process has it), CX_NOT_FOUND (must_exist), CX_DENIED (another's
 * file, or others may use it), CX_CORRUPT (not a store, or damaged, or its journal is missing,
 * damaged, or of another store), CX_UNSUPPORTED (file system), CX_IO, CX_STORAGE_FULL,
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__store_open(const char *path, const engine__store_options *options,
                                         engine__store **ret, cx_error *error);

/* Merges everything, so that the file is all there is; the next commit begins a journal again.
 * Waits for the transaction of another thread. Errors: those of a commit; the journal stays. */
CX_MUST_USE cx_status engine__store_settle(engine__store *store);

/* Every view and transaction must have ended. Merges the journal into the file and removes it;
 * when that cannot be had (no room, a disk error) the journal stays, for the next open to go on
 * from. NULL is accepted; sets `*store` to NULL. */
void engine__store_close(engine__store **store);

/* Opens the tree of that name; makes it when `make`. The name has 1..ENGINE__TREE_NAME_MAX
 * bytes. Durable on return. Not while a transaction is open (it would wait for itself). In a
 * view that is older than the tree, the tree is empty.
 * Errors: CX_NOT_FOUND, CX_IO, CX_STORAGE_FULL, CX_TOO_LARGE (ENGINE__TREES_MAX), CX_NO_MEMORY,
 * CX_INVALID_ARGUMENT (the length of the name). */
CX_MUST_USE cx_status engine__store_tree(engine__store *store, const char *name, bool make,
                                         engine__tree *ret);

typedef struct engine__store_usage {
	uint64_t map_bytes;      /* the most the file can hold */
	uint64_t file_bytes;     /* its length */
	uint64_t reusable_bytes; /* free pages inside it */
	uint64_t unmerged_bytes; /* of the journal: on disk, and not in the file yet */
	uint64_t carried_bytes;  /* of these, what merges carry over */
	uint64_t disk_free_bytes;
	uint32_t page_bytes;
	uint32_t readers; /* views holding a snapshot now */
} engine__store_usage;

CX_MUST_USE cx_status engine__store_usage_get(engine__store *store, engine__store_usage *ret);

/* True when less than a tenth of the map, or of a disk of that size, is left: then only
 * deletes and administration should be let through. Cheap; looked up anew about once a second
 * and after each commit that grew the file. */
bool engine__store_is_low(engine__store *store);

/* True once a commit or a merge has failed in a way that leaves the outcome unknown: no write
 * is taken any more. Cheap. */
bool engine__store_is_broken(engine__store *store);

/* Clears snapshots that dead processes left behind; returns how many there were. */
unsigned engine__store_readers_check(engine__store *store);

/* ---- view ---- */

/* A snapshot of everything committed so far. Errors: CX_BUSY (readers_max), CX_NO_MEMORY, CX_IO
 * (a commit left it in doubt which snapshot is the newest; older views go on). */
CX_MUST_USE cx_status engine__view_begin(engine__store *store, engine__view **ret);

/* Gives the snapshot up but keeps the object, so a rested view pins no page. */
void engine__view_rest(engine__view *view);

/* Takes a new snapshot, of a rested or of a live view; open cursors must have been closed. */
CX_MUST_USE cx_status engine__view_renew(engine__view *view);

void engine__view_end(engine__view **view);

/* Errors: CX_NOT_FOUND, CX_IO, CX_CORRUPT. `*ret` is untouched then. */
CX_MUST_USE cx_status engine__view_get(engine__view *view, engine__tree tree, cx_slice key,
                                       cx_slice *ret);

/* Has the processor begin to fetch what a get of the key looks at first, so that several gets
 * need not wait for memory one after the other: call it for all of them, once more for all with
 * `again`, and get them then. Changes nothing that can be seen. */
void engine__view_fetch(const engine__view *view, engine__tree tree, cx_slice key, bool again);

/* `values[i]` of `keys[i]`; a missing one gets data NULL. One call for a page of an index. */
CX_MUST_USE cx_status engine__view_get_many(engine__view *view, engine__tree tree,
                                            const cx_slice *keys, size_t count,
                                            cx_slice *values);

/* The number of keys; inside a transaction that of its snapshot. Takes a look-up for each key
 * that was written to and is not merged yet. */
CX_MUST_USE cx_status engine__view_count(engine__view *view, engine__tree tree, uint64_t *ret);

/* About the same, at once: exact but for what is not merged yet. */
CX_MUST_USE cx_status engine__view_estimate(engine__view *view, engine__tree tree,
                                            uint64_t *ret);

/* ---- cursor ---- */

/* Reads pairs of one tree in key order, or against it. Before the first seek it stands before
 * the first pair of its direction. Must be closed before its view ends or is renewed. Inside
 * a transaction it sees the writes that lie ahead of it, also those made after it was opened.
 */
CX_MUST_USE cx_status engine__cursor_open(engine__view *view, engine__tree tree,
                                          engine__direction direction, engine__cursor **ret);
void engine__cursor_close(engine__cursor **cursor);

/* FORWARD: the next pair is the first with a key >= `key`. BACKWARD: the last with a key <
 * `key`; so the half-open range [low, high) is read by seeking low forward or high backward.
 * The empty key is below all. Errors: CX_TOO_LARGE (`key` > ENGINE__SEEK_BYTES_MAX). */
CX_MUST_USE cx_status engine__cursor_seek(engine__cursor *cursor, cx_slice key);

/* Up to `max` next pairs; fewer than `max` only at the end of the tree.
 * Errors: CX_IO, CX_CORRUPT. */
CX_MUST_USE cx_status engine__cursor_next(engine__cursor *cursor, engine__pair *pairs,
                                          size_t max, size_t *ret_count);

/* ---- transaction ---- */

/* Waits for the transaction of another thread to end.
 * Errors: CX_IO (a commit failed before, see there). */
CX_MUST_USE cx_status engine__txn_begin(engine__store *store, engine__txn **ret);

/* The inside of the transaction; lives as long as it. */
engine__view *engine__txn_view(engine__txn *txn);

/* Errors: CX_TOO_LARGE (key, value, or the transaction), CX_NO_MEMORY. Nothing changed then. */
CX_MUST_USE cx_status engine__txn_put(engine__txn *txn, engine__tree tree, cx_slice key,
                                      cx_slice value);

/* Puts only where the key is absent. Errors: as put; CX_UNIQUE when it is there. */
CX_MUST_USE cx_status engine__txn_put_new(engine__txn *txn, engine__tree tree, cx_slice key,
                                          cx_slice value);

/* Removing an absent key is CX_OK. Errors: CX_NO_MEMORY, CX_TOO_LARGE. */
CX_MUST_USE cx_status engine__txn_remove(engine__txn *txn, engine__tree tree, cx_slice key);

/* A savepoint: what stands now. */
size_t engine__txn_mark(const engine__txn *txn);

/* Back to the mark. Cursors opened since must have been closed; older ones stay good. */
void engine__txn_rollback(engine__txn *txn, size_t mark);

/* To bound a group: the writes that stand, and the bytes of all keys and values written, with
 * those overwritten or rolled back, as their memory is held. */
size_t engine__txn_operations(const engine__txn *txn);
size_t engine__txn_bytes(const engine__txn *txn);

/* Hands the writes over: what later transactions see, and what engine__store_wait() makes
 * durable. Views see them when they are. Ends the transaction and sets `*txn` to NULL, on error
 * too. So the next transaction can run while the writes of this one go to disk. The number of
 * one without writes is that of the newest it saw: what it found may not be told before either.
 * Errors: as engine__txn_commit(). */
CX_MUST_USE cx_status engine__txn_submit(engine__txn **txn, uint64_t *ret_number);

/* Returns when the writes of that number, and all before, are on disk. Any thread may wait;
 * what waits at a time is synced at once. Errors: CX_IO (the outcome is unknown; the store
 * takes no more writes). */
CX_MUST_USE cx_status engine__store_wait(engine__store *store, uint64_t number);

/* Makes the writes durable: when it returns CX_OK they are on disk. Ends the transaction and
 * sets `*txn` to NULL, on error too.
 *
 * Errors: CX_STORAGE_FULL (nothing of it happened; what was committed before is intact and
 * readable), CX_NO_MEMORY, CX_TOO_LARGE (more pages than one commit can change; both: nothing
 * happened either), CX_IO (the outcome is unknown; the store takes no more writes and every
 * later begin is CX_IO until it is opened anew), CX_CORRUPT (the same, damage was found). */
CX_MUST_USE cx_status engine__txn_commit(engine__txn **txn);

void engine__txn_abort(engine__txn **txn);
