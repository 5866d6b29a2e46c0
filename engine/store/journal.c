/* SPDX-License-Identifier: Apache-2.0 */
/* Commits: encoding, the sync that many share, changing segments, going without a journal. */
#include "engine/store/journal.h"

#include "base/clock.h"
#include "engine/store/file.h"
#include "engine/store/lmdb.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	SEGMENT_BYTES_MIN = 4096,
	FIRST_SEGMENT_BYTES = 8 * 1024 * 1024,
	SMALLEST_SEGMENT_BYTES = 1024 * 1024, /* when there is no room for a larger one */
	GROWTH = 8,
	AGE_MS_DEFAULT = 60 * 1000,
	WAITING_BYTES_MAX = 32 * 1024 * 1024, /* for the disk, before the writer waits, too */
	IDLE_BYTES_MAX = 4 * 1024 * 1024, /* kept of a buffer that a large commit made grow */
	MERGED_BYTES_FACTOR = 2,          /* in LMDB, as pages are at least half full */
	MERGE_SLACK_BYTES = 4 * 1024 * 1024, /* pages that slices in flight hold twice */
};

#define TRY_AGAIN_NS ((uint64_t)1000 * 1000 * 1000)

cx_status engine__journal_init(engine__store *store, const char *path,
                               const engine__store_options *options)
{
	engine__journal *journal = &store->journal;
	uint64_t wanted = options->journal_bytes;
	journal->segment_bytes_max = wanted == 0                  ? ENGINE__JOURNAL_BYTES
	                             : wanted < SEGMENT_BYTES_MIN ? SEGMENT_BYTES_MIN
	                                                          : wanted;
	journal->age_ns = (options->journal_age_ms == 0 ? (uint64_t)AGE_MS_DEFAULT
	                                                : options->journal_age_ms) *
	                  1000 * 1000;
	size_t limit = (size_t)ENGINE__TXN_BYTES_MAX * 4;
	journal->encoded = CX_BUF_INIT(limit);
	journal->waiting = CX_BUF_INIT(limit);
	journal->in_sync = CX_BUF_INIT(limit);
	for (unsigned slot = 0; slot < CX_COUNT_OF(journal->segments); slot++) {
		cx_status status = engine__segment_init(&journal->segments[slot], path, slot);
		if (status != CX_OK)
			return status;
		journal->segments[slot].asked = store->asked;
	}
	journal->carried = &journal->segments[ENGINE__CARRIED_SLOT];
	journal->carries_all = options->carry_all;
	return engine__tables_new(NULL, NULL, NULL, 0, &journal->tables);
}

void engine__journal_release(engine__store *store)
{
	engine__journal *journal = &store->journal;
	engine__tables_let_go(&journal->tables);
	for (unsigned slot = 0; slot < CX_COUNT_OF(journal->segments); slot++)
		engine__segment_release(&journal->segments[slot]);
	cx_buf_release(&journal->encoded);
	cx_buf_release(&journal->waiting);
	cx_buf_release(&journal->in_sync);
}

/* ---- the sync that many share ---- */

/* Writes and syncs what waits. With the lock, which it leaves meanwhile; there is none other
 * at it. */
static void sync_waiting(engine__store *store)
{
	engine__journal *journal = &store->journal;
	engine__segment *segment = journal->active;
	uint64_t number = journal->submitted;
	uint64_t offset = segment->synced;
	const cx_buf bytes = journal->waiting;
	journal->waiting = journal->in_sync;
	journal->in_sync = bytes;
	journal->syncing = true;
	pthread_mutex_unlock(&store->lock);

	cx_status status = engine__segment_write(segment, cx_buf_slice(&bytes), offset);
	if (status == CX_OK)
		status = engine__segment_sync(segment);

	pthread_mutex_lock(&store->lock);
	journal->syncing = false;
	cx_buf_clear(&journal->in_sync);
	if (journal->in_sync.capacity > IDLE_BYTES_MAX)
		cx_buf_release(&journal->in_sync);
	if (status == CX_OK) {
		segment->synced = offset + bytes.size;
		journal->visible = number;
	} else {
		store->broken = CX_IO;
		pthread_cond_broadcast(&store->writer_free);
	}
	pthread_cond_broadcast(&journal->changed);
}

static cx_status wait_durable(engine__store *store, uint64_t number)
{
	engine__journal *journal = &store->journal;
	while (journal->visible < number && store->broken == CX_OK) {
		if (journal->syncing)
			pthread_cond_wait(&journal->changed, &store->lock);
		else
			sync_waiting(store);
	}
	return journal->visible >= number ? CX_OK : CX_IO;
}

