/* SPDX-License-Identifier: Apache-2.0 */
/* A store in this process, and the measuring of one: one thread, one operation at a time, or
 * writes in groups that are one durable transaction each. */
#pragma once

#include "bench/report.h"
#include "bench/request.h"

typedef struct bench_local bench_local;

typedef struct bench_local_class {
	const char *name;
	/* NULL on failure, told on stderr. */
	bench_local *(*open)(const char *path, const bench_sizes *sizes);
	void (*close)(bench_local **self);
	/* begin, run once or more often, end: a snapshot for a read, a transaction for a
	 * write. False on an error, told on stderr. */
	bool (*begin)(bench_local *self, bench_operation operation);
	bool (*run)(bench_local *self, const bench_request *request, bench_answer *ret);
	bool (*end)(bench_local *self, bench_operation operation);
} bench_local_class;

/* Runs one operation for `seconds`, `group` of it to a transaction, after two seconds of the
 * same that do not count. */
bool bench_local_measure(const bench_local_class *class, bench_local *self,
                         bench_source *source, unsigned group, double seconds,
                         bench_result *ret);
