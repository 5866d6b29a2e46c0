/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/shortcut.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

struct engine__shortcut_place {
	_Atomic(uint64_t) mark;       /* of the hash and the turn; told after the node */
	_Atomic(engine__node *) node; /* of no use in another turn */
};

enum {
	WAYS = 4, /* to a cache line */
	TURN_BITS = 8,
	BITS_MIN = 6,
	BITS_MAX = 20,
	SEGMENT_BYTES_OF_PLACE = 256, /* a change of a record takes up more */
};

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
	if (self->places != NULL)
		return true;
	self->places = calloc((size_t)1 << self->bits, sizeof *self->places);
	self->turn = 1;
	return self->places != NULL;
}

void engine__shortcut_forget(engine__shortcut *self)
{
	atomic_store_explicit(&self->full, false, memory_order_relaxed);
	self->used = 0;
	if (self->places == NULL || ++self->turn != 0)
		return;
	memset(self->places, 0, sizeof *self->places << self->bits);
	self->turn = 1;
}

void engine__shortcut_release(engine__shortcut *self)
{
	free(self->places);
	self->places = NULL;
}

static uint64_t mark_of(const engine__shortcut *self, uint64_t hash)
{
	return hash << TURN_BITS | self->turn;
}

/* A key is in the first free place from here on: there always is one. */
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

void engine__shortcut_add(engine__shortcut *self, uint64_t hash, engine__node *node)
{
	uint64_t at = first_of(self, hash);
	for (;
	     !is_free(self, atomic_load_explicit(&self->places[at].mark, memory_order_relaxed));
	     at = behind(self, at))
		if (atomic_load_explicit(&self->places[at].node, memory_order_relaxed) == node)
			return;
	if (self->used >> (self->bits - 1) > 0) {
		atomic_store_explicit(&self->full, true, memory_order_release);
		return;
	}
	self->used++;
	atomic_store_explicit(&self->places[at].node, node, memory_order_relaxed);
	atomic_store_explicit(&self->places[at].mark, mark_of(self, hash),
	                      memory_order_release);
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
	for (uint64_t at = first_of(self, hash);; at = behind(self, at)) {
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