cx_status engine__journal_wait(engine__store *store, uint64_t number)
{
	pthread_mutex_lock(&store->lock);
	cx_status status = wait_durable(store, number);
	pthread_mutex_unlock(&store->lock);
	return status;
}

/* ---- segments ---- */

static engine__segment *other_of(engine__journal *journal)
{
	return &journal->segments[journal->active == &journal->segments[0]];
}

/* Tells LMDB that there is a journal from here on. */
static cx_status announce(engine__store *store, uint64_t segment)
{
	pthread_mutex_lock(&store->lmdb_lock);
	MDB_txn *mdb = NULL;
	size_t ignored;
	int code = engine__lmdb_begin(store, &mdb);
	if (code == 0)
		code = engine__journal_put_state(
			store, mdb,
			&(engine__journal_state){ .covered = store->journal.submitted,
		                                  .segment = segment });
	cx_status status = engine__commit(store, mdb, code, &ignored);
	pthread_mutex_unlock(&store->lmdb_lock);
	return status;
}

cx_status engine__journal_reserve(engine__store *store, uint64_t bytes, uint64_t carried)
{
	return engine__room_reserve(store, MERGED_BYTES_FACTOR * (2 * bytes + carried) +
	                                           MERGE_SLACK_BYTES);
}

static cx_status prepare_bytes(engine__store *store, engine__segment *segment, uint64_t bytes)
{
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	const uint64_t carried = journal->carried_bytes;
	pthread_mutex_unlock(&store->lock);
	cx_status status = engine__journal_reserve(store, bytes, carried);
	return status == CX_OK ? engine__segment_prepare(segment, journal->identity,
	                                                 journal->last_segment + 1, bytes)
	                       : status;
}

/* A segment with the number behind the last one's, of the next size, or one as small as
 * `bytes_min` when there is no room for that. */
static cx_status prepare(engine__store *store, engine__segment *segment, uint64_t bytes_min)
{
	engine__journal *journal = &store->journal;
	uint64_t bytes = journal->next_bytes > bytes_min ? journal->next_bytes : bytes_min;
	const uint64_t least =
		bytes_min > SMALLEST_SEGMENT_BYTES ? bytes_min : SMALLEST_SEGMENT_BYTES;
	cx_status status = prepare_bytes(store, segment, bytes);
	while (status == CX_STORAGE_FULL && bytes > least) {
		bytes = bytes / GROWTH > least ? bytes / GROWTH : least;
		status = prepare_bytes(store, segment, bytes);
	}
	if (status != CX_OK)
		return status;
	segment->table->last = journal->submitted; /* what a merge of none covers */
	journal->next_bytes = bytes < journal->segment_bytes_max / GROWTH
	                              ? bytes * GROWTH
	                              : journal->segment_bytes_max;
	return CX_OK;
}

cx_status engine__journal_start_merger(engine__store *store)
{
	engine__journal *journal = &store->journal;
	if (journal->merger_runs)
		return CX_OK;
	if (pthread_create(&journal->merger, NULL, engine__merge_run, store) != 0)
		return CX_NO_MEMORY;
	journal->merger_runs = true;
	return CX_OK;
}

static cx_status tables_of(const engine__journal *journal, const engine__segment *newer,
                           const engine__segment *older, engine__tables **ret)
{
	return engine__tables_new(newer == NULL ? NULL : newer->table,
	                          older == NULL ? NULL : older->table, journal->carried->table,
	                          journal->tables->needs_txn, ret);
}

static void show_tables(engine__journal *journal, engine__tables *tables)
{
	engine__tables_let_go(&journal->tables);
	journal->tables = tables;
}

cx_status engine__journal_freeze(engine__store *store, engine__segment *next)
{
	engine__journal *journal = &store->journal;
	CX_ASSERT(journal->frozen == NULL && journal->waiting.size == 0 && !journal->syncing);
	CX_ASSERT(journal->visible == journal->submitted);
	engine__tables *tables;
	cx_status status = tables_of(journal, next, journal->active, &tables);
	if (status != CX_OK)
		return status;
	show_tables(journal, tables);
	journal->frozen = journal->active;
	journal->active = next;
	journal->active_since_ns = 0;
	journal->merged = 0;
	journal->merge_operations = 0;
	journal->merge_status = CX_OK;
	pthread_cond_signal(&journal->merge_wanted);
	return CX_OK;
}

