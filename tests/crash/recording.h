/* SPDX-License-Identifier: Apache-2.0 */
/* A whole run of a subject, written down. */
#pragma once

#include "tests/crash/subject.h"
#include "tests/crash/trace.h"

/* In the folder `path`, which is emptied first; the store is called "store" there. All follows
 * from `seed`. The ledger is empty before. */
void recording_make(const crash_subject *subject, const char *path, uint64_t seed,
                    content_ledger *ledger, event_trace *ret);
