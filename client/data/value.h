/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded values. One tree of them is one answer; text is ended by a zero byte in place, over
 * the header of what came after it, so nothing is copied. */
#pragma once

#include "base/arena.h"
#include "base/msgpack.h"
#include "client/cardex.h"

struct cardex_value {
	uint8_t kind;   /* a cardex_value_kind */
	uint32_t count; /* bytes of TEXT and BYTES, elements of LIST, pairs of MAP */
	union {
		bool boolean;
		int64_t integer;
		double number;
		const char *bytes;
		const cardex_value *items; /* of a MAP: key, value, key, value, … */
	} as;
};

/* Decodes `size` bytes at `bytes`, exactly one value that the scanner has passed (which bounds
 * the depth), into `arena`. `bytes` must have room for one byte more, is changed, and is part
 * of the tree. Errors: CX_MALFORMED (trailing bytes, an integer over 2^63-1), CX_NO_MEMORY. */
CX_MUST_USE cx_status cardex__value_decode(uint8_t *bytes, size_t size, cx_arena *arena,
                                           const cardex_value **ret);
