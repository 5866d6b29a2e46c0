/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/local.h"

#include "base/clock.h"

/* A run opens its file anew, so every page is touched for the first time in it; about so long.
 */
static const double warm_seconds = 2;

static bool run_one(const bench_local_class *class, bench_local *self, bench_request *request)
{
	bench_answer answer = { 0 };
	if (!class->run(self, request, &answer))
		return false;
	if (bench_answer_is_right(&answer, &request->expect))
		return true;
	fprintf(stderr, "cardex-bench: %s: %s: %u rows of %lld, wanted %u to %u of %lld\n",
	        class->name, bench_operation_name(request->expect.operation), answer.rows,
	        (long long)answer.key, request->expect.rows_min, request->expect.rows_max,
	        (long long)request->expect.key);
	return false;
}

static bool run_group(const bench_local_class *class, bench_local *self, bench_source *source,
                      bench_request *request, unsigned group)
{
	bench_source_next(source, request);
	const bench_operation operation = request->expect.operation;
	if (!class->begin(self, operation) || !run_one(class, self, request))
		return false;
	for (unsigned i = 1; i < group; i++) {
		bench_source_next(source, request);
		if (!run_one(class, self, request))
			return false;
	}
	return class->end(self, operation);
}

static bool measure(const bench_local_class *class, bench_local *self, bench_source *source,
                    unsigned group, double seconds, bench_result *ret)
{
	static bench_request request;
	*ret = (bench_result){ 0 };
	const uint64_t begin = cx_clock_monotonic_ns();
	const uint64_t end = begin + (uint64_t)(seconds * 1e9);
	uint64_t now = begin;
	while (now < end) {
		if (!run_group(class, self, source, &request, group)) {
			ret->failures++;
			return false;
		}
		const uint64_t after = cx_clock_monotonic_ns();
		bench_histogram_add(&ret->latencies, after - now);
		ret->operations += group;
		now = after;
	}
	ret->ns = now - begin;
	return true;
}

bool bench_local_measure(const bench_local_class *class, bench_local *self,
                         bench_source *source, unsigned group, double seconds,
                         bench_result *ret)
{
	return measure(class, self, source, group, warm_seconds, ret) &&
	       measure(class, self, source, group, seconds, ret);
}
