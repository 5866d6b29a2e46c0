/* SPDX-License-Identifier: Apache-2.0 */
/* A connection: its socket, what has come in and is not a whole message yet, what has to go
 * out and was not taken yet.
 *
 * Input is read into the loop's buffer and served from there in place. Only a cut message is
 * copied (`partial`), and what a turn leaves unread (`held`): the rest after the most requests
 * of one turn, or after a limit was reached. The socket is read only while `held` is empty.
 *
 * Everything ends in daemon__conn_settle: it sends, looks at the limits, arms the events, and
 * frees what is closed. The functions before it only change the state.
 *
 * Thread rule: a connection belongs to the thread of its loop. */
#pragma once

#include "base/msgpack.h"
#include "daemon/exec/mailbox.h"
#include "daemon/methods/method.h"

#include <event2/event.h>
#include <event2/event_struct.h>

typedef struct daemon__loop daemon__loop;

/* S(name, states that may follow, what it means) */
#define DAEMON__CONN_STATES(S)                                                        \
	S(OPEN, CAN(DRAINING) | CAN(CLOSED), "is read and answered")                  \
	S(DRAINING, CAN(CLOSED), "is not read; closed when all is answered and sent") \
	S(CLOSED, 0, "has no socket; freed when its last job has come back")

typedef enum daemon__conn_state {
#define DAEMON__CONN_STATE(name, next, text) DAEMON__CONN_##name,
	DAEMON__CONN_STATES(DAEMON__CONN_STATE)
#undef DAEMON__CONN_STATE
} daemon__conn_state;

struct daemon__conn {
	daemon__loop *loop;
	daemon__conn *next; /* of all connections of the loop */
	daemon__conn *previous;
	daemon__conn *next_ready;    /* of those with held input to serve */
	daemon__conn *next_touched;  /* of those that got answers in this batch */
	daemon__conn *next_watching; /* of those with watches */
	daemon__conn *previous_watching;
	bool is_ready;
	bool is_touched;
	bool watches;     /* it is among those */
	bool watch_waits; /* a watch had no turn because too much was unsent */

	daemon__conn_state state;
	const char *reason; /* why it drains or is closed; static storage */
	int fd;
	daemon__session session;
	size_t inflight; /* jobs that have not come back */

	struct event read_event;
	struct event write_event; /* with the stall time */
	struct event deadline_event;
	bool reads; /* the event is armed */
	bool writes;
	bool timed;

	cx_scan scan;
	bool in_message; /* `scan` has begun one */
	cx_buf partial;  /* its bytes so far, when they came in several reads */
	cx_buf held;     /* received, not looked at yet, from `held_at` on */
	size_t held_at;
	cx_buf output; /* not sent yet, from `output_at` on */
	size_t output_at;
};

/* Takes over the socket of `arrival`, which stays the caller's to free.
 * Errors: CX_NO_MEMORY (the socket is then closed). */
CX_MUST_USE cx_status daemon__conn_new(daemon__loop *loop, const daemon__arrival *arrival,
                                       daemon__conn **ret);

/* Reads the socket once and serves what came. */
void daemon__conn_read(daemon__conn *conn);
/* Serves what is held. */
void daemon__conn_go_on(daemon__conn *conn);

/* Takes a job back: its answer goes to the output. Frees it. */
void daemon__conn_take_answer(daemon__conn *conn, daemon__job *job);

/* Where answers go now: a buffer of the loop while nothing is waiting to be sent, so that most
 * connections never have an output buffer of their own. */
cx_buf *daemon__conn_out(daemon__conn *conn);
/* Sends what the socket takes. */
void daemon__conn_flush(daemon__conn *conn);
/* Bytes that have to go out. */
size_t daemon__conn_unsent(const daemon__conn *conn);

/* True while it must not be read: too much is in flight or unsent. */
bool daemon__conn_is_paused(const daemon__conn *conn);

/* Stops reading; it is closed when what is in flight has been answered. */
void daemon__conn_drain(daemon__conn *conn, const char *reason);
/* The same, after a notice that says what is wrong with what it sent. */
void daemon__conn_refuse(daemon__conn *conn, cx_status status, const char *text);
void daemon__conn_close(daemon__conn *conn, const char *reason);

/* Ends every turn. The connection may be gone afterwards. */
void daemon__conn_settle(daemon__conn *conn);
