/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/aggregate/table.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>

cx_status engine__table_init(cx_arena *arena, size_t value_size, uint32_t max,
                             engine__table *ret)
{
	CX_ASSERT(max > 0 && max <= UINT32_MAX / 4);
	uint32_t slots = 16;
	while (slots < 2 * max) /* so half of them stay free */
		slots *= 2;
	*ret = (engine__table){
		.arena = arena, .value_size = value_size, .slot_count = slots, .max = max
	};
	ret->slots = cx_arena_zalloc(arena, slots * sizeof *ret->slots);
	ret->entries = cx_arena_alloc(arena, max * sizeof *ret->entries);
	return ret->slots == NULL || ret->entries == NULL ? CX_NO_MEMORY : CX_OK;
}

/* Its slot, or the free one where it would go. */
static uint32_t slot_of(const engine__table *table, cx_slice key)
{
	uint32_t at = (uint32_t)cx_hash64(key, 0) & (table->slot_count - 1);
	while (table->slots[at] != 0 &&
	       !cx_slice_equal(table->entries[table->slots[at] - 1].key, key))
		at = (at + 1) & (table->slot_count - 1);
	return at;
}

cx_status engine__table_grow(engine__table *table, uint32_t max)
{
	CX_ASSERT(max > table->max);
	engine__table grown;
	cx_status status = engine__table_init(table->arena, table->value_size, max, &grown);
	if (status != CX_OK)
		return status;
	for (uint32_t i = 0; i < table->count; i++) {
		grown.entries[i] = table->entries[i];
		grown.slots[slot_of(&grown, table->entries[i].key)] = i + 1;
	}
	grown.count = table->count;
	*table = grown;
	return CX_OK;
}

engine__table_entry *engine__table_find(const engine__table *table, cx_slice key)
{
	const uint32_t number = table->slots[slot_of(table, key)];
	return number == 0 ? NULL : &table->entries[number - 1];
}

cx_status engine__table_take(engine__table *table, cx_slice key, engine__table_entry **ret)
{
	const uint32_t slot = slot_of(table, key);
	if (table->slots[slot] != 0) {
		*ret = &table->entries[table->slots[slot] - 1];
		return CX_OK;
	}
	if (table->count == table->max)
		return CX_TOO_LARGE;
	engine__table_entry entry = { .key = cx_arena_copy(table->arena, key),
		                      .value = cx_arena_zalloc(table->arena,
		                                               table->value_size) };
	if (entry.key.size != key.size || entry.value == NULL)
		return CX_NO_MEMORY;
	table->entries[table->count] = entry;
	table->slots[slot] = ++table->count;
	*ret = &table->entries[table->count - 1];
	return CX_OK;
}
