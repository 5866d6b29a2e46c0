/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/conn.h"

#include "base/check.h"
#include "daemon/net/loop.h"
#include "daemon/net/notice.h"
#include "daemon/net/watch.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct state {
	unsigned next; /* bits of the states that may follow */
} states[] = {
#define CAN(name)                (1u << DAEMON__CONN_##name)
#define STATE(name, next_, text) [DAEMON__CONN_##name] = { next_ },
	DAEMON__CONN_STATES(STATE)
#undef STATE
#undef CAN
};

static void change_state(daemon__conn *conn, daemon__conn_state state)
{
	CX_ASSERT((states[conn->state].next & 1u << state) != 0);
	conn->state = state;
}

static void turn(daemon__conn *conn, void serve(daemon__conn *))
{
	daemon__loop *loop = conn->loop;
	daemon__loop_turn_begin(loop);
	serve(conn);
	daemon__loop_turn_end(loop);
	daemon__conn_settle(conn);
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	turn(context, daemon__conn_read);
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
	daemon__conn *conn = context;
	(void)fd;
	conn->writes = false;
	if ((what & EV_TIMEOUT) != 0) {
		DAEMON_LOG(WARN, "conn stalled", LOG_NUMBER("conn", conn->session.number),
		           LOG_NUMBER("unsent", daemon__conn_unsent(conn)));
		daemon__conn_close(conn, "takes no answers");
	}
	daemon__conn_settle(conn);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	daemon__conn *conn = context;
	(void)fd;
	(void)what;
	conn->timed = false;
	daemon__conn_refuse(conn, CX_DEADLINE, "the message did not end in time");
	daemon__conn_settle(conn);
}

static size_t output_limit(const daemon_config *config)
{
	/* Sent bytes stay in the buffer until they are half of it. */
	return 2 * (config->limits_output_hard_bytes + 2 * PROTO_REPLY_BYTES_MAX);
}

static size_t request_limit(const daemon_config *config)
{
	return config->limits_request_bytes > PROTO_FIRST_BYTES_MAX
	               ? config->limits_request_bytes
	               : PROTO_FIRST_BYTES_MAX;
}

cx_status daemon__conn_new(daemon__loop *loop, const daemon__arrival *arrival,
                           daemon__conn **ret)
{
	daemon__conn *conn = calloc(1, sizeof *conn);
	if (conn == NULL) {
		close(arrival->fd);
		return CX_NO_MEMORY;
	}
	const daemon_config *config = loop->context->config;
	conn->loop = loop;
	conn->fd = arrival->fd;
	conn->session.number = arrival->number;
	conn->partial = CX_BUF_INIT(request_limit(config));
	conn->held = CX_BUF_INIT(DAEMON__INPUT_BYTES);
	conn->output = CX_BUF_INIT(output_limit(config));
	event_assign(&conn->read_event, loop->base, conn->fd, EV_READ | EV_PERSIST, on_readable,
	             conn);
	event_assign(&conn->write_event, loop->base, conn->fd, EV_WRITE, on_writable, conn);
	evtimer_assign(&conn->deadline_event, loop->base, on_deadline, conn);

	conn->next = loop->conns;
	if (conn->next != NULL)
		conn->next->previous = conn;
	loop->conns = conn;
	DAEMON_LOG(DEBUG, "conn opened", LOG_NUMBER("conn", arrival->number),
	           LOG_TEXT("peer", arrival->tcp ? "tcp" : "unix"));
	*ret = conn;
	return CX_OK;
}

static void free_conn(daemon__conn *conn)
{
	daemon__loop *loop = conn->loop;
	if (conn->previous != NULL)
		conn->previous->next = conn->next;
	else
		loop->conns = conn->next;
	if (conn->next != NULL)
		conn->next->previous = conn->previous;
	cx_buf_release(&conn->partial);
	cx_buf_release(&conn->held);
	cx_buf_release(&conn->output);
	free(conn);
	atomic_fetch_sub(&loop->context->counters.connections, 1);
}

bool daemon__conn_is_paused(const daemon__conn *conn)
{
	const daemon_config *config = conn->loop->context->config;
	return conn->inflight >= config->limits_inflight ||
	       daemon__conn_unsent(conn) >= config->limits_output_soft_bytes;
}

void daemon__conn_drain(daemon__conn *conn, const char *reason)
{
	if (conn->state != DAEMON__CONN_OPEN)
		return;
	change_state(conn, DAEMON__CONN_DRAINING);
	conn->reason = reason;
	cx_buf_release(&conn->held);
	cx_buf_release(&conn->partial);
	conn->held_at = 0;
}

void daemon__conn_refuse(daemon__conn *conn, cx_status status, const char *text)
{
	if (conn->state != DAEMON__CONN_OPEN)
		return;
	DAEMON_LOG(WARN, "conn refused", LOG_NUMBER("conn", conn->session.number),
	           LOG_TEXT("status", cx_status_name(status)));
	daemon__notice_write(status, text, daemon__conn_out(conn));
	daemon__conn_drain(conn, "refused");
}

