/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/repeat.h"

enum { CONTENT_BYTES_MAX = 2 * PROTO_REQUEST_BYTES_MAX };

static cx_status read_rid(cx_slice rid, engine_request *ret, cx_error *error)
{
	cx_reader reader = cx_reader_of(rid);
	const uint32_t elements = cx_read_array(&reader);
	ret->sender = cx_read_str_or_bin(&reader);
	ret->number = cx_read_uint(&reader);
	if (!reader.failed && elements == 2 && ret->sender.size >= 1 &&
	    ret->sender.size <= ENGINE_ANSWER_SENDER_MAX)
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "rid: [sender, number] is expected, a name of 1 to %d bytes and an "
	               "integer that each request has its own of",
	               ENGINE_ANSWER_SENDER_MAX);
}

cx_status daemon__repeat_of(const proto_request *request, daemon__repeat *ret, cx_error *error)
{
	*ret = (daemon__repeat){ .content = CX_BUF_INIT(CONTENT_BYTES_MAX) };
	if ((request->options.given & PROTO_BIT(RID)) == 0)
		return CX_OK;
	if (request->options.dry_run)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "rid: a dry run changes nothing, so it has no answer to keep");
	cx_status status = read_rid(request->options.rid, &ret->request, error);
	if (status != CX_OK)
		return status;
	proto_request content = *request;
	content.msgid = 0; /* of the connection, not of what is asked for */
	proto_request_encode(&content, &ret->content);
	ret->request.content = cx_buf_slice(&ret->content);
	ret->once = true;
	return cx_buf_status(&ret->content);
}

void daemon__repeat_release(daemon__repeat *self)
{
	cx_buf_release(&self->content);
}
