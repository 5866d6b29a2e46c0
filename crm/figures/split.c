/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/figures/split.h"

#include "crm/figures/wide.h"

#include <stdlib.h>
#include <string.h>

/* The fraction that a share has lost: rest / Σ weights. */
typedef struct fraction {
	crm__unsigned_wide rest;
	size_t at;
} fraction;

static int larger_first(const void *a, const void *b)
{
	const fraction *x = a, *y = b;
	if (x->rest != y->rest)
		return x->rest > y->rest ? -1 : 1;
	return x->at < y->at ? -1 : 1; /* no two are at one place */
}

static bool sum_of(const int64_t *weights, size_t count, crm__unsigned_wide *ret)
{
	crm__unsigned_wide sum = 0;
	for (size_t i = 0; i < count; i++) {
		if (weights[i] < 0)
			return false;
		sum += (uint64_t)weights[i];
	}
	*ret = sum;
	return true;
}

static int64_t signed_share(uint64_t share, bool negative)
{
	return negative ? (int64_t)(0 - share) : (int64_t)share;
}

cx_status crm__split_by_weight(int64_t amount, const int64_t *weights, size_t count,
                               int64_t *ret)
{
	crm__unsigned_wide sum;
	if (!sum_of(weights, count, &sum) || (sum == 0 && amount != 0))
		return CX_INVALID_ARGUMENT;
	if (amount == 0) {
		if (count > 0)
			memset(ret, 0, count * sizeof *ret);
		return CX_OK;
	}
	fraction *fractions = calloc(count, sizeof *fractions);
	if (fractions == NULL)
		return CX_NO_MEMORY;

	const bool negative = amount < 0;
	const uint64_t size = (uint64_t)crm__wide_magnitude(amount);
	uint64_t left = size;
	for (size_t i = 0; i < count; i++) {
		const crm__unsigned_wide part = (crm__unsigned_wide)size * (uint64_t)weights[i];
		const uint64_t share = (uint64_t)(part / sum);
		ret[i] = signed_share(share, negative);
		fractions[i] = (fraction){ .rest = part % sum, .at = i };
		left -= share;
	}
	/* The fractions add up to `left`, each below 1, so fewer than `count` are left. */
	CX_ASSERT(left < count);
	qsort(fractions, count, sizeof *fractions, larger_first);
	for (size_t i = 0; i < left; i++)
		ret[fractions[i].at] += negative ? -1 : 1;
	free(fractions);
	return CX_OK;
}

int64_t crm__split_equally(int64_t amount, size_t count, size_t at)
{
	CX_ASSERT(at < count && count <= INT64_MAX);
	const int64_t share = amount / (int64_t)count;
	return at == 0 ? share + amount % (int64_t)count : share;
}
