/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as structs and bytes; no sockets, no files.
 *
 * Plain MessagePack-RPC, unframed: request [0, msgid, method, params], response
 * [1, msgid, error, result], notification [2, method, params]. A message is cut out of the
 * stream by the scanner (base/msgpack.h) before anything here sees it. */
#pragma once

#include "base/buf.h"
#include "base/msgpack.h"
#include "proto/limits.h"
#include "proto/messages.h"

typedef enum proto_parameter {
	PROTO_P_END,
#define PROTO_PARAMETER_MEMBER(name, member, text) PROTO_P_##name,
	PROTO_PARAMETERS(PROTO_PARAMETER_MEMBER)
#undef PROTO_PARAMETER_MEMBER
} proto_parameter;

typedef enum proto_option {
#define PROTO_OPTION_MEMBER(name, member, text, kind) PROTO_OPTION_##name,
	PROTO_OPTIONS(PROTO_OPTION_MEMBER)
#undef PROTO_OPTION_MEMBER
		PROTO_OPTION_COUNT_ALL,
} proto_option;

typedef enum proto_method {
#define PROTO_METHOD_MEMBER(name, text, access, parameters, options, result) PROTO_##name,
	PROTO_METHODS(PROTO_METHOD_MEMBER)
#undef PROTO_METHOD_MEMBER
		PROTO_METHOD_COUNT_ALL,
} proto_method;

typedef enum proto_access {
	PROTO_ACCESS_NONE,
	PROTO_ACCESS_READ,
	PROTO_ACCESS_WRITE,
} proto_access;

enum { PROTO_METHOD_PARAMETERS_MAX = 4 };

typedef struct proto_method_info {
	const char *name;
	size_t name_size;
	proto_access access;
	proto_parameter parameters[PROTO_METHOD_PARAMETERS_MAX]; /* ended by PROTO_P_END */
	uint64_t options;                                        /* PROTO_BIT of each allowed */
	const char *result;
} proto_method_info;

const proto_method_info *proto_method_info_of(proto_method method);

/* Whether the method may stand in a batch: it changes one record, or what goes with it. */
bool proto_method_may_be_batched(proto_method method);

/* False when there is no such method. */
bool proto_method_find(cx_slice name, proto_method *ret);

/* Options as they came. `given` has PROTO_BIT of each that was in the map; the others are
 * zero. Words, bytes and raw values point into the message. */
typedef bool proto_kind_FLAG;
typedef uint64_t proto_kind_COUNT;
typedef cx_slice proto_kind_WORD;
typedef cx_slice proto_kind_BYTES;
typedef cx_slice proto_kind_RAW;

typedef struct proto_options {
	uint64_t given;
#define PROTO_OPTION_FIELD(name, member, text, kind) proto_kind_##kind member;
	PROTO_OPTIONS(PROTO_OPTION_FIELD)
#undef PROTO_OPTION_FIELD
} proto_options;

/* A record id: a number, or the outcome of an earlier operation of the batch. */
typedef struct proto_id {
	int64_t number;
	bool from_batch; /* `number` is the position of the operation */
} proto_id;

/* A decoded request. Slices point into the message it came from. */
typedef struct proto_request {
	uint32_t msgid;
	proto_method method;
	cx_slice type;
	proto_id id;
	cx_slice index;
	cx_slice values;
	cx_slice fields;
	cx_slice filter; /* empty when nil */
	cx_slice text;
	cx_slice operations; /* the array's bytes */
	cx_slice schema;     /* its data NULL when nil */
	uint64_t watch;
	uint64_t amount;
	uint64_t other;
	cx_slice report; /* its data NULL when nil */
	proto_options options;
} proto_request;

typedef enum proto_kind {
	PROTO_REQUEST,
	PROTO_RESPONSE,
	PROTO_NOTIFICATION,
} proto_kind;

/* What a scanned message is; `*ret_msgid` is set for requests and responses.
 * Errors: CX_MALFORMED. */
CX_MUST_USE cx_status proto_message_kind(cx_slice message, proto_kind *ret,
                                         uint32_t *ret_msgid);

/* Decodes one whole request. On an error after the msgid was read, `ret->msgid` is set, so
 * that the request can be answered; what else is in `*ret` is not to be used then.
 * Errors: CX_MALFORMED (the shape of the message), CX_UNKNOWN_METHOD, CX_INVALID_ARGUMENT (a
 * parameter or option missing, of the wrong kind, twice, or not the method's; `error` says
 * which). */
CX_MUST_USE cx_status proto_request_decode(cx_slice message, proto_request *ret,
                                           cx_error *error);

/* Appends the request's bytes; the exact inverse of decoding. What the method does not take is
 * left out. */
void proto_request_encode(const proto_request *request, cx_buf *out);

/* Walks the operations of a batch: takes the next [method, parameter, …, options] off
 * `reader`, which stands inside the operations array. Errors: as proto_request_decode; a
 * method that may not stand in a batch is CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status proto_operation_decode(cx_reader *reader, proto_request *ret,
                                             cx_error *error);
/* Appends one operation of a batch. */
void proto_operation_encode(const proto_request *operation, cx_buf *out);

/* ---- replies ---- */

/* Appends [1, msgid, nil, …; the caller appends the result, exactly one value. */
void proto_reply_begin(uint32_t msgid, cx_buf *out);

typedef enum proto_error_form {
	PROTO_ERRORS_STRING, /* "NAME: message" */
	PROTO_ERRORS_MAP,    /* {code, name, message, retryable, details: {field, index, line,
	                      * column}}; details only holds what is known */
} proto_error_form;

/* Appends a whole error reply. `error` may be NULL: the status's own text is sent then. */
void proto_reply_error(uint32_t msgid, cx_status status, const cx_error *error,
                       proto_error_form form, cx_buf *out);

/* Appends one value: the error in the form PROTO_ERRORS_MAP. */
void proto_error_write(cx_status status, const cx_error *error, cx_buf *out);

/* ---- notifications ---- */

typedef enum proto_notification {
#define PROTO_NOTIFICATION_MEMBER(name, text, parameters) PROTO_NOTIFY_##name,
	PROTO_NOTIFICATIONS(PROTO_NOTIFICATION_MEMBER)
#undef PROTO_NOTIFICATION_MEMBER
		PROTO_NOTIFICATION_COUNT_ALL,
} proto_notification;

const char *proto_notification_name(proto_notification notification);

/* Appends [2, name, [ … the caller appends `count` values. */
void proto_notification_begin(proto_notification notification, uint32_t count, cx_buf *out);

/* False when this build knows none of that name. */
bool proto_notification_find(cx_slice name, proto_notification *ret);

/* ---- responses ---- */

typedef struct proto_response {
	uint32_t msgid;
	cx_status status; /* CX_OK: `result` is the answer */
	cx_error error;   /* filled when status is not CX_OK */
	bool retryable;   /* as the status says; as the server says where it is unknown here */
	cx_slice result;  /* one MessagePack value inside the message */
} proto_response;

/* Decodes a response with either form of error. A status number or name this build does not
 * know becomes CX_INTERNAL with the text kept. Errors: CX_MALFORMED. */
CX_MUST_USE cx_status proto_response_decode(cx_slice message, proto_response *ret);

/* Decodes one value as an error: what proto_error_write() appends. `*ret` is never CX_OK.
 * Errors: CX_MALFORMED. */
CX_MUST_USE cx_status proto_error_decode(cx_slice value, cx_error *ret, bool *ret_retryable);
