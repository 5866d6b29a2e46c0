/* SPDX-License-Identifier: Apache-2.0 */
/* The watches of a connection: who wants to be told of changes, and how far each has been told.
 *
 * A watch keeps its options and its place in the log, and nothing of what it has not sent: that
 * is in the log. It takes a turn when there is something behind its place and it has credit; a
 * turn is short and writes one notification at most. What is read is a snapshot, so nothing is
 * told that is not on disk.
 *
 * Thread rule: one thread, that of the connection. */
#pragma once

#include "base/buf.h"
#include "engine/engine.h"

typedef struct daemon__watch daemon__watch;

/* All zero: none. */
typedef struct daemon__watches {
	daemon__watch *first; /* whose turn is next */
	daemon__watch *last;
	uint32_t count;
	uint64_t numbers; /* given so far */
	bool stirred;     /* one was made or got credit: there may be something to do */
} daemon__watches;

typedef struct daemon__watch_turn {
	engine_read *read;
	uint64_t now_ns;
	uint64_t end_ns; /* of the turn, about */
	cx_buf *out;
} daemon__watch_turn;

/* Gives a turn to the next watch that has something to do: changes, rows, or a mark of progress
 * that is due. False when none has. One that cannot go on is ended, and told why. */
bool daemon__watches_go_on(daemon__watches *watches, const daemon__watch_turn *turn);

/* When the next mark of progress is due, in ns of the monotonic clock; UINT64_MAX: never. */
uint64_t daemon__watches_due_ns(const daemon__watches *watches);

/* Ends all and tells why. */
void daemon__watches_end(daemon__watches *watches, cx_status status, cx_buf *out);
/* Ends all. */
void daemon__watches_release(daemon__watches *watches);
