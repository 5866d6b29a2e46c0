/* SPDX-License-Identifier: Apache-2.0 */
/* "match": whether a search (engine/search.h) would find the record, by any of its searched
 * fields or by one. It is decided for one record at a time from its texts, as a search decides
 * it. What is more, the search index says before which records there can be at all: when those
 * are few, they become a condition on the id, which the planner takes as any other. */
#pragma once

#include "engine/query/exists.h"
#include "engine/query/plan.h"

enum {
	ENGINE__MATCH_KEYS_MAX = 20 * 1000, /* of the search index, looked at for one plan */
	/* More records than these are not told by id; one may be added to go on behind. */
	ENGINE__MATCH_RECORDS_MAX = ENGINE__RANGES_MAX - 1,
};

/* Makes what decides one match. `only`: its text alone has to match; NULL: all searched fields
 * together. Errors: CX_TYPE (a field that is not searched), CX_INVALID_ARGUMENT (no field of
 * the type is; nothing to search for; too many words), CX_TOO_LONG, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__match_new(engine__relations *relations, const engine_type *type,
                                        const engine_field *only, cx_slice text,
                                        cx_arena *arena, engine__match **ret, cx_error *error);

/* TRUE or FALSE, never UNKNOWN; a record that is deleted is FALSE. `value` is the id. After a
 * failure FALSE, and relations->failed says which. */
engine__truth engine__match_holds(engine__match *self, const engine__value *value);

/* Asks the search index about each match that has to be TRUE, and adds to the filter of the
 * plan what it says: the id is one of these. Where it cannot say (it is being built, the
 * records are too many, the plan is bound to something else) the plan goes on without. Errors:
 * CX_CORRUPT, CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__match_narrow(engine_read *read, engine__plan *plan,
                                           cx_arena *arena, cx_error *error);

/* Of a page that goes on by id: the records may be others than those of the page before, so
 * its place is found anew by its key. */
void engine__match_relocate(engine__plan *plan);
