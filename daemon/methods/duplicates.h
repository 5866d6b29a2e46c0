/* SPDX-License-Identifier: Apache-2.0 */
/* Customers that may be one, in answers and around writes. */
#pragma once

#include "crm/operations.h"
#include "proto/proto.h"

/* Writes an array of {id, why, weight, contact}. */
void daemon__candidates_write(const crm_candidates *candidates, cx_buf *out);

/* What a write is told of duplicates. */
typedef struct daemon__likes {
	bool told; /* the answer has them */
	crm_candidates candidates;
} daemon__likes;

/* Looks at what a create or upsert made, by the option `duplicates` or else by what the
 * organisation says: `block` refuses one that has its like, `warn` tells whoever asked.
 * Errors: CX_UNIQUE, CX_INVALID_ARGUMENT; the caller then rolls back. */
CX_MUST_USE cx_status daemon__duplicates_look(engine_write *write, const engine_type *type,
                                              const proto_options *options,
                                              const engine_outcome *outcome, daemon__likes *ret,
                                              cx_error *error);
