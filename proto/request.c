/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: [0, msgid, method, params]. */
#include "proto/codec/call.h"

enum {
	TYPE_REQUEST = 0,
	TYPE_RESPONSE = 1,
	TYPE_NOTIFICATION = 2,
	REQUEST_ELEMENTS = 4,
	RESPONSE_ELEMENTS = 4,
	NOTIFICATION_ELEMENTS = 3,
};

static cx_status read_msgid(cx_reader *reader, uint32_t *ret)
{
	uint64_t msgid = cx_read_uint(reader);
	if (reader->failed || msgid > UINT32_MAX)
		return CX_MALFORMED;
	*ret = (uint32_t)msgid;
	return CX_OK;
}

static cx_status read_kind(cx_reader *reader, proto_kind *ret, uint32_t *ret_msgid)
{
	uint32_t elements = cx_read_array(reader);
	uint64_t type = cx_read_uint(reader);
	if (reader->failed)
		return CX_MALFORMED;
	if (type == TYPE_NOTIFICATION && elements == NOTIFICATION_ELEMENTS) {
		*ret = PROTO_NOTIFICATION;
		return CX_OK;
	}
	bool request = type == TYPE_REQUEST && elements == REQUEST_ELEMENTS;
	bool response = type == TYPE_RESPONSE && elements == RESPONSE_ELEMENTS;
	if ((!request && !response) || read_msgid(reader, ret_msgid) != CX_OK)
		return CX_MALFORMED;
	*ret = request ? PROTO_REQUEST : PROTO_RESPONSE;
	return CX_OK;
}

cx_status proto_message_kind(cx_slice message, proto_kind *ret, uint32_t *ret_msgid)
{
	cx_reader reader = cx_reader_of(message);
	return read_kind(&reader, ret, ret_msgid);
}

cx_status proto_request_decode(cx_slice message, proto_request *ret, cx_error *error)
{
	cx_reader reader = cx_reader_of(message);
	proto_kind kind;
	if (read_kind(&reader, &kind, &ret->msgid) != CX_OK || kind != PROTO_REQUEST)
		return cx_fail(error, CX_MALFORMED, "the message is no request");

	proto_method method;
	cx_status status = proto__method_decode(&reader, &method, error);
	if (status != CX_OK)
		return status;
	cx_reader params = reader;
	uint32_t count = cx_read_array(&params);
	status = params.failed ? cx_fail(error, CX_MALFORMED, "the parameters are no array")
	                       : proto__call_decode(&params, count, method, PROTO__IN_REQUEST,
	                                            ret, error);
	if (status == CX_OK && params.rest.size == 0)
		return CX_OK;
	/* What is wrong is walked apart, so that a parameter of the wrong kind cannot pass for
	 * a cut message. */
	cx_read_skip(&reader);
	if (reader.failed || reader.rest.size > 0)
		return cx_fail(error, CX_MALFORMED, "the message is no whole request");
	return status;
}

void proto_request_encode(const proto_request *request, cx_buf *out)
{
	cx_write_array(out, REQUEST_ELEMENTS);
	cx_write_uint(out, TYPE_REQUEST);
	cx_write_uint(out, request->msgid);
	cx_write_text(out, proto_method_info_of(request->method)->name);
	cx_write_array(out, proto__call_count(request));
	proto__call_encode(request, PROTO__IN_REQUEST, out);
}
