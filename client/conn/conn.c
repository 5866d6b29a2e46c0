/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing connections. */
#include "client/conn/conn.h"

#include "base/check.h"
#include "client/error/error.h"
#include "client/net/socket.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	CONNECT_TIMEOUT_MS = 10 * 1000,
	REQUEST_TIMEOUT_MS = 60 * 1000,
	REPLY_BYTES_MAX = 16 * 1024 * 1024,
	READ_ROOM_BYTES = 64 * 1024,
	OUT_BYTES_MAX = 64 * 1024 * 1024,
	SPIN_US_MAX = 10 * 1000,
	PROTOCOL_VERSION = 1,
};

static cardex_options with_defaults(const cardex_options *given)
{
	cardex_options options = { 0 };
	if (given != NULL)
		options = *given;
	if (options.connect_timeout_ms == 0)
		options.connect_timeout_ms = CONNECT_TIMEOUT_MS;
	if (options.request_timeout_ms == 0)
		options.request_timeout_ms = REQUEST_TIMEOUT_MS;
	if (options.reply_bytes_max == 0)
		options.reply_bytes_max = REPLY_BYTES_MAX;
	if (options.spin_us > SPIN_US_MAX)
		options.spin_us = SPIN_US_MAX;
	return options;
}

/* The connection without its socket, or NULL. */
static cardex_conn *conn_new(const cardex_options *options)
{
	cardex_conn *conn = calloc(1, sizeof *conn);
	if (conn == NULL)
		return NULL;
	conn->fd = -1;
	conn->options = *options;
	conn->options.client_name = NULL;
	conn->in = CX_BUF_INIT(options->reply_bytes_max + READ_ROOM_BYTES);
	conn->out = CX_BUF_INIT(OUT_BYTES_MAX);
	return conn;
}

void cardex_close(cardex_conn **conn)
{
	cardex_conn *self = *conn;
	if (self == NULL)
		return;
	CX_ASSERT(!self->in_callback);
	cx_error why;
	cx_fail(&why, CX_DISCONNECTED, "the connection was closed before the answer came");
	if (self->broken.status == CX_OK)
		cardex__conn_break(self, &why);
	if (self->fd >= 0)
		close(self->fd);
	cardex_result_free(&self->hello);
	cardex__layouts_release(&self->layouts);
	cardex__pendings_release(&self->pendings);
	cx_buf_release(&self->in);
	cx_buf_release(&self->out);
	free(self);
	*conn = NULL;
}

/* What the server says, `most` when it says nothing or more. */
static size_t limit_of(const cardex_value *limits, const char *name, size_t most)
{
	int64_t limit = cardex_value_int(cardex_value_member(limits, name));
	return limit > 0 && (uint64_t)limit < most ? (size_t)limit : most;
}

static cardex_status check_hello(cardex_conn *conn, cardex_error *error)
{
	const cardex_value *map = cardex_result_value(conn->hello);
	const cardex_value *protocol = cardex_value_member(map, "protocol");
	const cardex_value *limits = cardex_value_member(map, "limits");
	if (cardex_value_kind_of(protocol) != CARDEX_VALUE_INT)
		return cardex__fail(error, CARDEX_MALFORMED,
		                    "what answers is no cardex server");
	if (cardex_value_int(protocol) != PROTOCOL_VERSION)
		return cardex__fail(error, CARDEX_UNSUPPORTED,
		                    "the server speaks version %lld of the protocol, not %d",
		                    (long long)cardex_value_int(protocol), PROTOCOL_VERSION);
	conn->limits = (cx_scan_limits){
		.bytes = limit_of(limits, "request_bytes", SIZE_MAX),
		.items = limit_of(limits, "request_items", SIZE_MAX),
		.depth = (unsigned)limit_of(limits, "request_depth", CX_SCAN_DEPTH_MAX),
	};
	return CARDEX_OK;
}

static cardex_status say_hello(cardex_conn *conn, const char *client_name, uint64_t deadline_ns,
                               cardex_error *error)
{
	proto_request request = {
		.method = PROTO_HELLO,
		.options = {
			.given = PROTO_BIT(ERRORS),
			.errors = CX_SLICE_LITERAL("map"),
			.client = cx_slice_of(client_name),
		},
	};
	if (client_name != NULL)
		request.options.given |= PROTO_BIT(CLIENT);
	cardex_status status =
		cardex__conn_call(conn, &request, deadline_ns, &conn->hello, error);
	return status == CARDEX_OK ? check_hello(conn, error) : status;
}

/* Takes the socket only on success. */
static cardex_status open_on(int fd, const cardex_options *options, uint64_t deadline_ns,
                             cardex_conn **ret, cardex_error *error)
{
	cx_error why;
	if (cardex__socket_prepare(fd, &why) != CX_OK)
		return cardex__fail_as(error, &why);
	CX_SCOPED(cardex_close) cardex_conn *conn = conn_new(options);
	if (conn == NULL)
		return cardex__fail_plain(error, CARDEX_NO_MEMORY);
	conn->fd = fd;
	cardex_status status = say_hello(conn, options->client_name, deadline_ns, error);
	if (status != CARDEX_OK) {
		conn->fd = -1;
		return status;
	}
	*ret = conn;
	conn = NULL; /* now the caller's */
	return CARDEX_OK;
}

cardex_status cardex_connect_fd(int fd, const cardex_options *options, cardex_conn **ret,
                                cardex_error *error)
{
	cardex_options all = with_defaults(options);
	uint64_t deadline = cardex__deadline_after(all.connect_timeout_ms);
	return open_on(fd, &all, deadline, ret, error);
}

cardex_status cardex_connect(const char *uri, const cardex_options *options, cardex_conn **ret,
                             cardex_error *error)
{
	cardex_options all = with_defaults(options);
	uint64_t deadline = cardex__deadline_after(all.connect_timeout_ms);
	cardex__uri where;
	cx_error why;
	int fd = -1;
	cx_status failed = cardex__uri_parse(uri, &where, &why);
	if (failed == CX_OK)
		failed = cardex__dial(&where, deadline, &fd, &why);
	if (failed != CX_OK)
		return cardex__fail_as(error, &why);
	cardex_status status = open_on(fd, &all, deadline, ret, error);
	if (status != CARDEX_OK)
		close(fd);
	return status;
}

const cardex_value *cardex_hello(const cardex_conn *conn)
{
	return cardex_result_value(conn->hello);
}
