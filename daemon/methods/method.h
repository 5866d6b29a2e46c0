/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of the protocol: where each runs, and the function that answers it.
 *
 * A method appends its result, one MessagePack value, to the reply that is begun; when it
 * fails the caller cuts what it wrote. It keeps nothing of a request, and what it takes from
 * the store it copies before it returns. */
#pragma once

#include "daemon/context.h"
#include "daemon/methods/watch.h"
#include "proto/proto.h"

typedef struct daemon__signer daemon__signer;

/* What hello settles for a connection. */
typedef struct daemon__session {
	uint64_t number; /* of the connection */
	bool greeted;    /* the limits of the configuration hold, not those before hello */
	proto_error_form errors;
	daemon__watches watches;
} daemon__session;

typedef struct daemon__call {
	daemon_context *context;
	const proto_request *request;
	engine_read *read;        /* NULL where the method takes no snapshot */
	daemon__signer *signer;   /* of this thread */
	daemon__session *session; /* NULL on a worker */
	uint64_t deadline_ns;     /* when a read must have ended */
	bool is_slice; /* that time is the loop's: ending by it is CX_DEADLINE, and the whole
	                * request is run again on a worker */
	cx_buf *out;
} daemon__call;

typedef cx_status daemon__method_run(daemon__call *call, cx_error *error);

typedef enum daemon__place {
	DAEMON__ON_LOOP,   /* at once, by the thread that received it */
	DAEMON__IN_SLICE,  /* the same for a short time; then on a worker */
	DAEMON__ON_WORKER, /* takes long */
	DAEMON__ON_WRITER,
} daemon__place;

typedef struct daemon__method {
	daemon__place place;
	bool takes_snapshot;
	daemon__method_run *run; /* NULL on the writer: daemon/methods/write.h */
} daemon__method;

const daemon__method *daemon__method_of(proto_method method);

/* Runs the method and appends a whole reply to call->out: its result or an error. Only
 * CX_DEADLINE of a slice appends nothing and is returned. */
CX_MUST_USE cx_status daemon__method_reply(daemon__call *call, proto_error_form errors);

/* The time in ms that a request may take: its own option or the configuration's.
 * Errors: CX_INVALID_ARGUMENT (more than the configuration allows). */
CX_MUST_USE cx_status daemon__method_time_ms(const daemon_config *config,
                                             const proto_request *request, uint64_t *ret,
                                             cx_error *error);

/* The record type a request names. Errors: CX_NO_TYPE. */
CX_MUST_USE cx_status daemon__method_type(const engine_schema *schema,
                                          const proto_request *request, const engine_type **ret,
                                          cx_error *error);
/* The record types of its option `types`, at most ENGINE_TYPES_MAX; 0 when it is not given.
 * Errors: CX_INVALID_ARGUMENT, CX_NO_TYPE. */
CX_MUST_USE cx_status daemon__method_types(const engine_schema *schema,
                                           const proto_options *options,
                                           const engine_type **ret, uint32_t *ret_count,
                                           cx_error *error);
/* The index of `type` it names. Errors: CX_NO_INDEX. */
CX_MUST_USE cx_status daemon__method_index(const engine_type *type, cx_slice name,
                                           const engine_index **ret, cx_error *error);