/* Closing a socket with unread input resets the connection, and the peer may lose the notice
 * that says why. Takes what has come so far, within reason. */
static void discard_input(daemon__conn *conn)
{
	enum { READS_MAX = 16 };
	shutdown(conn->fd, SHUT_WR);
	for (int i = 0; i < READS_MAX; i++)
		if (recv(conn->fd, conn->loop->input, sizeof conn->loop->input, 0) <= 0)
			return;
}

void daemon__conn_close(daemon__conn *conn, const char *reason)
{
	if (conn->state == DAEMON__CONN_CLOSED)
		return;
	change_state(conn, DAEMON__CONN_CLOSED);
	event_del(&conn->read_event);
	event_del(&conn->write_event);
	event_del(&conn->deadline_event);
	close(conn->fd);
	conn->fd = -1;
	cx_buf_release(&conn->partial);
	cx_buf_release(&conn->held);
	cx_buf_release(&conn->output);
	conn->output_at = 0;
	conn->held_at = 0;
	DAEMON_LOG(DEBUG, "conn closed", LOG_NUMBER("conn", conn->session.number),
	           LOG_TEXT("reason", reason));
}

void daemon__conn_take_answer(daemon__conn *conn, daemon__job *job)
{
	CX_ASSERT(conn->inflight > 0);
	conn->inflight--;
	if (conn->state != DAEMON__CONN_CLOSED) {
		cx_buf_append_slice(&conn->output, cx_buf_slice(&job->reply));
		if (job->reply.size == 0 || cx_buf_status(&conn->output) != CX_OK)
			daemon__conn_close(conn, "no memory");
	}
	daemon__job_free(&job);
}

static struct timeval time_of_ms(uint64_t ms)
{
	return (struct timeval){ .tv_sec = (time_t)(ms / 1000),
		                 .tv_usec = (suseconds_t)(ms % 1000 * 1000) };
}

/* A connection that cannot be watched would stay for ever. */
static void watch(daemon__conn *conn, struct event *event, const struct timeval *time)
{
	if (conn->state != DAEMON__CONN_CLOSED && event_add(event, time) != 0)
		daemon__conn_close(conn, "cannot be watched");
}

static void arm_reading(daemon__conn *conn, bool want)
{
	if (want && !conn->reads)
		watch(conn, &conn->read_event, NULL);
	else if (!want && conn->reads)
		event_del(&conn->read_event);
	conn->reads = want;
}

/* The time of a message runs while we wait for the rest of it, and not while it is us who do
 * not read. */
static void arm_deadline(daemon__conn *conn, bool want)
{
	if (want == conn->timed)
		return;
	conn->timed = want;
	if (!want) {
		event_del(&conn->deadline_event);
		return;
	}
	struct timeval time = time_of_ms(
		conn->session.greeted ? conn->loop->context->config->limits_request_deadline_ms
				      : PROTO_FIRST_DEADLINE_MS);
	watch(conn, &conn->deadline_event, &time);
}

static void arm_writing(daemon__conn *conn, bool want)
{
	if (!want || conn->writes)
		return;
	struct timeval stall = time_of_ms(conn->loop->context->config->limits_output_stall_ms);
	watch(conn, &conn->write_event, &stall);
	conn->writes = true;
}

static void arm(daemon__conn *conn)
{
	bool serves = conn->state == DAEMON__CONN_OPEN && !daemon__conn_is_paused(conn);
	bool holds = conn->held.size > conn->held_at;
	arm_reading(conn, serves && !holds);
	arm_deadline(conn, serves && !holds && conn->in_message);
	arm_writing(conn, daemon__conn_unsent(conn) > 0);
	if (serves && holds)
		daemon__loop_make_ready(conn->loop, conn);
}

static void check_output(daemon__conn *conn)
{
	size_t unsent = daemon__conn_unsent(conn);
	if (unsent <= conn->loop->context->config->limits_output_hard_bytes)
		return;
	DAEMON_LOG(WARN, "conn overflowed", LOG_NUMBER("conn", conn->session.number),
	           LOG_NUMBER("unsent", unsent));
	daemon__conn_close(conn, "too much unsent");
}

void daemon__conn_settle(daemon__conn *conn)
{
	if (conn->state != DAEMON__CONN_CLOSED)
		daemon__conn_flush(conn);
	if (conn->state != DAEMON__CONN_CLOSED)
		check_output(conn);
	if (conn->state == DAEMON__CONN_DRAINING && conn->inflight == 0 &&
	    daemon__conn_unsent(conn) == 0) {
		discard_input(conn);
		daemon__conn_close(conn, conn->reason);
	}
	if (conn->state != DAEMON__CONN_CLOSED)
		arm(conn);
	daemon__watch_settle(conn);
	if (conn->state == DAEMON__CONN_CLOSED && conn->inflight == 0 && !conn->is_ready &&
	    !conn->is_touched)
		free_conn(conn);
}
