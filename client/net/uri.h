/* SPDX-License-Identifier: Apache-2.0 */
/* Where a server is: cardex://host:port and cardex+unix:///path. */
#pragma once

#include "base/status.h"

enum {
	CARDEX__HOST_SIZE = 256, /* a name has at most 253 bytes */
	CARDEX__PORT_SIZE = 6,
	CARDEX__PATH_SIZE = 108, /* of sockaddr_un */
};

typedef struct cardex__uri {
	bool is_unix;
	char path[CARDEX__PATH_SIZE]; /* of a UNIX socket; otherwise "" */
	char host[CARDEX__HOST_SIZE]; /* without the brackets of an IPv6 address */
	char port[CARDEX__PORT_SIZE]; /* "7497" unless given */
} cardex__uri;

/* Errors: CX_INVALID_ARGUMENT, CX_UNSUPPORTED (TLS, login). */
CX_MUST_USE cx_status cardex__uri_parse(const char *text, cardex__uri *ret, cx_error *error);
