/* SPDX-License-Identifier: Apache-2.0 */
/* "exists": whether some record of another type refers to this one, or the one that a reference
 * leads to, and a filter of its own holds for it. It is decided for one record at a time, by an
 * index that begins with the reference (or by id), and ends with the first one found. */
#pragma once

#include "engine/query/filter.h"

/* What the exists and matches of one filter share. */
typedef struct engine__relations {
	engine_read *read;
	uint64_t deadline_ns; /* 0 = none */
	uint64_t keys;        /* looked at so far */
	unsigned count;       /* of exists */
	unsigned matches;
	cx_status failed; /* sticky: what was decided since means nothing */
	cx_error error;
} engine__relations;

/* Makes what decides one exists: records of `other` in which `reference` has the value wanted
 * (their id, when it is that field), and for which `inner` holds (no nodes = any).
 * Errors: CX_INVALID_ARGUMENT (no index of `other` begins with the reference, deleted records
 * are asked for), CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__exists_new(engine__relations *relations,
                                         const engine_field *reference,
                                         const engine__filter *inner, cx_arena *arena,
                                         engine__exists **ret, cx_error *error);

/* TRUE or FALSE, never UNKNOWN: for null there is no record. After a failure FALSE, and
 * relations->failed says which. */
engine__truth engine__exists_holds(engine__exists *self, const engine__value *value);
