/* SPDX-License-Identifier: Apache-2.0 */
/* A borrowed run of bytes. It owns nothing; whoever returns one says until when
 * the bytes live. `data` may be NULL only when `size` is 0. Text in slices is
 * UTF-8 without a terminating zero. */
#pragma once

#include "base/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct cx_slice {
	const uint8_t *data;
	size_t size;
} cx_slice;

/* For printf's "%.*s": CX_SLICE_ARG(name). */
#define CX_SLICE_ARG(slice) (int)(slice).size, (const char *)(slice).data

/* The characters of a string literal, without its terminator. */
#define CX_SLICE_LITERAL(text)                                               \
	(cx_slice)                                                           \
	{                                                                    \
		.data = (const uint8_t *)("" text), .size = sizeof(text) - 1 \
	}

/* The characters of a C string; NULL gives the empty slice. */
static inline cx_slice cx_slice_of(const char *text)
{
	if (text == NULL)
		return (cx_slice){ 0 };
	return (cx_slice){ .data = (const uint8_t *)text, .size = strlen(text) };
}

static inline bool cx_slice_equal(cx_slice a, cx_slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* memcmp order; of two where one begins the other, the shorter is smaller. <0,
 * 0, >0. */
static inline int cx_slice_compare(cx_slice a, cx_slice b)
{
	size_t shorter = a.size < b.size ? a.size : b.size;
	int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

static inline bool cx_slice_starts_with(cx_slice whole, cx_slice prefix)
{
	if (prefix.size > whole.size)
		return false;
	return prefix.size == 0 || memcmp(whole.data, prefix.data, prefix.size) == 0;
}

/* The bytes from `from` on; `from` <= size is asserted. */
static inline cx_slice cx_slice_from(cx_slice whole, size_t from)
{
	CX_ASSERT(from <= whole.size);
	if (from == 0)
		return whole; /* no arithmetic on a NULL that an empty slice may hold */
	return (cx_slice){ .data = whole.data + from, .size = whole.size - from };
}
