/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/lookaside.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BITS = 10, BITS_STEP = 2, BITS_MAX = 17 };

_Static_assert(sizeof(engine__lookaside_place) == 64, "a cache line");
_Static_assert(sizeof(engine__lookaside_place) << BITS_MAX == ENGINE__LOOKASIDE_BYTES_MAX,
               "the largest table is as large as the header says");

static engine__lookaside_place *place_of(const engine__lookaside *self, engine__tree tree,
                                         cx_slice key)
{
	return &self->places[cx_hash64(key, tree.number) >> (64 - self->bits)];
}

static bool holds(const engine__lookaside_place *place, uint64_t txn, engine__tree tree,
                  cx_slice key)
{
	return place->txn == txn && place->tree == tree.number && place->key_size == key.size &&
	       memcmp(place->key, key.data, key.size) == 0;
}

const engine__lookaside_place *engine__lookaside_find(const engine__lookaside *self,
                                                      uint64_t txn, engine__tree tree,
                                                      cx_slice key)
{
	if (self->bits == 0 || key.size > ENGINE__LOOKASIDE_KEY_BYTES_MAX)
		return NULL;
	const engine__lookaside_place *place = place_of(self, tree, key);
	return holds(place, txn, tree, key) ? place : NULL;
}

/* What was remembered is found anew. */
static void grow(engine__lookaside *self)
{
	const unsigned bits = self->bits == 0 ? FIRST_BITS : self->bits + BITS_STEP;
	const unsigned most = bits < BITS_MAX ? bits : BITS_MAX;
	self->replaced = 0;
	engine__lookaside_place *places = calloc((size_t)1 << most, sizeof *places);
	if (places == NULL)
		return;
	free(self->places);
	self->places = places;
	self->bits = most;
}

void engine__lookaside_keep(engine__lookaside *self, uint64_t txn, engine__tree tree,
                            cx_slice key, cx_slice value)
{
	if (key.size > ENGINE__LOOKASIDE_KEY_BYTES_MAX || value.size > UINT32_MAX)
		return;
	if (self->bits == 0 || (self->bits < BITS_MAX && self->replaced >> self->bits > 0))
		grow(self);
	if (self->bits == 0)
		return;
	engine__lookaside_place *place = place_of(self, tree, key);
	CX_ASSERT(!holds(place, txn, tree, key));
	self->replaced += place->txn == txn;
	*place = (engine__lookaside_place){ .txn = txn,
		                            .value = value.data,
		                            .value_size = (uint32_t)value.size,
		                            .tree = tree.number,
		                            .key_size = (uint16_t)key.size };
	memcpy(place->key, key.data, key.size);
}

void engine__lookaside_release(engine__lookaside *self)
{
	free(self->places);
	*self = (engine__lookaside){ 0 };
}
