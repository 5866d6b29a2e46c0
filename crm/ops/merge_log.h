/* SPDX-License-Identifier: Apache-2.0 */
/* What a merge did, kept in records of customer_merge and customer_merge_part, so that it can
 * be taken back. A part names one field of one type and the records in which the merge changed
 * it: a reference, from the loser to the winner, or a bool, from true to false. */
#pragma once

#include "crm/ops/write.h"
#include "engine/references.h"

typedef struct crm__merge_log {
	crm__operation *op;
	const engine_type *merges;
	const engine_type *parts;
	int64_t id;            /* of the customer_merge */
	int64_t part;          /* number of the next */
	uint32_t noted;        /* changes in all */
	const char *type_name; /* of the part that is being written; NULL: none */
	const char *field_name;
	cx_buf ids;
} crm__merge_log;

/* Finds the types. Errors: CX_NO_TYPE. */
CX_MUST_USE cx_status crm__merge_log_init(crm__merge_log *self, crm__operation *op);
void crm__merge_log_release(crm__merge_log *self);

/* Makes the record. */
CX_MUST_USE cx_status crm__merge_log_create(crm__merge_log *self, int64_t loser,
                                            int64_t winner);
/* Takes note of one change. Errors: CX_TOO_LARGE (CRM_MERGE_REFERENCES_MAX). */
CX_MUST_USE cx_status crm__merge_log_note(crm__merge_log *self, const engine_type *type,
                                          const engine_field *field, int64_t id);
/* Writes what is left, and the values of the winner (maps). */
CX_MUST_USE cx_status crm__merge_log_finish(crm__merge_log *self, cx_slice before,
                                            cx_slice after);

/* The merge of that loser. Errors: CX_NOT_FOUND. */
CX_MUST_USE cx_status crm__merge_log_find(engine_read *read, int64_t loser, engine_row *ret,
                                          cx_error *error);

/* Takes one change. */
typedef cx_status crm__merge_action(void *context, const engine_type *type,
                                    const engine_field *field, int64_t id);
/* Calls `action` for each. Types and fields that the schema has no more are passed over.
 * Errors: CX_CORRUPT, what the action returned. */
CX_MUST_USE cx_status crm__merge_log_each(crm__merge_log *self, crm__merge_action *action,
                                          void *context);

/* The merge has been taken back: erases it. */
CX_MUST_USE cx_status crm__merge_log_erase(crm__merge_log *self);
