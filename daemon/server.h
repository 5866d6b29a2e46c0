/* SPDX-License-Identifier: Apache-2.0 */
/* The running daemon: the store, the threads, the listeners, and the way down.
 *
 * Thread rule: the main thread. */
#pragma once

#include "daemon/config.h"

typedef struct daemon_server daemon_server;

enum {
	DAEMON_DRAIN_MS = 30 * 1000,       /* for what is in flight when asked to stop */
	DAEMON_DRAIN_FAILED_MS = 2 * 1000, /* the same when the disk has failed */
};

/* Opens the store and starts the threads. `config` must outlive the server.
 * Errors: those of engine_open, CX_NO_MEMORY, CX_IO; `error` says what failed. */
CX_MUST_USE cx_status daemon_server_new(const daemon_config *config, daemon_server **ret,
                                        cx_error *error);

/* Stops if it runs, waiting for all that is in flight, and closes the store. */
void daemon_server_free(daemon_server **server);

/* Listens where the configuration says. Errors: CX_IO, CX_LOCKED. */
CX_MUST_USE cx_status daemon_server_listen(daemon_server *server, cx_error *error);

/* Takes over a connected socket that does not block: gives it to a loop, or turns it away. */
void daemon_server_adopt(daemon_server *server, int fd, bool tcp);

/* Runs until a signal or a failure ends it; the exit status of the process. SIGTERM and SIGINT
 * stop: nothing more is accepted or read, what is in flight is answered. A second one, or the
 * end of the time for it, ends the process at once: what was answered is on disk anyway. */
int daemon_server_run(daemon_server *server);
