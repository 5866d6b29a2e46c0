/* SPDX-License-Identifier: Apache-2.0 */
/* A borrowed run of bytes. It owns nothing; whoever returns one says until when
 * the bytes live. `data` may be NULL only when `size` is 0. Text in slices is
 * UTF-8 without a terminating zero. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
cx_slice cx_slice_of(const char *text);

bool cx_slice_equal(cx_slice a, cx_slice b);

/* memcmp order; of two where one begins the other, the shorter is smaller. <0,
 * 0, >0. */
int cx_slice_compare(cx_slice a, cx_slice b);

bool cx_slice_starts_with(cx_slice whole, cx_slice prefix);

/* The bytes from `from` on; `from` <= size is asserted. */
cx_slice cx_slice_from(cx_slice whole, size_t from);
