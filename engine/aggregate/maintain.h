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

/* Brings every aggregate over the type from `before` to `after` (NULL: no such record): minus
 * the one, plus the other; where it is being built, each only if the build has passed the place
 * in which the record lies or lay. Touches only the groups of aggregates that depend on what
 * changed; a change inside one group is one look-up and one put.
 * Errors: CX_INVALID_ARGUMENT (a term beyond the limit), CX_RESTRICTED (the time zone of a
 * store with groups by day or month), CX_CORRUPT, CX_IO, CX_NO_MEMORY, CX_TOO_LARGE. The
 * transaction may then hold a part: the caller rolls back. */
CX_MUST_USE cx_status engine__aggregates_apply(engine_write *write, const engine_type *type,
                                               const engine__value *before,
                                               const engine__value *after, cx_error *error);

/* ---- building one online ---- */

/* Adds what one record contributes, whatever the state of the aggregate. `*ret_is_in`: it is in
 * a group; one that is deleted, or that the where-clause leaves out, is in none.
 * Errors: CX_INVALID_ARGUMENT (a term beyond the limit; nothing was added), … */
CX_MUST_USE cx_status engine__aggregate_add(engine_write *write,
                                            const engine_aggregate *aggregate,
                                            const engine__value *values, bool *ret_is_in,
                                            cx_error *error);