cx_status engine__journal_wait_merged(engine__store *store)
{
	engine__journal *journal = &store->journal;
	while (journal->frozen != NULL && store->broken == CX_OK &&
	       journal->merge_status == CX_OK)
		pthread_cond_wait(&journal->changed, &store->lock);
	if (store->broken != CX_OK)
		return store->broken;
	return journal->frozen == NULL ? CX_OK : journal->merge_status;
}

/* Uses the segment as the first one: from here on there is a journal. Nothing may fail once
 * LMDB has been told so, as the next try overwrites the segment that LMDB then asks for. */
static cx_status announce_first(engine__store *store, engine__segment *first)
{
	engine__journal *journal = &store->journal;
	engine__tables *tables;
	cx_status status = tables_of(journal, first, NULL, &tables);
	if (status != CX_OK)
		return status;
	journal->last_segment = first->number;
	status = announce(store, first->number);
	if (status != CX_OK) {
		engine__tables_let_go(&tables);
		return status;
	}
	pthread_mutex_lock(&store->lock);
	show_tables(journal, tables);
	journal->active = first;
	pthread_mutex_unlock(&store->lock);
	return CX_OK;
}

static cx_status start(engine__store *store, uint64_t bytes_min)
{
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	cx_status status = engine__journal_wait_merged(store);
	pthread_mutex_unlock(&store->lock);
	if (status != CX_OK)
		return status;
	journal->next_bytes = journal->segment_bytes_max < FIRST_SEGMENT_BYTES
	                              ? journal->segment_bytes_max
	                              : FIRST_SEGMENT_BYTES;
	engine__segment *first = &journal->segments[0];
	CX_ASSERT(journal->carried->number == 0);
	status = engine__journal_start_merger(store);
	if (status == CX_OK)
		status = prepare(store, first, bytes_min);
	if (status == CX_OK)
		status = announce_first(store, first);
	if (status != CX_OK)
		engine__segment_retire(first);
	return status;
}

cx_status engine__journal_mark(engine__store *store, engine__entry_kind kind, cx_slice body)
{
	engine__journal *journal = &store->journal;
	engine__segment *segment = journal->active;
	const engine__entry mark = {
		.kind = kind,
		.tag = segment->tag,
		.previous = segment->checksum,
		.number = journal->submitted,
		.synced = segment->synced,
	};
	cx_buf_clear(&journal->encoded);
	engine__entry_begin(&journal->encoded);
	cx_buf_append_slice(&journal->encoded, body);
	uint64_t checksum = engine__entry_end(&journal->encoded, 0, &mark);
	cx_status status = cx_buf_status(&journal->encoded);
	if (status != CX_OK)
		return status;
	status = engine__segment_write(segment, cx_buf_slice(&journal->encoded), segment->tail);
	if (status == CX_OK)
		status = engine__segment_sync(segment);
	if (status != CX_OK) {
		engine__store_break(store);
		return status;
	}
	segment->tail += journal->encoded.size;
	segment->synced = segment->tail;
	segment->checksum = checksum;
	return CX_OK;
}

/* Freezes the active segment, when the one before is merged, and goes on in the other. */
cx_status engine__journal_change_segment(engine__store *store, uint64_t bytes_min)
{
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	cx_status status = wait_durable(store, journal->submitted);
	if (status == CX_OK)
		status = engine__journal_wait_merged(store);
	pthread_mutex_unlock(&store->lock);
	if (status != CX_OK)
		return status;

	engine__segment *next = other_of(journal);
	status = prepare(store, next, bytes_min);
	if (status == CX_OK)
		status = engine__journal_mark(store, ENGINE__ENTRY_END, (cx_slice){ 0 });
	if (status == CX_OK) {
		journal->last_segment = next->number; /* the end of the other leads to it */
		pthread_mutex_lock(&store->lock);
		status = engine__journal_freeze(store, next);
		pthread_mutex_unlock(&store->lock);
		if (status != CX_OK) /* the end is written: nothing may follow it */
			engine__store_break(store);
	}
	if (status != CX_OK)
		engine__segment_retire(next);
	return status;
}

/* An active segment with room for an entry. CX_STORAGE_FULL: there is no room for one, or the
 * entry is too large for any. */
