/* SPDX-License-Identifier: Apache-2.0 */
/* Fields that do not change any more. */
#pragma once

#include "engine/rules.h"

typedef struct crm__frozen {
	const unsigned *fields; /* positions in the rule's table */
	size_t count;
	const char *const *names; /* the rule's table */
	const char *since;        /* "once the order is confirmed" */
	const char *instead;      /* "cancel it and enter another" */
} crm__frozen;

/* Errors: CX_CHECK, naming the first of the fields that the write changes. */
CX_MUST_USE cx_status crm__frozen_check(const crm__frozen *frozen, const engine_draft *draft,
                                        cx_error *error);
