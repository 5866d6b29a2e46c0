/* SPDX-License-Identifier: Apache-2.0 */
/* All watches of the daemon, for those who count them. A watch says there where it is, and
 * whether it has credit; its thread alone writes that.
 *
 * Thread rule: any thread; what is counted is true of each watch, not of all at one moment. */
#pragma once

#include "daemon/context.h"

/* A watch's part of the list. */
typedef struct daemon__roster_entry {
	struct daemon__roster_entry *next;
	struct daemon__roster_entry *previous;
	daemon_roster *roster; /* NULL: not in one */
	size_t bytes;
	atomic_uint_fast64_t seq; /* what comes next */
	atomic_bool waits;        /* for credit */
} daemon__roster_entry;

/* What they come to. */
typedef struct daemon__roster_total {
	uint64_t watches;
	uint64_t waiting;
	uint64_t behind; /* the most changes that one of them has before it */
	uint64_t bytes;
} daemon__roster_total;

/* The entry may not move while it is in. */
void daemon__roster_join(daemon_roster *roster, daemon__roster_entry *entry);
/* One that is in none is left alone. */
void daemon__roster_leave(daemon__roster_entry *entry);

/* `seq` is the last change there is. */
daemon__roster_total daemon__roster_count(daemon_roster *roster, uint64_t seq);
