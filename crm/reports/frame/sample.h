/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of which a mean, a median or a percentile is told. */
#pragma once

#include "crm/reports/frame/report.h"

/* Memory is the report's arena. */
typedef struct crm__sample {
	int64_t *all;
	size_t count, capacity;
	engine_sum sum;
} crm__sample;

/* Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__sample_add(crm__report *report, crm__sample *self, int64_t number);

void crm__sample_sort(crm__sample *self);

/* Writes three cells: mean, median, 90th percentile (crm/stats/rank.h); nulls when there are
 * no numbers. Sorts them. */
void crm__put_sample(crm__report *report, crm__sample *self);
