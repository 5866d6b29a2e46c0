/* SPDX-License-Identifier: Apache-2.0 */
/* Stream sockets that never block and raise no signal. */
#pragma once

#include "base/slice.h"
#include "client/net/uri.h"

/* A point in time on cx_clock_monotonic_ns(); CARDEX__NEVER = none. */
#define CARDEX__NEVER UINT64_MAX

/* `timeout_ms` from this moment; -1 = never. */
uint64_t cardex__deadline_after(int timeout_ms);

/* Connects to one of the addresses of the URI; looking up the name is not bounded by
 * `deadline_ns`. Errors: CX_DISCONNECTED (`error` says what the system says), CX_DEADLINE. */
CX_MUST_USE cx_status cardex__dial(const cardex__uri *uri, uint64_t deadline_ns, int *ret,
                                   cx_error *error);

/* Makes a socket non-blocking, not inherited by other programs, and (TCP) without delay. */
CX_MUST_USE cx_status cardex__socket_prepare(int fd, cx_error *error);

/* Waits until one of `events` (POLLIN, POLLOUT) is there or the peer is gone.
 * Errors: CX_DEADLINE, CX_IO. */
CX_MUST_USE cx_status cardex__socket_wait(int fd, short events, uint64_t deadline_ns);

/* Sends what is possible without waiting; `*ret` is how much. Errors: CX_DISCONNECTED. */
CX_MUST_USE cx_status cardex__socket_send(int fd, cx_slice bytes, size_t *ret, cx_error *error);

/* Receives what is there, at most `room` bytes; 0 when there is nothing.
 * Errors: CX_DISCONNECTED (the end too). */
CX_MUST_USE cx_status cardex__socket_receive(int fd, uint8_t *to, size_t room, size_t *ret,
                                             cx_error *error);
