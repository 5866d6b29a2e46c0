/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: what LMDB says of the journal, and what the segments hold beyond it. */
#include "base/clock.h"
#include "engine/store/file.h"
#include "engine/store/lmdb.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static const char tree_name[] = "journal";

typedef struct recovery {
	engine__store *store;
	const char *path;
	cx_error *error;
	engine__journal_state state;
	engine__segment_state found[ENGINE__SEGMENTS];
	engine__segment *segment;             /* that is replayed */
	uint16_t trees[ENGINE__TREE_NUMBERS]; /* of the entry: its tree numbers to ours */
} recovery;

/* ---- the tree of the journal ---- */

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t value = 0;
	for (int i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return value;
}

static int make_tree(engine__store *store, MDB_txn *mdb)
{
	engine__journal *journal = &store->journal;
	MDB_dbi dbi;
	if (getentropy(journal->identity, sizeof journal->identity) != 0)
		return EIO;
	int code = mdb_dbi_open(mdb, tree_name, MDB_CREATE, &dbi);
	if (code != 0)
		return code;
	journal->tree = (uint16_t)dbi;
	MDB_val key = engine__val_of(CX_SLICE_LITERAL("identity"));
	MDB_val value = { .mv_size = sizeof journal->identity, .mv_data = journal->identity };
	code = mdb_put(mdb, dbi, &key, &value, 0);
	return code == 0 ? engine__journal_put_state(store, mdb, &(engine__journal_state){ 0 })
	                 : code;
}

static cx_status make(recovery *self)
{
	engine__store *store = self->store;
	MDB_txn *mdb = NULL;
	size_t ignored;
	pthread_mutex_lock(&store->lmdb_lock);
	int code = engine__lmdb_begin(store, &mdb);
	if (code == 0)
		code = make_tree(store, mdb);
	cx_status status = engine__commit(store, mdb, code, &ignored);
	pthread_mutex_unlock(&store->lmdb_lock);
	if (status == CX_OK)
		memcpy(store->trees[store->journal.tree], tree_name, sizeof tree_name);
	return status;
}

static cx_status get(engine__view *view, const char *name, cx_slice *ret)
{
	const engine__tree tree = { view->store->journal.tree };
	cx_status status = engine__view_get(view, tree, cx_slice_of(name), ret);
	return status == CX_NOT_FOUND ? CX_CORRUPT : status;
}

static cx_status parse_state(cx_slice bytes, engine__journal_state *ret)
{
	uint64_t numbers[sizeof *ret / sizeof(uint64_t)] = { 0 };
	if (bytes.size != ENGINE__STATE_BYTES && bytes.size != sizeof numbers)
		return CX_CORRUPT;
	for (size_t i = 0; i < bytes.size / sizeof numbers[0]; i++)
		numbers[i] = get_u64(bytes.data + i * sizeof numbers[0]);
	*ret = (engine__journal_state){
		.covered = numbers[0],
		.segment = numbers[1],
		.last_segment = numbers[2],
		.carried = numbers[3],
		.carried_end = numbers[4],
	};
	return ret->carried != 0 && ret->segment == 0 ? CX_CORRUPT : CX_OK;
}

static cx_status load(recovery *self)
{
	engine__journal *journal = &self->store->journal;
	CX_SCOPED(engine__view_end) engine__view *view = NULL;
	cx_slice identity;
	cx_slice numbers;
	cx_status status = engine__view_begin(self->store, &view);
	if (status == CX_OK)
		status = get(view, "identity", &identity);
	if (status == CX_OK && identity.size != sizeof journal->identity)
		status = CX_CORRUPT;
	if (status == CX_OK)
		status = get(view, "state", &numbers);
	if (status != CX_OK)
		return status;
	memcpy(journal->identity, identity.data, sizeof journal->identity);
	return parse_state(numbers, &self->state);
}

static cx_status read_state(recovery *self)
{
	engine__store *store = self->store;
	uint16_t tree = engine__tree_find(store, tree_name);
	store->journal.tree = tree;
	cx_status status = tree == 0 ? make(self) : load(self);
	if (status != CX_OK)
		return cx_fail(self->error, status,
		               "%s: what it says of its journal cannot be read or written: %s",
		               self->path, cx_status_text(status));
	store->journal.submitted = self->state.covered;
	store->journal.visible = self->state.covered;
	store->journal.last_segment = self->state.last_segment;
	return CX_OK;
}

