/* SPDX-License-Identifier: Apache-2.0 */
/* The LMDB environment: open, close, trees, and the one place in line for writers. */
#include "engine/store/file.h"
#include "engine/store/lmdb.h"
#include "engine/store/mapped.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MAP_GRAIN = 64 * 1024, /* a multiple of any page size */
	READERS_DEFAULT = 126,
};

#define MAP_BYTES_DEFAULT ((uint64_t)64 << 30)

cx_status engine__status_of_mdb(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return CX_OK;
	case MDB_NOTFOUND:
		return CX_NOT_FOUND;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return CX_STORAGE_FULL;
	case MDB_READERS_FULL:
		return CX_BUSY;
	case ENOMEM:
		return CX_NO_MEMORY;
	case MDB_TXN_FULL:
	case MDB_DBS_FULL:
		return CX_TOO_LARGE;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_PAGE_FULL:
	case MDB_CURSOR_FULL:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_INCOMPATIBLE: /* an entry of the main tree that is no tree */
		return CX_CORRUPT;
	case MDB_KEYEXIST: /* these four only by a mistake of ours */
	case MDB_BAD_VALSIZE:
	case MDB_BAD_DBI:
	case EINVAL:
		return CX_INTERNAL;
	default: /* errno of the disk, MDB_PANIC after one, broken locks */
		return CX_IO;
	}
}

cx_status engine__writer_enter(engine__store *store)
{
	pthread_mutex_lock(&store->lock);
	while (store->writing && store->broken == CX_OK)
		pthread_cond_wait(&store->writer_free, &store->lock);
	cx_status status = store->broken;
	if (status == CX_OK)
		store->writing = true;
	pthread_mutex_unlock(&store->lock);
	return status;
}

void engine__writer_leave(engine__store *store)
{
	pthread_mutex_lock(&store->lock);
	CX_ASSERT(store->writing);
	store->writing = false;
	if (store->broken == CX_OK)
		pthread_cond_signal(&store->writer_free);
	else
		pthread_cond_broadcast(&store->writer_free);
	pthread_mutex_unlock(&store->lock);
}

void engine__store_break(engine__store *store)
{
	pthread_mutex_lock(&store->lock);
	store->broken = CX_IO;
	pthread_cond_broadcast(&store->writer_free);
	pthread_cond_broadcast(&store->journal.changed);
	pthread_mutex_unlock(&store->lock);
}

bool engine__store_is_broken(engine__store *store)
{
	pthread_mutex_lock(&store->lock);
	const bool broken = store->broken != CX_OK;
	pthread_mutex_unlock(&store->lock);
	return broken;
}

static MDB_envinfo info_of(engine__store *store)
{
	MDB_envinfo info;
	int code = mdb_env_info(store->env, &info);
	CX_ASSERT(code == 0); /* fails only without an environment */
	return info;
}

/* After a failed write of a meta page LMDB refuses every writer. */
static bool lmdb_takes_writes(engine__store *store)
{
	MDB_txn *mdb;
	if (mdb_txn_begin(store->env, NULL, 0, &mdb) != 0)
		return false;
	mdb_txn_abort(mdb);
	return true;
}

/* What a failed commit means. As long as LMDB takes writes, no meta page was touched: the
 * newest snapshot is the one before. A short write, which is how a disk gets full, comes as
 * EIO. */
static cx_status failed(engine__store *store, int code)
{
	cx_status status = engine__status_of_mdb(code);
	bool goes_on = lmdb_takes_writes(store);
	if (goes_on && code == EIO &&
	    engine__file_is_full(store->fd,
	                         (store->last_page + 1) * (uint64_t)store->page_bytes))
		status = CX_STORAGE_FULL;
	if (goes_on &&
	    (status == CX_STORAGE_FULL || status == CX_NO_MEMORY || status == CX_TOO_LARGE))
		return status;

	engine__store_break(store);
	return status == CX_CORRUPT ? CX_CORRUPT : CX_IO;
}

int engine__lmdb_begin(engine__store *store, MDB_txn **ret)
{
	engine__views_let_go(store);
	return mdb_txn_begin(store->env, NULL, 0, ret);
}

