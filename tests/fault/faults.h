/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that fail on demand, once or from then on: those to the system on files of one folder,
 * and those for memory.
 *
 * They are caught by functions of the same name in the program, which go before those of the C
 * library also for the shared LMDB. What is caught: open, openat, pread, pwrite, write, writev,
 * fsync, fdatasync, fallocate, posix_fallocate, ftruncate, unlink, rename; malloc, calloc,
 * realloc, posix_memalign.
 *
 * Thread rule: any thread makes calls; one arms and disarms. */
#pragma once

#include <stdbool.h>

typedef enum fault_kind {
	FAULT_EIO,
	FAULT_NO_SPACE,
	FAULT_INTERRUPTED, /* EINTR */
	FAULT_SHORT,       /* half of the bytes are written or read; other calls do not fail */
	FAULT_KINDS,
} fault_kind;

/* Which calls are counted and fail. */
typedef enum fault_target {
	FAULT_ALL_FILES,
	FAULT_SYNCS,
	FAULT_MEMORY, /* whatever the kind */
} fault_target;

typedef struct fault {
	fault_kind kind;
	fault_target target;
	bool for_good; /* also all calls after it */
} fault;

/* What is counted is seen by the processes that are forked from now on too, and by this one. */
void faults_share(void);

/* Files below the folder, of which the path is a prefix, are watched. */
void faults_watch(const char *folder);

/* Call number `at` from now on fails; 0 = none, calls are counted. */
void faults_arm(fault how, unsigned at);

/* Calls are made as ever. Returns how many there were since the arming. */
unsigned faults_disarm(void);

/* Whether a call failed since the arming, and which was the first: "fdatasync store-journal0".
 */
bool faults_have_hit(void);
const char *faults_hit(void);
/* Whether it was one that makes bytes durable, in a way that cannot be tried again. */
bool faults_hit_lasting(void);

const char *fault_text(fault how);

/* Ends the process with a message when the next call of this does not come in time. 0 seconds:
 * there is none. */
void faults_deadline(unsigned seconds, const char *what);

/* How many of `all` points are tried: each `step`-th, so that there are about `wanted` of them,
 * or all when the environment says CARDEX_FAULT_ALL=1. Returns the step. */
unsigned faults_step(unsigned all, unsigned wanted);

/* The first point: 1, or that which the environment names in CARDEX_FAULT_POINT, "7" or
 * "100-199": `*all` becomes the last one then, if there are as many. */
unsigned faults_first(unsigned *all);
