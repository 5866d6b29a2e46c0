/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the service manager how the daemon is, by the datagrams of systemd's sd_notify(3). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Sends lines such as "READY=1" to the socket named by NOTIFY_SOCKET. Does nothing when there
 * is none; a message that cannot be sent is lost, as the manager may have gone. */
void daemon_notify(const char *lines);

/* The time within which the manager wants a WATCHDOG=1, from WATCHDOG_USEC (and WATCHDOG_PID,
 * when given, being this process); 0 = it does not ask for any. */
uint64_t daemon_notify_watchdog_ns(void);
