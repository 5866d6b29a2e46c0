/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/lookaside.h"

#include "base/check.h"
#include "engine/store/page.h"

#include <stdlib.h>
#include <string.h>

enum {
	CACHE_LINE_BYTES = 64,
	NODE_BYTES_FETCHED = 4 * CACHE_LINE_BYTES,
	WAYS = CACHE_LINE_BYTES / sizeof(engine__lookaside_place),
	FIRST_BITS = 12,
	BITS_STEP = 2,
	BITS_MAX = 19,
};

_Static_assert(sizeof(engine__lookaside_place) * WAYS == CACHE_LINE_BYTES, "a set is a line");
_Static_assert(sizeof(engine__lookaside_place) << BITS_MAX == ENGINE__LOOKASIDE_BYTES_MAX,
               "the largest table is as large as the header says");

/* The places where a key may be, and what else of its hash is remembered. */
typedef struct line {
	engine__lookaside_place *places;
	uint32_t epoch;
	uint16_t tree;
	uint16_t tag;
} line;

static uint32_t epoch_of(const engine__lookaside *self, uint16_t tree)
{
	return self->epochs[tree] + 1;
}

static engine__lookaside_place *places_of(const engine__lookaside *self, uint64_t hash)
{
	return &self->places[hash >> (64 - self->bits) & ~(uint64_t)(WAYS - 1)];
}

static line line_of(const engine__lookaside *self, engine__tree tree, uint64_t hash)
{
	return (line){ .places = places_of(self, hash),
		       .epoch = epoch_of(self, tree.number),
		       .tree = tree.number,
		       .tag = (uint16_t)hash };
}

static bool node_has(const uint8_t *node, cx_slice key)
{
	return engine__u16(node + 6) == key.size &&
	       memcmp(node + ENGINE__NODE_HEADER_BYTES, key.data, key.size) == 0;
}

static cx_slice value_of(const uint8_t *node)
{
	return (cx_slice){ .data = node + ENGINE__NODE_HEADER_BYTES + engine__u16(node + 6),
		           .size = engine__u32(node) };
}

static bool may_have(line at, unsigned way)
{
	const engine__lookaside_place *place = &at.places[way];
	return place->tag == at.tag && place->epoch == at.epoch && place->tree == at.tree;
}

bool engine__lookaside_find(const engine__lookaside *self, engine__tree tree, cx_slice key,
                            uint64_t hash, cx_slice *ret)
{
	if (self->bits == 0)
		return false;
	const line at = line_of(self, tree, hash);
	for (unsigned i = 0; i < WAYS; i++) {
		if (may_have(at, i) && node_has(at.places[i].node, key)) {
			*ret = value_of(at.places[i].node);
			return true;
		}
	}
	return false;
}

void engine__lookaside_fetch_places(const engine__lookaside *self, uint64_t hash)
{
	if (self->bits > 0)
		__builtin_prefetch(places_of(self, hash));
}

void engine__lookaside_fetch_node(const engine__lookaside *self, engine__tree tree,
                                  uint64_t hash)
{
	if (self->bits == 0)
		return;
	const line at = line_of(self, tree, hash);
	for (unsigned i = 0; i < WAYS; i++)
		if (may_have(at, i))
			for (unsigned byte = 0; byte < NODE_BYTES_FETCHED;
			     byte += CACHE_LINE_BYTES)
				__builtin_prefetch(at.places[i].node + byte);
}

/* What was remembered is found anew. */
static void grow(engine__lookaside *self)
{
	const unsigned bits = self->bits == 0 ? FIRST_BITS : self->bits + BITS_STEP;
	const unsigned most = bits < BITS_MAX ? bits : BITS_MAX;
	self->replaced = 0;
	uint8_t *memory = calloc(1, (sizeof *self->places << most) + CACHE_LINE_BYTES);
	if (memory == NULL)
		return;
	free(self->memory);
	self->memory = memory;
	memory += -(uintptr_t)memory % CACHE_LINE_BYTES;
	self->places = (engine__lookaside_place *)(void *)memory;
	self->bits = most;
}

/* The number of epochs is bounded: with the last one of a tree all begin anew. */
static void forget(engine__lookaside *self, uint16_t tree)
{
	if (++self->epochs[tree] < UINT32_MAX)
		return;
	memset(self->epochs, 0, sizeof self->epochs);
	if (self->bits > 0)
		memset(self->places, 0, sizeof *self->places << self->bits);
}

void engine__lookaside_turn(engine__lookaside *self, uint64_t txn,
                            const _Atomic uint64_t written_by[ENGINE__TREE_NUMBERS])
{
	if (self->txn == txn)
		return;
	for (uint16_t tree = 0; tree < ENGINE__TREE_NUMBERS; tree++)
		if (atomic_load(&written_by[tree]) > self->txn)
			forget(self, tree);
	self->txn = txn;
}

/* False without memory. */
static bool prepare(engine__lookaside *self)
{
	if (self->bits == 0 || (self->bits < BITS_MAX && self->replaced >> self->bits > 0))
		grow(self);
	return self->bits > 0;
}

/* A place that is free, or else one that depends on the key. */
static engine__lookaside_place *choose(engine__lookaside *self, line at)
{
	for (unsigned i = 0; i < WAYS; i++)
		if (at.places[i].epoch != epoch_of(self, at.places[i].tree))
			return &at.places[i];
	self->replaced++;
	return &at.places[at.tag % WAYS];
}

void engine__lookaside_keep(engine__lookaside *self, engine__tree tree, cx_slice key,
                            uint64_t hash, cx_slice value)
{
	const uint8_t *node = value.data - key.size - ENGINE__NODE_HEADER_BYTES;
	if (!node_has(node, key) || engine__u32(node) != value.size || !prepare(self))
		return;
	const line at = line_of(self, tree, hash);
	*choose(self, at) = (engine__lookaside_place){
		.node = node, .epoch = at.epoch, .tree = at.tree, .tag = at.tag
	};
}

void engine__lookaside_release(engine__lookaside *self)
{
	free(self->memory);
	*self = (engine__lookaside){ 0 };
}