cx_status engine__commit(engine__store *store, MDB_txn *mdb, int code, size_t *ret_txn)
{
	if (code == 0)
		code = mdb_txn_commit(mdb); /* ends it, on failure too */
	else
		mdb_txn_abort(mdb);
	if (code != 0)
		return failed(store, code);
	MDB_envinfo info = info_of(store);
	if (info.me_last_pgno > store->last_page)
		atomic_store(&store->room.grown, true);
	store->last_page = info.me_last_pgno;
	*ret_txn = info.me_last_txnid; /* one that changed nothing has left no number behind */
	return CX_OK;
}

/* ---- trees ---- */

static bool name_is_valid(size_t length)
{
	return length >= 1 && length <= ENGINE__TREE_NAME_MAX;
}

uint16_t engine__tree_find(const engine__store *store, const char *name)
{
	for (uint16_t number = ENGINE__FIRST_TREE; number < CX_COUNT_OF(store->trees); number++)
		if (strcmp(store->trees[number], name) == 0)
			return number;
	return 0;
}

static int open_tree(engine__store *store, MDB_txn *mdb, const char *name, unsigned flags,
                     MDB_dbi *ret)
{
	MDB_dbi dbi;
	unsigned kind = 0;
	int code = mdb_dbi_open(mdb, name, flags, &dbi);
	if (code == 0)
		code = mdb_dbi_flags(mdb, dbi, &kind);
	if (code != 0)
		return code;
	if (kind != 0) /* another order of keys, or several values of one: not a tree of ours */
		return MDB_INCOMPATIBLE;
	CX_ASSERT(dbi >= ENGINE__FIRST_TREE && dbi < CX_COUNT_OF(store->trees));
	*ret = dbi;
	return 0;
}

static void name_tree(engine__store *store, MDB_dbi dbi, const char *name)
{
	memcpy(store->trees[dbi], name, strlen(name) + 1);
}

/* Opens every tree that the main tree names. LMDB wants that in one transaction which no other
 * thread sees, hence all at once, before there are readers. */
static int open_named(engine__store *store, MDB_txn *mdb, MDB_cursor *cursor)
{
	MDB_val key;
	int code = mdb_cursor_get(cursor, &key, NULL, MDB_FIRST);
	for (; code == 0; code = mdb_cursor_get(cursor, &key, NULL, MDB_NEXT)) {
		char name[ENGINE__TREE_NAME_MAX + 1];
		if (!name_is_valid(key.mv_size) || memchr(key.mv_data, 0, key.mv_size) != NULL)
			return MDB_INCOMPATIBLE;
		memcpy(name, key.mv_data, key.mv_size);
		name[key.mv_size] = 0;
		MDB_dbi dbi;
		code = open_tree(store, mdb, name, 0, &dbi);
		if (code != 0)
			return code;
		name_tree(store, dbi, name);
	}
	return code == MDB_NOTFOUND ? 0 : code;
}

static int open_trees(engine__store *store)
{
	MDB_txn *mdb;
	int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &mdb);
	if (code != 0)
		return code;
	MDB_dbi main;
	MDB_cursor *cursor = NULL;
	code = mdb_dbi_open(mdb, NULL, 0, &main);
	if (code == 0)
		code = mdb_cursor_open(mdb, main, &cursor);
	if (code == 0)
		code = open_named(store, mdb, cursor);
	if (cursor != NULL)
		mdb_cursor_close(cursor);
	if (code == 0)
		return mdb_txn_commit(mdb); /* an abort would close the trees */
	mdb_txn_abort(mdb);
	return code;
}

/* With the LMDB lock: LMDB opens a tree in one transaction at a time. */
static cx_status make_tree(engine__store *store, const char *name, MDB_dbi *ret)
{
	MDB_txn *mdb;
	int code = engine__lmdb_begin(store, &mdb);
	if (code != 0)
		return engine__status_of_mdb(code);
	code = open_tree(store, mdb, name, MDB_CREATE, ret);
	if (code == MDB_DBS_FULL) {
		mdb_txn_abort(mdb);
		return CX_TOO_LARGE;
	}
	size_t ignored;
	return engine__commit(store, mdb, code, &ignored);
}

