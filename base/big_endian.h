/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as bytes, the most significant first: so their order is that of the bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes the low `size` (1 to 8) bytes of the number. */
static inline void cx_big_endian_put(uint8_t *bytes, size_t size, uint64_t number)
{
	for (size_t i = size; i > 0; i--, number >>= 8)
		bytes[i - 1] = (uint8_t)number;
}

/* Reads a number of `size` (1 to 8) bytes. */
static inline uint64_t cx_big_endian_get(const uint8_t *bytes, size_t size)
{
	uint64_t number = 0;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | bytes[i];
	return number;
}
