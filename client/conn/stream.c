/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes in and out of a connection. */
#include "base/check.h"
#include "client/conn/answer.h"
#include "client/conn/watch.h"
#include "client/error/error.h"
#include "client/net/socket.h"

enum {
	READ_BYTES = 64 * 1024,
	READS_MAX = 16, /* of one turn, so that a fast server cannot keep the caller for ever */
	REPLY_ITEMS_MAX = 1000 * 1000,
	REPLY_DEPTH_MAX = 16,
};

static void begin_scan(cardex_conn *conn)
{
	cx_scan_begin(&conn->scan, (cx_scan_limits){ .bytes = conn->options.reply_bytes_max,
	                                             .items = REPLY_ITEMS_MAX,
	                                             .depth = REPLY_DEPTH_MAX });
}

static cx_status send_some(cardex_conn *conn, cx_error *error)
{
	while (conn->sent < conn->out.size) {
		size_t sent = 0;
		cx_slice rest = cx_slice_from(cx_buf_slice(&conn->out), conn->sent);
		cx_status status = cardex__socket_send(conn->fd, rest, &sent, error);
		if (status != CX_OK)
			return status;
		if (sent == 0)
			return CX_OK;
		conn->sent += sent;
	}
	cx_buf_clear(&conn->out);
	conn->sent = 0;
	return CX_OK;
}

/* Takes the messages that are whole. */
static cx_status take_whole(cardex_conn *conn, cx_error *error)
{
	size_t begin = 0;
	while (conn->scanned < conn->in.size) {
		size_t used = 0;
		cx_slice all = cx_buf_slice(&conn->in);
		if (conn->scanned == begin)
			begin_scan(conn);
		switch (cx_scan_feed(&conn->scan, cx_slice_from(all, conn->scanned), &used)) {
		case CX_SCAN_MORE:
			conn->scanned += used;
			break;
		case CX_SCAN_BAD:
			return cx_fail(error, conn->scan.failed, "the server's answer: %s",
			               cx_status_text(conn->scan.failed));
		case CX_SCAN_WHOLE:
			conn->scanned += used;
			all.size = conn->scanned;
			cx_status status =
				cardex__conn_take(conn, cx_slice_from(all, begin), error);
			if (status != CX_OK)
				return status;
			begin = conn->scanned;
			break;
		}
	}
	cx_buf_consume(&conn->in, begin);
	conn->scanned -= begin;
	return CX_OK;
}

/* Receives once; `*ret` tells how much. */
static cx_status receive_some(cardex_conn *conn, size_t *ret, cx_error *error)
{
	uint8_t *to = cx_buf_reserve(&conn->in, READ_BYTES);
	if (to == NULL)
		return cx_fail(error, CX_NO_MEMORY, "%s", cx_status_text(CX_NO_MEMORY));
	size_t got = 0;
	cx_status status = cardex__socket_receive(conn->fd, to, READ_BYTES, &got, error);
	if (status != CX_OK)
		return status;
	conn->in.size += got;
	*ret = got;
	return take_whole(conn, error);
}

/* To the end of what is there, which is where less comes than there is room for. With `close`
 * to the end of the connection, as far as that came. */
static cx_status receive_all(cardex_conn *conn, bool close, cx_error *error)
{
	size_t got = READ_BYTES;
	for (unsigned i = 0; i < READS_MAX && got >= (close ? 1 : READ_BYTES); i++) {
		cx_status status = receive_some(conn, &got, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

void cardex__conn_break(cardex_conn *conn, const cx_error *why)
{
	CX_ASSERT(conn->broken.status == CX_OK && why->status != CX_OK);
	conn->broken = *why;
	/* Why the server closed is more than that it did. */
	if (why->status == CX_DISCONNECTED && conn->notice.status != CX_OK)
		cx_fail(&conn->broken, CX_DISCONNECTED, "the server closed the connection: %s",
		        conn->notice.text);
	cardex_error error;
	(void)cardex__fail_as(&error, &conn->broken);
	for (;;) {
		cardex__pending *pending = cardex__pendings_first(&conn->pendings);
		if (pending == NULL)
			break;
		cardex__pending taken = cardex__pendings_take(&conn->pendings, pending);
		cardex__conn_reply(conn, &taken, NULL, &error);
	}
	cardex__watch_end_all(conn, &error);
	cx_buf_release(&conn->in);
	cx_buf_release(&conn->out);
	conn->sent = 0;
	conn->scanned = 0;
}

cx_status cardex__conn_process(cardex_conn *conn)
{
	CX_ASSERT(!conn->in_callback);
	if (conn->broken.status != CX_OK)
		return conn->broken.status;
	cardex__watch_renew(conn);
	CX_UNSET cx_error error;
	cx_status sending = send_some(conn, &error);
	/* Even when nothing can be sent any more: answers, and why, may still lie there. */
	CX_UNSET cx_error why;
	cx_status status = receive_all(conn, sending != CX_OK, &why);
	if (status == CX_OK && sending == CX_OK)
		status = send_some(conn, &why); /* what callbacks have submitted */
	else if (status == CX_OK)
		why = error;
	if (status == CX_OK && sending == CX_OK)
		return CX_OK;
	cardex__conn_break(conn, &why);
	return conn->broken.status;
}
