/* SPDX-License-Identifier: Apache-2.0 */
/* State machines as tables: which moves from one label of an enum to another are allowed. */
#pragma once

#include "engine/rules.h"

typedef struct crm__move {
	const char *from;
	const char *to;
} crm__move;

typedef struct crm__moves {
	const crm__move *items;
	size_t count;
} crm__moves;

/* Looks at what a write makes of the enum `field`. A new record begins with any label for which
 * there is a move from "" ("" itself stands for: anew). Staying is always allowed.
 * Errors: CX_CHECK, and the text says which moves there are. */
CX_MUST_USE cx_status crm__moves_check(const crm__moves *moves, const engine_draft *draft,
                                       unsigned field, const char *field_name, cx_error *error);
