/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a limit from birth.
 *
 * Failure is sticky: an append that would pass the limit, or that finds no
 * memory, changes nothing, sets `failed`, and every later append is refused
 * too; the caller asks once, at the end, with cx_buf_status(). */
#pragma once

#include "base/slice.h"
#include "base/status.h"

typedef struct cx_buf {
	uint8_t *data;
	size_t size;
	size_t capacity;
	size_t limit;
	cx_status failed; /* CX_OK, CX_TOO_LARGE or CX_NO_MEMORY */
} cx_buf;

#define CX_BUF_INIT(limit_bytes) ((cx_buf){ .limit = (limit_bytes) })

/* Frees the memory; the buffer is then as after CX_BUF_INIT with the same
 * limit. */
void cx_buf_release(cx_buf *buf);

/* Empties it and forgets a failure; keeps the memory. */
void cx_buf_clear(cx_buf *buf);

/* Cuts it back to `size` bytes (<= the present size, asserted) and forgets a
 * failure. */
void cx_buf_truncate(cx_buf *buf, size_t size);

/* Makes room for `size` more bytes and returns where they go, NULL when
 * refused; the caller fills them and adds to `size` itself. */
uint8_t *cx_buf_reserve(cx_buf *buf, size_t size);

/* False when refused. `data` must not point into the buffer. */
static inline bool cx_buf_append(cx_buf *buf, const void *data, size_t size)
{
	const bool fits = buf->failed == CX_OK && size < buf->capacity - buf->size &&
	                  buf->size + size <= buf->limit;
	if (!fits && cx_buf_reserve(buf, size) == NULL)
		return false;
	if (size > 0)
		memcpy(buf->data + buf->size, data, size);
	buf->size += size;
	return true;
}

static inline bool cx_buf_append_slice(cx_buf *buf, cx_slice slice)
{
	return cx_buf_append(buf, slice.data, slice.size);
}

bool cx_buf_append_byte(cx_buf *buf, uint8_t byte);

/* Appends formatted text without its terminator. */
CX_PRINTF(2, 3)
bool cx_buf_printf(cx_buf *buf, const char *format, ...);

/* Drops the first `size` bytes by moving the rest down. */
void cx_buf_consume(cx_buf *buf, size_t size);

/* Its bytes, until the buffer changes. */
static inline cx_slice cx_buf_slice(const cx_buf *buf)
{
	return (cx_slice){ .data = buf->data, .size = buf->size };
}

static inline cx_status cx_buf_status(const cx_buf *buf)
{
	return buf->failed;
}
