/* SPDX-License-Identifier: Apache-2.0 */
/* The methods that write, as the writer runs them: inside a transaction, with everything
 * passed in and nothing outside it touched, so they can be run again from their start. */
#pragma once

#include "daemon/methods/duplicates.h"
#include "engine/record.h"
#include "proto/proto.h"

/* What an operation did, and what it is told of duplicates. */
typedef struct daemon__done {
	engine_outcome outcome;
	daemon__likes likes;
} daemon__done;

typedef struct daemon__write {
	const engine_schema *schema;
	engine_write *transaction;
	engine_author author;
	int64_t *ids; /* room for PROTO_BATCH_OPERATIONS_MAX; used by batch */
	cx_buf *out;  /* the result is appended */
} daemon__write;

/* On an error the transaction may hold a part of a batch: the caller rolls back to a mark.
 * Errors: those of engine/record.h; CX_NO_TYPE, CX_NO_INDEX, CX_TOO_LARGE (over
 * PROTO_BATCH_OPERATIONS_MAX). */
CX_MUST_USE cx_status daemon__write_run(daemon__write *write, const proto_request *request,
                                        cx_error *error);

/* One operation, alone or in a batch: what `references` may name has been made before.
 * Asserts that the method is one that writes, and not batch. */
CX_MUST_USE cx_status daemon__write_operation(daemon__write *write,
                                              const proto_request *request,
                                              engine_references references, daemon__done *ret,
                                              cx_error *error);

/* batch.c: all or nothing. */
CX_MUST_USE cx_status daemon__write_batch(daemon__write *write, cx_slice operations,
                                          cx_error *error);

/* trade.c: whether the method is an operation of the trade that answers with a map, and such a
 * one. Errors: those of crm/operations.h; CX_INVALID_ARGUMENT. */
bool daemon__trade_is_write(proto_method method);
CX_MUST_USE cx_status daemon__trade_write(daemon__write *write, const proto_request *request,
                                          cx_error *error);
/* trade.c: convert and reopen. `type` of reopen. */
CX_MUST_USE cx_status daemon__trade_convert(daemon__write *write, const proto_request *request,
                                            int64_t opportunity, const engine_author *author,
                                            engine_outcome *ret, cx_error *error);
CX_MUST_USE cx_status daemon__trade_reopen(daemon__write *write, const proto_request *request,
                                           const engine_type *type, int64_t id,
                                           const engine_author *author, engine_outcome *ret,
                                           cx_error *error);

/* Writes [id, rev, seq, affected, created], and candidates where they are told. */
void daemon__write_outcome(const daemon__done *done, cx_buf *out);
