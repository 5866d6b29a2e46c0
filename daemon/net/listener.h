/* SPDX-License-Identifier: Apache-2.0 */
/* A listening socket. It accepts at most DAEMON__ACCEPTS_PER_TURN connections at a time. When
 * no descriptor is left it rests for DAEMON__LISTENER_REST_MS, as the loop would find it
 * ready again and again, and tells one who waits so by means of a descriptor kept for that.
 *
 * Thread rule: the main thread. */
#pragma once

#include "daemon/net/address.h"

#include <event2/event.h>
#include <sys/types.h>

enum { DAEMON__ACCEPTS_PER_TURN = 64, DAEMON__LISTENER_REST_MS = 100 };

typedef struct daemon__listener daemon__listener;

/* Takes over `fd`, a new connection that does not block. */
typedef void daemon__accept(void *context, int fd, bool tcp);

/* `mode` is for UNIX sockets. The file of one is replaced when nobody listens on it, and
 * removed when the listener is freed.
 * Errors: CX_IO (`error` says what failed), CX_LOCKED (another process listens there),
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon__listener_new(struct event_base *base,
                                           const daemon__address *address, mode_t mode,
                                           daemon__accept *accept, void *context,
                                           daemon__listener **ret, cx_error *error);
void daemon__listener_free(daemon__listener **listener);

/* Where it listens, with the port that was chosen. */
void daemon__listener_address(const daemon__listener *listener,
                              char text[DAEMON__ADDRESS_TEXT_SIZE]);

/* Tells a connection that it is not taken, and closes it. */
void daemon__listener_turn_away(int fd, cx_status status, const char *text);
