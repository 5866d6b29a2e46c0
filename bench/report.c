/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/report.h"

#include <stdio.h>

void bench_report_head(void)
{
	printf("%-8s %-4s %5s %5s %12s %10s %10s %9s\n", "where", "op", "conns", "depth",
	       "ops/s", "p50 us", "p99 us", "failures");
}

void bench_report(const char *where, bench_operation operation, unsigned connections,
                  unsigned depth, const bench_result *result)
{
	const double seconds = (double)result->ns / 1e9;
	printf("%-8s %-4s %5u %5u %12.0f %10.1f %10.1f %9llu\n", where,
	       bench_operation_name(operation), connections, depth,
	       seconds > 0 ? (double)result->operations / seconds : 0,
	       (double)bench_histogram_at(&result->latencies, 500) / 1e3,
	       (double)bench_histogram_at(&result->latencies, 990) / 1e3,
	       (unsigned long long)result->failures);
	fflush(stdout);
}
