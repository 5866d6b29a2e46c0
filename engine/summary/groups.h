/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a summary while it is made, in memory: by key, with a tally for each measure.
 * At most ENGINE_SUMMARY_GROUPS_MAX. */
#pragma once

#include "engine/aggregate/table.h"
#include "engine/aggregate/value.h"
#include "engine/summary/request.h"

/* What a measure has come to in one group. */
typedef struct engine__tally {
	uint64_t count;  /* records that are in it */
	engine_sum sum;  /* SUM, AVG */
	int64_t extreme; /* MIN, MAX; means nothing while count is 0 */
} engine__tally;

typedef struct engine__groups {
	const engine__request *request;
	engine__table table;
	cx_buf key; /* room for one */
} engine__groups;

/* Release it with engine__groups_release, after an error too. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__groups_init(const engine__request *request, cx_arena *arena,
                                          engine__groups *ret);
void engine__groups_release(engine__groups *self);

/* The tallies of the group with these values, one for each column. They stay until the next
 * call. Errors: CX_TOO_LARGE (with the limit in `error`), CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__groups_take(engine__groups *self, const engine__value *values,
                                          engine__tally **ret, cx_error *error);

/* Takes a value into a least or greatest one. */
void engine__tally_extreme(engine__tally *tally, engine__measure_kind kind, int64_t number);

/* Brings them into the order of the request; nothing is added any more. */
void engine__groups_sort(engine__groups *self);

/* Appends group number `at` in that order as an array. Errors: those of the buffers. */
CX_MUST_USE cx_status engine__groups_write(engine__groups *self, uint32_t at, cx_buf *out);
