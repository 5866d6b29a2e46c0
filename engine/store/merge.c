/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that merges frozen memtables into LMDB, in order of (tree, key) and in slices:
 * each is a transaction of LMDB in its default synchronous mode, small enough that neither its
 * sync nor its list of dirty pages gets long. The last one also stores which commit LMDB holds
 * now. A half-merged memtable does no harm: it is still read before LMDB, and after a crash its
 * segment is replayed over what LMDB has. */
#include "base/clock.h"
#include "engine/store/lmdb.h"

#include <string.h>
#include <time.h>

enum {
	SLICE_OPERATIONS_MAX = 8192,
	SLICE_OPERATIONS_MIN = 8,
	SLICE_BYTES_MAX = 4 * 1024 * 1024,
	SLICES_OF_SEGMENT = 8, /* at least, however small it is */
	TRY_AGAIN_NS = 1000 * 1000 * 1000,
	WRITER_NS = 1000 * 1000, /* until a transaction has perhaps ended */
	NS_PER_S = 1000 * 1000 * 1000,
};

static void put_u64(uint8_t *at, uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		at[i] = (uint8_t)value;
}

int engine__journal_put_state(engine__store *store, MDB_txn *mdb, uint64_t covered,
                              uint64_t segment)
{
	uint8_t bytes[24];
	put_u64(bytes, covered);
	put_u64(bytes + 8, segment);
	put_u64(bytes + 16, store->journal.last_segment);
	MDB_val key = engine__val_of(CX_SLICE_LITERAL("state"));
	MDB_val value = { .mv_size = sizeof bytes, .mv_data = bytes };
	engine__tree_written(store, mdb, store->journal.tree);
	return mdb_put(mdb, store->journal.tree, &key, &value, 0);
}

/* What is merged, and how far it has come. */
typedef struct merging {
	engine__store *store;
	uint64_t covered; /* the last commit of the memtable */
	uint64_t segment; /* the next one that is needed; 0 = none */
	engine__handover handover;
	size_t operations_max; /* of the next slice */
	size_t bytes_max;
	size_t mdb_txn; /* of the last slice */
} merging;

static cx_status merge_slice(merging *self)
{
	engine__store *store = self->store;
	engine__handover ahead = self->handover;
	pthread_mutex_lock(&store->lmdb_lock);
	MDB_txn *mdb = NULL;
	int code = engine__lmdb_begin(store, &mdb);
	if (code == 0)
		code = engine__handover_some(&ahead, mdb, self->operations_max,
		                             self->bytes_max);
	if (code == 0 && ahead.next == NULL)
		code = engine__journal_put_state(store, mdb, self->covered, self->segment);
	cx_status status = engine__commit(store, mdb, code, &self->mdb_txn);
	pthread_mutex_unlock(&store->lmdb_lock);
	if (status == CX_OK)
		self->handover = ahead;
	return status;
}

static void tell_progress(merging *self)
{
	pthread_mutex_lock(&self->store->lock);
	self->store->journal.merged = self->handover.operations;
	pthread_mutex_unlock(&self->store->lock);
}

/* A slice that does not fit is tried again as a smaller one: it copies fewer pages before the
 * old ones are free. */
static cx_status merge_all(merging *self)
{
	do {
		cx_status status = merge_slice(self);
		if (status == CX_STORAGE_FULL && self->operations_max > SLICE_OPERATIONS_MIN)
			self->operations_max /= 2;
		else if (status != CX_OK)
			return status;
		else
			tell_progress(self);
	} while (self->handover.next != NULL || self->mdb_txn == 0);
	return CX_OK;
}

static cx_status merge_frozen(engine__store *store, size_t *ret_txn)
{
	const engine__journal *journal = &store->journal;
	const engine__segment *frozen = journal->frozen;
	const engine__segment *active = journal->active;
	const engine__layer layer = { .map = &frozen->table->map, .number = UINT64_MAX };
	size_t share = (size_t)(frozen->size / SLICES_OF_SEGMENT);
	merging self = {
		.store = store,
		.covered = frozen->table->last,
		.segment = active == NULL ? 0 : active->number,
		.handover = engine__handover_begin(store, layer),
		.operations_max = SLICE_OPERATIONS_MAX,
		.bytes_max = share < SLICE_BYTES_MAX ? share : SLICE_BYTES_MAX,
	};
	cx_status status = merge_all(&self);
	*ret_txn = self.mdb_txn;
	return status;
}

