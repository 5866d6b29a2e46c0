/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/report.h"

void bench_report_head(bench_form form)
{
	if (form == BENCH_FORM_TABLE)
		printf("%-10s %-4s %5s %5s %12s %10s %10s %10s %9s\n", "system", "op", "conns",
		       "depth", "ops/s", "p50 us", "p99 us", "p99.9 us", "failures");
}

void bench_report(bench_form form, const bench_case *what, const bench_result *result)
{
	const double seconds = (double)result->ns / 1e9;
	const double rate = seconds > 0 ? (double)result->operations / seconds : 0;
	const double p50 = (double)bench_histogram_at(&result->latencies, 500) / 1e3;
	const double p99 = (double)bench_histogram_at(&result->latencies, 990) / 1e3;
	const double p999 = (double)bench_histogram_at(&result->latencies, 999) / 1e3;
	const char *operation = bench_operation_name(what->operation);
	if (form == BENCH_FORM_CSV)
		printf("%u,%s,%s,%u,%u,%llu,%.4f,%.1f,%.1f,%.1f,%.1f,%llu\n", what->round,
		       what->system, operation, what->connections, what->depth,
		       (unsigned long long)result->operations, seconds, rate, p50, p99, p999,
		       (unsigned long long)result->failures);
	else
		printf("%-10s %-4s %5u %5u %12.0f %10.1f %10.1f %10.1f %9llu\n", what->system,
		       operation, what->connections, what->depth, rate, p50, p99, p999,
		       (unsigned long long)result->failures);
	fflush(stdout);
}
