/* SPDX-License-Identifier: Apache-2.0 */
/* Requests on their way out. */
#include "client/conn/conn.h"
#include "client/error/error.h"
#include "client/request/request.h"

#include <stdlib.h>
#include <string.h>

enum { UNSENT_BYTES_MAX = 16 * 1024 * 1024 };

static bool has_rows(proto_method method)
{
	return method == PROTO_GET || method == PROTO_LOOKUP || method == PROTO_QUERY;
}

/* Tells the layout that is known, so that its names need not be sent. */
static cardex__layout *use_layout(const cardex_conn *conn, proto_request *request)
{
	request->options.given &= ~PROTO_BIT(LAYOUT);
	if (!has_rows(request->method) || (request->options.given & PROTO_BIT(ONLY)) != 0)
		return NULL;
	cardex__layout *layout = cardex__layouts_find(&conn->layouts, request->type);
	if (layout == NULL)
		return NULL;
	request->options.given |= PROTO_BIT(LAYOUT);
	request->options.layout = layout->number;
	return layout;
}

/* A copy of the message, for the next page and for learning the layout. */
static cx_status keep_request(cx_slice message, cardex__asked *asked)
{
	if (!has_rows(asked->method) && asked->method != PROTO_AGGREGATE)
		return CX_OK;
	uint8_t *copy = malloc(message.size);
	if (copy == NULL)
		return CX_NO_MEMORY;
	memcpy(copy, message.data, message.size);
	asked->request = (cx_slice){ .data = copy, .size = message.size };
	return CX_OK;
}

/* A message over the server's limits would cost the connection; so it is not sent. */
static cx_status check_limits(const cardex_conn *conn, cx_slice message)
{
	return conn->limits.bytes == 0 ? CX_OK : cx_scan_whole(message, conn->limits);
}

static cx_status encode(cardex_conn *conn, const proto_request *request, cardex__asked *asked)
{
	size_t before = conn->out.size;
	proto_request_encode(request, &conn->out);
	cx_slice message = cx_slice_from(cx_buf_slice(&conn->out), before);
	cx_status status = cx_buf_status(&conn->out);
	if (status == CX_OK)
		status = check_limits(conn, message);
	if (status == CX_OK)
		status = keep_request(message, asked);
	if (status != CX_OK)
		cx_buf_truncate(&conn->out, before);
	return status;
}

static cx_status queue(cardex_conn *conn, proto_request *request, cardex__pending *pending)
{
	cardex__layout *layout = use_layout(conn, request);
	request->msgid = pending->msgid;
	pending->asked = (cardex__asked){ .method = request->method,
		                          .explain = (request->options.given &
		                                      PROTO_BIT(EXPLAIN)) != 0 };
	cx_status status = encode(conn, request, &pending->asked);
	if (status == CX_OK)
		pending->asked.layout = cardex__layout_share(layout);
	return status;
}

/* Frees what was sent, so that the room is that of what was not. */
static bool has_room(cardex_conn *conn)
{
	if (conn->sent > 0) {
		cx_buf_consume(&conn->out, conn->sent);
		conn->sent = 0;
	}
	return conn->out.size < UNSENT_BYTES_MAX;
}

cx_status cardex__conn_submit(cardex_conn *conn, proto_request *request, cardex_reply_fn *reply,
                              void *context, uint32_t *ret_msgid, cx_error *error)
{
	if (conn->broken.status != CX_OK)
		return cx_fail(error, CX_DISCONNECTED, "the connection is of no more use: %s",
		               conn->broken.text);
	cardex__pending *pending = NULL;
	cx_status status =
		has_room(conn) ? cardex__pendings_add(&conn->pendings, &pending) : CX_BUSY;
	if (status != CX_OK)
		return cx_fail(error, status, "%s: %u requests are without an answer",
		               cx_status_text(status), conn->pendings.count);

	status = queue(conn, request, pending);
	if (status != CX_OK) {
		cardex__pending taken = cardex__pendings_take(&conn->pendings, pending);
		cardex__asked_release(&taken.asked);
		return cx_fail(error, status, "the request: %s", cx_status_text(status));
	}
	pending->reply = reply;
	pending->context = context;
	if (ret_msgid != NULL)
		*ret_msgid = pending->msgid;
	return CX_OK;
}

cardex_status cardex_submit(cardex_conn *conn, const cardex_request *request,
                            cardex_reply_fn *reply, void *context, cardex_error *error)
{
	CX_SCOPED(cardex__draft_release) cardex__draft draft = { 0 };
	CX_UNSET cx_error why;
	cx_status status = cardex__draft_fill(&draft, request, &why);
	if (status == CX_OK && draft.proto.id.from_batch)
		status = cx_fail(&why, CX_INVALID_ARGUMENT,
		                 "an outcome can only be named in a batch");
	if (status == CX_OK)
		status = cardex__conn_submit(conn, &draft.proto, reply, context, NULL, &why);
	return status == CX_OK ? CARDEX_OK : cardex__fail_as(error, &why);
}

size_t cardex_unanswered(const cardex_conn *conn)
{
	return conn->pendings.count;
}
