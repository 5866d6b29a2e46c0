/* SPDX-License-Identifier: Apache-2.0 */
/* Many runs in several processes. A process that dies or hangs in a recovery is a finding;
 * another one goes on behind the state it died in. */
#pragma once

#include "tests/crash/explore.h"

typedef struct simulation {
	const crash_subject *subject;
	lie lie;
	uint64_t seed;    /* of the first run; one more for each */
	uint64_t states;  /* enough when so many were looked at */
	unsigned seconds; /* or after this time; 0 = no limit */
	unsigned jobs;
	bool stop_at_finding;
} simulation;

/* `ret` is shared memory, freed by tally_free(). */
void simulate(const simulation *self, tally *ret);

/* Describes and judges one state, in this process. */
void simulate_only(const simulation *self, crash_number which, tally *ret);

/* Memory that child processes share. */
tally *tally_new(void);
void tally_free(tally **self);
