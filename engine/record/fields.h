/* SPDX-License-Identifier: Apache-2.0 */
/* From the map of field values a client sent to the values of a record. */
#pragma once

#include "engine/core/handle.h"
#include "engine/row/value.h"

/* Which slots a request named. */
typedef struct engine__given {
	bool slots[ENGINE_SLOTS_MAX];
} engine__given;

/* Sets every slot: to the field's default, or null. */
CX_MUST_USE cx_status engine__fields_defaults(const engine_type *type, engine__value *values);

/* Overwrites the values the map names and leaves the others. Bytes live in the map or the
 * arena. Errors: CX_NO_FIELD, CX_READ_ONLY_FIELD, CX_INVALID_ARGUMENT (a field twice),
 * CX_MALFORMED (not a map), and those of engine__value_read. */
CX_MUST_USE cx_status engine__fields_read(const engine_type *type, cx_slice map,
                                          const engine_change *change, cx_arena *arena,
                                          engine__value *values, engine__given *given,
                                          cx_error *error);

/* Errors: CX_REQUIRED, naming the first required field that is null. */
CX_MUST_USE cx_status engine__fields_required(const engine_type *type,
                                              const engine__value *values, cx_error *error);

/* Sets created_* (when the record is new) and updated_*. */
void engine__fields_stamp(const engine_author *author, bool created, engine__value *values);
