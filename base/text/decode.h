/* SPDX-License-Identifier: Apache-2.0 */
/* Code points out of UTF-8. Source: The Unicode Standard, table 3-7, "Well-Formed UTF-8
 * Byte Sequences". */
#pragma once

#include "base/slice.h"

/* The bytes of the well-formed character at `at`, of which `room` >= 1 bytes are there;
 * 0 when there is none. `*ret` is its code point. */
static inline size_t cx__text_decode(const uint8_t *at, size_t room, uint32_t *ret)
{
	uint32_t lead = at[0];
	if (lead < 0x80) {
		*ret = lead;
		return 1;
	}
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (room < size)
		return 0;

	uint32_t code = lead & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3fu);
	}
	bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
	bool surrogate = code >= 0xd800 && code <= 0xdfff;
	if (overlong || surrogate || code > 0x10ffff)
		return 0;
	*ret = code;
	return size;
}

/* How many bytes from the front are ASCII, 8 looked at in one step. */
size_t cx__text_ascii_size(cx_slice text);
