/* SPDX-License-Identifier: Apache-2.0 */
/* The workload on the engine in the same process. */
#pragma once

#include "bench/report.h"
#include "engine/engine.h"

/* Makes the store at `path` and loads the data, in group commits. 0 on success; says on stderr
 * what failed. */
int bench_process_load(const char *path, const bench_sizes *sizes);

/* Runs each operation of `wanted` (bits by number) for `seconds`. Writes commit one by one, and
 * W1 once more in groups of 64, shown as depth 64. */
int bench_process_run(const char *path, const bench_sizes *sizes, unsigned wanted,
                      double seconds);
