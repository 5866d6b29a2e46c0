/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that merges frozen memtables into LMDB, in order of (tree, key) and in slices:
 * each is a transaction of LMDB in its default synchronous mode, small enough that neither its
 * sync nor its list of dirty pages gets long. The last one also stores which commit LMDB holds
 * now. A half-merged memtable does no harm: it is still read before LMDB, and after a crash its
 * segment is replayed over what LMDB has. Pairs for which LMDB would write a page each are
 * carried over to a later merge (carry.h). */
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

int engine__journal_put_state(engine__store *store, MDB_txn *mdb,
                              const engine__journal_state *state)
{
	const uint64_t numbers[] = { state->covered, state->segment,
		                     store->journal.last_segment, state->carried,
		                     state->carried_end };
	uint8_t bytes[sizeof numbers];
	for (size_t i = 0; i < CX_COUNT_OF(numbers); i++)
		put_u64(bytes + i * sizeof numbers[0], numbers[i]);
	MDB_val key = engine__val_of(CX_SLICE_LITERAL("state"));
	MDB_val value = { .mv_size = state->carried == 0 ? ENGINE__STATE_BYTES : sizeof bytes,
		          .mv_data = bytes };
	engine__tree_written(store, mdb, store->journal.tree);
	return mdb_put(mdb, store->journal.tree, &key, &value, 0);
}

/* What is merged, and how far it has come. */
typedef struct merging {
	engine__store *store;
	engine__journal_state state; /* for the last slice of all */
	engine__handover handover;
	bool last;             /* nothing comes behind the handover */
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
	if (code == 0 && ahead.next == NULL && self->last)
		code = engine__journal_put_state(store, mdb, &self->state);
	cx_status status = engine__commit(store, mdb, code, &self->mdb_txn);
	pthread_mutex_unlock(&store->lmdb_lock);
	if (status == CX_OK)
		self->handover = ahead;
	return status;
}

static void tell_progress(merging *self, uint64_t operations)
{
	pthread_mutex_lock(&self->store->lock);
	self->store->journal.merged += operations;
	pthread_mutex_unlock(&self->store->lock);
}

/* A slice that does not fit is tried again as a smaller one: it copies fewer pages before the
 * old ones are free. */
static cx_status merge_layer(merging *self, const engine__memtable *table, const bool *skipped)
{
	const engine__layer layer = { .map = &table->map, .number = UINT64_MAX };
	self->handover = engine__handover_begin(self->store, layer, skipped);
	bool any = false;
	while (self->handover.next != NULL || (self->last && !any)) {
		const size_t before = self->handover.operations;
		cx_status status = merge_slice(self);
		if (status == CX_STORAGE_FULL && self->operations_max > SLICE_OPERATIONS_MIN) {
			self->operations_max /= 2;
			continue;
		}
		if (status != CX_OK)
			return status;
		tell_progress(self, self->handover.operations - before);
		any = true;
	}
	return CX_OK;
}

/* ---- what is carried ---- */

/* With the lock. */
static bool carries_old(const engine__journal *journal)
{
	return journal->carried_bytes != 0 &&
	       cx_clock_monotonic_ns() - journal->carried_since_ns >= journal->age_ns;
}

static bool has_to_be_whole(engine__store *store)
{
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	const bool whole =
		journal->merge_whole || journal->active == NULL || carries_old(journal);
	pthread_mutex_unlock(&store->lock);
	return whole;
}

static cx_status choose(merging *self)
{
	engine__store *store = self->store;
	const engine__segment *frozen = store->journal.frozen;
	engine__carrying *carrying = &store->journal.carrying;
	engine__carrying chosen = { .segment = frozen->number,
		                    .whole = has_to_be_whole(store) };
	if (carrying->segment == frozen->number) {
		carrying->whole |= chosen.whole;
		return CX_OK;
	}
	MDB_txn *mdb = NULL;
	pthread_mutex_lock(&store->lmdb_lock);
	int code = engine__lmdb_begin(store, &mdb);
	if (code == 0)
		code = engine__carry_choose(store, mdb, frozen->table, &chosen);
	cx_status status = engine__commit(store, mdb, code, &self->mdb_txn); /* of nothing */
	pthread_mutex_unlock(&store->lmdb_lock);
	if (status == CX_OK)
		*carrying = chosen;
	return status;
}

