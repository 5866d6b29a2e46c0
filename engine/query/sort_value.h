/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a row that an order compares. */
#pragma once

#include "engine/query/sort.h"

/* Takes them from the array of a row, into which they point; plan->order_count values.
 * Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__sort_values(const engine__plan *plan, cx_slice array,
                                          engine__value *values);
