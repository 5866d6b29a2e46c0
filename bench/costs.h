/* SPDX-License-Identifier: Apache-2.0 */
/* What maintained aggregates, rollups and the search index cost an insert, and the bytes of the
 * change log: the same records into stores of the built-in schema with and without them. */
#pragma once

#include <stdbool.h>

/* Makes a store at `path`, where there must be none, for each variant in each round, and
 * removes it again; prints a table. Scale 1: 100,000 customers, opportunities and orders,
 * 500,000 activities. False on an error, told on stderr. */
bool bench_costs(const char *path, double scale, unsigned rounds);
