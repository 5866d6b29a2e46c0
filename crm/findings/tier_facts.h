/* SPDX-License-Identifier: Apache-2.0 */
/* What tells the tier of every customer, found in one pass over each type of record that has a
 * part in it, and the tiers themselves. Two-way activities are calls, meetings and visits, and
 * messages and e-mails that came in. Ages are counted in whole days of 24 hours before now. */
#pragma once

#include "crm/reports/frame/report.h"
#include "crm/stats/tier.h"

enum {
	CRM_TIER_CUSTOMERS_MAX = 5 * 1000 * 1000,
	CRM_TIER_REASON_SIZE = 100,
};

typedef struct crm__graded {
	int64_t id;
	crm__customer_facts facts;
	crm__customer_scores scores;
	crm__tier_verdict verdict;
	bool manual; /* a tier by hand stands: verdict.tier is that one */
	bool has_expiry;
	int64_t expires_on;
	const char *reason; /* manual: as it was given; in the arena of the report */
} crm__graded;

typedef struct crm__grading {
	crm__tier_parameters parameters;
	crm__graded *items; /* by id */
	size_t count;
	int64_t high_from; /* least value score of high; above all when nobody has an order */
} crm__grading;

/* Grades all customers made up to now. Free with crm__grading_release(), also after an error.
 * Errors: those of reading; CX_TOO_LARGE (CRM_TIER_CUSTOMERS_MAX). */
CX_MUST_USE cx_status crm__grading_read(crm__report *report,
                                        const crm__tier_parameters *parameters,
                                        crm__grading *ret);
void crm__grading_release(crm__grading *self);

/* Why, in numbers: "value 840>=760 R4", "potential 512>=450", "deal at proposal",
 * "value 300 of 760 R2 potential 120<450", "12 days old". */
void crm__graded_reason(const crm__grading *grading, const crm__graded *one,
                        char text[CRM_TIER_REASON_SIZE]);
