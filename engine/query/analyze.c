/* SPDX-License-Identifier: Apache-2.0 */
/* Taking statistics: every index from end to end, a slice of keys at a time. */
#include "engine/analyze.h"

#include "base/check.h"
#include "engine/core/handle.h"
#include "engine/index/key.h"
#include "engine/query/statistics.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 128, MEMORY_MAX = 512 * 1024 * 1024 };

/* What is known of the index that is being read. */
typedef struct reading {
	const engine_index *index;
	engine__index_statistics *found;
	uint64_t stride;        /* entries between two boundaries */
	uint64_t next_boundary; /* the entry before which the next lies */
	uint64_t run;           /* entries with the present first value */
	size_t first_size;      /* bytes of it in `last` */
	size_t last_size;
	uint8_t last[ENGINE__KEY_BYTES_MAX];
} reading;

struct engine_analysis {
	engine *engine;
	cx_arena *arena;
	const engine_index **indexes;
	engine__index_statistics **found; /* by number in `indexes`; NULL: has few entries */
	size_t count;
	size_t at;
	bool begun; /* `now` is the index at `at` */
	reading now;
};

static cx_slice last_key(const reading *self)
{
	return (cx_slice){ .data = self->last, .size = self->last_size };
}

/* ---- an entry ---- */

static void add_common(reading *self, cx_arena *arena)
{
	engine__index_statistics *found = self->found;
	const cx_slice value = { .data = self->last, .size = self->first_size };
	if (self->run == 0 || value.size > ENGINE__BOUNDARY_BYTES_MAX)
		return;
	uint16_t at = found->common_count;
	while (at > 0 && found->common[at - 1].entries < self->run)
		at--;
	if (at == ENGINE_ANALYZE_COMMON_MAX)
		return;
	const bool full = found->common_count == ENGINE_ANALYZE_COMMON_MAX;
	const size_t behind = (size_t)found->common_count - at - full;
	memmove(&found->common[at + 1], &found->common[at], behind * sizeof found->common[0]);
	found->common[at] =
		(engine__common){ .value = cx_arena_copy(arena, value), .entries = self->run };
	found->common_count = (uint16_t)(found->common_count + !full);
}

static void add_boundary(reading *self, cx_slice key, cx_arena *arena)
{
	engine__index_statistics *found = self->found;
	if (found->boundary_count == ENGINE_ANALYZE_BOUNDARIES_MAX)
		return;
	cx_slice head = key;
	if (head.size > ENGINE__BOUNDARY_BYTES_MAX)
		head.size = ENGINE__BOUNDARY_BYTES_MAX;
	found->boundaries[found->boundary_count++] = cx_arena_copy(arena, head);
	self->next_boundary += self->stride;
}

static size_t common_bytes(cx_slice a, cx_slice b)
{
	const size_t most = a.size < b.size ? a.size : b.size;
	size_t same = 0;
	while (same < most && a.data[same] == b.data[same])
		same++;
	return same;
}

static cx_status add_entry(reading *self, cx_slice key, cx_arena *arena)
{
	engine__index_statistics *found = self->found;
	const bool is_first = found->entries == 0;
	const size_t same = common_bytes(key, last_key(self));
	size_t end = 0;
	for (uint16_t i = 0; i < found->column_count; i++) {
		const size_t size =
			engine__key_skip(&self->index->columns[i], cx_slice_from(key, end));
		if (size == 0)
			return CX_CORRUPT;
		end += size;
		const bool differs = is_first || end > same;
		found->distinct[i] += differs;
		if (i > 0)
			continue;
		if (differs) {
			add_common(self, arena);
			self->run = 0;
		}
		self->first_size = end;
		self->run++;
	}
	if (found->entries++ == self->next_boundary)
		add_boundary(self, key, arena);
	memcpy(self->last, key.data, key.size);
	self->last_size = key.size;
	return CX_OK;
}

/* ---- an index ---- */

static engine__tree tree_of(const engine_index *index)
{
	return engine__tree_of(index->cluster ? index->type->record_tree : index->tree);
}

