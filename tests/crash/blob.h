/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a file: writing behind the end fills the gap with zeros. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct blob {
	uint8_t *bytes;
	size_t size;
	size_t capacity;
} blob;

void blob_write(blob *self, size_t offset, const void *bytes, size_t size);
void blob_resize(blob *self, size_t size);
void blob_assign(blob *self, const blob *from);
void blob_release(blob *self);
