/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon inside the test: its threads and its store are real, its connections are socket
 * pairs. Messages are written as text (tests/support/wire.h). */
#pragma once

#include "daemon/server.h"

/* Starts one on a new store, with options "section.key=value" ended by NULL beside those that
 * a test wants by default (one loop). */
void served_start(const char *const *options);
/* Drains, closes, removes the store. */
void served_stop(void);

/* The same for cmocka, with the options by default. */
int served_set_up(void **state);
int served_tear_down(void **state);

/* The test's end of a new connection. */
int served_connect(void);

void served_send(int fd, const char *message);
void served_send_bytes(int fd, const void *bytes, size_t size);

/* The next message as text, "<closed>" at the end of the stream, "<nothing>" when none comes
 * within ten seconds, "<malformed>". */
const char *served_receive(int fd);
/* The same when nothing is expected: waits `ms` only. */
const char *served_receive_within(int fd, int ms);

/* Sends and receives. */
const char *served_call(int fd, const char *message);
