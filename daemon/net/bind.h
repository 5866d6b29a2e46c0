/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets bound to their addresses, and the files of UNIX sockets. */
#pragma once

#include "daemon/net/address.h"

#include <sys/types.h>

typedef struct daemon__bound {
	int fd; /* listens, does not block */
	bool tcp;
	daemon__address address; /* with the port that was chosen */
	dev_t device;            /* of a UNIX socket's file, so that only ours is removed */
	ino_t inode;
} daemon__bound;

/* Errors: CX_IO, CX_LOCKED (another process listens there). */
CX_MUST_USE cx_status daemon__bind(const daemon__address *address, mode_t mode,
                                   daemon__bound *ret, cx_error *error);

/* Closes the socket and removes its file. */
void daemon__bound_release(daemon__bound *bound);
