/* SPDX-License-Identifier: Apache-2.0 */
/* cardex-bench: loads the benchmark's data and measures its operations. */
#include "base/clock.h"
#include "bench/arguments.h"
#include "bench/costs.h"
#include "bench/driver.h"
#include "bench/pages.h"
#include "bench/reports.h"
#include "bench/systems.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE_STATUS = 2 };

static int load(const bench_system *system, const bench_arguments *arguments)
{
	const bench_sizes sizes = bench_sizes_of(arguments->scale);
	const uint64_t begin = cx_clock_monotonic_ns();
	if (!system->load(arguments->address, &sizes))
		return 1;
	const double seconds = (double)(cx_clock_monotonic_ns() - begin) / 1e9;
	const int64_t records = sizes.customers + sizes.opportunities + sizes.activities;
	printf("%s: %lld records in %.1f s\n", system->name, (long long)records, seconds);
	return 0;
}

static void report(const bench_system *system, const bench_arguments *arguments,
                   bench_operation operation, const bench_result *result)
{
	const bench_case what = { .system = system->name,
		                  .operation = operation,
		                  .connections = arguments->connections,
		                  .depth = arguments->depth,
		                  .round = arguments->round };
	bench_report(arguments->form, &what, result);
}

static int run_link(const bench_system *system, const bench_arguments *arguments, FILE *series)
{
	static bench_result result;
	const bench_load what = { .system = system->link,
		                  .address = arguments->address,
		                  .connections = arguments->connections,
		                  .depth = arguments->depth,
		                  .seconds = arguments->seconds,
		                  .seed = arguments->seed,
		                  .sizes = bench_sizes_of(arguments->scale),
		                  .series = series };
	for (int i = 0; i < BENCH_OPERATION_COUNT; i++) {
		if ((arguments->wanted >> i & 1) == 0)
			continue;
		const bool good = bench_drive(&what, (bench_operation)i, &result);
		report(system, arguments, (bench_operation)i, &result);
		if (!good)
			return 1;
	}
	return 0;
}

static bool run_local_one(const bench_system *system, const bench_arguments *arguments,
                          bench_local *local, bench_operation operation)
{
	static bench_result result;
	const bench_sizes sizes = bench_sizes_of(arguments->scale);
	CX_SCOPED(bench_source_release) bench_source source;
	if (!bench_source_init(&source, operation, &sizes, arguments->seed))
		return false;
	/* in the mix a read may come between writes, which have a transaction */
	const unsigned group = operation == BENCH_M1 ? 1 : arguments->depth;
	const bool good = bench_local_measure(system->local, local, &source, group,
	                                      arguments->seconds, &result);
	report(system, arguments, operation, &result);
	return good;
}

static int run_local(const bench_system *system, const bench_arguments *arguments)
{
	const bench_sizes sizes = bench_sizes_of(arguments->scale);
	bench_local *local = system->local->open(arguments->address, &sizes);
	bool good = local != NULL;
	for (int i = 0; i < BENCH_OPERATION_COUNT && good; i++)
		if ((arguments->wanted >> i & 1) != 0)
			good = run_local_one(system, arguments, local, (bench_operation)i);
	system->local->close(&local);
	return good ? 0 : 1;
}

static int run(const bench_system *system, const bench_arguments *arguments)
{
	bench_report_head(arguments->form);
	if (system->local != NULL)
		return run_local(system, arguments);
	if (arguments->series == NULL)
		return run_link(system, arguments, NULL);
	FILE *series = fopen(arguments->series, "w");
	if (series == NULL) {
		fprintf(stderr, "cardex-bench: %s: %s\n", arguments->series, strerror(errno));
		return 1;
	}
	const int status = run_link(system, arguments, series);
	return fclose(series) == 0 ? status : 1;
}

int main(int argc, char **argv)
{
	bench_arguments arguments;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		bench_usage(stdout);
		return 0;
	}
	if (!bench_arguments_parse(argc, argv, &arguments)) {
		bench_usage(stderr);
		return USAGE_STATUS;
	}
	const bench_system *system = bench_system_find(arguments.system);
	if (system == NULL) {
		fprintf(stderr, "cardex-bench: no system %s in this build; see --help\n",
		        arguments.system);
		return USAGE_STATUS;
	}
	if (strcmp(arguments.verb, "load") == 0 && system->load != NULL)
		return load(system, &arguments);
	if (strcmp(arguments.verb, "run") == 0)
		return run(system, &arguments);
	if (strcmp(arguments.verb, "pages") == 0 && system->local == &bench_engine_local)
		return bench_pages(arguments.address, arguments.seconds) ? 0 : 1;
	if (strcmp(arguments.verb, "costs") == 0 && system->local == &bench_engine_local)
		return bench_costs(arguments.address, arguments.scale, arguments.round) ? 0 : 1;
	if (strcmp(arguments.verb, "reports") == 0 && system->local == &bench_engine_local)
		return bench_reports(arguments.address, arguments.scale, arguments.seconds) ? 0
		                                                                            : 1;
	bench_usage(stderr);
	return USAGE_STATUS;
}
