/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/numbers.h"

#include "crm/stats/rank.h"

#include <stdlib.h>

cx_status crm__numbers_add(crm__numbers *self, int64_t number)
{
	enum { FIRST = 256 };
	if (self->count == self->capacity) {
		if (self->count >= CRM_NUMBERS_MAX)
			return CX_TOO_LARGE;
		const size_t capacity = self->capacity == 0 ? FIRST : 2 * self->capacity;
		int64_t *items = reallocarray(self->items, capacity, sizeof *items);
		if (items == NULL)
			return CX_NO_MEMORY;
		self->items = items;
		self->capacity = capacity;
	}
	self->items[self->count++] = number;
	return CX_OK;
}

void crm__numbers_sort(crm__numbers *self)
{
	crm__rank_sort(self->items, self->count);
}

void crm__numbers_release(crm__numbers *self)
{
	free(self->items);
	*self = (crm__numbers){ 0 };
}
