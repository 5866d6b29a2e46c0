/* SPDX-License-Identifier: Apache-2.0 */
/* How wide a terminal shows text. */
#include "base/text.h"
#include "base/text/decode.h"

#include <utf8proc.h>

/* The bytes and columns of the next character; a byte that is no UTF-8 is shown as one
 * replacement character. */
static size_t measure(cx_slice rest, size_t *ret_columns)
{
	uint32_t code;
	size_t size = cx__text_decode(rest.data, rest.size, &code);
	if (size == 0) {
		*ret_columns = 1;
		return 1;
	}
	*ret_columns = (size_t)utf8proc_charwidth((utf8proc_int32_t)code);
	return size;
}

size_t cx_text_width(cx_slice text)
{
	size_t width;
	(void)cx_text_fit(text, SIZE_MAX, &width);
	return width;
}

cx_slice cx_text_fit(cx_slice text, size_t columns, size_t *ret_width)
{
	size_t at = 0;
	size_t width = 0;
	while (at < text.size) {
		size_t more;
		size_t size = measure(cx_slice_from(text, at), &more);
		if (more > columns - width)
			break;
		at += size;
		width += more;
	}
	*ret_width = width;
	return (cx_slice){ .data = text.data, .size = at };
}
