/* SPDX-License-Identifier: Apache-2.0 */
/* Rollups: fields of a record kept over the records that refer to it (engine/aggregate.h). */
#pragma once

#include "engine/aggregate.h"
#include "engine/core/handle.h"
#include "engine/row/value.h"

/* Brings every rollup over the type from `before` to `after`: minus the one, plus the other;
 * where a sum is being built, each only if the build has passed the place in which the record
 * lies or lay. The record, its entries and its
 * aggregates must stand as `after` already. Rewrites the records referred to by
 * engine__apply(). Errors: CX_INVALID_ARGUMENT (a term beyond the limit, a sum that does not
 * fit its field), and those of that. */
CX_MUST_USE cx_status engine__rollups_apply(engine_write *write, const engine_type *type,
                                            const engine__value *before,
                                            const engine__value *after, cx_error *error);

/* Computes a rollup anew from the records that refer to `id`; a sum that is being built from
 * those that the build has passed. The index by which they are found must be readable.
 * Errors: CX_INVALID_ARGUMENT (it does not fit), CX_CORRUPT, CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__rollup_compute(engine_read *read, const engine_rollup *rollup,
                                             int64_t id, engine__value *ret, cx_error *error);

/* ---- building one online ---- */

/* Adds one live record, whatever the state of the rollup. `*ret_is_in`: it refers to another
 * and has a part in the rollup. Errors: as engine__rollups_apply(). */
CX_MUST_USE cx_status engine__rollup_add(engine_write *write, const engine_rollup *rollup,
                                         const engine__value *values, bool *ret_is_in,
                                         cx_error *error);

/* Whether a field has in it what it has when there is no record: 0, or null. */
bool engine__rollup_is_empty(const engine_rollup *rollup, const engine__value *value);

/* Makes the field of one record that, live or not. Errors: as engine__rollups_apply(). */
CX_MUST_USE cx_status engine__rollup_empty(engine_write *write, const engine_rollup *rollup,
                                           int64_t id, bool *ret_changed);
