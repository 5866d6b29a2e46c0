/* SPDX-License-Identifier: Apache-2.0 */
/* What query, count and aggregate have in common: the options that say which records are
 * meant, how they are found, and where a page begins and ends. */
#pragma once

#include "daemon/methods/method.h"
#include "engine/query.h"

/* Type, filter, indexes, and what bounds the work.
 * Errors: CX_NO_TYPE, CX_NO_INDEX, CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status daemon__selection_read(daemon__call *call, cx_slice filter,
                                             engine_query *ret, cx_error *error);

/* The option limit; nothing is written when it is not given. Errors: CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status daemon__selection_limit(const proto_options *options, uint64_t most,
                                              size_t *ret, cx_error *error);

/* The position in the option after, likewise. Errors: as daemon__continuation_open. */
CX_MUST_USE cx_status daemon__selection_after(daemon__call *call, const engine_type *type,
                                              cx_slice *ret, cx_error *error);

/* Whether the plan is asked for instead of rows: true is level 1.
 * Errors: CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status daemon__selection_explain(const proto_options *options, bool *ret_asked,
                                                engine_explain_level *ret, cx_error *error);

/* Writes the continuation, nil when the position is empty. Errors: CX_INTERNAL. */
CX_MUST_USE cx_status daemon__selection_position(daemon__call *call, const engine_type *type,
                                                 cx_slice position);