static cx_status make_named(engine__store *store, const char *name, uint16_t *ret)
{
	MDB_dbi dbi = 0;
	pthread_mutex_lock(&store->lmdb_lock);
	cx_status status = make_tree(store, name, &dbi);
	pthread_mutex_unlock(&store->lmdb_lock);
	if (status != CX_OK)
		return status;
	name_tree(store, dbi, name);
	*ret = (uint16_t)dbi;
	return CX_OK;
}

cx_status engine__store_tree(engine__store *store, const char *name, bool make,
                             engine__tree *ret)
{
	if (!name_is_valid(strlen(name)))
		return CX_INVALID_ARGUMENT;
	cx_status status = engine__writer_enter(store); /* the names are the writer's */
	if (status != CX_OK)
		return status;
	uint16_t number = engine__tree_find(store, name);
	if (number == 0)
		status = make ? make_named(store, name, &number) : CX_NOT_FOUND;
	else if (number == store->journal.tree)
		status = CX_INVALID_ARGUMENT;
	engine__writer_leave(store);
	if (status == CX_OK)
		ret->number = number;
	return status;
}

/* ---- open and close ---- */

static int open_env(engine__store *store, const char *path)
{
	int code = mdb_env_create(&store->env);
	if (code == 0)
		code = mdb_env_set_mapsize(store->env, store->map_bytes);
	if (code == 0)
		code = mdb_env_set_maxdbs(store->env, ENGINE__TREES_MAX + 1);
	if (code == 0)
		code = mdb_env_set_maxreaders(store->env,
		                              store->readers_max + ENGINE__OWN_READERS);
	if (code == 0)
		code = mdb_env_open(store->env, path, MDB_NOSUBDIR | MDB_NOTLS, 0600);
	int dead;
	if (code == 0)
		code = mdb_reader_check(store->env, &dead);
	if (code == 0)
		code = open_trees(store);
	MDB_stat stat;
	if (code == 0)
		code = mdb_env_stat(store->env, &stat);
	if (code == 0)
		store->page_bytes = stat.ms_psize;
	return code;
}

static cx_status explain(int code, const char *path, cx_error *error)
{
	cx_status status = engine__status_of_mdb(code);
	switch (code) {
	case MDB_INCOMPATIBLE:
		return cx_fail(error, CX_CORRUPT, "%s is an LMDB file, but not a store", path);
	case MDB_DBS_FULL:
		return cx_fail(error, CX_CORRUPT, "%s has more than %d trees", path,
		               ENGINE__TREES_MAX);
	default:
		return cx_fail(error, status, "cannot open %s: %s", path, mdb_strerror(code));
	}
}

static uint64_t map_bytes_of(const engine__store_options *options)
{
	uint64_t wanted = options->map_bytes == 0 ? MAP_BYTES_DEFAULT : options->map_bytes;
	if (wanted > SIZE_MAX - MAP_GRAIN)
		wanted = SIZE_MAX - MAP_GRAIN;
	return (wanted + MAP_GRAIN - 1) / MAP_GRAIN * MAP_GRAIN;
}

static engine__store *new_store(void)
{
	engine__store *store = calloc(1, sizeof *store);
	if (store == NULL)
		return NULL;
	store->fd = -1;
	pthread_mutex_init(&store->views_lock, NULL); /* these do not fail on Linux */
	pthread_mutex_init(&store->room.lock, NULL);
	pthread_mutex_init(&store->lock, NULL);
	pthread_mutex_init(&store->lmdb_lock, NULL);
	pthread_cond_init(&store->writer_free, NULL);
	pthread_cond_init(&store->journal.changed, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&store->journal.merge_wanted, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return store;
}

static cx_status init_writer(engine__store *store)
{
	engine__txn *txn = &store->txn;
	txn->store = store;
	cx_status status = engine__buffer_new(&txn->buffer);
	if (status == CX_OK)
		status = engine__view_new(store, &txn->view);
	if (status == CX_OK)
		txn->view->buffer = txn->buffer;
	return status;
}

/* Needs the tree of the journal, whose record is looked for in memory. */
static cx_status find_map(engine__store *store, const char *path, cx_error *error)
{
	CX_SCOPED(engine__view_end) engine__view *view = NULL;
	engine__image image;
	const uint8_t *record;
	cx_status status = engine__view_begin(store, &view);
	if (status == CX_OK)
		status = engine__view_record(view, (engine__tree){ store->journal.tree },
		                             &record);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot open %s: %s", path,
		               cx_status_text(status));
	status = engine__image_open(store->fd, path, error, &image);
	image.page_bytes = store->page_bytes;
	return status == CX_OK ? engine__mapped_find(&image, record,
	                                             (size_t)sysconf(_SC_PAGESIZE), &store->map)
	                       : status;
}

