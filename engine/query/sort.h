/* SPDX-License-Identifier: Apache-2.0 */
/* The first rows in an order that no index gives: a heap keeps the best while all that match
 * are looked at. Rows that are equal in the order come by ascending id.
 *
 * The position behind a row, as the `key` of an engine__position:
 *
 * | offset | size | what                                                                      |
 * |--------|------|---------------------------------------------------------------------------|
 * | 0      | 8    | id, big-endian                                                            |
 * | 8      | 8    | XXH3-64 of the values of the order, whole, big-endian                     |
 * | 16     | …    | each value: engine__shape u8, then for an integer 8 bytes big-endian, for |
 * |        |      | a text its size u16 big-endian and the bytes; a text over                 |
 * |        |      | ENGINE__SORT_TEXT_MAX bytes is left out, size FFFF, and looked up in the  |
 * |        |      | record, if that still has these values                                    |
 */
#pragma once

#include "base/buf.h"
#include "engine/query/walk.h"

enum { ENGINE__SORT_TEXT_MAX = 256 };

typedef struct engine__sort_row {
	int64_t id;
	engine__value values[ENGINE_ORDER_MAX];
	cx_slice record_key;
	cx_slice stored;
	uint8_t *copied; /* texts of a long row, freed with this; NULL for others */
} engine__sort_row;

/* The best rows so far. Start with zero and `plan`, `rows_max`. */
typedef struct engine__sort {
	const engine__plan *plan;
	size_t rows_max;
	engine__sort_row *rows; /* a heap, the last in order at its top */
	size_t count;
	size_t room;
	bool continued;
	engine__sort_row after; /* continued: only rows behind this one count */
} engine__sort;

void engine__sort_release(engine__sort *sort);

/* Offers a matching row. Errors: CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__sort_offer(engine__sort *sort, const engine__step *step);

/* Puts the rows in order; nothing may be offered afterwards. */
void engine__sort_finish(engine__sort *sort);

/* Appends the position behind a row. */
void engine__sort_position(const engine__plan *plan, const engine__sort_row *row, cx_buf *out);

/* Begins behind a position. Errors: CX_CURSOR_STALE, CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine__sort_continue(engine__sort *sort, engine_read *read,
                                            cx_slice position, cx_error *error);
