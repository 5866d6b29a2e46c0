/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/statistics/shelf.h"

#include "base/check.h"
#include "base/msgpack.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SET_BYTES_MAX = 512 * 1024 * 1024 };

struct engine__statistics {
	atomic_uint references;
	uint64_t epoch;
	cx_arena *arena;
	engine__index_statistics *items; /* by index id, ascending */
	size_t count;
};

struct engine__shelf {
	engine__store *store;
	engine__tree tree;
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
	ret->boundary_count = take_count(&reader, ENGINE_ANALYZE_BOUNDARIES_MAX);
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

static cx_status read_all(engine__shelf *self, engine__view *view, engine__statistics *set)
{
	uint64_t room;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = engine__view_count(view, self->tree, &room);
	if (status == CX_OK)
		status = engine__cursor_open(view, self->tree, ENGINE__FORWARD, &cursor);
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

cx_status engine__shelf_load(engine__shelf *self)
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
	pthread_mutex_lock(&self->mutex);
	engine__statistics *old = self->set;
	self->set = set;
	set = old;
	atomic_fetch_add(&self->changes, 1);
	pthread_mutex_unlock(&self->mutex);
	return CX_OK;
}

cx_status engine__shelf_new(engine__store *store, engine__tree tree, engine__shelf **ret)
{
	CX_SCOPED(engine__shelf_free) engine__shelf *shelf = calloc(1, sizeof *shelf);
	if (shelf == NULL)
		return CX_NO_MEMORY;
	shelf->store = store;
	shelf->tree = tree;
	pthread_mutex_init(&shelf->mutex, NULL);
	cx_status status = engine__shelf_load(shelf);
	if (status != CX_OK)
		return status;
	*ret = shelf;
	shelf = NULL; /* now the caller's */
	return CX_OK;
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

engine__statistics *engine__shelf_set(engine__shelf *shelf, engine__statistics **held,
                                      uint64_t *seen)
{
	if (*held != NULL && *seen == atomic_load(&shelf->changes))
		return *held;
	engine__statistics_let_go(held);
	pthread_mutex_lock(&shelf->mutex);
	*held = hold(shelf->set);
	*seen = atomic_load(&shelf->changes);
	pthread_mutex_unlock(&shelf->mutex);
	return *held;
}

uint64_t engine__statistics_epoch_of(const engine__statistics *set)
{
	return set->epoch;
}

const engine__index_statistics *engine__statistics_find(const engine__statistics *set,
                                                        uint16_t index_id)
{
	size_t low = 0;
	size_t high = set->count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (set->items[middle].index_id == index_id)
			return &set->items[middle];
		if (set->items[middle].index_id < index_id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
