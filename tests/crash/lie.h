/* SPDX-License-Identifier: Apache-2.0 */
/* Mutants of what lies around the product: a trace is changed as if a sync had not been made,
 * or as if the store had answered too early. The simulator must find each. */
#pragma once

#include "tests/crash/trace.h"

#include <stdbool.h>

typedef enum lie {
	LIE_NONE,
	LIE_DISK_IGNORES_FLUSHES,
	LIE_FOLDER_NOT_SYNCED,
	LIE_DATA_NOT_SYNCED,    /* the data file; its O_DSYNC writes are */
	LIE_JOURNAL_NOT_SYNCED, /* its entries */
	LIE_REPLAY_NOT_SYNCED,  /* the same, between an opening and the first read */
	LIE_ACKNOWLEDGED_EARLY, /* before the last sync */
	LIES,
} lie;

const char *lie_name(lie what);

/* `made`: the store was there when the trace began. Its making is left alone, but for syncs of
 * the folder and by a disk that ignores all. */
void lie_tell(lie what, bool made, event_trace *changed);
