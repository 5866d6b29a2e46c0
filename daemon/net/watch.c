/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/watch.h"

#include "base/check.h"
#include "base/clock.h"
#include "daemon/exec/writer.h"

enum {
	WATCH_TURN_NS = 1000 * 1000,
	WATCH_ROUND_NS = 2 * 1000 * 1000,
	NS_PER_US = 1000,
	US_PER_S = 1000 * 1000,
};

/* ---- the list of the loop ---- */

static void put_in(daemon__conn *conn)
{
	daemon__loop *loop = conn->loop;
	if (loop->first_watching == NULL)
		daemon__bell_listen(daemon__writer_bell(loop->context->writer), &loop->mailbox);
	conn->next_watching = NULL;
	conn->previous_watching = loop->last_watching;
	if (loop->last_watching != NULL)
		loop->last_watching->next_watching = conn;
	else
		loop->first_watching = conn;
	loop->last_watching = conn;
	loop->watching++;
	conn->watches = true;
}

static void take_out(daemon__conn *conn)
{
	daemon__loop *loop = conn->loop;
	if (conn->previous_watching != NULL)
		conn->previous_watching->next_watching = conn->next_watching;
	else
		loop->first_watching = conn->next_watching;
	if (conn->next_watching != NULL)
		conn->next_watching->previous_watching = conn->previous_watching;
	else
		loop->last_watching = conn->previous_watching;
	loop->watching--;
	conn->watches = false;
	if (loop->first_watching == NULL)
		daemon__bell_leave(daemon__writer_bell(loop->context->writer), &loop->mailbox);
}

/* ---- when ---- */

static void turn_after(daemon__loop *loop, uint64_t ns)
{
	const uint64_t us = (ns + NS_PER_US - 1) / NS_PER_US;
	const struct timeval time = { .tv_sec = (time_t)(us / US_PER_S),
		                      .tv_usec = (suseconds_t)(us % US_PER_S) };
	/* A timer also where it is at once, for the reason given at daemon__loop_make_ready. */
	if (evtimer_add(&loop->watch_event, &time) != 0)
		event_active(&loop->watch_event, EV_TIMEOUT, 1); /* takes no memory */
}

static bool is_full(const daemon__conn *conn)
{
	const size_t soft = conn->loop->context->config->limits_output_soft_bytes;
	const size_t most = soft < PROTO_WATCH_UNSENT_BYTES ? soft : PROTO_WATCH_UNSENT_BYTES;
	return daemon__conn_unsent(conn) >= most;
}

void daemon__watch_settle(daemon__conn *conn)
{
	daemon__watches *watches = &conn->session.watches;
	if (conn->state != DAEMON__CONN_OPEN)
		daemon__watches_release(watches);
	const bool wants = watches->count > 0;
	if (wants && !conn->watches)
		put_in(conn);
	if (!wants && conn->watches)
		take_out(conn);
	const bool emptied = conn->watch_waits && !is_full(conn);
	if (wants && (watches->stirred || emptied)) {
		watches->stirred = false;
		conn->watch_waits = conn->watch_waits && !emptied;
		turn_after(conn->loop, 0);
	}
}

void daemon__watch_wake(daemon__loop *loop)
{
	if (loop->first_watching != NULL)
		turn_after(loop, 0);
}

/* ---- turns ---- */

/* One watch of the connection goes on. False when it has nothing to do. */
static bool go_on(daemon__conn *conn)
{
	daemon__loop *loop = conn->loop;
	daemon__watches *watches = &conn->session.watches;
	daemon__watch_turn turn = { .now_ns = loop->turn_ns,
		                    .end_ns = loop->turn_ns + WATCH_TURN_NS,
		                    .out = daemon__conn_out(conn) };
	cx_status status = daemon__loop_snapshot(loop, &turn.read);
	if (status != CX_OK) {
		daemon__watches_end(watches, status, turn.out);
		return false;
	}
	return daemon__watches_go_on(watches, &turn);
}

/* True when it may have more to do at once. `*due_ns`: when it has, otherwise. */
static bool take_turn(daemon__conn *conn, uint64_t *due_ns)
{
	if (is_full(conn)) {
		conn->watch_waits = true;
		return false;
	}
	conn->watch_waits = false;
	daemon__loop_turn_begin(conn->loop);
	const bool more = go_on(conn);
	daemon__loop_turn_end(conn->loop);
	const uint64_t due = daemon__watches_due_ns(&conn->session.watches);
	if (due < *due_ns)
		*due_ns = due;
	daemon__conn_settle(conn); /* it may be gone now */
	return more;
}

/* Each connection once, or as many as there is time for; the others are then first in the
 * list. */
void daemon__watch_on_turn(evutil_socket_t fd, short what, void *context)
{
	daemon__loop *loop = context;
	(void)fd;
	(void)what;
	const uint64_t end_ns = cx_clock_monotonic_ns() + WATCH_ROUND_NS;
	uint64_t due_ns = UINT64_MAX;
	uint64_t now_ns = 0;
	bool more = false;
	for (size_t left = loop->watching; left > 0 && loop->first_watching != NULL; left--) {
		daemon__conn *conn = loop->first_watching;
		if (conn->next_watching != NULL) {
			take_out(conn);
			put_in(conn);
		}
		more |= take_turn(conn, &due_ns);
		now_ns = cx_clock_monotonic_ns();
		if (now_ns >= end_ns && left > 1) {
			more = true;
			break;
		}
	}
	if (more)
		turn_after(loop, 0);
	else if (due_ns != UINT64_MAX && loop->first_watching != NULL)
		turn_after(loop, due_ns > now_ns ? due_ns - now_ns : 0);
}
