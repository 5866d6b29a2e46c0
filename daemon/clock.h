/* SPDX-License-Identifier: Apache-2.0 */
/* The time of the trade: what records are stamped with and what figures of today are made for.
 * It never goes back while the daemon runs, whatever the machine's clock does. Log lines and
 * deadlines have the machine's own.
 *
 * With `clock.file` it is what that file says, read at each use, and stands still in between:
 * for tests, in which months pass. The file holds a time as cx_ts_parse() takes it, or
 * milliseconds since 1970; what cannot be read leaves the time as it was. Put another file in
 * its place (rename) rather than writing into it.
 *
 * Thread rule: any thread. */
#pragma once

#include "base/status.h"

#include <stdatomic.h>
#include <stdint.h>

typedef struct daemon_clock {
	const char *file; /* empty: the machine's clock */
	atomic_int_fast64_t last_ms;
} daemon_clock;

/* `file` must outlive it. Errors: CX_INVALID_ARGUMENT (there is no time in the file). */
CX_MUST_USE cx_status daemon_clock_init(daemon_clock *ret, const char *file, cx_error *error);

/* Milliseconds since 1970, UTC. */
int64_t daemon_clock_now_ms(daemon_clock *clock);
