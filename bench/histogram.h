/* SPDX-License-Identifier: Apache-2.0 */
/* Latencies in buckets of a fixed relative width (about 3 %), so that merging is adding. */
#pragma once

#include <stdint.h>

enum { BENCH_BUCKETS = 64 * 32 };

typedef struct bench_histogram {
	uint64_t counts[BENCH_BUCKETS];
	uint64_t total;
} bench_histogram;

void bench_histogram_add(bench_histogram *self, uint64_t ns);
void bench_histogram_merge(bench_histogram *self, const bench_histogram *other);

/* The value below which `per_mille` of 1000 lie, in nanoseconds; 0 when empty. */
uint64_t bench_histogram_at(const bench_histogram *self, unsigned per_mille);
