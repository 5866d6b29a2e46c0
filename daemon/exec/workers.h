/* SPDX-License-Identifier: Apache-2.0 */
/* A few threads for reads that take long, each in a snapshot of its own, so that the loops go
 * on. Few may wait: more work than this finds is answered BUSY.
 *
 * Thread rule: reserve and push from any thread. */
#pragma once

#include "daemon/context.h"
#include "daemon/exec/job.h"

typedef struct daemon__workers daemon__workers;

enum { DAEMON__LONG_READS_MAX = 256 };

/* Starts as many threads as the configuration says. Errors: CX_NO_MEMORY, CX_INTERNAL, those
 * of engine_read_begin. */
CX_MUST_USE cx_status daemon__workers_new(daemon_context *context, daemon__workers **ret);

/* Waits for the jobs that run; those that wait are dropped unanswered. */
void daemon__workers_free(daemon__workers **workers);

/* False when the queue is full. */
bool daemon__workers_reserve(daemon__workers *workers, size_t bytes);
/* Takes all jobs of the list, each of which has a place. */
void daemon__workers_push(daemon__workers *workers, daemon__jobs *jobs);