static cx_status find_room(engine__store *store, uint64_t size)
{
	engine__journal *journal = &store->journal;
	uint64_t bytes_min = ENGINE__SEGMENT_HEADER_BYTES + size + ENGINE__ENTRY_HEADER_BYTES;
	if (bytes_min > journal->segment_bytes_max)
		return CX_STORAGE_FULL;
	if (journal->active != NULL && engine__segment_has_room(journal->active, size))
		return CX_OK;
	uint64_t now = cx_clock_monotonic_ns();
	if (journal->refused_ns != 0 && now - journal->refused_ns < TRY_AGAIN_NS)
		return CX_STORAGE_FULL;
	cx_status status = journal->active == NULL
	                           ? start(store, bytes_min)
	                           : engine__journal_change_segment(store, bytes_min);
	journal->refused_ns = status == CX_STORAGE_FULL ? now : 0;
	return status;
}

/* The share of the merge that is done. */
static double merged_share(const engine__journal *journal)
{
	return journal->merge_operations == 0
	               ? 0
	               : (double)journal->merged / (double)journal->merge_operations;
}

/* How many ns the merge takes for each byte that writers can add meanwhile; 0 = not known. */
static double merge_ns_per_byte(const engine__journal *journal)
{
	const double share = merged_share(journal);
	if (!(share > 0))
		return 0;
	return (double)(cx_clock_monotonic_ns() - journal->merge_since_ns) /
	       (share * (double)journal->active->size);
}

/* Writers that are ahead of the merge are slowed by its time for as many bytes, the more the
 * further they are: how far is the share of the active segment that is used less the share of
 * the merge that is done. So the active one is not full long before the
 * other can take its place, and nobody is stopped for a whole merge. */
static void pace(engine__store *store, uint64_t bytes)
{
	const double allowed = 0.1;
	const double full_price = 0.2;
	const double ns_max = 500e6;
	engine__journal *journal = &store->journal;
	double ns = 0;
	pthread_mutex_lock(&store->lock);
	if (journal->frozen != NULL && atomic_load(&journal->frozen->table->nodes) > 0) {
		double used = (double)journal->active->tail / (double)journal->active->size;
		double ahead = (used - merged_share(journal) - allowed) / full_price;
		if (ahead > 0)
			ns = ahead * (double)bytes * merge_ns_per_byte(journal);
	}
	pthread_mutex_unlock(&store->lock);
	if (ns >= 1)
		nanosleep(&(struct timespec){ .tv_nsec = (long)(ns < ns_max ? ns : ns_max) },
		          NULL);
}

/* ---- submitting ---- */

/* The writes as one entry in `encoded`; returns its checksum. */
static uint64_t encode(engine__store *store, const engine__layer *writes, uint64_t number)
{
	engine__journal *journal = &store->journal;
	engine__segment *segment = journal->active;
	cx_buf *out = &journal->encoded;
	engine__entry entry = {
		.kind = ENGINE__ENTRY_COMMIT,
		.tag = segment->tag,
		.previous = segment->checksum,
		.number = number,
		.synced = segment->synced,
	};
	cx_buf_clear(out);
	engine__entry_begin(out);
	uint16_t named = 0; /* LMDB's own: no tree of ours */
	for (const engine__node *node = engine__layer_next(writes, NULL); node != NULL;
	     node = engine__layer_next(writes, node)) {
		if (node->tree != named) {
			named = node->tree;
			engine__entry_add_name(out, named, store->trees[named]);
			entry.operations++;
		}
		engine__entry_add_version(out, node, engine__layer_version(writes, node));
		entry.operations++;
	}
	return engine__entry_end(out, 0, &entry);
}

/* Hands the encoded entry to whoever syncs next. */
static cx_status queue(engine__store *store, uint64_t number)
{
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	cx_status status = store->broken;
	if (journal->waiting.size > WAITING_BYTES_MAX)
		status = wait_durable(store, journal->submitted);
	if (status == CX_OK && journal->waiting.size == 0) {
		const cx_buf empty = journal->waiting;
		journal->waiting = journal->encoded;
		journal->encoded = empty;
	} else if (status == CX_OK) {
		cx_buf_append_slice(&journal->waiting, cx_buf_slice(&journal->encoded));
		status = cx_buf_status(&journal->waiting);
		if (status != CX_OK)
			cx_buf_truncate(&journal->waiting, journal->waiting.size);
	}
	if (status == CX_OK) {
		journal->submitted = number;
		if (journal->active_since_ns == 0)
			journal->active_since_ns = cx_clock_monotonic_ns();
	}
	pthread_mutex_unlock(&store->lock);
	return status;
}

