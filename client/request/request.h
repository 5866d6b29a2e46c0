/* SPDX-License-Identifier: Apache-2.0 */
/* From the requests of the library's users to those of the protocol. */
#pragma once

#include "client/data/layout.h"
#include "proto/proto.h"

/* A request ready to be encoded, but for its msgid. The parts that the user gave in other forms
 * are MessagePack in `parts`, to which `proto` points. */
typedef struct cardex__draft {
	proto_request proto;
	cx_buf parts;
} cardex__draft;

/* Begins with { 0 }. `proto` points into `request` and `parts`. Release it on an error, too.
 * Errors: CX_INVALID_ARGUMENT, CX_TOO_LARGE, CX_NO_MEMORY (a document that failed). */
CX_MUST_USE cx_status cardex__draft_fill(cardex__draft *draft, const cardex_request *request,
                                         cx_error *error);

/* The option `rid`: [sender, number]. */
void cardex__rid_write(const char *sender, uint64_t number, cx_buf *out);

void cardex__draft_release(cardex__draft *draft);

struct cardex_batch {
	size_t count;
	cx_error failed; /* status CX_OK: nothing has */
	cx_buf operations;
};