/* ---- replaying ---- */

static cx_status name_tree(recovery *self, const engine__operation *operation)
{
	char name[ENGINE__TREE_NAME_MAX + 1];
	memcpy(name, operation->key.data, operation->key.size);
	name[operation->key.size] = '\0';
	uint16_t tree = engine__tree_find(self->store, name);
	if (operation->tree >= CX_COUNT_OF(self->trees) || tree == 0 ||
	    tree == self->store->journal.tree)
		return CX_CORRUPT;
	self->trees[operation->tree] = tree;
	return CX_OK;
}

static cx_status replay_operation(recovery *self, const engine__operation *operation,
                                  uint64_t number)
{
	if (operation->kind == ENGINE__OPERATION_NAME)
		return name_tree(self, operation);
	if (operation->tree >= CX_COUNT_OF(self->trees) || self->trees[operation->tree] == 0)
		return CX_CORRUPT;
	return engine__memtable_add(self->segment->table,
	                            (engine__tree){ self->trees[operation->tree] },
	                            operation->key, operation->value,
	                            operation->kind == ENGINE__OPERATION_REMOVE, number);
}

static cx_status replay_entry(recovery *self, const engine__entry *entry)
{
	memset(self->trees, 0, sizeof self->trees);
	cx_slice rest = entry->body;
	for (uint32_t i = 0; i < entry->operations; i++) {
		engine__operation operation;
		if (!engine__entry_next(&rest, &operation))
			return CX_CORRUPT;
		cx_status status = replay_operation(self, &operation, entry->number);
		if (status != CX_OK)
			return status;
	}
	self->segment->table->last = entry->number;
	return CX_OK;
}

static cx_status replay(void *context, const engine__entry *entry)
{
	recovery *self = context;
	engine__journal *journal = &self->store->journal;
	if (entry->kind != ENGINE__ENTRY_COMMIT || entry->number <= self->state.covered)
		return CX_OK;
	if (entry->number <= journal->submitted)
		return CX_CORRUPT;
	journal->submitted = entry->number;
	return replay_entry(self, entry);
}

static cx_status begin_replay(recovery *self, engine__segment *segment)
{
	cx_status status = engine__memtable_new(&segment->spare, segment->size, segment->asked,
	                                        &segment->table);
	if (status != CX_OK)
		return cx_fail(self->error, status, "no memory to replay %s", segment->path);
	cx_arena_take_huge_pages(segment->table->map.arena);
	segment->table->last = self->store->journal.submitted;
	self->segment = segment;
	return CX_OK;
}

static cx_status replay_segment(recovery *self, engine__segment *segment, bool *ret_ended)
{
	cx_status status = begin_replay(self, segment);
	if (status != CX_OK)
		return status;
	status = engine__segment_scan(segment, replay, self, ret_ended, self->error);
	/* What was only in memory of the system when the last process ended would be shown now
	 * and lost later. */
	if (status == CX_OK && engine__segment_sync(segment) != CX_OK)
		status = cx_fail(self->error, CX_IO, "cannot sync %s", segment->path);
	return status;
}

/* ---- which segments there are ---- */

