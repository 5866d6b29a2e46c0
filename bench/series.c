/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/series.h"

#include <string.h>

bench_series bench_series_of(FILE *out)
{
	if (out != NULL)
		fputs("second,ops,p50_us,p99_us,max_us\n", out);
	return (bench_series){ .out = out };
}

static void end_second(bench_series *self)
{
	fprintf(self->out, "%llu,%llu,%.1f,%.1f,%.1f\n", (unsigned long long)self->second,
	        (unsigned long long)self->latencies.total,
	        (double)bench_histogram_at(&self->latencies, 500) / 1e3,
	        (double)bench_histogram_at(&self->latencies, 990) / 1e3,
	        (double)self->max_ns / 1e3);
	memset(&self->latencies, 0, sizeof self->latencies);
	self->max_ns = 0;
	self->second++;
}

void bench_series_add(bench_series *self, uint64_t at_ns, uint64_t latency_ns)
{
	if (self->out == NULL)
		return;
	while (at_ns / 1000000000 > self->second)
		end_second(self);
	bench_histogram_add(&self->latencies, latency_ns);
	if (latency_ns > self->max_ns)
		self->max_ns = latency_ns;
}

void bench_series_end(bench_series *self)
{
	if (self->out != NULL && self->latencies.total > 0)
		end_second(self);
}
