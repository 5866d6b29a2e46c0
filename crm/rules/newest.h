/* SPDX-License-Identifier: Apache-2.0 */
/* The newest of some records. */
#pragma once

#include "engine/rules.h"

typedef struct crm__newest {
	const char *type;
	cx_slice filter; /* engine/query.h; with `by` it must fit an index */
	const char *by;  /* the field that is greatest */
} crm__newest;

/* Its id as it stands in this transaction; 0 when there is none. */
CX_MUST_USE cx_status crm__newest_find(engine_draft *draft, const crm__newest *what,
                                       int64_t *ret_id, cx_error *error);