static cx_status append(engine__store *store, const engine__buffer *writes, uint64_t number)
{
	engine__journal *journal = &store->journal;
	engine__segment *segment = journal->active;
	const engine__layer layer = engine__buffer_layer(writes);
	const uint64_t last = segment->table->last;
	uint64_t checksum = encode(store, &layer, number);
	cx_status status = cx_buf_status(&journal->encoded);
	if (status == CX_OK)
		status = engine__memtable_apply(segment->table, &layer, number);
	if (status != CX_OK)
		return status;
	uint64_t size = journal->encoded.size;
	status = queue(store, number);
	if (status != CX_OK) {
		engine__memtable_take_back(segment->table, &layer, NULL, last);
		return status;
	}
	segment->tail += size;
	segment->checksum = checksum;
	return CX_OK;
}

/* ---- without a journal ---- */

cx_status engine__journal_stop(engine__store *store)
{
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	bool runs = journal->active != NULL || journal->frozen != NULL;
	cx_status status = wait_durable(store, journal->submitted);
	if (status == CX_OK)
		status = engine__journal_wait_merged(store);
	if (status == CX_OK && journal->active != NULL)
		status = engine__journal_freeze(store, NULL);
	if (status == CX_OK)
		status = engine__journal_wait_merged(store);
	pthread_mutex_unlock(&store->lock);
	if (!runs)
		return status;
	for (unsigned slot = 0; status == CX_OK && slot < CX_COUNT_OF(journal->segments);
	     slot++)
		status = engine__segment_remove(&journal->segments[slot]);
	if (status == CX_OK)
		status = engine__file_sync_folder(journal->segments[0].path, NULL);
	if (status == CX_OK) /* nothing merges meanwhile */
		engine__room_give_back(store);
	return status;
}

/* Shows a commit that LMDB has made durable: `tables` come into use. */
static void show(engine__store *store, uint64_t number, engine__tables *tables)
{
	engine__journal *journal = &store->journal;
	pthread_mutex_lock(&store->lock);
	show_tables(journal, tables);
	journal->submitted = number;
	journal->visible = number;
	pthread_mutex_unlock(&store->lock);
}

static cx_status commit_directly(engine__store *store, const engine__buffer *writes,
                                 uint64_t number)
{
	CX_SCOPED(engine__tables_let_go) engine__tables *tables = NULL;
	cx_status status = engine__journal_stop(store);
	if (status == CX_OK) /* first, as nothing may fail behind the commit */
		status = engine__tables_new(NULL, NULL, NULL, 0, &tables);
	if (status != CX_OK)
		return status;
	pthread_mutex_lock(&store->lmdb_lock);
	MDB_txn *mdb = NULL;
	engine__handover all =
		engine__handover_begin(store, engine__buffer_layer(writes), NULL);
	int code = engine__lmdb_begin(store, &mdb);
	if (code == 0)
		code = engine__handover_some(&all, mdb, SIZE_MAX, SIZE_MAX);
	status = engine__commit(store, mdb, code, &tables->needs_txn);
	pthread_mutex_unlock(&store->lmdb_lock);
	if (status != CX_OK)
		return status;
	show(store, number, tables);
	tables = NULL;
	return CX_OK;
}

/* What the entry takes at most. */
static uint64_t entry_bytes_max(const engine__buffer *writes)
{
	uint64_t operations = engine__buffer_operations(writes);
	uint64_t trees = operations < ENGINE__TREE_NUMBERS ? operations : ENGINE__TREE_NUMBERS;
	return ENGINE__ENTRY_HEADER_BYTES + ENGINE__ENTRY_ALIGNMENT +
	       engine__buffer_bytes(writes) + operations * ENGINE__OPERATION_HEADER_BYTES +
	       trees * (ENGINE__OPERATION_HEADER_BYTES + ENGINE__TREE_NAME_MAX);
}

cx_status engine__journal_submit(engine__store *store, const engine__buffer *writes,
                                 uint64_t *ret)
{
	engine__journal *journal = &store->journal;
	uint64_t number = journal->submitted + 1;
	cx_status status = find_room(store, entry_bytes_max(writes));
	if (status == CX_STORAGE_FULL)
		status = commit_directly(store, writes, number);
	else if (status == CX_OK) {
		pace(store, engine__buffer_bytes(writes));
		status = append(store, writes, number);
	}
	if (status == CX_IO || status == CX_CORRUPT)
		engine__store_break(store); /* also when only a segment could not be made */
	if (status == CX_OK)
		*ret = number;
	return status;
}
