/* SPDX-License-Identifier: Apache-2.0 */
/* Rollups: fields of a record kept over the records that refer to it (engine/aggregate.h). */
#pragma once

#include "engine/aggregate.h"
#include "engine/core/handle.h"
#include "engine/row/value.h"

/* Brings every rollup over the type from `before` to `after`. The record, its entries and its
 * aggregates must stand as `after` already. Rewrites the records referred to by
 * engine__apply_stored(). Errors: CX_INVALID_ARGUMENT (a
 * term beyond the limit, a sum that does not fit its field), and those of that. */
CX_MUST_USE cx_status engine__rollups_apply(engine_write *write, const engine_type *type,
                                            const engine__value *before,
                                            const engine__value *after, cx_error *error);

/* Computes a rollup anew from the records that refer to `id`.
 * Errors: CX_INVALID_ARGUMENT (it does not fit), CX_CORRUPT, CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__rollup_compute(engine_read *read, const engine_rollup *rollup,
                                             int64_t id, engine__value *ret, cx_error *error);
