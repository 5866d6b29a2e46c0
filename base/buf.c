/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer.
 *
 * Invariants: size <= limit; size < capacity once there is memory: one byte more
 * than `size` is always there for the zero that vsnprintf writes. */
#include "base/buf.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN = 64 };

static bool refuse(cx_buf *buf, cx_status why)
{
	buf->failed = why;
	return false;
}

/* The capacity that holds `needed` bytes: twice the present one, so that appending
 * costs constant time on average, but not beyond what the limit can ever use. */
static size_t capacity_for(const cx_buf *buf, size_t needed)
{
	size_t useful = buf->limit < SIZE_MAX ? buf->limit + 1 : SIZE_MAX;
	size_t doubled = buf->capacity <= useful / 2 ? buf->capacity * 2 : useful;
	size_t capacity = needed > doubled ? needed : doubled;
	return capacity > CAPACITY_MIN ? capacity : CAPACITY_MIN;
}

/* Makes `size` more bytes and one spare byte available. */
static bool make_room(cx_buf *buf, size_t size)
{
	CX_ASSERT(buf->size <= buf->limit);
	if (buf->failed != CX_OK)
		return false;
	if (size > buf->limit - buf->size)
		return refuse(buf, CX_TOO_LARGE);
	if (size < buf->capacity - buf->size)
		return true;

	size_t needed = buf->size + size; /* <= limit, so this cannot wrap */
	if (needed >= PTRDIFF_MAX)
		return refuse(buf, CX_NO_MEMORY);
	size_t capacity = capacity_for(buf, needed + 1);
	uint8_t *data = realloc(buf->data, capacity);
	if (data == NULL)
		return refuse(buf, CX_NO_MEMORY);
	buf->data = data;
	buf->capacity = capacity;
	return true;
}

void cx_buf_release(cx_buf *buf)
{
	free(buf->data);
	*buf = CX_BUF_INIT(buf->limit);
}

void cx_buf_clear(cx_buf *buf)
{
	buf->size = 0;
	buf->failed = CX_OK;
}

void cx_buf_truncate(cx_buf *buf, size_t size)
{
	CX_ASSERT(size <= buf->size);
	buf->size = size;
	buf->failed = CX_OK;
}

bool cx_buf_append_byte(cx_buf *buf, uint8_t byte)
{
	if (!make_room(buf, 1))
		return false;
	buf->data[buf->size++] = byte;
	return true;
}

uint8_t *cx_buf_reserve(cx_buf *buf, size_t size)
{
	return make_room(buf, size) ? buf->data + buf->size : NULL;
}

bool cx_buf_printf(cx_buf *buf, const char *format, ...)
{
	if (!make_room(buf, 0))
		return false;

	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	size_t room = buf->capacity - buf->size;
	int length = vsnprintf((char *)buf->data + buf->size, room, format, arguments);
	va_end(arguments);

	bool done = length >= 0 ? make_room(buf, (size_t)length) : refuse(buf, CX_NO_MEMORY);
	if (done && (size_t)length >= room)
		vsnprintf((char *)buf->data + buf->size, (size_t)length + 1, format, again);
	va_end(again);
	if (done)
		buf->size += (size_t)length;
	return done;
}

void cx_buf_consume(cx_buf *buf, size_t size)
{
	CX_ASSERT(size <= buf->size);
	if (size == 0)
		return;
	memmove(buf->data, buf->data + size, buf->size - size);
	buf->size -= size;
}