static cx_status begin_index(engine_analysis *self, engine_read *read, bool *ret_skip)
{
	const engine_index *index = self->indexes[self->at];
	uint64_t entries;
	cx_status status = engine__view_estimate(read->view, tree_of(index), &entries);
	*ret_skip = entries < ENGINE_ANALYZE_ENTRIES_MIN;
	if (status != CX_OK || *ret_skip)
		return status;
	const uint64_t stride = entries / (ENGINE_ANALYZE_BOUNDARIES_MAX + 1) + 1;
	self->now = (reading){ .index = index, .stride = stride, .next_boundary = stride };
	self->now.found = cx_arena_zalloc(self->arena, sizeof *self->now.found);
	if (self->now.found == NULL)
		return CX_NO_MEMORY;
	self->now.found->index_id = index->id;
	self->now.found->column_count = index->column_count;
	self->begun = true;
	return CX_OK;
}

static void end_index(engine_analysis *self)
{
	if (self->begun) {
		add_common(&self->now, self->arena);
		self->found[self->at] = self->now.found;
	}
	self->begun = false;
	self->at++;
}

/* Goes on behind the last key; `*left` keys at most. */
static cx_status read_index(engine_analysis *self, engine_read *read, size_t *left,
                            bool *ret_ended)
{
	reading *now = &self->now;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status =
		engine__cursor_open(read->view, tree_of(now->index), ENGINE__FORWARD, &cursor);
	if (status == CX_OK && now->last_size > 0)
		status = engine__cursor_seek(cursor, last_key(now));
	const cx_slice passed = last_key(now);
	bool skips = passed.size > 0;
	*ret_ended = false;
	while (status == CX_OK && *left > 0 && !*ret_ended) {
		engine__pair pairs[BATCH];
		size_t count;
		status = engine__cursor_next(cursor, pairs, BATCH, &count);
		*ret_ended = status == CX_OK && count < BATCH;
		for (size_t i = 0; status == CX_OK && i < count; i++) {
			const bool seen = skips && cx_slice_equal(pairs[i].key, last_key(now));
			skips = false;
			if (!seen)
				status = add_entry(now, pairs[i].key, self->arena);
		}
		*left -= *left < BATCH ? *left : BATCH;
	}
	return status;
}

cx_status engine_analysis_step(engine_analysis *self, engine_read *read, bool *ret_done)
{
	size_t left = ENGINE_ANALYZE_SLICE_KEYS_MAX;
	cx_status status = CX_OK;
	while (status == CX_OK && left > 0 && self->at < self->count) {
		bool ends = false;
		if (!self->begun)
			status = begin_index(self, read, &ends);
		if (status == CX_OK && !ends)
			status = read_index(self, read, &left, &ends);
		if (status == CX_OK && ends)
			end_index(self);
	}
	*ret_done = self->at == self->count;
	return status;
}

/* ---- all ---- */

static cx_status list_indexes(engine_analysis *self)
{
	const engine_schema *schema =
		engine__generations_newest(&self->engine->generations)->schema;
	size_t room = 0;
	for (uint16_t i = 0; i < schema->type_count; i++)
		room += schema->types[i].index_count;
	self->indexes = cx_arena_alloc(self->arena, (room + 1) * sizeof *self->indexes);
	self->found = cx_arena_zalloc(self->arena, (room + 1) * sizeof *self->found);
	if (self->indexes == NULL || self->found == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < schema->type_count; i++)
		for (uint16_t j = 0; j < schema->types[i].index_count; j++)
			self->indexes[self->count++] = &schema->types[i].indexes[j];
	return CX_OK;
}

