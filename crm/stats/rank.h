/* SPDX-License-Identifier: Apache-2.0 */
/* Order statistics: percentiles, medians, and how many lie below.
 *
 * A percentile is Hyndman and Fan's type 7 (Sample quantiles in statistical packages, The
 * American Statistician 50, 1996; the default of R and NumPy): of x[0] <= … <= x[n−1] the p-th
 * is at position (n − 1) · p / 100, interpolated between its two neighbours. The median is the
 * 50th. Those of integers are exact and rounded once, halves away from zero. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Ascending, in place. */
void crm__rank_sort(int64_t *values, size_t count);
void crm__rank_sort_reals(double *values, size_t count);

/* Of `count` >= 1 values in ascending order; `percent` 0 to 100. */
int64_t crm__percentile(const int64_t *sorted, size_t count, unsigned percent);

/* The same, not rounded but up: value >= the percentile exactly when value >= this. */
int64_t crm__percentile_up(const int64_t *sorted, size_t count, unsigned percent);

double crm__percentile_real(const double *sorted, size_t count, unsigned percent);

/* How many of the values, in ascending order, are smaller, and larger. */
size_t crm__rank_below(const int64_t *sorted, size_t count, int64_t value);
size_t crm__rank_above(const int64_t *sorted, size_t count, int64_t value);
