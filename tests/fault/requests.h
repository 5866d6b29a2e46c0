/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario of 200 requests to a daemon: creates, updates, batches, deletes, purges, counts
 * and queries, each of which touches records of its own; what became of each, and whether that
 * is what the store holds afterwards. */
#pragma once

#include "tests/fault/daemon_child.h"

enum { REQUESTS = 200 };

typedef enum request_fate {
	REQUEST_IN_DOUBT, /* not answered, or answered that the disk failed */
	REQUEST_DONE,
	REQUEST_REFUSED, /* answered that it did not happen */
} request_fate;

typedef struct requests_outcome {
	request_fate of[REQUESTS];
	unsigned done;
	unsigned in_doubt;
	unsigned refused;
	unsigned told_io; /* answers that say IO */
	bool closed;      /* by the daemon */
} requests_outcome;

/* Makes the records that the scenario finds, with a daemon that does not fail. */
void requests_prepare(const char *folder);

/* Sends them eight at a time, and receives what there is to receive. */
void requests_run(daemon_child *daemon, requests_outcome *ret);

/* Starts a daemon that does not fail on what is there, and asserts that each request that is
 * done is there as a whole, that none that was refused is there, that none in doubt is there
 * in part, that the store is sound and takes writes. */
void requests_verify(const char *folder, const requests_outcome *outcome);
