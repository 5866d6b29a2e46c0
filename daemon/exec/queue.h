/* SPDX-License-Identifier: Apache-2.0 */
/* A queue of jobs between threads, bounded by number and bytes.
 *
 * A place is reserved before a job is made and given back when the job is answered, so what
 * is bounded is everything that waits or runs, and a push cannot fail.
 *
 * Thread rule: any thread, but for init and release. */
#pragma once

#include "daemon/context.h"
#include "daemon/exec/job.h"

#include <pthread.h>

typedef struct daemon__queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	daemon__jobs jobs;
	bool closed;
	size_t jobs_max;
	size_t bytes_max;
	daemon_load *load; /* of the context, for others to look at */
} daemon__queue;

void daemon__queue_init(daemon__queue *queue, size_t jobs_max, size_t bytes_max,
                        daemon_load *load);
/* Frees the jobs still in it. */
void daemon__queue_release(daemon__queue *queue);

/* A place for one job with a message of `bytes`; false when the queue is full. */
bool daemon__queue_reserve(daemon__queue *queue, size_t bytes);
void daemon__queue_give_back(daemon__queue *queue, size_t bytes);

/* Takes all jobs of the list, which have their places. */
void daemon__queue_push(daemon__queue *queue, daemon__jobs *jobs);

/* Waits until there is something; false once the queue is closed. What is then still in it is
 * left there. */
bool daemon__queue_take_all(daemon__queue *queue, daemon__jobs *ret);
bool daemon__queue_take_one(daemon__queue *queue, daemon__job **ret);

/* Waits until there is something, the queue is closed, or `time_ns` have passed. False once it
 * is closed. */
bool daemon__queue_wait(daemon__queue *queue, uint64_t time_ns);

/* Whether there is something to take. */
bool daemon__queue_is_filled(daemon__queue *queue);

/* Wakes everyone who waits. */
void daemon__queue_close(daemon__queue *queue);
