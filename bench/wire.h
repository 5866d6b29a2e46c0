/* SPDX-License-Identifier: Apache-2.0 */
/* The workload through libcardex against a running cardexd. */
#pragma once

#include "bench/report.h"

typedef struct bench_load {
	const char *uri;
	unsigned connections;
	unsigned depth; /* requests each connection keeps unanswered */
	double seconds;
	bench_sizes sizes;
} bench_load;

/* Measures one operation: all connections in one thread, each kept at its depth. 0 on success.
 */
int bench_wire_run(const bench_load *load, bench_operation operation);
