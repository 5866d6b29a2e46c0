/* SPDX-License-Identifier: Apache-2.0 */
/* What a crash leaves of a disk: some part of what was pending. */
#pragma once

#include "tests/crash/image.h"

typedef enum crash_how {
	CRASH_NONE,        /* nothing that was pending */
	CRASH_KILLED,      /* everything, still in the cache: only the process died */
	CRASH_LAST_TORN,   /* everything, the last in part */
	CRASH_ONLY_LAST,   /* the last alone */
	CRASH_ALL_BUT_ONE, /* everything but one */
	CRASH_PREFIX,      /* the first ones */
	CRASH_PREFIX_TORN, /* the first ones, the last of them in part */
	CRASH_SUBSET,      /* any of them, each as a whole */
	CRASH_TORN_SUBSET, /* any of them, any in part */
} crash_how;

const char *crash_how_name(crash_how how);

/* The same seed takes the same part. `ret` is cleared first. */
void crash_take(const disk_model *self, crash_how how, uint64_t seed, crash_image *ret);
