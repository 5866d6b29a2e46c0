/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/rank.h"

#include "crm/figures/wide.h"

#include <stdlib.h>

enum { WHOLE = 100 };

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int by_real(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

void crm__rank_sort(int64_t *values, size_t count)
{
	if (count > 0)
		qsort(values, count, sizeof *values, by_value);
}

void crm__rank_sort_reals(double *values, size_t count)
{
	if (count > 0)
		qsort(values, count, sizeof *values, by_real);
}

/* Where the percentile lies: `rest` hundredths of the way from `at` to the next. */
typedef struct position {
	size_t at;
	unsigned rest;
} position;

static position position_of(size_t count, unsigned percent)
{
	CX_ASSERT(count >= 1 && count < SIZE_MAX / WHOLE);
	CX_ASSERT(percent <= WHOLE);
	const size_t hundredths = (count - 1) * percent;
	return (position){ .at = hundredths / WHOLE, .rest = (unsigned)(hundredths % WHOLE) };
}

/* The percentile times 100, exactly. */
static crm__wide hundredfold(const int64_t *sorted, size_t count, unsigned percent)
{
	const position here = position_of(count, percent);
	const crm__wide low = sorted[here.at];
	if (here.rest == 0)
		return low * WHOLE;
	return low * WHOLE + (sorted[here.at + 1] - low) * (crm__wide)here.rest;
}

int64_t crm__percentile(const int64_t *sorted, size_t count, unsigned percent)
{
	int64_t rounded = 0;
	const bool fits = crm__wide_round(hundredfold(sorted, count, percent), WHOLE, &rounded);
	CX_ASSERT(fits); /* it lies between two of the values */
	return rounded;
}

int64_t crm__percentile_up(const int64_t *sorted, size_t count, unsigned percent)
{
	const crm__wide exact = hundredfold(sorted, count, percent);
	return (int64_t)(exact / WHOLE) + (exact % WHOLE > 0 ? 1 : 0);
}

double crm__percentile_real(const double *sorted, size_t count, unsigned percent)
{
	const position here = position_of(count, percent);
	if (here.rest == 0)
		return sorted[here.at];
	const double low = sorted[here.at], high = sorted[here.at + 1];
	return low + (high - low) * (double)here.rest / WHOLE;
}

/* The first place whose value is at least `value`, or above it. */
static size_t place_of(const int64_t *sorted, size_t count, int64_t value, bool above)
{
	size_t low = 0, high = count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const bool before = above ? sorted[middle] <= value : sorted[middle] < value;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t crm__rank_below(const int64_t *sorted, size_t count, int64_t value)
{
	return place_of(sorted, count, value, false);
}

size_t crm__rank_above(const int64_t *sorted, size_t count, int64_t value)
{
	return count - place_of(sorted, count, value, true);
}
