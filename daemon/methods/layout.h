/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts: which field stands where in a row that is sent.
 *
 * A layout number is type id << 16 | row layout of the type, so it changes whenever the row
 * does. A client that names the number in its request gets no names. With the option `fields`
 * only those are sent, in that order, and always with their names. */
#pragma once

#include "base/msgpack.h"
#include "engine/record.h"
#include "proto/proto.h"

uint32_t daemon__layout_number(const engine_type *type);

/* How the rows of one reply are sent. */
typedef struct daemon__projection {
	const engine_type *type;
	uint64_t given;                   /* options */
	bool whole;                       /* the row as the engine gives it */
	bool names;                       /* the client needs them */
	uint16_t count;                   /* of `slots`, when not whole */
	uint16_t slots[PROTO_FIELDS_MAX]; /* in the order asked for */
} daemon__projection;

/* From the options `fields` and `layout`.
 * Errors: CX_NO_FIELD, CX_INVALID_ARGUMENT (no array of names, over PROTO_FIELDS_MAX). */
CX_MUST_USE cx_status daemon__projection_of(const engine_type *type,
                                            const proto_options *options,
                                            daemon__projection *ret, cx_error *error);

/* Writes the layout number and the names or nil: two values. */
void daemon__projection_write_head(const daemon__projection *projection, cx_buf *out);

/* The two by themselves; the names even where the client knows them. */
void daemon__projection_write_number(const daemon__projection *projection, cx_buf *out);
void daemon__projection_write_names(const daemon__projection *projection, cx_buf *out);

/* Writes the row as one value. Errors: CX_CORRUPT (the row is no array). */
CX_MUST_USE cx_status daemon__projection_write_row(const daemon__projection *projection,
                                                   const engine_row *row, cx_buf *out);
