/* SPDX-License-Identifier: Apache-2.0 */
/* A change of the log as clients get it: a map (docs/protocol.md, `changes`). */
#pragma once

#include "base/buf.h"
#include "engine/changes.h"

/* All zero: as `changes` and `history` send it. */
typedef struct daemon__change_form {
	const bool *only; /* by slot of the type: fields whose values are sent; NULL = all */
	cx_slice row;     /* sent as `values`, instead of that of a create; empty = none */
	bool tells_fit;   /* `was` and `is` are sent */
	engine_fit was;
	engine_fit is;
} daemon__change_form;

/* Appends one value. Errors: CX_CORRUPT, those of `out`. */
CX_MUST_USE cx_status daemon__change_write(const daemon__change_form *form,
                                           const engine_logged *change, cx_buf *out);