static cx_status find_segments(recovery *self)
{
	engine__journal *journal = &self->store->journal;
	for (unsigned slot = 0; slot < CX_COUNT_OF(journal->segments); slot++) {
		cx_status status =
			engine__segment_find(&journal->segments[slot], journal->identity,
		                             &self->found[slot], self->error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static engine__segment *segment_of(recovery *self, uint64_t number)
{
	engine__journal *journal = &self->store->journal;
	for (unsigned slot = 0; slot < ENGINE__JOURNAL_SLOTS; slot++)
		if (self->found[slot] == ENGINE__SEGMENT_USED &&
		    journal->segments[slot].number == number)
			return &journal->segments[slot];
	return NULL;
}

/* Called for entries of a segment that should hold nothing of worth. */
static cx_status expect_covered(void *context, const engine__entry *entry)
{
	const recovery *self = context;
	return entry->kind != ENGINE__ENTRY_COMMIT || entry->number <= self->state.covered
	               ? CX_OK
	               : CX_CORRUPT;
}

/* The store was closed, or has never had a journal: what is found is left of a removal, or of
 * the making of the first segment, that a crash cut short. */
static cx_status remove_leftover(recovery *self, engine__segment *segment,
                                 engine__segment_state found)
{
	if (found == ENGINE__SEGMENT_USED) {
		bool ended;
		cx_error ignored;
		cx_status status =
			engine__segment_scan(segment, expect_covered, self, &ended, &ignored);
		if (status == CX_CORRUPT)
			return cx_fail(self->error, CX_CORRUPT,
			               "%s holds writes that %s does not have: the store is an "
			               "older copy; move the journal away to open it as it is",
			               segment->path, self->path);
		if (status != CX_OK)
			return cx_fail(self->error, status, "%s", ignored.text);
		segment->number = 0;
	}
	if (engine__segment_remove(segment) != CX_OK)
		return cx_fail(self->error, CX_IO, "cannot remove %s", segment->path);
	return CX_OK;
}

static cx_status clean(recovery *self)
{
	engine__journal *journal = &self->store->journal;
	bool removed = false;
	for (unsigned slot = 0; slot < CX_COUNT_OF(journal->segments); slot++) {
		cx_status status =
			remove_leftover(self, &journal->segments[slot], self->found[slot]);
		if (status != CX_OK)
			return status;
		removed |= self->found[slot] != ENGINE__SEGMENT_NONE;
	}
	return removed ? engine__file_sync_folder(journal->segments[0].path, self->error)
	               : CX_OK;
}

static cx_status missing(recovery *self, uint64_t number)
{
	return cx_fail(self->error, CX_CORRUPT,
	               "%s was not closed, and segment %llu of its journal is not in %s or %s: "
	               "put the journal files where they were, or restore a backup",
	               self->path, (unsigned long long)number,
	               self->store->journal.segments[0].path,
	               self->store->journal.segments[1].path);
}

/* ---- what is carried ---- */

static cx_status replay_carried(void *context, const engine__entry *entry)
{
	recovery *self = context;
	return entry->kind == ENGINE__ENTRY_COMMIT && entry->number <= self->state.covered
	               ? replay_entry(self, entry)
	               : CX_CORRUPT;
}

/* All that counts was synced before LMDB was told of it. */
static cx_status scan_carried(recovery *self, engine__segment *segment)
{
	const uint64_t size = segment->size;
	bool ended;
	segment->size = self->state.carried_end; /* what lies behind was never carried */
	cx_status status =
		engine__segment_scan(segment, replay_carried, self, &ended, self->error);
	segment->size = size;
	if (status == CX_OK && segment->tail != self->state.carried_end)
		return cx_fail(self->error, CX_CORRUPT,
		               "%s is damaged at offset %llu: restore a backup", segment->path,
		               (unsigned long long)segment->tail);
	return status;
}

/* Since when it waits, for what is to be merged soon: never 0. The clock may be younger than
 * the age; differences of times are right all the same. */
static uint64_t long_ago(const engine__journal *journal)
{
	return (cx_clock_monotonic_ns() - journal->age_ns) | 1;
}

static cx_status find_carried(recovery *self)
{
	engine__journal *journal = &self->store->journal;
	engine__segment *segment = journal->carried;
	if (self->state.carried == 0) {
		segment->number = 0; /* what is found was merged, or never carried */
		return CX_OK;
	}
	if (self->found[ENGINE__CARRIED_SLOT] != ENGINE__SEGMENT_USED ||
	    segment->number != self->state.carried || segment->size < self->state.carried_end ||
	    self->state.carried_end < ENGINE__SEGMENT_HEADER_BYTES)
		return cx_fail(
			self->error, CX_CORRUPT,
			"%s was not closed, and %s is not the file that it goes on in: put "
			"the journal files where they were, or restore a backup",
			self->path, segment->path);
	journal->carried_bytes = segment->size;
	journal->carried_since_ns = long_ago(journal);
	return begin_replay(self, segment);
}

/* A replay of what is carried, beside that of the other segments: they share nothing. */
typedef struct beside {
	recovery self;
	cx_error error;
	cx_status status;
	pthread_t thread;
	bool runs;
} beside;

static void *replay_beside(void *context)
{
	beside *carried = context;
	carried->status = scan_carried(&carried->self, carried->self.store->journal.carried);
	return NULL;
}

static void begin_beside(const recovery *self, beside *carried)
{
	*carried = (beside){ .self = *self, .status = CX_OK };
	carried->self.error = &carried->error;
	if (self->state.carried == 0)
		return;
	carried->runs = pthread_create(&carried->thread, NULL, replay_beside, carried) == 0;
	if (!carried->runs)
		replay_beside(carried);
}

static cx_status end_beside(const recovery *self, beside *carried)
{
	if (carried->runs)
		pthread_join(carried->thread, NULL);
	if (carried->status != CX_OK && self->error != NULL)
		*self->error = carried->error;
	return carried->status;
}

/* ---- all of it ---- */

/* Not in use, whatever it is: its number is of before, or it was being prepared. */
static cx_status spare(recovery *self, engine__segment *segment, uint64_t after)
{
	if (segment->number <= after) {
		segment->number = 0;
		return CX_OK;
	}
	bool ended;
	cx_status status =
		engine__segment_scan(segment, expect_covered, self, &ended, self->error);
	if (status == CX_CORRUPT)
		return cx_fail(self->error, CX_CORRUPT,
		               "the journal of %s is damaged: %s goes on where the end of the "
		               "segment before is missing",
		               self->path, segment->path);
	segment->number = 0;
	return status;
}

static cx_status take_up(recovery *self)
{
	engine__journal *journal = &self->store->journal;
	engine__segment *first = segment_of(self, self->state.segment);
	if (first == NULL)
		return missing(self, self->state.segment);
	engine__segment *second = &journal->segments[first == &journal->segments[0]];
	bool ended;
	cx_status status = replay_segment(self, first, &ended);
	if (status != CX_OK)
		return status;
	if (!ended) {
		journal->active = first;
		return spare(self, second, first->number);
	}
	if (segment_of(self, first->number + 1) != second)
		return missing(self, first->number + 1);
	status = replay_segment(self, second, &ended);
	if (status == CX_OK && ended)
		return missing(self, second->number + 1);
	journal->frozen = first;
	journal->active = second;
	return status;
}

static cx_status show(engine__store *store)
{
	engine__journal *journal = &store->journal;
	engine__memtable *older = journal->frozen == NULL ? NULL : journal->frozen->table;
	engine__tables *tables;
	cx_status status = engine__tables_new(journal->active->table, older,
	                                      journal->carried->table, 0, &tables);
	if (status != CX_OK)
		return status;
	engine__tables_let_go(&journal->tables);
	journal->tables = tables;
	journal->visible = journal->submitted;
	journal->active_since_ns = long_ago(journal);
	journal->next_bytes = journal->segment_bytes_max;
	if (journal->last_segment < journal->active->number)
		journal->last_segment = journal->active->number;
	return engine__journal_start_merger(store);
}

/* So that nothing that a crash tore off comes back (entry.h). Where there is no room for the
 * mark there is none for a torn entry and a whole one behind it either. */
static cx_status mark_taken_up(recovery *self)
{
	uint8_t random[8];
	if (!engine__segment_has_room(self->store->journal.active,
	                              ENGINE__ENTRY_HEADER_BYTES + sizeof random))
		return CX_OK;
	cx_status status = CX_IO;
	if (getentropy(random, sizeof random) == 0)
		status = engine__journal_mark(
			self->store, ENGINE__ENTRY_TAKEN_UP,
			(cx_slice){ .data = random, .size = sizeof random });
	return status == CX_OK ? CX_OK
	                       : cx_fail(self->error, status, "cannot go on in %s",
	                                 self->store->journal.active->path);
}

static cx_status take_up_all(recovery *self)
{
	beside carried;
	cx_status status = find_carried(self);
	if (status != CX_OK)
		return status;
	begin_beside(self, &carried);
	status = take_up(self);
	const cx_status of_carried = end_beside(self, &carried);
	return of_carried == CX_OK ? status : of_carried;
}

cx_status engine__journal_recover(engine__store *store, const char *path, cx_error *error)
{
	recovery self = { .store = store, .path = path, .error = error };
	cx_status status = read_state(&self);
	if (status == CX_OK)
		status = find_segments(&self);
	if (status != CX_OK)
		return status;
	if (self.state.segment == 0)
		return clean(&self);
	status = take_up_all(&self);
	if (status == CX_OK)
		status = mark_taken_up(&self);
	if (status != CX_OK)
		return status;
	status = show(store);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "no memory to open %s", path);
}
