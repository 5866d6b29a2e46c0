/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the LMDB backend share. Nothing outside this folder includes it.
 *
 * LMDB is used in its default synchronous mode and with MDB_NOTLS, so that a read transaction
 * belongs to an object of ours and not to a thread. A tree's number is its MDB_dbi. */
#pragma once

#include "base/check.h"
#include "engine/store/journal.h"
#include "engine/store/lookaside.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

/* Who has the snapshot of LMDB of a view. */
typedef enum engine__view_hold {
	ENGINE__VIEW_EMPTY,      /* nobody: there is none */
	ENGINE__VIEW_TAKEN,      /* the view's thread */
	ENGINE__VIEW_PARKED,     /* whoever comes first */
	ENGINE__VIEW_LETTING_GO, /* a writer, for a moment */
} engine__view_hold;

enum { ENGINE__LAYERS_MAX = ENGINE__TABLES_MAX + 1 };

/* A read transaction that is reset and renewed rather than made anew, and the memtables over
 * it. */
struct engine__view {
	engine__store *store;
	MDB_txn *mdb;
	atomic_int hold;        /* of its snapshot: engine__view_hold */
	engine__buffer *buffer; /* the writes over the snapshot; NULL outside transactions */
	engine__tables *tables; /* while live */
	engine__layer layers[ENGINE__TABLES_MAX]; /* of those that hold something */
	const engine__memtable *of_layer[ENGINE__TABLES_MAX];
	unsigned layer_count;
	engine__lookaside lookaside; /* of its snapshot of LMDB */
	engine__cursor *idle;        /* closed cursors for the next open, last closed first */
	engine__view *next;          /* in the store's pool */
	engine__view *next_of_all;
	unsigned cursors_open;
	bool live; /* holds a snapshot */
};

struct engine__txn {
	engine__store *store;
	engine__view *view;
	engine__buffer *buffer;
};

/* What engine__store_is_low() remembers. */
typedef struct engine__room {
	pthread_mutex_t lock; /* of `mdb` */
	MDB_txn *mdb;         /* reads the list of free pages; rested between */
	_Atomic uint64_t looked_ns;
	atomic_bool grown; /* since then */
	atomic_bool low;
} engine__room;

struct engine__store {
	MDB_env *env;
	int fd; /* of the data file; holds the exclusive lock */
	uint64_t map_bytes;
	uint32_t page_bytes;
	const uint8_t *map; /* of the data file: page 0; NULL until the store is opened */
	unsigned readers_max;
	engine__room room;
	bool opened; /* as a whole: the journal was taken up */

	pthread_mutex_t views_lock; /* of the two lists */
	engine__view *idle_views;
	engine__view *all_views;
	atomic_uint views; /* begun and not ended */
	atomic_uint snapshots;

	pthread_mutex_t lock; /* of what follows; held for moments only */
	/* A mutex alone would tie the end of a transaction to the thread that began it. */
	pthread_cond_t writer_free;
	bool writing;
	cx_status broken; /* a commit left the outcome unknown */
	engine__journal journal;

	engine__txn txn; /* the one; the writer's, as are the names */
	char trees[ENGINE__TREE_NUMBERS][ENGINE__TREE_NAME_MAX + 1]; /* by number; "" = none */

	/* By tree: whether gets have asked for a key of it. */
	atomic_bool asked[ENGINE__TREE_NUMBERS];

	/* Of LMDB's write transactions: merges, new trees, large commits. */
	pthread_mutex_t lmdb_lock;
	size_t last_page; /* of the newest snapshot */
	/* By tree: the last of them that wrote to it, told before it can be seen. */
	_Atomic uint64_t written_by[ENGINE__TREE_NUMBERS];
};

enum {
	ENGINE__MAIN_TREE = 1,         /* of LMDB: names of trees, and their records */
	ENGINE__FIRST_TREE = 2,        /* below are LMDB's own two */
	ENGINE__OWN_READERS = 2,       /* the writer's view, the room's */
	ENGINE__IDLE_CURSORS_MAX = 16, /* per view */
};

