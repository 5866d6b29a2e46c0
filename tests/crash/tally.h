/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulation has counted and found; lies in memory that its processes share. */
#pragma once

#include "tests/crash/recovery.h"

#include <pthread.h>
#include <stdatomic.h>

enum { FINDINGS_MAX = 8 }; /* kept of each kind */

/* Names a crash: of the run with this seed, or within the recovery of another crash. */
typedef struct crash_number {
	uint64_t seed;
	uint64_t state;
	uint64_t second; /* 0 = none */
} crash_number;

typedef enum finding_kind {
	FINDING_LOST,    /* an acknowledged transaction is not there */
	FINDING_WRONG,   /* the content is that of no number of transactions that may be */
	FINDING_REFUSED, /* cannot be opened, read or written */
	FINDING_DIED,    /* by a signal */
	FINDING_HUNG,
	FINDING_KINDS,
} finding_kind;

typedef struct finding {
	crash_number crash;
	char text[200];
} finding;

typedef struct tally {
	atomic_uint_fast64_t seeds;   /* handed out */
	atomic_uint_fast64_t states;  /* recovered and judged, no two of a run equal */
	atomic_uint_fast64_t seconds; /* of these, crashes within a recovery */
	atomic_uint_fast64_t repeats; /* equal to one before; judged, not recovered again */
	atomic_uint_fast64_t broken;  /* runs that failed without a crash */
	atomic_uint_fast64_t found[FINDING_KINDS];
	finding findings[FINDING_KINDS][FINDINGS_MAX]; /* the first ones */
} tally;

const char *finding_kind_name(finding_kind kind);

void tally_add(tally *self, finding_kind kind, crash_number crash, const char *text);
uint64_t tally_found(const tally *self);
void tally_print(const tally *self);
