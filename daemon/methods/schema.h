/* SPDX-License-Identifier: Apache-2.0 */
/* schema.apply and index.cancel: they begin and commit transactions of their own, so the writer
 * runs them between two groups. */
#pragma once

#include "engine/engine.h"
#include "proto/proto.h"

/* Whether the method is one of them. */
bool daemon__schema_is_change(proto_method method);

/* Appends the result, one value. What it did is durable on CX_OK.
 * Errors: those of engine/evolve.h; CX_INVALID_ARGUMENT (`base`). */
CX_MUST_USE cx_status daemon__schema_change(engine *store, const proto_request *request,
                                            cx_buf *out, cx_error *error);
