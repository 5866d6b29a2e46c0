/* SPDX-License-Identifier: Apache-2.0 */
/* What the first byte of a MessagePack value says about the rest: the one table that
 * scanner and reader share. Source: the MessagePack specification, 2013 revision.
 *
 *   first byte   kind     what follows
 *   00..7f       int      nothing, the value is the byte
 *   80..8f       map      low 4 bits pairs
 *   90..9f       array    low 4 bits elements
 *   a0..bf       str      low 5 bits bytes
 *   c0..df       see `cx__forms`
 *   e0..ff       int      nothing, the value is the byte minus 256 */
#pragma once

#include "base/msgpack.h"

typedef struct cx__form {
	uint8_t kind;         /* a cx_kind */
	uint8_t length_bytes; /* of the big-endian number after the first byte, or 0 */
	uint8_t number;       /* without length_bytes: the number itself */
	uint8_t values;       /* the number counts: 0 bytes, 1 elements, 2 pairs */
} cx__form;

static const cx__form cx__forms[32] = {
	[0x00] = { CX_KIND_NIL, 0, 0, 0 },
	[0x01] = { CX_KIND_BAD, 0, 0, 0 }, /* c1: never used */
	[0x02] = { CX_KIND_BOOL, 0, 0, 0 },
	[0x03] = { CX_KIND_BOOL, 0, 0, 0 },
	[0x04] = { CX_KIND_BIN, 1, 0, 0 },
	[0x05] = { CX_KIND_BIN, 2, 0, 0 },
	[0x06] = { CX_KIND_BIN, 4, 0, 0 },
	[0x07] = { CX_KIND_BAD, 0, 0, 0 }, /* c7..c9: ext 8, 16, 32 */
	[0x08] = { CX_KIND_BAD, 0, 0, 0 },
	[0x09] = { CX_KIND_BAD, 0, 0, 0 },
	[0x0a] = { CX_KIND_FLOAT, 0, 4, 0 },
	[0x0b] = { CX_KIND_FLOAT, 0, 8, 0 },
	[0x0c] = { CX_KIND_INT, 0, 1, 0 }, /* cc..cf: uint 8, 16, 32, 64 */
	[0x0d] = { CX_KIND_INT, 0, 2, 0 },
	[0x0e] = { CX_KIND_INT, 0, 4, 0 },
	[0x0f] = { CX_KIND_INT, 0, 8, 0 },
	[0x10] = { CX_KIND_INT, 0, 1, 0 }, /* d0..d3: int 8, 16, 32, 64 */
	[0x11] = { CX_KIND_INT, 0, 2, 0 },
	[0x12] = { CX_KIND_INT, 0, 4, 0 },
	[0x13] = { CX_KIND_INT, 0, 8, 0 },
	[0x14] = { CX_KIND_BAD, 0, 0, 0 }, /* d4..d8: fixext */
	[0x15] = { CX_KIND_BAD, 0, 0, 0 },
	[0x16] = { CX_KIND_BAD, 0, 0, 0 },
	[0x17] = { CX_KIND_BAD, 0, 0, 0 },
	[0x18] = { CX_KIND_BAD, 0, 0, 0 },
	[0x19] = { CX_KIND_STR, 1, 0, 0 },
	[0x1a] = { CX_KIND_STR, 2, 0, 0 },
	[0x1b] = { CX_KIND_STR, 4, 0, 0 },
	[0x1c] = { CX_KIND_ARRAY, 2, 0, 1 },
	[0x1d] = { CX_KIND_ARRAY, 4, 0, 1 },
	[0x1e] = { CX_KIND_MAP, 2, 0, 2 },
	[0x1f] = { CX_KIND_MAP, 4, 0, 2 },
};

static inline bool cx__is_fixint(uint8_t first)
{
	return first < 0x80 || first >= 0xe0;
}

static inline cx__form cx__form_of(uint8_t first)
{
	if (cx__is_fixint(first))
		return (cx__form){ .kind = CX_KIND_INT };
	if (first < 0x90)
		return (cx__form){ .kind = CX_KIND_MAP, .number = first & 0x0f, .values = 2 };
	if (first < 0xa0)
		return (cx__form){ .kind = CX_KIND_ARRAY, .number = first & 0x0f, .values = 1 };
	if (first < 0xc0)
		return (cx__form){ .kind = CX_KIND_STR, .number = first & 0x1f };
	return cx__forms[first - 0xc0];
}

/* The big-endian number of 1, 2, 4 or 8 bytes at `at`. */
static inline uint64_t cx__big_endian(const uint8_t *at, unsigned size)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < size; i++)
		number = number << 8 | at[i];
	return number;
}

/* The number of a form whose first byte is at `at`: bytes, elements or pairs that
 * follow the header. */
static inline uint64_t cx__form_number(cx__form form, const uint8_t *at)
{
	if (form.length_bytes == 0)
		return form.number;
	return cx__big_endian(at + 1, form.length_bytes);
}
