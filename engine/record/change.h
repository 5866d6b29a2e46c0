/* SPDX-License-Identifier: Apache-2.0 */
/* A record is made, or takes new values: what create, update and rules have in common. */
#pragma once

#include "engine/record/operation.h"

/* Makes a record of these values; sets id, revision and times in them.
 * Errors: CX_REQUIRED, CX_DANGLING_REFERENCE, those of engine__apply(). */
CX_MUST_USE cx_status engine__change_make(engine__operation *op, const engine_type *type,
                                          engine__value *values, int64_t *ret_id,
                                          cx_error *error);

/* Brings a record from `before` to `after`; sets revision and times in it. When they are equal
 * it does nothing, and `*ret_changed` is false. Errors: as the above. */
CX_MUST_USE cx_status engine__change_store(engine__operation *op, const engine_type *type,
                                           int64_t id, const engine__value *before,
                                           engine__value *after, bool *ret_changed,
                                           cx_error *error);
