/* SPDX-License-Identifier: Apache-2.0 */
/* A table at most half full, so that a search ends after a step or two. */
#include "engine/schema/names.h"

#include "base/check.h"
#include "base/hash.h"

#include <string.h>

typedef struct entry {
	const char *name; /* NULL: free */
	uint32_t size;
	int32_t number;
} entry;

struct engine__names {
	size_t mask;
	entry entries[];
};

static size_t capacity_for(size_t count)
{
	size_t capacity = 1;
	while (capacity < 2 * count)
		capacity *= 2;
	return capacity;
}

static bool entry_is(const entry *self, cx_slice name)
{
	return self->size == name.size && self->size > 0 &&
	       memcmp(self->name, name.data, name.size) == 0;
}

static void insert(engine__names *self, const char *name, size_t number)
{
	CX_ASSERT(name != NULL);
	cx_slice text = cx_slice_of(name);
	size_t at = cx_hash64(text, 0) & self->mask;
	while (self->entries[at].name != NULL) {
		CX_ASSERT(!entry_is(&self->entries[at], text));
		at = (at + 1) & self->mask;
	}
	self->entries[at] = (entry){
		.name = name,
		.size = (uint32_t)text.size,
		.number = (int32_t)number,
	};
}

cx_status engine__names_new(const char *const *names, size_t count, cx_arena *arena,
                            const engine__names **ret)
{
	if (count <= ENGINE__NAMES_FEW) {
		*ret = NULL;
		return CX_OK;
	}
	size_t capacity = capacity_for(count);
	engine__names *self = cx_arena_zalloc(arena, sizeof *self + capacity * sizeof(entry));
	if (self == NULL)
		return CX_NO_MEMORY;
	self->mask = capacity - 1;
	for (size_t i = 0; i < count; i++)
		if (names[i][0] != '\0')
			insert(self, names[i], i);
	*ret = self;
	return CX_OK;
}

int engine__names_find(const engine__names *names, cx_slice name)
{
	size_t at = cx_hash64(name, 0) & names->mask;
	while (names->entries[at].name != NULL) {
		if (entry_is(&names->entries[at], name))
			return names->entries[at].number;
		at = (at + 1) & names->mask;
	}
	return -1;
}
