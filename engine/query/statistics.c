/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/statistics.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "engine/core/handle.h"
#include "engine/index/key.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SET_BYTES_MAX = 512 * 1024 * 1024, RANGES_LOOKED_AT = 64 };

struct engine__statistics {
	atomic_uint references;
	uint64_t epoch;
	cx_arena *arena;
	engine__index_statistics *items; /* by index id, ascending */
	size_t count;
};

struct engine__shelf {
	pthread_mutex_t mutex;
	engine__statistics *set; /* guarded by it; never NULL */
	_Atomic uint64_t changes;
};

/* ---- sets ---- */

void engine__statistics_let_go(engine__statistics **set)
{
	engine__statistics *self = *set;
	*set = NULL;
	if (self == NULL ||
	    atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) > 1)
		return;
	cx_arena_free(&self->arena);
	free(self);
}

static engine__statistics *hold(engine__statistics *set)
{
	atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
	return set;
}

static cx_status new_set(engine__statistics **ret)
{
	CX_SCOPED(engine__statistics_let_go) engine__statistics *set = calloc(1, sizeof *set);
	if (set == NULL)
		return CX_NO_MEMORY;
	atomic_store(&set->references, 1);
	cx_status status = cx_arena_new(SET_BYTES_MAX, &set->arena);
	if (status != CX_OK)
		return status;
	*ret = set;
	set = NULL; /* now the caller's */
	return CX_OK;
}

/* ---- stored ---- */

void engine__statistics_write(const engine__index_statistics *from, cx_buf *out)
{
	cx_write_array(out, 5);
	cx_write_uint(out, ENGINE__STATISTICS_VERSION);
	cx_write_uint(out, from->entries);
	cx_write_array(out, from->column_count);
	for (uint16_t i = 0; i < from->column_count; i++)
		cx_write_uint(out, from->distinct[i]);
	cx_write_array(out, from->boundary_count);
	for (uint16_t i = 0; i < from->boundary_count; i++)
		cx_write_bin(out, from->boundaries[i]);
	cx_write_array(out, from->common_count);
	for (uint16_t i = 0; i < from->common_count; i++) {
		cx_write_array(out, 2);
		cx_write_bin(out, from->common[i].value);
		cx_write_uint(out, from->common[i].entries);
	}
}

static cx_slice take_bytes(cx_reader *reader, cx_arena *arena)
{
	const cx_slice bytes = cx_read_bin(reader);
	const cx_slice copy = cx_arena_copy(arena, bytes);
	if (copy.size != bytes.size)
		reader->failed = true;
	return copy;
}

static uint16_t take_count(cx_reader *reader, uint32_t most)
{
	const uint32_t count = cx_read_array(reader);
	if (count > most)
		reader->failed = true;
	return reader->failed ? 0 : (uint16_t)count;
}

/* False for another version, which is as if there were none, and for damage, too: they can be
 * taken again. */
static bool read_one(cx_slice key, cx_slice value, cx_arena *arena,
                     engine__index_statistics *ret)
{
	cx_reader reader = cx_reader_of(value);
	*ret = (engine__index_statistics){ .index_id =
		                                   (uint16_t)(key.data[0] << 8 | key.data[1]) };
	if (cx_read_array(&reader) != 5 || cx_read_uint(&reader) != ENGINE__STATISTICS_VERSION)
		return false;
	ret->entries = cx_read_uint(&reader);
	ret->column_count = take_count(&reader, ENGINE_COLUMNS_MAX);
	for (uint16_t i = 0; i < ret->column_count; i++)
		ret->distinct[i] = cx_read_uint(&reader);
	ret->boundary_count = take_count(&reader, ENGINE_ANALYZE_BOUNDARIES);
	for (uint16_t i = 0; i < ret->boundary_count; i++)
		ret->boundaries[i] = take_bytes(&reader, arena);
	ret->common_count = take_count(&reader, ENGINE_ANALYZE_COMMON_MAX);
	for (uint16_t i = 0; i < ret->common_count; i++) {
		if (cx_read_array(&reader) != 2)
			return false;
		ret->common[i].value = take_bytes(&reader, arena);
		ret->common[i].entries = cx_read_uint(&reader);
	}
	return !reader.failed && reader.rest.size == 0 && ret->column_count > 0;
}

static void read_epoch(cx_slice value, engine__statistics *set)
{
	cx_reader reader = cx_reader_of(value);
	const bool known = cx_read_array(&reader) == 2 &&
	                   cx_read_uint(&reader) == ENGINE__STATISTICS_VERSION;
	const uint64_t epoch = cx_read_uint(&reader);
	set->epoch = known && !reader.failed ? epoch : 0;
}

static cx_status read_pair(const engine__pair *pair, engine__statistics *set, size_t room)
{
	if (pair->key.size == 1)
		read_epoch(pair->value, set);
	if (pair->key.size != 2 || set->count == room)
		return CX_OK;
	if (read_one(pair->key, pair->value, set->arena, &set->items[set->count]))
		set->count++;
	return CX_OK;
}

static cx_status read_all(engine *self, engine__view *view, engine__statistics *set)
{
	uint64_t room;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = engine__view_count(view, self->stats, &room);
	if (status == CX_OK)
		status = engine__cursor_open(view, self->stats, ENGINE__FORWARD, &cursor);
	if (status != CX_OK)
		return status;
	set->items = cx_arena_alloc(set->arena, (room + 1) * sizeof *set->items);
	if (set->items == NULL)
		return CX_NO_MEMORY;
	for (size_t count = 1; status == CX_OK && count > 0;) {
		engine__pair pair;
		status = engine__cursor_next(cursor, &pair, 1, &count);
		if (status == CX_OK && count > 0)
			status = read_pair(&pair, set, room);
	}
	return status;
}

