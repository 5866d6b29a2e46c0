/* SPDX-License-Identifier: Apache-2.0 */
/* Measures one operation on a server: all connections in one thread, each kept at its depth,
 * the next request sent when an answer comes (closed loop). */
#pragma once

#include "bench/link.h"
#include "bench/report.h"

typedef struct bench_load {
	const bench_link_class *system;
	const char *address;
	unsigned connections;
	unsigned depth; /* requests each connection keeps unanswered */
	double seconds;
	uint64_t seed;
	bench_sizes sizes;
	FILE *series; /* a line of csv for each second, or NULL */
} bench_load;

/* A tenth of the time more is driven before it counts. False when anything failed, told on
 * stderr; `ret` then holds what was answered until then. */
bool bench_drive(const bench_load *load, bench_operation operation, bench_result *ret);
