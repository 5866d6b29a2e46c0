/* SPDX-License-Identifier: Apache-2.0 */
/* A whole message on its way to an answer, or to the thread that makes it. */
#pragma once

#include "daemon/net/conn.h"
#include "engine/ahead.h"

typedef struct daemon__serving {
	daemon__conn *conn;
	cx_slice message;
	proto_request request;
	const daemon__method *method;
	uint64_t deadline_ns;  /* when the request must be done */
	engine_ahead fetching; /* of a read that foresees what it looks at */
} daemon__serving;

/* False when the message is no request that can be run: then daemon__serve says so, when its
 * turn has come. */
bool daemon__serving_read(daemon__serving *self, daemon__conn *conn, cx_slice message);
/* Whether what it will look at can be fetched before, and beginning that, see engine/ahead.h;
 * false when it looks at nothing. */
bool daemon__serving_foresees(const daemon__serving *self);
bool daemon__serving_look_ahead(daemon__serving *self, engine_read *read);
/* Answers what was read, or hands it over. */
void daemon__serving_run(daemon__serving *self);

/* All of it at once, for one message. */
void daemon__serve(daemon__conn *conn, cx_slice message);
