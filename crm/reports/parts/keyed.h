/* SPDX-License-Identifier: Apache-2.0 */
/* Items by id: what is added up for each person, product or campaign. */
#pragma once

#include "base/arena.h"

#include <stdint.h>

/* Every item begins with its id, an int64_t. */
typedef struct crm__keyed {
	cx_arena *arena;
	size_t item_size;
	uint8_t *items; /* in the order they came */
	size_t count, capacity;
	size_t *slots; /* positions + 1, by hash; twice as many as items at least */
	size_t slot_count;
} crm__keyed;

static inline crm__keyed crm__keyed_of(cx_arena *arena, size_t item_size)
{
	return (crm__keyed){ .arena = arena, .item_size = item_size };
}

/* The item of this id, all 0 but for it where there was none. It moves when another is added.
 * NULL without memory. */
void *crm__keyed_get(crm__keyed *self, int64_t id);

static inline void *crm__keyed_item(const crm__keyed *self, size_t position)
{
	return self->items + position * self->item_size;
}

/* Sorts them; none can be added afterwards. */
void crm__keyed_sort(crm__keyed *self, int (*compare)(const void *left, const void *right));
