/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/loop.h"

#include "base/check.h"
#include "base/clock.h"
#include "daemon/exec/workers.h"
#include "daemon/exec/writer.h"
#include "daemon/methods/continuation.h"
#include "daemon/net/watch.h"
#include "daemon/process.h"

#include <stdlib.h>
#include <unistd.h>

enum { NS_PER_US = 1000 };

void daemon__loop_turn_begin(daemon__loop *loop)
{
	CX_ASSERT(loop->output.size == 0);
	loop->idle = false;
	loop->turn_ns = cx_clock_monotonic_ns();
	loop->turn_requests = 0;
	loop->turn_is_long = false;
}

bool daemon__loop_turn_is_over(const daemon__loop *loop)
{
	return loop->turn_requests >= DAEMON__TURN_REQUESTS || loop->turn_is_long;
}

void daemon__loop_turn_look(daemon__loop *loop)
{
	loop->turn_is_long = cx_clock_monotonic_ns() - loop->turn_ns > DAEMON__TURN_NS;
}

void daemon__loop_turn_end(daemon__loop *loop)
{
	daemon_context *context = loop->context;
	if (loop->has_snapshot)
		engine_read_rest(loop->read);
	loop->has_snapshot = false;
	daemon__writer_push(context->writer, &loop->writes);
	daemon__workers_push(context->workers, &loop->long_reads);
	atomic_fetch_add_explicit(&context->counters.requests, loop->turn_requests,
	                          memory_order_relaxed);
}

cx_status daemon__loop_snapshot(daemon__loop *loop, engine_read **ret)
{
	if (!loop->has_snapshot) {
		cx_status status = engine_read_renew(loop->read);
		if (status != CX_OK)
			return status;
		loop->has_snapshot = true;
	}
	*ret = loop->read;
	return CX_OK;
}

void daemon__loop_make_ready(daemon__loop *loop, daemon__conn *conn)
{
	if (conn->is_ready)
		return;
	conn->is_ready = true;
	conn->next_ready = NULL;
	if (loop->last_ready != NULL)
		loop->last_ready->next_ready = conn;
	else
		loop->first_ready = conn;
	loop->last_ready = conn;
	/* A timer of no time, and not event_active: that would run again before sockets are
	 * looked at, and one busy connection would keep the loop. */
	if (evtimer_add(&loop->ready_event, &(struct timeval){ 0 }) != 0)
		event_active(&loop->ready_event, EV_TIMEOUT, 1); /* takes no memory */
}

/* One turn for each that was ready when this began. */
static void on_ready(evutil_socket_t fd, short what, void *context)
{
	daemon__loop *loop = context;
	(void)fd;
	(void)what;
	daemon__conn *conn = loop->first_ready;
	loop->first_ready = NULL;
	loop->last_ready = NULL;
	for (daemon__conn *next; conn != NULL; conn = next) {
		next = conn->next_ready;
		conn->is_ready = false;
		daemon__loop_turn_begin(loop);
		daemon__conn_go_on(conn);
		daemon__loop_turn_end(loop);
		daemon__conn_settle(conn);
	}
}

/* All answers first, then each connection once: many answers leave in one write. */
static void take_answers(daemon__jobs *answered)
{
	daemon__conn *touched = NULL;
	for (daemon__job *job; (job = daemon__jobs_take(answered)) != NULL;) {
		daemon__conn *conn = job->conn;
		daemon__conn_take_answer(conn, job);
		if (!conn->is_touched) {
			conn->is_touched = true;
			conn->next_touched = touched;
			touched = conn;
		}
	}
	for (daemon__conn *next; touched != NULL; touched = next) {
		next = touched->next_touched;
		touched->is_touched = false;
		daemon__conn_settle(touched);
	}
}

static void take_arrivals(daemon__loop *loop, daemon__arrival *arrived)
{
	for (daemon__arrival *next; arrived != NULL; arrived = next) {
		daemon__conn *conn = NULL;
		next = arrived->next;
		if (daemon__conn_new(loop, arrived, &conn) == CX_OK)
			daemon__conn_settle(conn);
		else
			atomic_fetch_sub(&loop->context->counters.connections, 1);
		free(arrived);
	}
}

static void drain(daemon__loop *loop)
{
	loop->draining = true;
	for (daemon__conn *next, *conn = loop->conns; conn != NULL; conn = next) {
		next = conn->next;
		if (conn->state == DAEMON__CONN_OPEN)
			daemon__watches_end(&conn->session.watches, CX_SHUTTING_DOWN,
			                    daemon__conn_out(conn));
		daemon__conn_drain(conn, "daemon stops");
		daemon__conn_settle(conn);
	}
}