/* The frozen memtable is in LMDB. With the lock. */
static cx_status drop_frozen(engine__store *store, size_t mdb_txn)
{
	engine__journal *journal = &store->journal;
	engine__tables *tables;
	engine__memtable *active = journal->active == NULL ? NULL : journal->active->table;
	cx_status status = engine__tables_new(active, NULL, mdb_txn, &tables);
	if (status != CX_OK)
		return status;
	engine__tables_let_go(&journal->tables);
	journal->tables = tables;
	engine__segment_retire(journal->frozen);
	journal->frozen = NULL;
	return CX_OK;
}

/* With the lock, which it leaves meanwhile. */
static void merge(engine__store *store)
{
	engine__journal *journal = &store->journal;
	size_t mdb_txn = 0;
	journal->merged = 0;
	pthread_mutex_unlock(&store->lock);
	cx_status status = merge_frozen(store, &mdb_txn);
	pthread_mutex_lock(&store->lock);
	if (status == CX_OK)
		status = drop_frozen(store, mdb_txn);
	journal->merge_status = status;
	pthread_cond_broadcast(&journal->changed);
}

/* ---- the thread ---- */

static void wait_ns(engine__store *store, uint64_t ns)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	ns += (uint64_t)until.tv_nsec;
	until.tv_sec += (time_t)(ns / NS_PER_S);
	until.tv_nsec = (long)(ns % NS_PER_S);
	pthread_cond_timedwait(&store->journal.merge_wanted, &store->lock, &until);
}

/* Whether the active segment has held something for long enough. With the lock. */
static bool is_old(const engine__journal *journal)
{
	return journal->frozen == NULL && journal->active != NULL &&
	       journal->active_since_ns != 0 &&
	       cx_clock_monotonic_ns() - journal->active_since_ns >= journal->age_ns;
}

/* Whether there is memory for the next memtables, and nobody writes. With the lock. */
static bool keeps_needlessly(engine__journal *journal)
{
	bool any = false;
	for (unsigned slot = 0; slot < CX_COUNT_OF(journal->segments); slot++)
		any |= atomic_load(&journal->segments[slot].spare) != NULL;
	return any && journal->active_since_ns == 0;
}

static void free_spares(engine__store *store)
{
	engine__journal *journal = &store->journal;
	for (unsigned slot = 0; slot < CX_COUNT_OF(journal->segments); slot++)
		engine__memtable_free_spare(&journal->segments[slot].spare);
}

/* Freezes the active segment in a writer's place. It may not wait for the writer of now, as
 * that one may be waiting for a merge. With the lock, which it leaves meanwhile. */
static void freeze_old(engine__store *store)
{
	store->writing = true;
	store->journal.active_since_ns = cx_clock_monotonic_ns(); /* for the next try */
	pthread_mutex_unlock(&store->lock);
	free_spares(store); /* less was written than they are for */
	cx_status status = engine__journal_change_segment(store, 0);
	if (status == CX_IO)
		engine__store_break(store);
	/* Want of room is for writers. */
	engine__writer_leave(store);
	pthread_mutex_lock(&store->lock);
}

void *engine__merge_run(void *context)
{
	engine__store *store = context;
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	while (!journal->stopping) {
		bool works = store->broken == CX_OK;
		if (works && journal->frozen != NULL) {
			merge(store);
			if (journal->merge_status != CX_OK && !journal->stopping)
				wait_ns(store, TRY_AGAIN_NS);
		} else if (works && is_old(journal) && !store->writing) {
			freeze_old(store);
		} else if (works && keeps_needlessly(journal)) {
			pthread_mutex_unlock(&store->lock);
			free_spares(store);
			pthread_mutex_lock(&store->lock);
		} else {
			wait_ns(store, works && is_old(journal) ? WRITER_NS : journal->age_ns);
		}
	}
	pthread_mutex_unlock(&store->lock);
	return NULL;
}
