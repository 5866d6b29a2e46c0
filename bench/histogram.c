/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/histogram.h"

/* The first 32 values have a bucket each; after that 32 buckets to a power of two. */
static unsigned bucket_of(uint64_t ns)
{
	if (ns < 32)
		return (unsigned)ns;
	const unsigned power = 63u - (unsigned)__builtin_clzll(ns);
	return (power - 4) * 32 + (unsigned)(ns >> (power - 5) & 31);
}

static uint64_t value_of(unsigned bucket)
{
	if (bucket < 32)
		return bucket;
	const unsigned power = bucket / 32 + 4;
	return (32ull + bucket % 32) << (power - 5);
}

void bench_histogram_add(bench_histogram *self, uint64_t ns)
{
	self->counts[bucket_of(ns)]++;
	self->total++;
}

void bench_histogram_merge(bench_histogram *self, const bench_histogram *other)
{
	for (unsigned i = 0; i < BENCH_BUCKETS; i++)
		self->counts[i] += other->counts[i];
	self->total += other->total;
}

uint64_t bench_histogram_at(const bench_histogram *self, unsigned per_mille)
{
	const uint64_t wanted = self->total * per_mille / 1000;
	uint64_t seen = 0;
	for (unsigned i = 0; i < BENCH_BUCKETS; i++) {
		seen += self->counts[i];
		if (seen > wanted)
			return value_of(i);
	}
	return 0;
}
