/* SPDX-License-Identifier: Apache-2.0 */
#include "client/request/names.h"

#include "base/msgpack.h"

#include <string.h>

enum { PART_BYTES_MAX = 1024 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Writes the words of `size` bytes at `part`, with one space between them. */
static cx_status write_part(const char *part, size_t size, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf words = CX_BUF_INIT(PART_BYTES_MAX);
	for (size_t i = 0; i < size; i++) {
		if (is_space(part[i]))
			continue;
		if (words.size > 0 && is_space(part[i - 1]))
			cx_buf_append_byte(&words, ' ');
		cx_buf_append_byte(&words, (uint8_t)part[i]);
	}
	if (words.size == 0)
		return CX_INVALID_ARGUMENT;
	cx_write_str(out, cx_buf_slice(&words));
	return cx_buf_status(&words);
}

cx_status cardex__names_write(const char *text, cx_buf *out)
{
	size_t place = cx_write_array_open(out);
	uint32_t count = 0;
	for (;;) {
		size_t size = strcspn(text, ",");
		cx_status status = write_part(text, size, out);
		if (status != CX_OK)
			return status;
		count++;
		if (text[size] == '\0')
			break;
		text += size + 1;
	}
	if (cx_buf_status(out) == CX_OK)
		cx_write_array_close(out, place, count);
	return cx_buf_status(out);
}
