/* SPDX-License-Identifier: Apache-2.0 */
/* Planning intersections: indexes that are each fixed to one value in all their columns hold
 * entries by id, and a record that all conditions hold for is in all of them. */
#pragma once

#include "engine/query/plan.h"

/* Looks whether one would read fewer than a fifth of the records that the best of its indexes
 * alone does, and be cheaper than plan->chosen (which may be NULL); then takes it.
 * Errors: CX_IO, CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__intersection_try(engine_read *read, engine__plan *plan,
                                               engine__purpose purpose, cx_arena *arena);

/* Makes the intersection of an earlier page again, of these indexes, the leading one first.
 * `*ret` is false when that is not possible any more. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__intersection_again(engine__plan *plan,
                                                 const engine__position *position,
                                                 cx_arena *arena, bool *ret);
