/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to listen on. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

#include <sys/socket.h>

typedef struct daemon__address {
	struct sockaddr_storage storage;
	socklen_t size;
} daemon__address;

/* "127.0.0.1:7497" or "[::1]:7497"; port 0 takes any free one. Only loopback: others would
 * need encryption and a login.
 * Errors: CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status daemon__address_parse_tcp(const char *text, daemon__address *ret,
                                                cx_error *error);

/* `path` has at most 107 bytes (asserted; the configuration bounds it). */
void daemon__address_of_path(const char *path, daemon__address *ret);

enum { DAEMON__ADDRESS_TEXT_SIZE = 128 };

/* "unix:/run/cardex.sock" or "127.0.0.1:7497"; zero-ended. */
void daemon__address_format(const daemon__address *address,
                            char text[DAEMON__ADDRESS_TEXT_SIZE]);
