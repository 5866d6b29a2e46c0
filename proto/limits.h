/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of the protocol. What a peer sends never makes an allocation larger than these
 * say. Those marked (config) are defaults of the daemon's configuration; hello tells a client
 * the ones in force. */
#pragma once

enum {
	/* Before hello (and, once there are logins, before the login). */
	PROTO_FIRST_BYTES_MAX = 64 * 1024,
	PROTO_FIRST_ITEMS_MAX = 1000,
	PROTO_FIRST_DEPTH_MAX = 8,
	PROTO_FIRST_DEADLINE_MS = 10 * 1000,

	/* Afterwards (config). */
	PROTO_REQUEST_BYTES_MAX = 4 * 1024 * 1024,
	PROTO_REQUEST_ITEMS_MAX = 100 * 1000,
	PROTO_REQUEST_DEPTH_MAX = 16,
	PROTO_REQUEST_DEADLINE_MS =
		30 * 1000, /* from the first byte of a message to its last */

	PROTO_INFLIGHT_MAX = 1024,             /* requests of a connection (config) */
	PROTO_OUTPUT_SOFT_BYTES = 1024 * 1024, /* queued out: reading pauses (config) */
	PROTO_OUTPUT_HARD_BYTES =
		16 * 1024 * 1024, /* queued out: the connection is closed (config) */

	PROTO_REPLY_BYTES_MAX = 8 * 1024 * 1024,
	PROTO_BATCH_OPERATIONS_MAX = 10 * 1000,
	PROTO_FIELDS_MAX = 128,   /* names in the option `fields` */
	PROTO_CHANGES_MAX = 1000, /* that "changes" and "history" may be asked for at once */
	PROTO_CHANGES_BYTES =
		1024 * 1024, /* of "changes": then no further operation is taken */

	PROTO_WATCHES_MAX = 64, /* of a connection */
	/* Of a notification of a watch: then no further change or row is taken. */
	PROTO_WATCH_BYTES = 64 * 1024,
	/* Unsent bytes of a connection; then its watches get no turn. */
	PROTO_WATCH_UNSENT_BYTES = 128 * 1024,
	PROTO_WATCH_ROWS_MAX = 500,            /* rows of a notification */
	PROTO_WATCH_OPTIONS_BYTES = 64 * 1024, /* types, filter and fields together */
	PROTO_WATCH_CREDIT_MAX = 10 * 1000,
	PROTO_WATCH_CREDIT_DEFAULT = 16,
	PROTO_WATCH_PROGRESS_MS = 1000, /* between two marks of progress */

	PROTO_INCLUDES_MAX = 8,         /* maps in the option `include` */
	PROTO_INCLUDE_LIMIT_MAX = 1000, /* included records of a row */
	PROTO_INCLUDE_LIMIT_DEFAULT = 10,
	PROTO_INCLUDE_ROWS_MAX = 10 * 1000, /* of all included in one answer */
};
