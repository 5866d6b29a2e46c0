/* SPDX-License-Identifier: Apache-2.0 */
/* The schema as a client sees it, made from the answer to schema.get. */
#pragma once

#include "client/data/result.h"

struct cardex_schema {
	cardex_result *answer; /* all texts are in it */
	const char *text;
	cardex_type *types;
	size_t type_count;
};

/* Takes over `*answer` on success. Errors: CX_MALFORMED, CX_NO_MEMORY. */
CX_MUST_USE cx_status cardex__schema_new(cardex_result **answer, cardex_schema **ret);
