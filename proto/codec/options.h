/* SPDX-License-Identifier: Apache-2.0 */
/* The map of options that may end the parameters of every method. */
#pragma once

#include "proto/proto.h"

/* Decodes one map into `*ret`, which is all zero; after an error it holds a part.
 * Errors: CX_INVALID_ARGUMENT (not a map, an option twice, unknown, not the method's, or of
 * the wrong kind), CX_MALFORMED. */
CX_MUST_USE cx_status proto__options_decode(cx_reader *reader, const proto_method_info *method,
                                            proto_options *ret, cx_error *error);

/* Those of `options` that are given and the method takes. */
uint64_t proto__options_sent(const proto_options *options, const proto_method_info *method);

/* Appends the map of the options in `sent`, in the order of PROTO_OPTIONS. */
void proto__options_encode(const proto_options *options, uint64_t sent, cx_buf *out);
