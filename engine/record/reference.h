/* SPDX-License-Identifier: Apache-2.0 */
/* References between records, in both directions. */
#pragma once

#include "engine/core/handle.h"
#include "engine/row/value.h"

/* Whether the reference `field` may lead to that record: it is live, or deleted where the field
 * says ENGINE_KEEP. Errors: CX_NOT_FOUND (it may not), CX_CORRUPT, CX_NO_MEMORY, CX_IO. */
CX_MUST_USE cx_status engine__reference_leads(engine_read *read, const engine_field *field,
                                              int64_t target);

/* Every reference that is new in `after` (NULL `before`: all) leads to a record.
 * Errors: CX_DANGLING_REFERENCE, naming the field. */
CX_MUST_USE cx_status engine__references_check(engine_write *write, const engine_type *type,
                                               const engine__value *before,
                                               const engine__value *after, cx_error *error);

/* A walk over the live records that refer to one record by one field, in pages, so that what
 * was found may be changed between the pages. */
typedef struct engine__referring {
	const engine__referrer *referrer;
	engine__tree tree;
	cx_buf prefix; /* all keys of the walk begin with it */
	cx_buf next;   /* where the next page starts */
} engine__referring;

CX_MUST_USE cx_status engine__referring_init(engine__referring *walk, engine_read *read,
                                             const engine__referrer *referrer, int64_t target);
void engine__referring_release(engine__referring *walk);

enum { ENGINE__REFERRING_PAGE = 64 };

/* The next ids; 0 at the end. */
CX_MUST_USE cx_status engine__referring_next(engine__referring *walk, engine_read *read,
                                             int64_t ids[ENGINE__REFERRING_PAGE],
                                             size_t *ret_count);
