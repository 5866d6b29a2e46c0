/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the statistics of indexes (engine/analyze.h) when so much has changed that they
 * mislead: looks once a minute, reads a slice of keys at a time with a rest between, and holds
 * no snapshot longer than a slice.
 *
 * Thread rule: it has a thread of its own; all calls from the main thread. */
#pragma once

#include "daemon/context.h"

typedef struct daemon__analyst daemon__analyst;

/* Starts the thread; `context` must outlive it. Errors: CX_NO_MEMORY, CX_BUSY. */
CX_MUST_USE cx_status daemon__analyst_new(daemon_context *context, daemon__analyst **ret);

/* Ends it, at the latest after the present slice; NULL is accepted. */
void daemon__analyst_free(daemon__analyst **analyst);
