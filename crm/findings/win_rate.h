/* SPDX-License-Identifier: Apache-2.0 */
/* How often opportunities that came to a stage were won: the matured cohort, that is those
 * whose first entry into it lies between 540 and 180 days before now, so that nearly all are
 * closed; drawn towards the stage's default probability as 20 more would (crm__shrunk_rate_bp).
 */
#pragma once

#include "crm/reports/frame/report.h"

enum {
	CRM_COHORT_FROM_DAYS = 540,
	CRM_COHORT_TO_DAYS = 180,
	CRM_SHRINK_WEIGHT = 20,
};

typedef struct crm__win_rate {
	int64_t stage;
	int64_t seq;
	int64_t default_bp;
	bool open; /* of the stage's kind; a won or lost stage has its default for a rate */
	int64_t won;
	int64_t lost;
	int64_t still_open;
	int64_t rate_bp;
} crm__win_rate;

typedef struct crm__win_rates {
	const crm__win_rate *items; /* by seq */
	size_t count;
} crm__win_rates;

enum { CRM_STAGES_MAX = 200 };

/* Errors: those of reading; CX_TOO_LARGE (CRM_STAGES_MAX). */
CX_MUST_USE cx_status crm__win_rates_read(crm__report *report, crm__win_rates *ret);

/* NULL when there is no such stage. */
const crm__win_rate *crm__win_rates_find(const crm__win_rates *self, int64_t stage);
