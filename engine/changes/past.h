/* SPDX-License-Identifier: Apache-2.0 */
/* A row on the way back through its history: it begins as what is there now, and changes are
 * taken back one by one, the newest first. Rollups are nil in it: their past is in no log. */
#pragma once

#include "engine/log/log.h"
#include "engine/row/row.h"

typedef struct engine__past {
	engine_read *read;
	const engine_type *type;
	int64_t id;
	bool is_there; /* now, if only deleted */
	engine__value values[ENGINE_SLOTS_MAX];
} engine__past;

/* The record as it is now; one that is purged has only nil.
 * Errors: CX_NOT_FOUND (there never was one), CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine__past_begin(engine_read *read, const engine_type *type, int64_t id,
                                         engine__past *ret, cx_error *error);

/* Takes back the newest change that has not been taken back. Revision, time and author stay:
 * those of before are in the change before. Errors: CX_NOT_FOUND (it was a create),
 * CX_COMPACTED (a purge, or erased by one), CX_CORRUPT. */
CX_MUST_USE cx_status engine__past_take_back(engine__past *past, const engine_logged *change);

/* Gives it revision, time and author of the change that made it so. */
void engine__past_sign(engine__past *past, const engine_logged *change);

/* Appends it as an array of the present layout. Errors: those of `out`. */
CX_MUST_USE cx_status engine__past_write(engine__past *past, cx_buf *out);
