/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon in a process of its own, forked from the test and so with the calls that the test
 * catches; its one connection is a socket pair. What it logs goes to a file. */
#pragma once

#include "base/buf.h"

#include <sys/types.h>

typedef struct daemon_child {
	pid_t pid;
	int fd;
	cx_buf received;
} daemon_child;

/* Serves the store of the folder; `prepare` is called in the process before it opens it, unless
 * NULL. Options "section.key=value" end with NULL. */
void daemon_child_start(daemon_child *self, const char *folder, const char *const *options,
                        void prepare(void *context), void *context);

/* Waits for its end, after SIGTERM; when it is thought to be `gone`, a while before that.
 * Its exit code, or 256 and the signal. */
int daemon_child_stop(daemon_child *self, bool gone);

/* False when the daemon has closed the connection. */
bool daemon_child_send(daemon_child *self, cx_slice message);

/* The next message, good until the next call; empty when the daemon has closed. */
cx_slice daemon_child_receive(daemon_child *self);

/* What it has logged, in static storage. */
const char *daemon_child_log(const char *folder);
void daemon_child_remove_log(const char *folder);
