/* SPDX-License-Identifier: Apache-2.0 */
/* What a query asks for: its text, read.
 *
 * The text is folded and parted at blanks into *terms*, all of which must match. A term is the
 * segments in it, which must follow one another in a text; where it has nothing but digits and
 * what is written between them, it is a telephone number too. Numbers are also written with
 * blanks: then there is a second *reading*, in which those terms are one. A record matches when
 * it matches one of the readings. */
#pragma once

#include "base/arena.h"
#include "engine/search.h"
#include "engine/token/segment.h"

enum { ENGINE__READINGS_MAX = 2 };

typedef struct engine__term {
	const engine__segment *pieces;
	size_t count;    /* 0: a number only */
	cx_slice digits; /* empty: no number */
} engine__term;

typedef struct engine__reading {
	engine__term *terms;
	size_t count;
} engine__reading;

typedef struct engine__wanted {
	engine__reading readings[ENGINE__READINGS_MAX];
	size_t reading_count;
} engine__wanted;

/* Everything lives in the arena. Errors: CX_INVALID_ARGUMENT, CX_TOO_LONG, CX_MALFORMED,
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__wanted_read(cx_slice text, cx_arena *arena, engine__wanted *ret,
                                          cx_error *error);
