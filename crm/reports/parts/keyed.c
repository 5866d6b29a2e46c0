/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/parts/keyed.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum { ITEMS_FIRST = 64, SLOTS_FIRST = 256 };

static int64_t id_at(const crm__keyed *self, size_t position)
{
	int64_t ret;
	memcpy(&ret, crm__keyed_item(self, position), sizeof ret);
	return ret;
}

/* Where the id is, or would be. */
static size_t slot_of(const crm__keyed *self, int64_t id)
{
	const uint64_t hash = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);
	size_t slot = (size_t)(hash >> 32) % self->slot_count;
	while (self->slots[slot] != 0 && id_at(self, self->slots[slot] - 1) != id)
		slot = (slot + 1) % self->slot_count;
	return slot;
}

static bool grow_slots(crm__keyed *self)
{
	const size_t count = self->slot_count == 0 ? SLOTS_FIRST : 2 * self->slot_count;
	size_t *slots = cx_arena_zalloc(self->arena, count * sizeof *slots);
	if (slots == NULL)
		return false;
	self->slots = slots;
	self->slot_count = count;
	for (size_t i = 0; i < self->count; i++)
		self->slots[slot_of(self, id_at(self, i))] = i + 1;
	return true;
}

static bool grow_items(crm__keyed *self)
{
	const size_t capacity = self->capacity == 0 ? ITEMS_FIRST : 2 * self->capacity;
	uint8_t *items = cx_arena_alloc(self->arena, capacity * self->item_size);
	if (items == NULL)
		return false;
	if (self->count > 0)
		memcpy(items, self->items, self->count * self->item_size);
	self->items = items;
	self->capacity = capacity;
	return true;
}

void *crm__keyed_get(crm__keyed *self, int64_t id)
{
	CX_ASSERT(self->item_size >= sizeof id);
	CX_ASSERT(self->slot_count > 0 || self->count == 0); /* it was sorted */
	if (2 * self->count >= self->slot_count && !grow_slots(self))
		return NULL;
	const size_t slot = slot_of(self, id);
	if (self->slots[slot] != 0)
		return crm__keyed_item(self, self->slots[slot] - 1);
	if (self->count == self->capacity && !grow_items(self))
		return NULL;
	uint8_t *item = crm__keyed_item(self, self->count++);
	memset(item, 0, self->item_size);
	memcpy(item, &id, sizeof id);
	self->slots[slot] = self->count;
	return item;
}

void crm__keyed_sort(crm__keyed *self, int (*compare)(const void *left, const void *right))
{
	if (self->count > 0)
		qsort(self->items, self->count, self->item_size, compare);
	self->slot_count = 0;
}
