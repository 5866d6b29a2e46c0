/* SPDX-License-Identifier: Apache-2.0 */
/* A connection: bytes in and out, and who waits for which answer.
 *
 * Once `broken` is set the connection is of no more use, and stays so; nothing is sent or
 * received any more and no request is without an answer. */
#pragma once

#include "client/conn/pending.h"

struct cardex_conn {
	int fd;
	cardex_options options; /* with the defaults put in; `client_name` is not kept */
	cx_scan_limits limits;  /* what the server takes, from hello; 0 bytes = not told yet */
	cardex_result *hello;
	cardex__layouts layouts;
	cardex__pendings pendings;
	cx_buf in;      /* received: the begin of a message */
	size_t scanned; /* bytes of `in` the scanner has had */
	cx_scan scan;
	cx_buf out; /* to be sent, from `sent` on */
	size_t sent;
	bool in_callback;
	cardex_watcher *watchers;
	cx_error broken; /* status CX_OK: it is not */
	cx_error
		notice; /* what the server last said outside an answer; status CX_OK: nothing */
};

/* ---- bytes and answers (stream.c) ---- */

/* Sends and receives what is possible without waiting, and calls the callbacks of what is
 * answered. On an error the connection is broken. */
CX_MUST_USE cx_status cardex__conn_process(cardex_conn *conn);

/* Marks the connection broken and answers all requests with that. */
void cardex__conn_break(cardex_conn *conn, const cx_error *why);

/* ---- requests (submit.c) ---- */

/* Queues a request whose msgid does not matter; `*ret_msgid` (may be NULL) is the one it gets.
 * Errors: as cardex_submit(). */
CX_MUST_USE cx_status cardex__conn_submit(cardex_conn *conn, proto_request *request,
                                          cardex_reply_fn *reply, void *context,
                                          uint32_t *ret_msgid, cx_error *error);

/* ---- waiting (wait.c) ---- */

/* Sends a request and waits for its answer. `*ret` is the caller's.
 * Errors: as cardex_call(). */
CX_MUST_USE cardex_status cardex__conn_call(cardex_conn *conn, proto_request *request,
                                            uint64_t deadline_ns, cardex_result **ret,
                                            cardex_error *error);
