/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where a record's bytes and index entries change. */
#pragma once

#include "engine/core/handle.h"
#include "engine/row/value.h"

/* Brings the store from `before` to `after` (one value per slot): the row, its key, every index
 * entry and back reference that differs, and what aggregates and rollups make of it. `before`
 * NULL: the record is new; `after` NULL: it goes for good. The caller has checked everything
 * but uniqueness.
 *
 * Errors: CX_UNIQUE (`error` names the index and the record that has the value), CX_TOO_LARGE,
 * CX_NO_MEMORY, CX_CORRUPT, CX_IO. The transaction may then hold a part of the change: the
 * caller rolls back. */
CX_MUST_USE cx_status engine__apply(engine_write *write, const engine_type *type, int64_t id,
                                    const engine__value *before, const engine__value *after,
                                    cx_error *error);

/* The same for a change that the store makes by itself, because of a change elsewhere: rollup
 * fields, and nothing else. Silent: neither `rev` nor updated_* rise (the caller leaves them),
 * and no change of a caller is reported. Errors: as above. */
CX_MUST_USE cx_status engine__apply_stored(engine_write *write, const engine_type *type,
                                           int64_t id, const engine__value *before,
                                           const engine__value *after, cx_error *error);
