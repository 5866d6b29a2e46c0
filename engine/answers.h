/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to requests that change something, kept with what they changed: whoever does not know
 * whether a request arrived sends it once more and gets the answer of the first time.
 *
 * A request is known by its sender's name and a number; the answer is written in the
 * transaction of its effect, so there are both or neither. Each sender's last
 * ENGINE_ANSWERS_MAX numbers are kept, for ENGINE_ANSWERS_KEPT_MS. */
#pragma once

#include "engine/engine.h"

enum {
	ENGINE_ANSWER_SENDER_MAX = 64, /* bytes of a sender's name */
	ENGINE_ANSWERS_MAX = 1024,
	ENGINE_ANSWERS_KEPT_MS = 24 * 60 * 60 * 1000,
};

typedef struct engine_request {
	cx_slice sender; /* 1 to ENGINE_ANSWER_SENDER_MAX bytes */
	uint64_t number;
	cx_slice content; /* what is asked for, to tell another request of the same number */
} engine_request;

/* Appends the answer given to this request, and sets `*ret_found`; false when there is none.
 * Errors: CX_RID_REUSED (the number was another request's), CX_CORRUPT, CX_NO_MEMORY, CX_IO. */
CX_MUST_USE cx_status engine_answer_find(engine_read *read, const engine_request *request,
                                         cx_buf *out, bool *ret_found, cx_error *error);

/* Keeps the answer, and drops some that need not be kept any more. Errors: CX_TOO_LARGE (the
 * transaction), CX_NO_MEMORY, CX_CORRUPT, CX_IO; the transaction is then to be rolled back. */
CX_MUST_USE cx_status engine_answer_keep(engine_write *write, const engine_request *request,
                                         cx_slice answer, int64_t now_ms);
