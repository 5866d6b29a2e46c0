/* SPDX-License-Identifier: Apache-2.0 */
/* The included records of an answer. */
#pragma once

#include "client/data/result.h"

struct cardex__included {
	cardex_result *result; /* its rows; in the arena of the answer, but for its layout */
	/* By row of the answer. */
	size_t *from;   /* the first of those that belong to it */
	size_t *counts; /* how many */
	bool *more;
};

/* Takes what stands in the answer; NULL is nothing. The rows of the answer must be known.
 * Errors: CX_MALFORMED, CX_NO_MEMORY. */
CX_MUST_USE cx_status cardex__included_take(cardex_result *result, const cardex_value *value);
void cardex__included_release(cardex_result *result);
