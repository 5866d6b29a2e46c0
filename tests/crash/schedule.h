/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that take turns: while it is on, one thread of the process runs at a time, and which
 * one goes on at each call into it follows from a seed. So a run with threads is the same
 * each time, and another seed is another interleaving.
 *
 * Time is made up as well: it goes on a little at each turn, and to the next deadline when all
 * threads wait for one. threads.c leads the calls of the C library here. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { SCHEDULE_THREADS_MAX = 512 }; /* of one run, those that have ended included */

/* The calling thread is the first and has the turn. */
void schedule_start(uint64_t seed);

/* All threads made since must have ended. */
void schedule_stop(void);

bool schedule_is_on(void);

/* Somebody else may get the turn. */
void schedule_pass(void);

/* Waits until the object is waked, or until the time. False when it was the time. */
bool schedule_wait(const void *object, uint64_t until_ns);
void schedule_wake_one(const void *object);
void schedule_wake_all(const void *object);

uint64_t schedule_now_ns(void);

/* The number of a new thread. */
unsigned schedule_add(void);
/* The first and last thing that a new thread does. */
void schedule_enter(unsigned number);
void schedule_leave(void);
/* Whether the thread with that number has ended; what is waked when it does. */
bool schedule_has_left(unsigned number);
const void *schedule_end_of(unsigned number);

/* Threads there were since the start, the first included; its number is 0. */
unsigned schedule_count(void);
