/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a subject and every crash of it that is looked at.
 *
 * States are numbered from 1 in the order of the run: after each event that matters, each way
 * of a plan. The recovery of some of them is recorded in its turn, and its states are numbered
 * in the same way. A number names the same state each time. */
#pragma once

#include "tests/crash/lie.h"
#include "tests/crash/tally.h"

typedef struct exploration {
	const crash_subject *subject;
	lie lie;
	const char *path;   /* an empty folder for its own use */
	crash_number first; /* begin with this one; the states before are left out */
	bool only;          /* nothing but that one: it is described and kept */
	/* Set to the state being looked at, for who watches. */
	crash_number *at;
	/* True: enough. */
	bool (*is_enough)(void *context);
	void *context;
	tally *tally;
} exploration;

void explore(exploration *self);
