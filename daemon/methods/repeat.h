/* SPDX-License-Identifier: Apache-2.0 */
/* The option `rid` of writes, [sender, number]: a request that comes again changes nothing more
 * and gets the answer of the first time. */
#pragma once

#include "base/buf.h"
#include "engine/answers.h"
#include "proto/proto.h"

typedef struct daemon__repeat {
	bool once; /* `rid` is given */
	engine_request request;
	cx_buf content; /* the request's bytes, without its msgid */
} daemon__repeat;

/* Takes the option apart. `*ret` is released on an error, too.
 * Errors: CX_INVALID_ARGUMENT (no rid, or one of a dry run), CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon__repeat_of(const proto_request *request, daemon__repeat *ret,
                                        cx_error *error);
void daemon__repeat_release(daemon__repeat *self);
