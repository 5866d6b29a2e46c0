/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of a loop that watch changes (daemon/methods/watch.h): when their watches get
 * a turn. They get one after another, each a short one, and after WATCH_ROUND_NS sockets are
 * looked at again. A connection with too much unsent gets none until it has taken it.
 *
 * Thread rule: the thread of the loop. */
#pragma once

#include "daemon/net/loop.h"

/* Takes the connection in or out, as it has watches or not, and gives it turns when there may
 * be something to do. Part of daemon__conn_settle. */
void daemon__watch_settle(daemon__conn *conn);

/* Something was committed. */
void daemon__watch_wake(daemon__loop *loop);

/* The callback of loop->watch_event. */
void daemon__watch_on_turn(evutil_socket_t fd, short what, void *context);