/* How many operations LMDB gets: known when it is known whether the merge is whole. */
static void count_operations(merging *self)
{
	engine__journal *journal = &self->store->journal;
	const engine__memtable *carried = journal->carried->table;
	uint64_t operations = 0;
	for (size_t i = 0; i < ENGINE__TREE_NUMBERS; i++)
		if (!journal->carrying.trees[i])
			operations += atomic_load(&journal->frozen->table->trees[i].nodes);
	if (carried != NULL && journal->carrying.whole)
		operations += atomic_load(&carried->nodes);
	pthread_mutex_lock(&self->store->lock);
	journal->merge_operations = operations;
	pthread_mutex_unlock(&self->store->lock);
}

static cx_status carry(merging *self)
{
	engine__journal *journal = &self->store->journal;
	const engine__segment *carried = journal->carried;
	cx_status status = choose(self);
	if (status == CX_OK)
		status = engine__carry_take(self->store, journal->frozen);
	if (status != CX_OK)
		return status;
	count_operations(self);
	if (carried->number == 0)
		return CX_OK;
	if (journal->carrying.whole)
		return merge_layer(self, carried->table, NULL);
	self->state.carried = carried->number;
	self->state.carried_end = carried->tail;
	return CX_OK;
}

/* What is carried is older than the frozen memtable, hence goes first. */
static cx_status merge_frozen(engine__store *store, merging *self)
{
	const engine__journal *journal = &store->journal;
	const engine__segment *frozen = journal->frozen;
	const engine__segment *active = journal->active;
	size_t share = (size_t)(frozen->size / SLICES_OF_SEGMENT);
	*self = (merging){
		.store = store,
		.state = { .covered = frozen->table->last,
		           .segment = active == NULL ? 0 : active->number },
		.operations_max = SLICE_OPERATIONS_MAX,
		.bytes_max = share < SLICE_BYTES_MAX ? share : SLICE_BYTES_MAX,
	};
	cx_status status = carry(self);
	self->last = true;
	return status == CX_OK ? merge_layer(self, frozen->table, journal->carrying.trees)
	                       : status;
}

/* The frozen memtable is in LMDB, but for what is carried. With the lock. */
static cx_status drop_frozen(engine__store *store, const merging *done)
{
	engine__journal *journal = &store->journal;
	engine__tables *tables;
	engine__memtable *active = journal->active == NULL ? NULL : journal->active->table;
	engine__memtable *carried = journal->carrying.whole ? NULL : journal->carried->table;
	cx_status status = engine__tables_new(active, NULL, carried, done->mdb_txn, &tables);
	if (status != CX_OK)
		return status;
	engine__tables_let_go(&journal->tables);
	journal->tables = tables;
	engine__segment_retire(journal->frozen);
	journal->frozen = NULL;
	journal->merge_whole = false;
	if (journal->carrying.whole)
		engine__carry_clear(store);
	return CX_OK;
}

/* With the lock, which it leaves meanwhile. */
static void merge(engine__store *store)
{
	engine__journal *journal = &store->journal;
	merging done;
	journal->merged = 0;
	journal->merge_since_ns = cx_clock_monotonic_ns();
	pthread_mutex_unlock(&store->lock);
	cx_status status = merge_frozen(store, &done);
	pthread_mutex_lock(&store->lock);
	if (status == CX_OK)
		status = drop_frozen(store, &done);
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

/* Whether something has waited for long enough. With the lock. */
static bool is_old(const engine__journal *journal)
{
	if (journal->frozen != NULL || journal->active == NULL)
		return false;
	const bool holds_old =
		journal->active_since_ns != 0 &&
		cx_clock_monotonic_ns() - journal->active_since_ns >= journal->age_ns;
	return holds_old || carries_old(journal);
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
	engine__journal *journal = &store->journal;
	store->writing = true;
	journal->merge_whole = true;
	const uint64_t now = cx_clock_monotonic_ns(); /* for the next try */
	if (journal->active_since_ns != 0)
		journal->active_since_ns = now;
	journal->carried_since_ns = now;
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