/* ---- shelf ---- */

cx_status engine__shelf_load(engine *self)
{
	CX_SCOPED(engine__statistics_let_go) engine__statistics *set = NULL;
	CX_SCOPED(engine__view_end) engine__view *view = NULL;
	cx_status status = new_set(&set);
	if (status == CX_OK)
		status = engine__view_begin(self->store, &view);
	if (status == CX_OK)
		status = read_all(self, view, set);
	if (status != CX_OK)
		return status;
	engine__shelf *shelf = self->shelf;
	pthread_mutex_lock(&shelf->mutex);
	engine__statistics *old = shelf->set;
	shelf->set = set;
	set = old;
	atomic_fetch_add(&shelf->changes, 1);
	pthread_mutex_unlock(&shelf->mutex);
	return CX_OK;
}

cx_status engine__shelf_new(engine *self, engine__shelf **ret)
{
	engine__shelf *shelf = calloc(1, sizeof *shelf);
	if (shelf == NULL)
		return CX_NO_MEMORY;
	pthread_mutex_init(&shelf->mutex, NULL);
	*ret = shelf;
	return engine__shelf_load(self);
}

void engine__shelf_free(engine__shelf **shelf)
{
	if (*shelf == NULL)
		return;
	engine__statistics_let_go(&(*shelf)->set);
	pthread_mutex_destroy(&(*shelf)->mutex);
	free(*shelf);
	*shelf = NULL;
}

/* The set in use; the handle keeps it until there is another one. */
static const engine__statistics *set_of(engine_read *read)
{
	engine__shelf *shelf = read->engine->shelf;
	const uint64_t changes = atomic_load(&shelf->changes);
	if (read->statistics != NULL && read->statistics_seen == changes)
		return read->statistics;
	engine__statistics_let_go(&read->statistics);
	pthread_mutex_lock(&shelf->mutex);
	read->statistics = hold(shelf->set);
	read->statistics_seen = atomic_load(&shelf->changes);
	pthread_mutex_unlock(&shelf->mutex);
	return read->statistics;
}

const engine__index_statistics *engine__statistics_of(engine_read *read,
                                                      const engine_index *index)
{
	const engine__statistics *set = set_of(read);
	size_t low = 0;
	size_t high = set->count;
	while (index != NULL && low < high) {
		const size_t middle = (low + high) / 2;
		if (set->items[middle].index_id == index->id)
			return set->items[middle].column_count == index->column_count
			               ? &set->items[middle]
			               : NULL;
		if (set->items[middle].index_id < index->id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

uint64_t engine__statistics_epoch(engine_read *read)
{
	return set_of(read)->epoch;
}

uint64_t engine_analysis_epoch(engine *self)
{
	pthread_mutex_lock(&self->shelf->mutex);
	const uint64_t epoch = self->shelf->set->epoch;
	pthread_mutex_unlock(&self->shelf->mutex);
	return epoch;
}

/* ---- estimates ---- */

/* How many boundaries lie before the key. */
static size_t boundaries_before(const engine__index_statistics *self, cx_slice key)
{
	size_t low = 0;
	size_t high = self->boundary_count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (cx_slice_compare(self->boundaries[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Entries with the first value that the range fixes. */
static double entries_of_first(const engine__index_statistics *self,
                               const engine__range *range)
{
	uint64_t known = 0;
	const engine_column *column = &range->path->index->columns[0];
	const cx_slice first = { .data = range->low.data,
		                 .size = engine__key_skip(column, range->low) };
	for (uint16_t i = 0; i < self->common_count; i++) {
		if (cx_slice_equal(self->common[i].value, first))
			return (double)self->common[i].entries;
		known += self->common[i].entries;
	}
	if (self->distinct[0] <= self->common_count || self->entries <= known)
		return 1; /* all values are known, and it is none of them */
	return (double)(self->entries - known) /
	       (double)(self->distinct[0] - self->common_count);
}

/* Entries with the values that the range fixes. */
static double entries_of_fixed(const engine__index_statistics *self,
                               const engine__candidate *candidate, const engine__range *range)
{
	double entries = entries_of_first(self, range);
	const uint16_t fixed = candidate->equal_count < self->column_count
	                               ? candidate->equal_count
	                               : self->column_count;
	if (fixed > 1 && self->distinct[fixed - 1] > 0)
		entries *= (double)self->distinct[0] / (double)self->distinct[fixed - 1];
	return entries < 1 ? 1 : entries;
}

static double estimate_range(const engine__index_statistics *self,
                             const engine__candidate *candidate, const engine__range *range)
{
	const double step = (double)self->entries / (self->boundary_count + 1);
	const size_t before = boundaries_before(self, range->low);
	const size_t after = range->high.size > 0 ? boundaries_before(self, range->high)
	                                          : self->boundary_count + (size_t)1;
	const double inside = after > before ? (double)(after - before) : 0;
	const double most = (inside + 1) * step;
	if (inside >= 3)
		return inside * step;
	if (candidate->equal_count == 0)
		return (inside + 0.5) * step;
	double entries = entries_of_fixed(self, candidate, range);
	if (candidate->ranged)
		entries /= 3;
	return entries < most ? entries : most;
}

double engine__statistics_estimate(const engine__index_statistics *self,
                                   const engine__candidate *candidate,
                                   const engine__ranges *ranges, uint64_t now)
{
	double sum = 0;
	size_t seen = 0;
	for (; seen < ranges->count && seen < RANGES_LOOKED_AT; seen++)
		sum += estimate_range(self, candidate, &ranges->items[seen]);
	if (seen == 0 || self->entries == 0)
		return 0;
	sum *= (double)ranges->count / (double)seen;
	return sum * (double)now / (double)self->entries;
}
