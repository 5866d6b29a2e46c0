/* SPDX-License-Identifier: Apache-2.0 */
/* An amount parted into integer shares that add up to it exactly. */
#pragma once

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Parts `amount` in proportion to `weights` (each >= 0) by the method of the largest remainder
 * (Hamilton): everybody gets the integer part of amount · weight / Σ weights, and what is left
 * goes, one each, to those whose fractions are the largest, of equal ones to the first. An
 * amount below 0 is parted as its size is, with the sign put back. `ret` has room for `count`
 * shares; a weight of 0 gets nothing.
 *
 * Errors: CX_INVALID_ARGUMENT (a weight below 0; they are all 0 and the amount is not),
 * CX_NO_MEMORY. `ret` is untouched then. */
CX_MUST_USE cx_status crm__split_by_weight(int64_t amount, const int64_t *weights, size_t count,
                                           int64_t *ret);

/* The share of number `at` (from 0) when `amount` is parted into `count` >= 1 equal integer
 * shares; the remainder, which has the amount's sign, is the first one's. */
int64_t crm__split_equally(int64_t amount, size_t count, size_t at);