static void on_mail(evutil_socket_t fd, short what, void *context)
{
	daemon__loop *loop = context;
	(void)fd;
	(void)what;
	loop->idle = false;
	daemon__mail mail = daemon__mailbox_take(&loop->mailbox);
	take_answers(&mail.answered);
	take_arrivals(loop, mail.arrived);
	if (mail.stirred)
		daemon__watch_wake(loop);
	if (mail.order == DAEMON__DRAIN)
		drain(loop);
}

/* Looks for events without sleeping, for as long after the last one as the configuration
 * says. */
static void spin(daemon__loop *loop)
{
	const uint64_t most_ns = loop->context->config->threads_spin_us * NS_PER_US;
	uint64_t last_ns = cx_clock_monotonic_ns();
	for (uint64_t now = last_ns; now - last_ns < most_ns; now = cx_clock_monotonic_ns()) {
		loop->idle = true;
		event_base_loop(loop->base, EVLOOP_NONBLOCK);
		if (!loop->idle)
			last_ns = now;
	}
}

static void *run(void *context)
{
	daemon__loop *loop = context;
	daemon_process_give_way();
	/* Connections end in several callbacks, so the end is looked for between them. */
	while (!loop->draining || loop->conns != NULL) {
		event_base_loop(loop->base, EVLOOP_ONCE);
		if (loop->context->config->threads_spin_us > 0)
			spin(loop);
	}
	event_del(&loop->mail_event);
	event_del(&loop->ready_event);
	event_del(&loop->watch_event);
	atomic_fetch_add(&loop->context->loops_ended, 1);
	daemon_context_wake(loop->context);
	return NULL;
}

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	if (config == NULL)
		return NULL;
	/* Other threads only write to the mailbox's descriptor, so nothing needs a lock. */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	struct event_base *base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static cx_status open_parts(daemon__loop *loop)
{
	engine *store = loop->context->store;
	loop->base = new_base();
	if (loop->base == NULL)
		return CX_NO_MEMORY;
	cx_status status = engine_read_begin(store, &loop->read);
	if (status != CX_OK)
		return status;
	engine_read_rest(loop->read);
	return daemon__signer_new(engine_secret(store), &loop->signer);
}

static void close_parts(daemon__loop *loop)
{
	daemon__mailbox_release(&loop->mailbox);
	engine_read_end(&loop->read);
	daemon__signer_free(&loop->signer);
	cx_buf_release(&loop->output);
	if (loop->base != NULL)
		event_base_free(loop->base);
	free(loop);
}

static cx_status start(daemon__loop *loop)
{
	cx_status status = daemon__mailbox_init(&loop->mailbox);
	if (status == CX_OK)
		status = open_parts(loop);
	if (status != CX_OK)
		return status;
	event_assign(&loop->mail_event, loop->base, loop->mailbox.wake_fd, EV_READ | EV_PERSIST,
	             on_mail, loop);
	evtimer_assign(&loop->ready_event, loop->base, on_ready, loop);
	evtimer_assign(&loop->watch_event, loop->base, daemon__watch_on_turn, loop);
	if (event_add(&loop->mail_event, NULL) != 0)
		return CX_NO_MEMORY;
	return pthread_create(&loop->thread, NULL, run, loop) == 0 ? CX_OK : CX_NO_MEMORY;
}

cx_status daemon__loop_new(daemon_context *context, unsigned number, daemon__loop **ret)
{
	daemon__loop *loop = calloc(1, sizeof *loop);
	if (loop == NULL)
		return CX_NO_MEMORY;
	loop->context = context;
	loop->number = number;
	/* As large as the output of a connection may get, so that it is the connection's
	 * limits that decide. */
	loop->output = CX_BUF_INIT(
		2 * (context->config->limits_output_hard_bytes + 2 * PROTO_REPLY_BYTES_MAX));
	cx_status status = start(loop);
	if (status != CX_OK) {
		close_parts(loop);
		return status;
	}
	*ret = loop;
	return CX_OK;
}

void daemon__loop_free(daemon__loop **loop)
{
	if (*loop == NULL)
		return;
	pthread_join((*loop)->thread, NULL);
	CX_ASSERT((*loop)->conns == NULL);
	close_parts(*loop);
	*loop = NULL;
}

cx_status daemon__loop_give(daemon__loop *loop, int fd, bool tcp, uint64_t number)
{
	daemon__arrival *arrival = malloc(sizeof *arrival);
	if (arrival == NULL)
		return CX_NO_MEMORY;
	*arrival = (daemon__arrival){ .fd = fd, .tcp = tcp, .number = number };
	daemon__mailbox_give(&loop->mailbox, arrival);
	return CX_OK;
}

void daemon__loop_order(daemon__loop *loop, daemon__order order)
{
	daemon__mailbox_order(&loop->mailbox, order);
}
