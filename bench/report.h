/* SPDX-License-Identifier: Apache-2.0 */
/* One measured line. */
#pragma once

#include "bench/histogram.h"
#include "bench/workload.h"

typedef struct bench_result {
	bench_histogram latencies; /* of one operation each */
	uint64_t operations;
	uint64_t ns; /* of the whole run */
	uint64_t failures;
} bench_result;

void bench_report_head(void);

/* `where` is "process" or "wire"; prints one line of the table. */
void bench_report(const char *where, bench_operation operation, unsigned connections,
                  unsigned depth, const bench_result *result);
