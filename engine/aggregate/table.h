/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table from bytes to something of one size, with the most it may hold set when it is
 * made. Everything lies in an arena. */
#pragma once

#include "base/arena.h"

typedef struct engine__table_entry {
	cx_slice key;
	void *value; /* zeroed when it was added */
} engine__table_entry;

typedef struct engine__table {
	cx_arena *arena;
	size_t value_size;
	uint32_t *slots; /* number of the entry + 1; 0 = free */
	uint32_t slot_count;
	engine__table_entry *entries; /* in the order they were added */
	uint32_t count;
	uint32_t max;
} engine__table;

/* Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__table_init(cx_arena *arena, size_t value_size, uint32_t max,
                                         engine__table *ret);

/* Makes room for `max` entries, more than before. Entries move, their values stay.
 * Errors: CX_NO_MEMORY; nothing has changed then. */
CX_MUST_USE cx_status engine__table_grow(engine__table *table, uint32_t max);

/* NULL when it is not there. */
engine__table_entry *engine__table_find(const engine__table *table, cx_slice key);

/* Finds it, or adds it with a copy of the key. Errors: CX_TOO_LARGE (`max` are there),
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__table_take(engine__table *table, cx_slice key,
                                         engine__table_entry **ret);
