/* SPDX-License-Identifier: Apache-2.0 */
/* A summary made of the records themselves, one after the other. */
#pragma once

#include "engine/query/walk.h"
#include "engine/summary/groups.h"

typedef struct engine__records_cost {
	uint64_t keys;
	uint64_t rows;
	uint64_t matched;
	uint64_t rechecks_failed;
	/* Of a plan that is timed, 0 otherwise. */
	uint64_t bytes;
	uint64_t scan_ns;
	uint64_t fetch_ns;
} engine__records_cost;

/* Adds every record the plan finds to the groups. The plan is one for ENGINE__PURPOSE_ALL.
 * Errors: CX_INVALID_ARGUMENT (a term beyond the limit), CX_DEADLINE, CX_SCAN_LIMIT (more than
 * the query's max_scan keys have to be looked at), CX_CORRUPT, CX_IO, CX_NO_MEMORY; as
 * engine__groups_take. */
CX_MUST_USE cx_status engine__records_read(engine_read *read, const engine__plan *plan,
                                           int64_t zone_min, engine__groups *groups,
                                           cx_arena *arena, engine__records_cost *ret,
                                           cx_error *error);
