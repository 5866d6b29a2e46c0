/* SPDX-License-Identifier: Apache-2.0 */
/* How a run went from second to second: csv lines `second,ops,p50_us,p99_us,max_us`. */
#pragma once

#include "bench/histogram.h"

#include <stdio.h>

typedef struct bench_series {
	FILE *out; /* NULL: nothing is kept */
	uint64_t second;
	uint64_t max_ns;
	bench_histogram latencies; /* of this second */
} bench_series;

/* Writes the head of the table. */
bench_series bench_series_of(FILE *out);
/* `at_ns` since the begin; never less than before. */
void bench_series_add(bench_series *self, uint64_t at_ns, uint64_t latency_ns);
/* Writes the second that is not over. */
void bench_series_end(bench_series *self);
