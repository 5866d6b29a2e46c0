/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon asks of its process. */
#pragma once

#include "base/slice.h"

/* sysexits.h has these numbers; a service manager may act on them. */
enum {
	DAEMON_EXIT_OK = 0,
	DAEMON_EXIT_START = 1,       /* could not start, or the configuration is not valid */
	DAEMON_EXIT_USAGE = 64,      /* wrong flags */
	DAEMON_EXIT_IO = 74,         /* the disk failed */
	DAEMON_EXIT_UNFINISHED = 75, /* stopped before all in flight was answered */
};

/* Ignores SIGPIPE and SIGXFSZ, whose causes come back as errors, and handles SIGBUS, see
 * daemon/bus_error.h. Call it once, before the store is opened. */
void daemon_process_init(void);

/* Raises the limit of descriptors as far as it may; how many connections that allows beside
 * those the daemon needs itself. */
uint64_t daemon_process_connections_max(void);

/* The calling thread does not take the processor from another at once when it is woken: what
 * wakes a loop is mostly a client, on the same machine, that has more to send, and whoever
 * takes turns with it at every request has the switches for most of its work. A policy that
 * somebody has set is left alone. */
void daemon_process_give_way(void);

/* SIGTERM, SIGINT and SIGHUP are for the main thread: hold them back while others are
 * started, so that those inherit it, and let them in afterwards. */
void daemon_process_hold_signals(void);
void daemon_process_let_signals(void);
