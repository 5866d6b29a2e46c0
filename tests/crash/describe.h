/* SPDX-License-Identifier: Apache-2.0 */
/* One state for people: what came before, what was pending, and the files in a folder that is
 * kept. */
#pragma once

#include "tests/crash/crash.h"

/* The state after the event at `place`. */
void describe(const event_trace *trace, size_t place, const disk_model *disk, crash_how how,
              const crash_image *image);
