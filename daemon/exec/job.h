/* SPDX-License-Identifier: Apache-2.0 */
/* A request on its way to another thread and back: to the writer, or to a worker.
 *
 * The loop that received it makes it, with a copy of its bytes. The thread that runs it fills
 * `reply` and posts it back to that loop's mailbox; the loop sends the reply and frees it.
 * At any time it belongs to one thread. */
#pragma once

#include "base/buf.h"
#include "engine/engine.h"
#include "proto/proto.h"

typedef struct daemon__job daemon__job;
typedef struct daemon__mailbox daemon__mailbox;
typedef struct daemon__conn daemon__conn;

struct daemon__job {
	daemon__job *next;
	daemon__conn *conn;       /* for its loop only */
	daemon__mailbox *mailbox; /* of its loop */
	proto_request request;    /* its slices point into `message` */
	proto_error_form errors;
	uint64_t deadline_ns; /* for reads: when it must have ended */
	cx_buf reply;         /* a whole message; empty when there was no memory for one */
	size_t size;          /* of `message` */
	uint8_t message[];
};

/* `message` was decoded before without an error.
 * Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon__job_new(cx_slice message, daemon__job **ret);
void daemon__job_free(daemon__job **job);

/* Replaces what is in `reply` by an error. */
void daemon__job_fail(daemon__job *job, cx_status status, const cx_error *error);

/* A queue of jobs through their `next`; all zero is empty. */
typedef struct daemon__jobs {
	daemon__job *first;
	daemon__job *last;
	size_t count;
} daemon__jobs;

void daemon__jobs_append(daemon__jobs *jobs, daemon__job *job);
/* NULL when empty. */
daemon__job *daemon__jobs_take(daemon__jobs *jobs);
/* Moves all of `from` to the end of `to`. */
void daemon__jobs_move(daemon__jobs *to, daemon__jobs *from);
void daemon__jobs_free(daemon__jobs *jobs);
