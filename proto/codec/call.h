/* SPDX-License-Identifier: Apache-2.0 */
/* A call: method, parameters and options; what a request and an operation of a batch have in
 * common. */
#pragma once

#include "proto/proto.h"

typedef enum proto__place {
	PROTO__IN_REQUEST,
	PROTO__IN_BATCH, /* an id may be the outcome of an earlier operation */
} proto__place;

/* Takes the method's name off `reader`. Errors: CX_UNKNOWN_METHOD, CX_MALFORMED. */
CX_MUST_USE cx_status proto__method_decode(cx_reader *reader, proto_method *ret,
                                           cx_error *error);

/* Takes `count` elements, the parameters and options of `method`, and sets those members and
 * `method` of `*ret`; the other parameters become zero. `msgid` is left alone.
 * Errors: CX_INVALID_ARGUMENT, CX_MALFORMED; `*ret` but for `msgid` is then not to be used. */
CX_MUST_USE cx_status proto__call_decode(cx_reader *reader, uint32_t count, proto_method method,
                                         proto__place place, proto_request *ret,
                                         cx_error *error);

/* The number of elements proto__call_encode() appends. */
size_t proto__call_count(const proto_request *request);

/* Appends parameters and options. What is no text must hold one MessagePack value each (the
 * filter may be empty): asserted. */
void proto__call_encode(const proto_request *request, proto__place place, cx_buf *out);
