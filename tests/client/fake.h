/* SPDX-License-Identifier: Apache-2.0 */
/* A server that is played by the test itself, over a socket pair and without a thread: answers
 * are written before the call that takes them, as the msgids are known; requests are read
 * afterwards. */
#pragma once

#include "base/buf.h"
#include "client/cardex.h"

typedef struct fake {
	int fd;
	cx_buf in;      /* requests that were received and not read yet */
	uint32_t calls; /* of those that wait, so far */
	cardex_conn *conn;
} fake;

/* Connects; `hello` is the answer, NULL for a plain one. */
void fake_open(fake *self, const char *hello, const cardex_options *options);
void fake_close(fake *self);

/* Writes the answer to the next call that waits. */
void fake_answer(fake *self, const char *result);
void fake_refuse(fake *self, const char *error);

/* Writes any message, or bytes. */
void fake_send(fake *self, const char *message);
void fake_send_bytes(fake *self, cx_slice bytes);

/* The next request as "'method', [parameters]"; `ret_msgid` may be NULL. Fails the test when
 * there is none. */
const char *fake_request(fake *self, uint32_t *ret_msgid);

/* Sends [1, msgid, nil, result]. */
void fake_reply(fake *self, uint32_t msgid, const char *result);

extern const char fake_hello[];
