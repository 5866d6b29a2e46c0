/* SPDX-License-Identifier: Apache-2.0 */
/* Order-preserving bytes of index keys: memcmp order of keys is the order of the values.
 *
 * A key is its columns one after the other and, except in the exact entries of unique indexes,
 * the id (8 bytes big-endian).
 *
 * | column         | bytes                                                                   |
 * |----------------|-------------------------------------------------------------------------|
 * | null           | 10                                                                      |
 * | integer, enum… | 20, then 8 bytes big-endian with the sign bit flipped                   |
 * | bool           | 20, then 00 or 01                                                       |
 * | text, bytes    | 20, then the bytes with 00 written 00 FF, then 00 01                    |
 * | cut text       | 20, then the first `text_bytes_max` bytes likewise, then 00 02 and the  |
 * |                | 8-byte big-endian XXH3-64 of the whole text                             |
 *
 * A descending column is the complement of all these bytes. A folded column holds the folded
 * text (base/text.h). A cut column makes the entry *inexact*: equal keys may stand for
 * different texts, and order holds up to the cut only. */
#pragma once

#include "base/buf.h"
#include "engine/row/value.h"
#include "engine/store/store.h"

enum {
	ENGINE__KEY_NULL = 0x10,
	ENGINE__KEY_VALUE = 0x20,
	ENGINE__KEY_ID_BYTES = 8,
	ENGINE__KEY_CUT_BYTES = 10, /* end marker and hash of a cut text */
};

/* Appends one column. `*inexact` is set to true when the text was cut, and otherwise left
 * alone. Folding uses `scratch` (emptied first). Errors: the buffers'. */
CX_MUST_USE cx_status engine__key_put(const engine_column *column, const engine__value *value,
                                      cx_buf *key, cx_buf *scratch, bool *inexact);

/* Appends the bytes common to all keys whose text column, in the column's form, starts with
 * `text` in that form (it is folded here; folding twice changes nothing): the column without
 * its end. A text beyond text_bytes_max is
 * cut, which finds more than asked for: the rows must be looked at. */
CX_MUST_USE cx_status engine__key_put_prefix(const engine_column *column, cx_slice text,
                                             cx_buf *key, cx_buf *scratch, bool *inexact);

/* A key being built on the stack. The columns of an index share out ENGINE__KEY_BYTES_MAX among
 * them, so it never grows; the spare byte is what cx_buf wants. */
typedef struct engine__key_room {
	uint8_t bytes[ENGINE__KEY_BYTES_MAX + ENGINE__KEY_CUT_BYTES + 1];
} engine__key_room;

static inline cx_buf engine__key_in(engine__key_room *room)
{
	return (cx_buf){ .data = room->bytes,
		         .capacity = sizeof room->bytes,
		         .limit = sizeof room->bytes - 1 };
}

void engine__key_put_id(cx_buf *key, int64_t id);

/* Makes the smallest key greater than all that start with `key` from it, in place. False (and
 * nothing changed) when there is none: all bytes are FF, or the key is empty. */
bool engine__key_successor(cx_buf *key);

/* Takes the next column off a key. Integers, enums and bools are exact always. Text of a
 * binary column is given when not cut, unescaped into `scratch` when it holds 00 or the column
 * is descending (appended; valid until scratch is used for another key); folded text is given
 * in its folded form. Of a cut text the head is given and `*exact` is false. `scratch` moves
 * only when it is begun anew for another key, so texts of earlier columns stay good. Errors:
 * CX_CORRUPT; the scratch buffer's. */
CX_MUST_USE cx_status engine__key_take(const engine_column *column, cx_slice *key,
                                       cx_buf *scratch, engine__value *ret, bool *exact);

/* Length of the next column in bytes without decoding it; 0 when the key is damaged. */
size_t engine__key_skip(const engine_column *column, cx_slice key);

/* The id in the last 8 bytes. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__key_id(cx_slice key, int64_t *ret);

/* Shares out the bytes of a key among its text columns: sets text_bytes_max of each so that no
 * key of the index passes ENGINE__KEY_BYTES_MAX (escapes are counted by encoded bytes: the cut
 * applies to the escaped form). Small columns get all they can need first. False when
 * there is a list among them, the fixed parts alone are too long, or a text column would get
 * less than 16 bytes and less than it needs. */
bool engine__key_share_out(engine_column *columns, size_t count);
