/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to messages. */
#include "base/check.h"
#include "daemon/net/loop.h"

#include <errno.h>
#include <sys/socket.h>

enum { PARTIAL_KEPT_BYTES = 64 * 1024 };

static cx_scan_limits limits_of(const daemon__conn *conn)
{
	const daemon_config *config = conn->loop->context->config;
	if (!conn->session.greeted)
		return (cx_scan_limits){ .bytes = PROTO_FIRST_BYTES_MAX,
			                 .items = PROTO_FIRST_ITEMS_MAX,
			                 .depth = PROTO_FIRST_DEPTH_MAX };
	return (cx_scan_limits){ .bytes = config->limits_request_bytes,
		                 .items = config->limits_request_items,
		                 .depth = (unsigned)config->limits_request_depth };
}

/* The message is whole: its time is over, the next one has its own. */
static void end_message(daemon__conn *conn)
{
	conn->in_message = false;
	if (conn->timed)
		event_del(&conn->deadline_event);
	conn->timed = false;
}

static void serve_whole(daemon__conn *conn, cx_slice end)
{
	if (conn->partial.size == 0) {
		daemon__serve(conn, end);
		return;
	}
	if (!cx_buf_append_slice(&conn->partial, end)) {
		daemon__conn_close(conn, "no memory");
		return;
	}
	/* Serving may drain the connection and so release `partial`: it is taken out first. */
	cx_buf message = conn->partial;
	conn->partial = CX_BUF_INIT(message.limit);
	daemon__serve(conn, cx_buf_slice(&message));
	if (conn->state == DAEMON__CONN_OPEN && message.capacity <= PARTIAL_KEPT_BYTES) {
		cx_buf_clear(&message);
		conn->partial = message;
		return;
	}
	cx_buf_release(&message);
}

/* Takes bytes up to the end of one message, or all; how many it took. */
static size_t take_message(daemon__conn *conn, cx_slice bytes)
{
	size_t used = 0;
	if (!conn->in_message)
		cx_scan_begin(&conn->scan, limits_of(conn));
	conn->in_message = true;
	switch (cx_scan_feed(&conn->scan, bytes, &used)) {
	case CX_SCAN_MORE:
		if (!cx_buf_append_slice(&conn->partial, bytes))
			daemon__conn_close(conn, "no memory");
		return bytes.size;
	case CX_SCAN_WHOLE:
		end_message(conn);
		serve_whole(conn, (cx_slice){ .data = bytes.data, .size = used });
		return used;
	case CX_SCAN_BAD:
		daemon__conn_refuse(conn, conn->scan.failed, NULL);
		return bytes.size;
	}
	CX_UNREACHABLE();
}

static bool may_go_on(daemon__conn *conn)
{
	if (conn->state != DAEMON__CONN_OPEN || daemon__loop_turn_is_over(conn->loop))
		return false;
	if (daemon__conn_unsent(conn) >= conn->loop->context->config->limits_output_soft_bytes)
		daemon__conn_flush(conn);
	return conn->state == DAEMON__CONN_OPEN && !daemon__conn_is_paused(conn);
}

/* No more than may surely be served now, so that what is read is not read again. */
static unsigned ahead_max(const daemon__conn *conn)
{
	const daemon__loop *loop = conn->loop;
	const uint64_t jobs = loop->context->config->limits_inflight - conn->inflight;
	const unsigned turn = DAEMON__TURN_REQUESTS - loop->turn_requests;
	const unsigned most = turn < DAEMON__AHEAD ? turn : DAEMON__AHEAD;
	return jobs < most ? (unsigned)jobs : most;
}

/* Cuts and reads whole messages; how many. What cannot be read is left to take_message. */
static unsigned read_ahead(daemon__conn *conn, cx_slice bytes)
{
	const unsigned most = ahead_max(conn);
	unsigned count = 0;
	while (count < most && bytes.size > 0) {
		size_t size = 0;
		cx_scan_begin(&conn->scan, limits_of(conn));
		if (cx_scan_feed(&conn->scan, bytes, &size) != CX_SCAN_WHOLE ||
		    !daemon__serving_read(&conn->loop->ahead[count], conn,
		                          (cx_slice){ .data = bytes.data, .size = size }))
			break;
		bytes = cx_slice_from(bytes, size);
		count++;
	}
	return count;
}

