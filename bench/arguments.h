/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of cardex-bench. */
#pragma once

#include "bench/report.h"

#include <stdbool.h>

typedef struct bench_arguments {
	const char *verb;
	const char *system;
	const char *address;
	const char *series; /* file name */
	double scale;
	double seconds;
	unsigned wanted; /* operations, bits by number */
	unsigned connections;
	unsigned depth;
	unsigned round;
	unsigned seed;
	bench_form form;
} bench_arguments;

void bench_usage(FILE *out);

/* False when the command line is not one; `ret` then is of no use. */
bool bench_arguments_parse(int argc, char **argv, bench_arguments *ret);
