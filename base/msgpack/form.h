/* SPDX-License-Identifier: Apache-2.0 */
/* What the first byte of a MessagePack value says about the rest: the one table that
 * scanner and reader share. Source: the MessagePack specification, 2013 revision.
 *
 *   first byte   kind     what follows
 *   00..7f       int      nothing, the value is the byte
 *   80..8f       map      low 4 bits pairs
 *   90..9f       array    low 4 bits elements
 *   a0..bf       str      low 5 bits bytes
 *   c0..df       see form.c
 *   e0..ff       int      nothing, the value is the byte minus 256 */
#pragma once

#include "base/msgpack.h"

#include <endian.h>
#include <string.h>

typedef struct cx__form {
	uint8_t kind;         /* a cx_kind */
	uint8_t length_bytes; /* of the big-endian number after the first byte, or 0 */
	uint8_t number;       /* without length_bytes: the number itself */
	uint8_t values;       /* the number counts: 0 bytes, 1 elements, 2 pairs */
} cx__form;

extern const cx__form cx__forms[256];

/* All bytes of a scalar whose first byte tells them; 0 where it does not, and of arrays, maps
 * and what is no value. */
extern const uint8_t cx__sizes[256];

static inline bool cx__is_fixint(uint8_t first)
{
	return first < 0x80 || first >= 0xe0;
}

static inline cx__form cx__form_of(uint8_t first)
{
	return cx__forms[first];
}

/* The big-endian number of 1, 2, 4 or 8 bytes at `at`. */
static inline uint64_t cx__big_endian(const uint8_t *at, unsigned size)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;
	switch (size) {
	case 1:
		return at[0];
	case 2:
		memcpy(&two, at, sizeof two);
		return be16toh(two);
	case 4:
		memcpy(&four, at, sizeof four);
		return be32toh(four);
	default:
		memcpy(&eight, at, sizeof eight);
		return be64toh(eight);
	}
}

/* The number of a form whose first byte is at `at`: bytes, elements or pairs that
 * follow the header. */
static inline uint64_t cx__form_number(cx__form form, const uint8_t *at)
{
	if (form.length_bytes == 0)
		return form.number;
	return cx__big_endian(at + 1, form.length_bytes);
}
