/* SPDX-License-Identifier: Apache-2.0 */
/* What reports cost, and that it does not grow with the store. */
#pragma once

#include <stdbool.h>

/* Makes a store of firm.h at `path`, where there must be none, at a tenth of the scale and at
 * the scale, runs each report over both for so many seconds, removes the stores again; prints a
 * table. False on an error, told on stderr. */
bool bench_reports(const char *path, double scale, double seconds);
