/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a person's open opportunities come first: 0 to 1000 points in four parts.
 *
 *   value     500 · share of the owner's open deals that are expected to bring less
 *   customer  200 · tier: high 1, potential ½, else 0
 *   nearness  150 · 1 when it closes within 30 days (or should have), falling to 0 at 180
 *   momentum  150 · 1 when its last activity is at most 7 days old, falling to 0 at 45;
 *             0 without one
 *
 * Each part is exact and rounded once, so that the total is their sum. */
#pragma once

#include "crm/stats/tier.h"

typedef struct crm__deal_facts {
	int64_t expected_base;
	crm__tier tier;
	int64_t close_in_days; /* below 0: overdue */
	bool active;           /* has a done activity */
	int64_t idle_ms;       /* since that; below 0 counts as 0 */
} crm__deal_facts;

typedef struct crm__priority {
	int64_t value;
	int64_t customer;
	int64_t nearness;
	int64_t momentum;
	int64_t total;
} crm__priority;

/* `sorted`: expected_base of all `count` >= 1 open deals of the owner, ascending, this one
 * among them. */
crm__priority crm__priority_of(const crm__deal_facts *deal, const int64_t *sorted,
                               size_t count);
