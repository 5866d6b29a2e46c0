/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/statistics.h"

#include "engine/core/handle.h"
#include "engine/index/key.h"

enum { RANGES_LOOKED_AT = 64 };

static const engine__statistics *set_of(engine_read *read)
{
	return engine__shelf_set(read->engine->shelf, &read->statistics,
	                         &read->statistics_seen);
}

const engine__index_statistics *engine__statistics_of(engine_read *read,
                                                      const engine_index *index)
{
	if (index == NULL)
		return NULL;
	const engine__index_statistics *found =
		engine__statistics_find(set_of(read), index->id);
	return found != NULL && found->column_count == index->column_count ? found : NULL;
}

uint64_t engine__statistics_epoch(engine_read *read)
{
	return engine__statistics_epoch_of(set_of(read));
}

/* ---- estimates ---- */

/* How many boundaries lie before the key. */
static size_t boundaries_before(const engine__index_statistics *self, cx_slice key)
{
	size_t low = 0;
	size_t high = self->boundary_count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (cx_slice_compare(self->boundaries[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Entries with the first value that the range fixes. */
static double entries_of_first(const engine__index_statistics *self, const engine__range *range)
{
	uint64_t known = 0;
	const engine_column *column = &range->path->index->columns[0];
	const cx_slice first = { .data = range->low.data,
		                 .size = engine__key_skip(column, range->low) };
	for (uint16_t i = 0; i < self->common_count; i++) {
		if (cx_slice_equal(self->common[i].value, first))
			return (double)self->common[i].entries;
		known += self->common[i].entries;
	}
	if (self->distinct[0] <= self->common_count || self->entries <= known)
		return 1; /* all values are known, and it is none of them */
	return (double)(self->entries - known) /
	       (double)(self->distinct[0] - self->common_count);
}

/* Entries with the values that the range fixes. */
static double entries_of_fixed(const engine__index_statistics *self,
                               const engine__candidate *candidate, const engine__range *range)
{
	double entries = entries_of_first(self, range);
	const uint16_t fixed = candidate->equal_count < self->column_count
	                               ? candidate->equal_count
	                               : self->column_count;
	if (fixed > 1 && self->distinct[fixed - 1] > 0)
		entries *= (double)self->distinct[0] / (double)self->distinct[fixed - 1];
	return entries < 1 ? 1 : entries;
}

static double estimate_range(const engine__index_statistics *self,
                             const engine__candidate *candidate, const engine__range *range)
{
	const double step = (double)self->entries / (self->boundary_count + 1);
	const size_t before = boundaries_before(self, range->low);
	const size_t after = range->high.size > 0 ? boundaries_before(self, range->high)
	                                          : self->boundary_count + (size_t)1;
	const double inside = after > before ? (double)(after - before) : 0;
	const double most = (inside + 1) * step;
	if (inside >= 3)
		return inside * step;
	if (candidate->equal_count == 0)
		return (inside + 0.5) * step;
	double entries = entries_of_fixed(self, candidate, range);
	if (candidate->ranged)
		entries /= 3;
	return entries < most ? entries : most;
}

double engine__statistics_estimate(const engine__index_statistics *self,
                                   const engine__candidate *candidate,
                                   const engine__ranges *ranges, uint64_t now)
{
	double sum = 0;
	size_t seen = 0;
	for (; seen < ranges->count && seen < RANGES_LOOKED_AT; seen++)
		sum += estimate_range(self, candidate, &ranges->items[seen]);
	if (seen == 0 || self->entries == 0)
		return 0;
	sum *= (double)ranges->count / (double)seen;
	return sum * (double)now / (double)self->entries;
}
