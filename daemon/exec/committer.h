/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for groups to be on disk and answers them, so that the writer can run the next group
 * meanwhile. Groups that come while it waits go to disk together.
 *
 * Thread rule: give and is_idle from the writer, busy_ns from any thread. */
#pragma once

#include "daemon/exec/job.h"

typedef struct daemon__committer daemon__committer;

/* Called by its thread for a list of jobs whose writes are on disk (CX_OK) or in doubt. */
typedef void daemon__committer_done(void *context, daemon__jobs *jobs, cx_status status);

/* Starts the thread. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon__committer_new(engine *store, daemon__committer_done *done,
                                            void *context, daemon__committer **ret);

/* Ends after everything that was given has been answered. */
void daemon__committer_free(daemon__committer **committer);

/* Takes all jobs of the list; `commit` is that of the last of them. */
void daemon__committer_give(daemon__committer *committer, daemon__jobs *jobs,
                            engine_commit commit);

/* True when it has nothing to wait for. */
bool daemon__committer_is_idle(daemon__committer *committer);

/* For how long it has been waiting for the disk; 0 when it does not. */
uint64_t daemon__committer_busy_ns(const daemon__committer *committer);