cx_status engine_analysis_new(engine *store, engine_analysis **ret)
{
	CX_SCOPED(engine_analysis_free) engine_analysis *self = calloc(1, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->engine = store;
	cx_status status = cx_arena_new(MEMORY_MAX, &self->arena);
	if (status == CX_OK)
		status = list_indexes(self);
	if (status != CX_OK)
		return status;
	*ret = self;
	self = NULL; /* now the caller's */
	return CX_OK;
}

void engine_analysis_free(engine_analysis **analysis)
{
	if (*analysis == NULL)
		return;
	cx_arena_free(&(*analysis)->arena);
	free(*analysis);
	*analysis = NULL;
}

void engine_analysis_progress(const engine_analysis *analysis, size_t *ret_done,
                              size_t *ret_all)
{
	*ret_done = analysis->at;
	*ret_all = analysis->count;
}

static cx_status put(engine__txn *txn, engine__tree tree, cx_slice key, cx_buf *value)
{
	cx_status status = cx_buf_status(value);
	if (status == CX_OK)
		status = engine__txn_put(txn, tree, key, cx_buf_slice(value));
	cx_buf_clear(value);
	return status;
}

static cx_status put_all(const engine_analysis *self, engine__txn *txn, uint64_t epoch)
{
	CX_SCOPED(cx_buf_release) cx_buf value = CX_BUF_INIT(ENGINE__STATISTICS_BYTES_MAX);
	static const uint8_t zero = 0;
	cx_write_array(&value, 2);
	cx_write_uint(&value, ENGINE__STATISTICS_VERSION);
	cx_write_uint(&value, epoch);
	cx_status status =
		put(txn, self->engine->stats, (cx_slice){ .data = &zero, .size = 1 }, &value);
	for (size_t i = 0; i < self->count && status == CX_OK; i++) {
		const uint16_t id = self->indexes[i]->id;
		const uint8_t bytes[2] = { (uint8_t)(id >> 8), (uint8_t)id };
		const cx_slice key = { .data = bytes, .size = sizeof bytes };
		if (self->found[i] == NULL) {
			status = engine__txn_remove(txn, self->engine->stats, key);
			continue;
		}
		engine__statistics_write(self->found[i], &value);
		status = put(txn, self->engine->stats, key, &value);
	}
	return status;
}

static cx_status commit(const engine_analysis *self, uint64_t epoch)
{
	CX_SCOPED(engine__txn_abort) engine__txn *txn = NULL;
	cx_status status = engine__txn_begin(self->engine->store, &txn);
	if (status == CX_OK)
		status = put_all(self, txn, epoch);
	return status == CX_OK ? engine__txn_commit(&txn) : status;
}

cx_status engine_analysis_commit(engine_analysis **analysis, uint64_t *ret_epoch)
{
	CX_SCOPED(engine_analysis_free) engine_analysis *self = *analysis;
	*analysis = NULL;
	CX_ASSERT(self->at == self->count);
	const uint64_t epoch = engine_analysis_epoch(self->engine) + 1;
	cx_status status = commit(self, epoch);
	if (status == CX_OK)
		status = engine__shelf_load(self->engine->shelf);
	if (status == CX_OK)
		*ret_epoch = epoch;
	return status;
}

uint64_t engine_analysis_epoch(engine *self)
{
	engine__statistics *set = NULL;
	uint64_t seen = 0;
	const uint64_t epoch =
		engine__statistics_epoch_of(engine__shelf_set(self->shelf, &set, &seen));
	engine__statistics_let_go(&set);
	return epoch;
}

/* A fifth more or less. */
static bool has_changed(uint64_t before, uint64_t now)
{
	const uint64_t change = before > now ? before - now : now - before;
	return change > before / 5;
}

cx_status engine_analysis_is_due(engine_read *read, bool *ret)
{
	const engine_schema *schema = engine_read_schema(read);
	*ret = false;
	for (uint16_t i = 0; i < schema->type_count; i++) {
		const engine_type *type = &schema->types[i];
		for (uint16_t j = 0; j < type->index_count && !*ret; j++) {
			const engine__index_statistics *known =
				engine__statistics_of(read, &type->indexes[j]);
			uint64_t now;
			cx_status status = engine__view_estimate(
				read->view, tree_of(&type->indexes[j]), &now);
			if (status != CX_OK)
				return status;
			*ret = known != NULL ? has_changed(known->entries, now)
			                     : now >= ENGINE_ANALYZE_ENTRIES_MIN;
		}
	}
	return CX_OK;
}
