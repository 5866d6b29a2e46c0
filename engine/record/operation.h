/* SPDX-License-Identifier: Apache-2.0 */
/* What every operation that changes records does around its work. */
#pragma once

#include "engine/core/handle.h"
#include "engine/row/value.h"

/* One operation: where to go back to when it fails, and the number it gets when it does not. */
typedef struct engine__operation {
	engine_write *write;
	const engine_change *change;
	engine_mark mark;
	uint64_t seq;
	cx_error *error;
} engine__operation;

/* Empties the operation arena. */
engine__operation engine__operation_begin(engine_write *write, const engine_change *change,
                                          cx_error *error);

/* Ends it with `status`: counts the change when CX_OK, otherwise takes it back and makes sure
 * that `error` says something. Returns `status`. */
cx_status engine__operation_end(engine__operation *operation, cx_status status);

/* A record as it stands, decoded; deleted ones too.
 * Errors: CX_NOT_FOUND, CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine__operation_load(engine__operation *operation,
                                             const engine_type *type, int64_t id,
                                             engine__value *values);

/* Whether the caller may change records of the type. Errors: CX_READ_ONLY_FIELD. */
CX_MUST_USE cx_status engine__operation_check_type(const engine__operation *operation,
                                                   const engine_type *type);

/* Errors: CX_CONFLICT_REV. */
CX_MUST_USE cx_status engine__operation_check_rev(const engine__operation *operation,
                                                  const engine_type *type, int64_t id,
                                                  const engine__value *values);

static inline bool engine__is_deleted(const engine__value *values)
{
	return values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL;
}
