/* SPDX-License-Identifier: Apache-2.0 */
/* Code points out of UTF-8. Source: The Unicode Standard, table 3-7, "Well-Formed UTF-8
 * Byte Sequences". */
#pragma once

#include "base/slice.h"

static inline bool cx__text_is_continuation(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/* The bytes of the well-formed character at `at`, of which `room` >= 1 bytes are there;
 * 0 when there is none. `*ret` is its code point. */
static inline size_t cx__text_decode(const uint8_t *at, size_t room, uint32_t *ret)
{
	uint32_t lead = at[0];
	if (lead < 0x80) {
		*ret = lead;
		return 1;
	}
	if (lead < 0xc2 || room < 2 || !cx__text_is_continuation(at[1]))
		return 0;
	uint32_t code = (lead & 0x1f) << 6 | (at[1] & 0x3fu);
	if (lead < 0xe0) {
		*ret = code;
		return 2;
	}
	if (room < 3 || !cx__text_is_continuation(at[2]))
		return 0;
	code = code << 6 | (at[2] & 0x3fu);
	if (lead < 0xf0) {
		*ret = code;
		return code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 0 : 3;
	}
	if (lead > 0xf4 || room < 4 || !cx__text_is_continuation(at[3]))
		return 0;
	code = (code << 6 | (at[3] & 0x3fu)) & 0x1fffff; /* without a bit of the lead */
	*ret = code;
	return code < 0x10000 || code > 0x10ffff ? 0 : 4;
}

/* How many bytes from the front are ASCII, 8 looked at in one step. */
size_t cx__text_ascii_size(cx_slice text);
