/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: what LMDB says of the journal, and what the segments hold beyond it. */
#include "engine/store/file.h"
#include "engine/store/lmdb.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char tree_name[] = "journal";

/* What LMDB says. */
typedef struct state {
	uint64_t covered;
	uint64_t segment;
	uint64_t last_segment;
} state;

typedef struct recovery {
	engine__store *store;
	const char *path;
	cx_error *error;
	state state;
	engine__segment_state found[2];
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
	return code == 0 ? engine__journal_put_state(store, mdb, 0, 0) : code;
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

static cx_status get(engine__view *view, const char *name, size_t size, cx_slice *ret)
{
	const engine__tree tree = { view->store->journal.tree };
	cx_status status = engine__view_get(view, tree, cx_slice_of(name), ret);
	if (status == CX_NOT_FOUND || (status == CX_OK && ret->size != size))
		return CX_CORRUPT;
	return status;
}

static cx_status load(recovery *self)
{
	engine__journal *journal = &self->store->journal;
	CX_SCOPED(engine__view_end) engine__view *view = NULL;
	cx_slice identity;
	cx_slice numbers;
	cx_status status = engine__view_begin(self->store, &view);
	if (status == CX_OK)
		status = get(view, "identity", sizeof journal->identity, &identity);
	if (status == CX_OK)
		status = get(view, "state", sizeof(state), &numbers);
	if (status != CX_OK)
		return status;
	memcpy(journal->identity, identity.data, sizeof journal->identity);
	self->state = (state){
		.covered = get_u64(numbers.data),
		.segment = get_u64(numbers.data + 8),
		.last_segment = get_u64(numbers.data + 16),
	};
	return CX_OK;
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

static cx_status replay(void *context, const engine__entry *entry)
{
	recovery *self = context;
	engine__journal *journal = &self->store->journal;
	if (entry->kind != ENGINE__ENTRY_COMMIT || entry->number <= self->state.covered)
		return CX_OK;
	if (entry->number <= journal->submitted)
		return CX_CORRUPT;
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
	journal->submitted = entry->number;
	return CX_OK;
}

static cx_status replay_segment(recovery *self, engine__segment *segment, bool *ret_ended)
{
	cx_status status = engine__memtable_new(&segment->spare, &segment->table);
	if (status != CX_OK)
		return cx_fail(self->error, status, "no memory to replay %s", segment->path);
	cx_arena_take_huge_pages(segment->table->map.arena);
	segment->table->last = self->store->journal.submitted;
	self->segment = segment;
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
	for (unsigned slot = 0; slot < CX_COUNT_OF(journal->segments); slot++)
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
	cx_status status = engine__tables_new(journal->active->table, older, 0, &tables);
	if (status != CX_OK)
		return status;
	engine__tables_let_go(&journal->tables);
	journal->tables = tables;
	journal->visible = journal->submitted;
	journal->active_since_ns = 1; /* long ago: soon to be merged */
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
	status = take_up(&self);
	if (status == CX_OK)
		status = mark_taken_up(&self);
	if (status != CX_OK)
		return status;
	status = show(store);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "no memory to open %s", path);
}
