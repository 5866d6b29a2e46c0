/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/blob.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

void blob_resize(blob *self, size_t size)
{
	if (size > self->capacity) {
		size_t capacity = size + size / 2;
		uint8_t *bytes = realloc(self->bytes, capacity);
		CX_ASSERT(bytes != NULL);
		self->bytes = bytes;
		self->capacity = capacity;
	}
	if (size > self->size)
		memset(self->bytes + self->size, 0, size - self->size);
	self->size = size;
}

void blob_write(blob *self, size_t offset, const void *bytes, size_t size)
{
	if (size == 0)
		return;
	if (offset + size > self->size)
		blob_resize(self, offset + size);
	memcpy(self->bytes + offset, bytes, size);
}

void blob_assign(blob *self, const blob *from)
{
	blob_resize(self, 0);
	blob_write(self, 0, from->bytes, from->size);
}

void blob_release(blob *self)
{
	free(self->bytes);
	*self = (blob){ 0 };
}
