/* SPDX-License-Identifier: Apache-2.0 */
/* One measured line, for people or as csv. */
#pragma once

#include "bench/histogram.h"
#include "bench/workload.h"

#include <stdio.h>

typedef struct bench_result {
	bench_histogram latencies; /* of one operation each; of a group, of the whole of it */
	uint64_t operations;
	uint64_t ns; /* of the whole run */
	uint64_t failures;
} bench_result;

typedef enum bench_form {
	BENCH_FORM_TABLE,
	BENCH_FORM_CSV, /* without a head, so that lines of many runs can be put together */
} bench_form;

/* What was measured. Depth: over the wire, requests a connection keeps unanswered; in process,
 * writes of one transaction. */
typedef struct bench_case {
	const char *system;
	bench_operation operation;
	unsigned connections;
	unsigned depth;
	unsigned round;
} bench_case;

/* Nothing for csv. */
void bench_report_head(bench_form form);

/* csv: round,system,op,connections,depth,ops,seconds,ops_s,p50_us,p99_us,p999_us,failures */
void bench_report(bench_form form, const bench_case *what, const bench_result *result);
