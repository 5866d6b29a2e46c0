/* SPDX-License-Identifier: Apache-2.0 */
/* An order as clients write it: an array of "field", "field asc" or "field desc". */
#pragma once

#include "engine/query.h"

/* Reads at most ENGINE_ORDER_MAX terms. Errors: CX_INVALID_ARGUMENT, CX_NO_FIELD. */
CX_MUST_USE cx_status daemon__order_read(const engine_type *type, cx_slice bytes,
                                         engine_order *order, size_t *ret_count,
                                         cx_error *error);
