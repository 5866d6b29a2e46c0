/* SPDX-License-Identifier: Apache-2.0 */
/* The one thread that writes.
 *
 * It takes all jobs that wait, runs them in one transaction until that is large enough, each
 * behind its own mark, and hands the transaction over; the answers are posted when it is on
 * disk, and while others wait the next group is run meanwhile (committer.h). A job that fails
 * is rolled back to its mark and leaves its neighbours alone. A group the store has no room for
 * is run again, one job at a time. When a commit fails otherwise, nobody knows what is on
 * disk: all jobs of the group and all later ones are answered IO, and the main thread is
 * told, to end the process.
 *
 * Thread rule: reserve, push and the getters from any thread. */
#pragma once

#include "daemon/context.h"
#include "daemon/exec/bell.h"
#include "daemon/exec/job.h"

typedef struct daemon__writer daemon__writer;

/* Starts the thread; `context` must outlive it. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon__writer_new(daemon_context *context, daemon__writer **ret);

/* Ends after the group that runs, and joins; jobs that wait are dropped unanswered. */
void daemon__writer_free(daemon__writer **writer);

/* A place in the queue for one job with a message of `bytes`.
 * Errors: CX_BUSY (the queue is full), CX_IO (writing has failed). */
CX_MUST_USE cx_status daemon__writer_reserve(daemon__writer *writer, size_t bytes);

/* Takes all jobs of the list, each of which has a place. */
void daemon__writer_push(daemon__writer *writer, daemon__jobs *jobs);

bool daemon__writer_has_failed(const daemon__writer *writer);

/* For how long it has been at the present group; 0 when it waits for work. */
uint64_t daemon__writer_busy_ns(const daemon__writer *writer);

/* What rings after each commit. */
daemon__bell *daemon__writer_bell(daemon__writer *writer);
