/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the LMDB backend share. Nothing outside this folder includes it.
 *
 * LMDB is used in its default synchronous mode and with MDB_NOTLS, so that a read transaction
 * belongs to an object of ours and not to a thread. A tree's number is its MDB_dbi. */
#pragma once

#include "base/check.h"
#include "engine/store/buffer.h"
#include "engine/store/store.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

/* A read transaction that is reset and renewed rather than made anew. */
struct engine__view {
	engine__store *store;
	MDB_txn *mdb;
	engine__buffer *buffer; /* the writes over the snapshot; NULL outside transactions */
	engine__cursor *idle;   /* closed cursors for the next open, last closed first */
	engine__view *next;     /* in the store's pool */
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
	unsigned readers_max;
	engine__room room;

	pthread_mutex_t views_lock; /* of `idle_views` */
	engine__view *idle_views;
	atomic_uint views; /* begun and not ended */
	atomic_uint snapshots;

	/* A mutex alone would tie the end of a transaction to the thread that began it. */
	pthread_mutex_t writer_lock; /* of what follows */
	pthread_cond_t writer_free;
	bool writing;
	cx_status broken; /* a commit left the outcome unknown */
	engine__txn txn;  /* the one */
	size_t last_page; /* of the newest snapshot */
	char trees[ENGINE__TREES_MAX + 2][ENGINE__TREE_NAME_MAX + 1]; /* by number; "" = none */
};

enum {
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

/* A view of the store that no transaction and no pool has; rested. */
CX_MUST_USE cx_status engine__view_new(engine__store *store, engine__view **ret);
void engine__view_free(engine__view **view);

/* Whether the snapshot has the tree: one made later is not known to it. */
bool engine__view_has(const engine__view *view, engine__tree tree);

/* Frees the cursors kept for reuse. */
void engine__cursors_free(engine__view *view);

CX_MUST_USE cx_status engine__room_init(engine__store *store);
void engine__room_release(engine__room *room);

/* One writer at a time: waits, then is it. Errors: what broke the store. */
CX_MUST_USE cx_status engine__writer_enter(engine__store *store);
void engine__writer_leave(engine__store *store);

/* Commits a write transaction, or aborts it when `code` is not 0; decides what a failure means
 * for the store. By the writer only. */
CX_MUST_USE cx_status engine__commit(engine__store *store, MDB_txn *mdb, int code);
