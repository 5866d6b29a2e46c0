/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a server under test, as the driver uses it: requests go out under a slot
 * number, answers come back under it, in any order. Nothing here waits except open.
 *
 * A link that fails says why in `error` and is only closed after that. */
#pragma once

#include "bench/request.h"

typedef struct bench_link bench_link;

typedef void bench_answered(void *context, unsigned slot);

typedef struct bench_link_class {
	const char *name;
	size_t size; /* of the object; it begins with a bench_link */

	/* Connects, greets, prepares what is to be prepared. Sets `fd`. */
	bool (*open)(bench_link *self, const char *address);
	/* Also for one that was never or not wholly opened. */
	void (*close)(bench_link *self);
	/* Queues the request; false also when the system has no such operation. */
	bool (*send)(bench_link *self, unsigned slot, const bench_request *request);
	/* Hands what is queued to the socket as far as it takes it; sets `wants_write`. */
	bool (*flush)(bench_link *self);
	/* Takes what has come: for each reply, checks it against the slot's expectation and
	 * calls `answered`, which may send again. */
	bool (*receive)(bench_link *self);
} bench_link_class;

struct bench_link {
	const bench_link_class *class;
	int fd;
	bool wants_write;
	unsigned depth;              /* slots */
	bench_expectation *expected; /* by slot */
	bench_answered *answered;
	void *context;

	/* Slots in the order they were sent: a ring. Only of use where answers keep that order.
	 */
	unsigned *order;
	unsigned order_first, order_count;

	char error[200];
};

/* Opens a link with that many slots. NULL on failure, told on stderr. */
bench_link *bench_link_open(const bench_link_class *class, const char *address, unsigned depth,
                            bench_answered *answered, void *context);
void bench_link_close(bench_link **self);

/* Queues a request in a free slot. */
bool bench_link_send(bench_link *self, unsigned slot, const bench_request *request);

/* The slot of the oldest request without an answer, for systems that answer in order. */
unsigned bench_link_oldest(bench_link *self);

/* Sets `error`, returns false. */
CX_PRINTF(2, 3)
bool bench_link_fail(bench_link *self, const char *format, ...);

/* Compares an answer with what the slot expects, then calls `answered`. False when wrong. */
bool bench_link_answer(bench_link *self, unsigned slot, const bench_answer *answer);
