/* SPDX-License-Identifier: Apache-2.0 */
/* Answers on their way out. */
#include "base/check.h"
#include "daemon/net/loop.h"

#include <errno.h>
#include <sys/socket.h>

enum { OUTPUT_KEPT_BYTES = 16 * 1024, LOOP_OUTPUT_KEPT_BYTES = 1024 * 1024 };

static bool has_own(const daemon__conn *conn)
{
	return conn->output.size > conn->output_at;
}

cx_buf *daemon__conn_out(daemon__conn *conn)
{
	return has_own(conn) ? &conn->output : &conn->loop->output;
}

/* Outside of its turns the loop's buffer is empty, so it always counts. */
size_t daemon__conn_unsent(const daemon__conn *conn)
{
	return conn->output.size - conn->output_at + conn->loop->output.size;
}

/* Sends until the socket takes no more; how many bytes it took. */
static size_t send_bytes(daemon__conn *conn, cx_slice bytes)
{
	size_t sent = 0;
	while (sent < bytes.size) {
		ssize_t size =
			send(conn->fd, bytes.data + sent, bytes.size - sent, MSG_NOSIGNAL);
		if (size >= 0) {
			sent += (size_t)size;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			daemon__conn_close(conn, "cannot be written");
		return sent;
	}
	return sent;
}

static void flush_own(daemon__conn *conn)
{
	cx_slice unsent = cx_slice_from(cx_buf_slice(&conn->output), conn->output_at);
	size_t sent = send_bytes(conn, unsent);
	if (conn->state == DAEMON__CONN_CLOSED)
		return;
	conn->output_at += sent;
	if (conn->output_at == conn->output.size) {
		conn->output_at = 0;
		if (conn->output.capacity > OUTPUT_KEPT_BYTES)
			cx_buf_release(&conn->output);
		else
			cx_buf_clear(&conn->output);
	} else if (conn->output_at > conn->output.size / 2) {
		/* Each byte is moved at most once for one that was sent. */
		cx_buf_consume(&conn->output, conn->output_at);
		conn->output_at = 0;
	}
}

static void flush_loop(daemon__conn *conn)
{
	cx_buf *output = &conn->loop->output;
	size_t sent = send_bytes(conn, cx_buf_slice(output));
	if (conn->state != DAEMON__CONN_CLOSED && sent < output->size) {
		cx_buf_clear(&conn->output);
		conn->output_at = 0;
		if (!cx_buf_append_slice(&conn->output,
		                         cx_slice_from(cx_buf_slice(output), sent)))
			daemon__conn_close(conn, "no memory");
	}
}

void daemon__conn_flush(daemon__conn *conn)
{
	cx_buf *shared = &conn->loop->output;
	/* Only one of them has bytes: see daemon__conn_out. */
	CX_ASSERT(shared->size == 0 || !has_own(conn));
	if (cx_buf_status(daemon__conn_out(conn)) != CX_OK)
		daemon__conn_close(conn, "no memory");
	else if (has_own(conn))
		flush_own(conn);
	else if (shared->size > 0)
		flush_loop(conn);

	if (shared->capacity > LOOP_OUTPUT_KEPT_BYTES)
		cx_buf_release(shared);
	else
		cx_buf_clear(shared);
}
