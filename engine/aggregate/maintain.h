/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping aggregates in step with the records. */
#pragma once

#include "engine/aggregate/group.h"

/* What one record puts into one aggregate. */
typedef struct engine__share {
	bool is_in;   /* otherwise nothing else is set */
	cx_slice key; /* of the group; lies in the room */
	engine_sum sums[ENGINE_SUMS_MAX];
} engine__share;

/* `values` NULL: no record. Errors: CX_INVALID_ARGUMENT (a term beyond the limit). */
CX_MUST_USE cx_status engine__share_of(const engine_aggregate *aggregate,
                                       const engine__value *values, int64_t zone_min,
                                       engine__key_room *room, engine__share *ret,
                                       cx_error *error);

/* Brings every ready aggregate over the type from `before` to `after` (NULL: no such record):
 * minus the one, plus the other. Touches only the groups of aggregates that depend on what
 * changed; a change inside one group is one look-up and one put.
 * Errors: CX_INVALID_ARGUMENT (a term beyond the limit), CX_RESTRICTED (the time zone of a
 * store with groups by day or month), CX_CORRUPT, CX_IO, CX_NO_MEMORY, CX_TOO_LARGE. The
 * transaction may then hold a part: the caller rolls back. */
CX_MUST_USE cx_status engine__aggregates_apply(engine_write *write, const engine_type *type,
                                               const engine__value *before,
                                               const engine__value *after, cx_error *error);

/* ---- building one online ---- */

/* Adds what one live record contributes, whatever the state of the aggregate; a record that
 * is deleted, or that its where-clause leaves out, adds nothing. */
CX_MUST_USE cx_status engine__aggregate_add(engine_write *write,
                                            const engine_aggregate *aggregate,
                                            const engine__value *values, cx_error *error);

/* The same as a delta, of an aggregate in any state: for records a build has passed. */
CX_MUST_USE cx_status engine__aggregate_change(engine_write *write,
                                               const engine_aggregate *aggregate,
                                               const engine__value *before,
                                               const engine__value *after, cx_error *error);

/* Removes up to `max` groups; `*ret_done` when none is left. */
CX_MUST_USE cx_status engine__aggregate_clear(engine_write *write,
                                              const engine_aggregate *aggregate, size_t max,
                                              bool *ret_done);
