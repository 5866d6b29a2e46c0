/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/known.h"

#include "base/check.h"

#include <stdlib.h>

enum { CAPACITY_MIN = 1024 };

/* Where the key is or belongs. */
static known_state *place_of(const known_states *self, uint64_t key)
{
	size_t place = key & (self->capacity - 1);
	while (self->states[place].key != 0 && self->states[place].key != key)
		place = (place + 1) & (self->capacity - 1);
	return &self->states[place];
}

static uint64_t not_zero(uint64_t key)
{
	return key == 0 ? 1 : key;
}

const known_state *known_find(const known_states *self, uint64_t key)
{
	if (self->capacity == 0)
		return NULL;
	const known_state *found = place_of(self, not_zero(key));
	return found->key == 0 ? NULL : found;
}

static void grow(known_states *self)
{
	known_states old = *self;
	self->capacity = old.capacity == 0 ? CAPACITY_MIN : old.capacity * 2;
	self->states = calloc(self->capacity, sizeof self->states[0]);
	CX_ASSERT(self->states != NULL);
	for (size_t i = 0; i < old.capacity; i++)
		if (old.states[i].key != 0)
			*place_of(self, old.states[i].key) = old.states[i];
	free(old.states);
}

void known_add(known_states *self, uint64_t key, const recovery *found)
{
	if (self->count * 2 >= self->capacity)
		grow(self);
	known_state *place = place_of(self, not_zero(key));
	CX_ASSERT(place->key == 0);
	*place = (known_state){ .key = not_zero(key),
		                .content = found->content,
		                .end = found->end };
	self->count++;
}

void known_release(known_states *self)
{
	free(self->states);
	*self = (known_states){ 0 };
}
