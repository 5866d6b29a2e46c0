/* SPDX-License-Identifier: Apache-2.0 */
/* One field's value in memory, between client bytes, row bytes and index keys. */
#pragma once

#include "base/arena.h"
#include "base/msgpack.h"
#include "engine/record.h"

typedef enum engine__shape {
	ENGINE__NULL,
	ENGINE__INTEGER, /* bool 0/1, int, money, date, ts, ref; enum: position of the label */
	ENGINE__CHARS,   /* string, text, bytes */
	ENGINE__ITEMS,   /* lists: `bytes` is the MessagePack array */
} engine__shape;

typedef struct engine__value {
	engine__shape shape;
	int64_t integer;
	cx_slice bytes;
} engine__value;

/* The shape a non-null value of the field has. */
engine__shape engine__shape_of(const engine_field *field);

/* Reads what a client sent for the field, checks it (kind, range, length, label, UTF-8, no
 * U+0000; ref >= 1; date and ts within ±9999 years) and brings text into NFC. A nil gives
 * ENGINE__NULL. `{"$": n}` for a ref is looked up in `references` (may be NULL).
 * Bytes point into the input or, where they had to be changed, into the arena.
 * Errors: CX_TYPE, CX_TOO_LONG, CX_MALFORMED, CX_INVALID_ARGUMENT, CX_NO_MEMORY; `error` names
 * field and what was expected and found. */
CX_MUST_USE cx_status engine__value_read(const engine_field *field, cx_reader *reader,
                                         const engine_references *references, cx_arena *arena,
                                         engine__value *ret, cx_error *error);

/* Reads one element of a stored row. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__value_of_row(const engine_field *field, cx_slice element,
                                           engine__value *ret);

/* Takes the next element of a stored row off the reader. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__value_take(const engine_field *field, cx_reader *reader,
                                         engine__value *ret);

/* Appends it as a row element, in the shortest form. */
void engine__value_write(const engine_field *field, const engine__value *value, cx_buf *out);

bool engine__value_equal(const engine__value *a, const engine__value *b);

/* The order of two values of one field: null first, integers by number, bytes by memcmp.
 * Folded text is compared by the caller, who folds both first. */
int engine__value_compare(const engine__value *a, const engine__value *b);
