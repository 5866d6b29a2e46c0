/* SPDX-License-Identifier: Apache-2.0 */
/* Results: an answer's values, checked to have the shape that its method promises. */
#pragma once

#include "client/data/layout.h"
#include "client/data/value.h"
#include "proto/proto.h"

struct cardex_row {
	cardex_result *result;
	const cardex_value *cells;
	uint32_t count; /* may be less than the columns: the rest is null */
};

struct cardex_result {
	cx_arena *arena; /* everything, this structure too */
	const cardex_value *root;
	cardex__layout *layout;    /* of the rows; NULL when there are none */
	bool layout_is_new;        /* its names came with this answer, and go for the type */
	const cardex_value *kinds; /* of an aggregate's columns: list of texts; or NULL */
	cardex_row *rows;
	size_t row_count;
	const cardex_value *outcomes; /* of writes: lists of five */
	size_t outcome_count;
	const cardex_value *found; /* of a search: list of maps */
	cardex_hits hits;
	bool is_page;
	cardex_page page;
	struct cardex__included *included; /* included.h */
	size_t included_count;
	cx_slice request; /* of a query: its message, for the next page */
	char misread[128];
};

typedef struct cardex__included cardex__included;

/* What is known of the request that is answered. */
typedef struct cardex__asked {
	proto_method method;
	bool explain;
	cardex__layout *layout; /* whose number was sent; NULL when none was */
	cx_slice request;       /* the message, for queries; copied */
} cardex__asked;

/* Makes a result of rows inside the arena of another; its layout is to be dropped.
 * Errors: CX_MALFORMED, CX_NO_MEMORY; `*ret` is then set or NULL. */
CX_MUST_USE cx_status cardex__result_of_rows(cx_arena *arena, const cardex_value *layout,
                                             const cardex_value *names,
                                             const cardex_value *rows, cardex_result **ret);

/* Makes the result of the value `bytes`, which the scanner has passed.
 * Errors: CX_MALFORMED (not what the method promises), CX_NO_MEMORY. */
CX_MUST_USE cx_status cardex__result_new(cx_slice bytes, const cardex__asked *asked,
                                         cardex_result **ret);