cx_status engine__store_open(const char *path, const engine__store_options *options,
                             engine__store **ret, cx_error *error)
{
	CX_SCOPED(engine__store_close) engine__store *store = new_store();
	if (store == NULL)
		return cx_fail(error, CX_NO_MEMORY, "no memory to open %s", path);
	store->map_bytes = map_bytes_of(options);
	store->readers_max = options->readers_max == 0 ? READERS_DEFAULT : options->readers_max;
	cx_status status = engine__file_open(path, options, &store->fd, error);
	if (status != CX_OK)
		return status;

	status = engine__file_reserve_readers(path, store->readers_max + ENGINE__OWN_READERS,
	                                      error);
	if (status != CX_OK)
		return status;
	status = engine__journal_init(store, path, options);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory to open %s", path);
	int code = open_env(store, path);
	if (code != 0)
		return explain(code, path, error);
	store->last_page = info_of(store).me_last_pgno;
	status = init_writer(store);
	if (status == CX_OK)
		status = engine__room_init(store);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot open %s: %s", path,
		               cx_status_text(status));
	status = engine__journal_recover(store, path, error);
	if (status == CX_OK)
		status = find_map(store, path, error);
	if (status != CX_OK)
		return status;
	store->opened = true;
	*ret = store;
	store = NULL;
	return CX_OK;
}

cx_status engine__store_settle(engine__store *store)
{
	cx_status status = engine__writer_enter(store);
	if (status != CX_OK)
		return status;
	status = engine__journal_stop(store);
	engine__writer_leave(store);
	return status;
}

/* Everything goes into the LMDB file, when that can be had; nothing runs afterwards. */
static void stop(engine__store *store)
{
	cx_status status = store->opened ? engine__store_settle(store) : CX_OK;
	(void)status; /* what remains is taken up by the next open */
	pthread_mutex_lock(&store->lock);
	store->journal.stopping = true;
	pthread_cond_signal(&store->journal.merge_wanted);
	pthread_mutex_unlock(&store->lock);
	if (store->journal.merger_runs)
		pthread_join(store->journal.merger, NULL);
}

static void destroy_locks(engine__store *store)
{
	pthread_cond_destroy(&store->journal.merge_wanted);
	pthread_cond_destroy(&store->journal.changed);
	pthread_cond_destroy(&store->writer_free);
	pthread_mutex_destroy(&store->lmdb_lock);
	pthread_mutex_destroy(&store->lock);
	pthread_mutex_destroy(&store->room.lock);
	pthread_mutex_destroy(&store->views_lock);
}

void engine__store_close(engine__store **store)
{
	engine__store *self = *store;
	if (self == NULL)
		return;
	CX_ASSERT(atomic_load(&self->views) == 0);
	stop(self);
	while (self->idle_views != NULL) {
		engine__view *view = self->idle_views;
		self->idle_views = view->next;
		engine__view_free(&view);
	}
	engine__view_free(&self->txn.view);
	engine__buffer_free(&self->txn.buffer);
	engine__room_release(&self->room);
	engine__journal_release(self);
	if (self->env != NULL)
		mdb_env_close(self->env);
	engine__file_close(&self->fd);
	destroy_locks(self);
	free(self);
	*store = NULL;
}

unsigned engine__store_readers_check(engine__store *store)
{
	int dead = 0;
	int code = mdb_reader_check(store->env, &dead);
	return code == 0 && dead > 0 ? (unsigned)dead : 0;
}
