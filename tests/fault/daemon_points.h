/* SPDX-License-Identifier: Apache-2.0 */
/* The scenario of requests.h, once for each call that may fail under the daemon, from its start
 * to its end. */
#pragma once

#include "tests/fault/faults.h"
#include "tests/fault/requests.h"

typedef struct daemon_total {
	unsigned points;
	unsigned hit;
	unsigned done;
	unsigned in_doubt;
	unsigned refused;
	unsigned exits_io;
	unsigned exits_start;
	unsigned at_the_end; /* something failed while it closed: the journal stays */
} daemon_total;

/* Fixtures of the group: the store that every run begins with. */
int daemon_points_begin(void **state);
int daemon_points_end(void **state);

/* Asserts on the way a daemon ended, and counts it. */
typedef void daemon_end_check(const char *folder, const requests_outcome *found, int code,
                              daemon_total *all);

/* Tries each call, or about `wanted` of them, and prints how many there were. */
void daemon_fail(fault how, unsigned wanted, daemon_end_check *check_end);
