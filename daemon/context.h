/* SPDX-License-Identifier: Apache-2.0 */
/* What every thread of the daemon may read: made before the threads start, released after
 * they have ended. The counters and the clock are atomic, everything else does not change. */
#pragma once

#include "daemon/clock.h"
#include "daemon/config.h"
#include "engine/engine.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct daemon__writer daemon__writer;
typedef struct daemon__workers daemon__workers;

/* C(name, text): counted since the start, but `connections`, which are those open now. */
#define DAEMON_COUNTERS(C)                                          \
	C(connections, "connections")                               \
	C(connections_total, "connections_total")                   \
	C(connections_refused, "connections_refused")               \
	C(requests, "requests")                                     \
	C(writes, "writes") /* requests that the writer answered */ \
	C(groups, "groups") /* commits */

typedef struct daemon_counters {
#define DAEMON_COUNTER_MEMBER(name, text) atomic_uint_fast64_t name;
	DAEMON_COUNTERS(DAEMON_COUNTER_MEMBER)
#undef DAEMON_COUNTER_MEMBER
} daemon_counters;

/* What waits or runs. */
typedef struct daemon_load {
	atomic_size_t jobs;
	atomic_size_t bytes;
} daemon_load;

/* The watches of all connections: daemon/methods/roster.h. */
typedef struct daemon_roster {
	pthread_mutex_t lock;
	struct daemon__roster_entry *first;
} daemon_roster;

typedef struct daemon_context {
	const daemon_config *config;
	engine *store;
	daemon_clock clock;
	daemon__writer *writer;
	daemon__workers *workers;
	daemon_load writes;
	daemon_load long_reads;
	uint64_t started_ns;
	/* Written to when the main thread has something to look at: a loop has ended, or the
	 * writer has failed. */
	int wake_fd;
	atomic_uint loops_ended;
	atomic_bool analyzes; /* statistics are being taken */
	daemon_counters counters;
	daemon_roster watches;
} daemon_context;

void daemon_context_wake(daemon_context *context);

/* Something was committed that the writer did not: whoever watches is told. */
void daemon_context_committed(daemon_context *context);
