/* SPDX-License-Identifier: Apache-2.0 */
/* The open pipeline added up: by stage, and by stage and person. */
#pragma once

#include "crm/reports/frame/read.h"

/* What opportunities come to. Weighted: Σ amount × probability, in units of 1/10000. */
typedef struct crm__total {
	int64_t owner; /* 0: of everybody */
	int64_t stage;
	int64_t count;
	engine_sum amount;
	engine_sum weighted;
} crm__total;

typedef struct crm__totals {
	crm__total *all;
	size_t count, capacity;
} crm__totals;

/* Adds to the total of an owner and a stage, or subtracts with sign -1. Errors: CX_NO_MEMORY.
 */
CX_MUST_USE cx_status crm__totals_add(crm__report *report, crm__totals *totals, int64_t owner,
                                      int64_t stage, const crm__group *group, int sign);

/* The total of a stage over all owners. */
crm__total crm__totals_of_stage(const crm__totals *totals, int64_t stage);

/* The pipeline that was open at an instant: of these people, each by himself when they are not
 * all or `by_owner` is set.
 *
 * Exact: months before that of the instant, days of the month before its day, and the rows of
 * stage_history of the day itself (crm/crm.schema). Months and days are counted from the nearer
 * end, so of three years at most 254 cells of four stages are read; the rows are what happened
 * on that day. */
CX_MUST_USE cx_status crm__totals_at(crm__report *report, int64_t at_ms,
                                     const crm__people *people, bool by_owner,
                                     crm__totals *ret);

/* Notes that an instant has not come yet, when that is so: nothing is known of it but the
 * present. */
void crm__note_ahead(crm__report *report, int64_t at_ms);
