/* SPDX-License-Identifier: Apache-2.0 */
/* A loop: one thread, its connections, its snapshot, its buffers.
 *
 * A turn serves one connection: the bytes of one read, or what was held of an earlier one, at
 * most DAEMON__TURN_REQUESTS requests or DAEMON__TURN_NS. All reads of a turn share one
 * snapshot, which begins after the bytes were received and rests at the end of the turn. So
 * every read sees all that was answered before it was sent, on whatever connection. A read
 * that stands in the pipeline behind a write without an answer may run before that write.
 *
 * Thread rule: one thread, but for new, give, order and free, which are the main thread's. */
#pragma once

#include "daemon/context.h"
#include "daemon/exec/mailbox.h"
#include "daemon/net/serve.h"

enum {
	DAEMON__INPUT_BYTES = 64 * 1024,
	DAEMON__TURN_REQUESTS = 64,
	DAEMON__AHEAD = 16, /* messages that are read before the first is served */
	DAEMON__TURN_NS = 20 * 1000 * 1000,
	DAEMON__SLICE_NS = 10 * 1000 * 1000, /* of a query before it goes to a worker */
};

struct daemon__loop {
	daemon_context *context;
	unsigned number;
	pthread_t thread;
	struct event_base *base;
	struct event mail_event;
	struct event ready_event;
	struct event watch_event;
	daemon__mailbox mailbox;
	bool draining;
	bool idle; /* nothing has happened since it was set */

	engine_read *read; /* rests between turns */
	bool has_snapshot;
	daemon__signer *signer;

	daemon__conn *conns;
	daemon__conn *first_ready;
	daemon__conn *last_ready;
	daemon__conn *first_watching; /* daemon/net/watch.h */
	daemon__conn *last_watching;
	size_t watching;

	/* Of the present turn. */
	uint64_t turn_ns; /* when it began */
	unsigned turn_requests;
	bool turn_is_long; /* it has had its time */
	daemon__jobs writes;
	daemon__jobs long_reads;
	cx_buf output;

	daemon__serving ahead[DAEMON__AHEAD];
	uint8_t input[DAEMON__INPUT_BYTES];
};

/* Starts the thread. Errors: CX_NO_MEMORY, CX_IO, CX_INTERNAL, those of engine_read_begin. */
CX_MUST_USE cx_status daemon__loop_new(daemon_context *context, unsigned number,
                                       daemon__loop **ret);
/* Joins: the loop must have been ordered to drain. */
void daemon__loop_free(daemon__loop **loop);

/* Hands over a socket, which is the loop's from here on. Errors: CX_NO_MEMORY (the socket
 * stays the caller's). */
CX_MUST_USE cx_status daemon__loop_give(daemon__loop *loop, int fd, bool tcp, uint64_t number);
void daemon__loop_order(daemon__loop *loop, daemon__order order);

/* The snapshot of this turn. Errors: those of engine_read_renew. */
CX_MUST_USE cx_status daemon__loop_snapshot(daemon__loop *loop, engine_read **ret);

void daemon__loop_turn_begin(daemon__loop *loop);
bool daemon__loop_turn_is_over(const daemon__loop *loop);
/* Asks the clock whether the turn has had its time; called after what may take long. */
void daemon__loop_turn_look(daemon__loop *loop);
/* The snapshot rests, and what was put together for other threads goes to them. */
void daemon__loop_turn_end(daemon__loop *loop);

/* The connection has held input and may serve it. */
void daemon__loop_make_ready(daemon__loop *loop, daemon__conn *conn);