/* Has the processor fetch what the reads will look at, a step of each in turn. */
static void look_ahead(daemon__loop *loop, unsigned count)
{
	daemon__serving *of_step[DAEMON__AHEAD];
	unsigned left = 0;
	for (unsigned i = 0; i < count; i++)
		if (daemon__serving_foresees(&loop->ahead[i]))
			of_step[left++] = &loop->ahead[i];
	engine_read *read;
	if (left < 2 || daemon__loop_snapshot(loop, &read) != CX_OK)
		return;
	unsigned begun = 0;
	for (unsigned i = 0; i < left; i++)
		if (daemon__serving_look_ahead(of_step[i], read))
			of_step[begun++] = of_step[i];
	left = begun;
	while (left > 0) {
		unsigned more = 0;
		for (unsigned i = 0; i < left; i++)
			if (engine_ahead_step(read, &of_step[i]->fetching))
				of_step[more++] = of_step[i];
		left = more;
	}
}

/* Serves messages that lie whole in the input: what their reads look at is fetched for all of
 * them before the first is served. How many bytes it took; 0 when there is none to be read. */
static size_t take_whole(daemon__conn *conn, cx_slice bytes)
{
	daemon__serving *ahead = conn->loop->ahead;
	const unsigned count = read_ahead(conn, bytes);
	look_ahead(conn->loop, count);
	size_t used = 0;
	for (unsigned i = 0; i < count && (i == 0 || may_go_on(conn)); i++) {
		used += ahead[i].message.size;
		daemon__serving_run(&ahead[i]);
	}
	return used;
}

/* Serves messages while it may; how many bytes it took. */
static size_t take(daemon__conn *conn, cx_slice bytes)
{
	size_t used = 0;
	while (used < bytes.size && may_go_on(conn)) {
		const cx_slice rest = cx_slice_from(bytes, used);
		const size_t whole = conn->in_message ? 0 : take_whole(conn, rest);
		used += whole > 0 ? whole : take_message(conn, rest);
	}
	return used;
}

void daemon__conn_read(daemon__conn *conn)
{
	daemon__loop *loop = conn->loop;
	CX_ASSERT(conn->state == DAEMON__CONN_OPEN);
	CX_ASSERT(conn->held.size == 0);
	ssize_t size = recv(conn->fd, loop->input, sizeof loop->input, 0);
	if (size == 0)
		daemon__conn_drain(conn, conn->in_message ? "peer closed inside a message"
		                                          : "peer closed");
	if (size < 0 && errno != EAGAIN && errno != EINTR)
		daemon__conn_close(conn, "cannot be read");
	if (size <= 0)
		return;

	cx_slice bytes = { .data = loop->input, .size = (size_t)size };
	cx_slice rest = cx_slice_from(bytes, take(conn, bytes));
	if (rest.size == 0 || conn->state != DAEMON__CONN_OPEN)
		return;
	if (!cx_buf_append_slice(&conn->held, rest))
		daemon__conn_close(conn, "no memory");
}

void daemon__conn_go_on(daemon__conn *conn)
{
	if (conn->state != DAEMON__CONN_OPEN)
		return;
	/* Serving may drain the connection and so release `held`: it is taken out first. */
	cx_buf held = conn->held;
	size_t at = conn->held_at;
	conn->held = CX_BUF_INIT(held.limit);
	conn->held_at = 0;
	at += take(conn, cx_slice_from(cx_buf_slice(&held), at));
	if (conn->state == DAEMON__CONN_OPEN && at < held.size) {
		conn->held = held;
		conn->held_at = at;
		return;
	}
	cx_buf_release(&held);
}
