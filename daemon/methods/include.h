/* SPDX-License-Identifier: Apache-2.0 */
/* The option `include`: records that the rows of an answer refer to, or that refer to them,
 * sent with it, from the same snapshot.
 *
 * Each is a map: {ref: a reference field of the rows, fields} asks for parents, {type, ref,
 * fields, order, limit} for the records of that type whose field `ref` leads to a row: the
 * first `limit` of each, the newest first where no order is given.
 *
 * In the answer each is a map, too: {layout, names, rows} and for parents `at`: by row of the
 * answer the number in `rows`, nil = none; for children `counts`, how many of `rows` belong to
 * each row of the answer, one after the other, and `more`: whether it has others. */
#pragma once

#include "daemon/methods/layout.h"
#include "daemon/methods/method.h"
#include "engine/query.h"

typedef struct daemon__include {
	const engine_type *type;       /* of the included records */
	const engine_field *reference; /* of the rows, or of the included */
	bool children;
	engine_order order[ENGINE_ORDER_MAX];
	size_t order_count;
	size_t limit;
	daemon__projection projection;
	cx_buf keys; /* int64 by row: the id of the parent (0 = none), or of the row */
} daemon__include;

/* Start with zero. */
typedef struct daemon__includes {
	size_t count;
	size_t rows; /* of the answer */
	daemon__include items[PROTO_INCLUDES_MAX];
} daemon__includes;

void daemon__includes_release(daemon__includes *includes);

/* Reads the option. Errors: CX_INVALID_ARGUMENT, CX_NO_TYPE, CX_NO_FIELD, CX_TYPE,
 * CX_TOO_LARGE. */
CX_MUST_USE cx_status daemon__includes_read(daemon__call *call, const engine_type *type,
                                            daemon__includes *ret, cx_error *error);

/* Takes note of a row of the answer. Errors: CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon__includes_add(daemon__includes *includes, const engine_row *row);

/* Writes the array of what is included.
 * Errors: CX_TOO_LARGE (PROTO_INCLUDE_ROWS_MAX), CX_DEADLINE, those of queries. */
CX_MUST_USE cx_status daemon__includes_write(daemon__call *call, daemon__includes *includes,
                                             cx_error *error);
