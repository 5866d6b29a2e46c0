/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of an operation: a mark to go back to, and the change that its writes carry. */
#pragma once

#include "crm/operations.h"
#include "crm/ops/record.h"

typedef struct crm__operation {
	engine_write *write;
	engine_read *read; /* the inside of the transaction */
	engine_change change;
	engine_mark mark;
	cx_error *error;
} crm__operation;

static inline crm__operation crm__operation_begin(engine_write *write,
                                                  const engine_author *author, crm_cause cause,
                                                  cx_error *error)
{
	return (crm__operation){
		.write = write,
		.read = engine_write_view(write),
		.change = { .author = *author, .cause = (int)cause },
		.mark = engine_write_mark(write),
		.error = error,
	};
}

/* Takes everything back unless `status` is CX_OK; returns it. */
cx_status crm__operation_end(crm__operation *self, cx_status status);

/* The number of the last change of the transaction. */
static inline uint64_t crm__operation_seq(const crm__operation *self)
{
	return engine_write_seq(self->write) - 1;
}

/* A live record that the operation is about. `if_rev` > 0: of this revision.
 * Errors: CX_NOT_FOUND, CX_CONFLICT_REV. */
CX_MUST_USE cx_status crm__operation_load(crm__operation *self, const engine_type *type,
                                          int64_t id, int64_t if_rev, engine_row *ret);

/* Updates one field of a record, of the kind that is an integer on the wire; `value` NULL makes
 * it null. */
CX_MUST_USE cx_status crm__operation_set_int(crm__operation *self, const engine_type *type,
                                             int64_t id, const char *field,
                                             const int64_t *value, engine_outcome *ret);
