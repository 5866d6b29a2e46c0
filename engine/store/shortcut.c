/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/shortcut.h"

#include <stdlib.h>
#include <string.h>

struct engine__shortcut_place {
	_Atomic(uint64_t) mark;       /* of the hash and the turn; told after the node */
	_Atomic(engine__node *) node; /* of no use in another turn */
};

enum {
	CACHE_LINE_BYTES = 64,
	WAYS = CACHE_LINE_BYTES / sizeof(engine__shortcut_place),
	PROBES_MAX = 64, /* clients choose keys, and hashes of keys can be guessed */
	TURN_BITS = 8,
	BITS_MIN = 6,
	BITS_MAX = 21,
	/* As half of them are used: room for a node of every 256 bytes. A change of a record
	 * takes up more. */
	SEGMENT_BYTES_OF_PLACE = 128,
};

_Static_assert(sizeof(engine__shortcut_place) * WAYS == CACHE_LINE_BYTES, "a set is a line");
_Static_assert(PROBES_MAX <= 1 << BITS_MIN, "no place is looked at twice");

void engine__shortcut_resize(engine__shortcut *self, uint64_t segment_bytes)
{
	unsigned bits = BITS_MIN;
	while (bits < BITS_MAX && segment_bytes >> bits > SEGMENT_BYTES_OF_PLACE)
		bits++;
	if (bits != self->bits)
		engine__shortcut_release(self);
	self->bits = bits;
}

bool engine__shortcut_prepare(engine__shortcut *self)
{
	if (self->memory != NULL)
		return true;
	uint8_t *memory = calloc(1, (sizeof *self->places << self->bits) + CACHE_LINE_BYTES);
	self->memory = memory;
	if (memory == NULL)
		return false;
	memory += -(uintptr_t)memory % CACHE_LINE_BYTES;
	self->places = (engine__shortcut_place *)(void *)memory;
	self->turn = 1;
	return true;
}

void engine__shortcut_forget(engine__shortcut *self)
{
	atomic_store_explicit(&self->full, false, memory_order_relaxed);
	self->used = 0;
	if (self->memory == NULL || ++self->turn != 0)
		return;
	memset(self->places, 0, sizeof *self->places << self->bits);
	self->turn = 1;
}

void engine__shortcut_release(engine__shortcut *self)
{
	free(self->memory);
	self->memory = NULL;
}

static uint64_t mark_of(const engine__shortcut *self, uint64_t hash)
{
	return hash << TURN_BITS | self->turn;
}

/* A key is in the first free place from here on, or among the PROBES_MAX before. */
static uint64_t first_of(const engine__shortcut *self, uint64_t hash)
{
	return hash >> (64 - self->bits) & ~(uint64_t)(WAYS - 1);
}

static uint64_t behind(const engine__shortcut *self, uint64_t at)
{
	return (at + 1) & (((uint64_t)1 << self->bits) - 1);
}

static bool is_free(const engine__shortcut *self, uint64_t mark)
{
	return (uint8_t)mark != self->turn;
}

/* The place for the node, or the one that it has; NULL: it is left out. */
static engine__shortcut_place *choose(engine__shortcut *self, uint64_t hash,
                                      const engine__node *node)
{
	uint64_t at = first_of(self, hash);
	for (unsigned i = 0; i < PROBES_MAX; i++, at = behind(self, at)) {
		engine__shortcut_place *place = &self->places[at];
		if (is_free(self, atomic_load_explicit(&place->mark, memory_order_relaxed)))
			return self->used >> (self->bits - 1) > 0 ? NULL : place;
		if (atomic_load_explicit(&place->node, memory_order_relaxed) == node)
			return place;
	}
	return NULL;
}

void engine__shortcut_add(engine__shortcut *self, uint64_t hash, engine__node *node)
{
	engine__shortcut_place *place = choose(self, hash, node);
	if (place == NULL) {
		atomic_store_explicit(&self->full, true, memory_order_release);
		return;
	}
	if (!is_free(self, atomic_load_explicit(&place->mark, memory_order_relaxed)))
		return;
	self->used++;
	atomic_store_explicit(&place->node, node, memory_order_relaxed);
	atomic_store_explicit(&place->mark, mark_of(self, hash), memory_order_release);
}

static bool is_of(const engine__node *node, engine__tree tree, cx_slice key)
{
	return node->tree == tree.number && node->key_size == key.size &&
	       memcmp(node->key, key.data, key.size) == 0;
}

bool engine__shortcut_find(const engine__shortcut *self, uint64_t hash, engine__tree tree,
                           cx_slice key, const engine__node **ret)
{
	const uint64_t wanted = mark_of(self, hash);
	uint64_t at = first_of(self, hash);
	for (unsigned i = 0; i < PROBES_MAX; i++, at = behind(self, at)) {
		const engine__shortcut_place *place = &self->places[at];
		const uint64_t mark = atomic_load_explicit(&place->mark, memory_order_acquire);
		if (is_free(self, mark))
			break;
		*ret = atomic_load_explicit(&place->node, memory_order_relaxed);
		if (mark == wanted && is_of(*ret, tree, key))
			return true;
	}
	*ret = NULL;
	return !atomic_load_explicit(&self->full, memory_order_acquire);
}

void engine__shortcut_fetch(const engine__shortcut *self, uint64_t hash, bool again)
{
	const engine__shortcut_place *place = &self->places[first_of(self, hash)];
	if (!again)
		__builtin_prefetch(place);
	for (unsigned i = 0; again && i < WAYS; i++, place++)
		if (atomic_load_explicit(&place->mark, memory_order_acquire) ==
		    mark_of(self, hash))
			__builtin_prefetch(
				atomic_load_explicit(&place->node, memory_order_relaxed));
}