static inline MDB_val engine__val_of(cx_slice slice)
{
	/* LMDB takes its inputs as not const and leaves them alone. */
	union {
		const void *given;
		void *taken;
	} data = { .given = slice.data };
	return (MDB_val){ .mv_size = slice.size, .mv_data = data.taken };
}

static inline cx_slice engine__slice_of(MDB_val val)
{
	return (cx_slice){ .data = val.mv_data, .size = val.mv_size };
}

/* The one place where LMDB's numbers and errno become a status. */
cx_status engine__status_of_mdb(int code);

/* engine__view_get(), for a tree that nobody may ever get from: it is not noted as asked. */
CX_MUST_USE cx_status engine__view_find(engine__view *view, engine__tree tree, cx_slice key,
                                        cx_slice *ret);

/* A view of the store that no transaction and no pool has; rested. */
CX_MUST_USE cx_status engine__view_new(engine__store *store, engine__view **ret);
void engine__view_free(engine__view **view);

/* Lets go of the snapshots that rested views keep. */
void engine__views_let_go(engine__store *store);

/* Whether the snapshot has the tree: one made later is not known to it. */
bool engine__view_has(const engine__view *view, engine__tree tree);

/* The record of a tree, ENGINE__TREE_BYTES of LMDB's, which lie in its map while the snapshot
 * is live. Errors: CX_NOT_FOUND (the snapshot does not have the tree), CX_CORRUPT. */
CX_MUST_USE cx_status engine__view_record(const engine__view *view, engine__tree tree,
                                          const uint8_t **ret);

/* Frees the cursors kept for reuse. */
void engine__cursors_free(engine__view *view);

CX_MUST_USE cx_status engine__room_init(engine__store *store);
void engine__room_release(engine__room *room);

/* The number of an open tree, 0 when there is none of that name. By the writer. */
uint16_t engine__tree_find(const engine__store *store, const char *name);

/* One writer at a time: waits, then is it. Errors: what broke the store. */
CX_MUST_USE cx_status engine__writer_enter(engine__store *store);
void engine__writer_leave(engine__store *store);

/* Nothing is acknowledged any more. */
void engine__store_break(engine__store *store);

/* Begins a write transaction of LMDB; returns its code. With the LMDB lock held. */
CX_MUST_USE int engine__lmdb_begin(engine__store *store, MDB_txn **ret);

/* Commits a write transaction of LMDB, or aborts it when `code` is not 0; decides what a
 * failure means for the store. A snapshot of LMDB with the number `*ret_txn` or a higher one
 * has what it did. With the LMDB lock held. */
CX_MUST_USE cx_status engine__commit(engine__store *store, MDB_txn *mdb, int code,
                                     size_t *ret_txn);

/* To be called for each tree that a write transaction of LMDB changes, before it is committed:
 * otherwise views go on with what they remember of the tree (lookaside.h). */
static inline void engine__tree_written(engine__store *store, MDB_txn *mdb, MDB_dbi tree)
{
	atomic_store(&store->written_by[tree], mdb_txn_id(mdb));
}

/* A place in the pairs of a layer that go to LMDB one after the other. */
typedef struct engine__handover {
	engine__store *store;
	engine__layer layer;
	const bool *skipped;      /* by tree: those that do not go; NULL = none */
	const engine__node *next; /* NULL: all have gone */
	size_t operations;        /* that have gone */
} engine__handover;

engine__handover engine__handover_begin(engine__store *store, engine__layer layer,
                                        const bool *skipped);

/* Hands down up to so many operations and bytes, at least one. Returns LMDB's code. */
CX_MUST_USE int engine__handover_some(engine__handover *handover, MDB_txn *mdb,
                                      size_t operations_max, size_t bytes_max);

/* Makes sure that `bytes` more can be stored: in the map, and on the disk, where the blocks are
 * reserved behind the file. Errors: CX_STORAGE_FULL, CX_IO. */
CX_MUST_USE cx_status engine__room_reserve(engine__store *store, uint64_t bytes);

/* The blocks behind the file's length are free for others again. */
void engine__room_give_back(engine__store *store);
