/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/frame/sample.h"

#include "crm/stats/rank.h"

cx_status crm__sample_add(crm__report *report, crm__sample *self, int64_t number)
{
	if (self->count == self->capacity) {
		const size_t capacity = self->capacity == 0 ? 64 : self->capacity * 2;
		int64_t *grown = cx_arena_alloc(report->arena, capacity * sizeof *grown);
		if (grown == NULL)
			return cx_fail(
				report->error, CX_TOO_LARGE,
				"the report has no room for more than %zu numbers: ask for "
				"a shorter time",
				self->count);
		if (self->count > 0)
			memcpy(grown, self->all, self->count * sizeof *grown);
		self->all = grown;
		self->capacity = capacity;
	}
	self->all[self->count++] = number;
	self->sum = engine_sum_add(self->sum, engine_sum_of(number));
	return CX_OK;
}

void crm__sample_sort(crm__sample *self)
{
	if (self->count > 0)
		crm__rank_sort(self->all, self->count);
}

void crm__put_sample(crm__report *report, crm__sample *self)
{
	crm__sample_sort(self);
	crm__put_ratio(report, self->sum, engine_sum_of((int64_t)self->count), 1);
	for (unsigned percent = 50; percent <= 90; percent += 40) {
		if (self->count == 0)
			crm__put_null(report);
		else
			crm__put_number(report,
			                crm__percentile(self->all, self->count, percent));
	}
}
