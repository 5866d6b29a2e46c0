/* SPDX-License-Identifier: Apache-2.0 */
/* What people have achieved, added up for all of a scope, for each month, each person and each
 * team with those below it. Everything comes from groups of aggregates and from targets; no
 * record of a customer, opportunity, order, payment or activity is read. */
#pragma once

#include "crm/reports/parts/keyed.h"
#include "crm/reports/parts/scope.h"

/* Which measure targets are of: the words of sales_target.metric, in their order. */
#define CRM__METRICS "revenue paid orders new_customers"
typedef enum crm__metric {
	CRM__METRIC_REVENUE,
	CRM__METRIC_PAID,
	CRM__METRIC_ORDERS,
	CRM__METRIC_NEW_CUSTOMERS,
} crm__metric;

typedef struct crm__figures {
	engine_sum revenue, paid, units_milli;
	engine_sum won_base, cycle_ms; /* of won opportunities */
	int64_t won, lost, orders, activities;
	int64_t converted; /* customers by their first order */
	int64_t customers; /* not yet converted at the beginning, or created since */
	uint64_t targeted; /* months that have a target, a bit for each */
	engine_sum target;
	engine_sum reached; /* of the metric, in those months */
} crm__figures;

typedef struct crm__person {
	int64_t id; /* 0: nobody */
	crm__figures figures;
	engine_sum measure; /* the metric's, once they are ranked */
} crm__person;

typedef struct crm__tally {
	crm__report *report;
	const crm__scope *scope;
	const crm__months *months;
	crm__metric metric;
	crm__figures whole;
	crm__figures *by_month;
	crm__figures *by_team; /* as scope->teams; sums of what is below, too */
	/* Of crm__person: those with a figure or a target; none for a scope of one person. */
	crm__keyed people;
} crm__tally;

CX_MUST_USE cx_status crm__tally_init(crm__tally *self, crm__report *report,
                                      const crm__scope *scope, const crm__months *months,
                                      crm__metric metric);

/* What each reads is added to what there is; targets first, as `reached` asks for them.
 * Errors: those of the report's reads. */
CX_MUST_USE cx_status crm__tally_targets(crm__tally *self);
CX_MUST_USE cx_status crm__tally_credits(crm__tally *self); /* won, lost, orders, payments */
CX_MUST_USE cx_status crm__tally_activities(crm__tally *self);
CX_MUST_USE cx_status crm__tally_customers(crm__tally *self);

/* ---- adding ---- */

/* Whose a gain is. */
typedef struct crm__place {
	size_t month;            /* position, or CRM__NOWHERE: of none in particular */
	const crm__value *owner; /* a person, or null */
	size_t team;             /* position, or CRM__NOWHERE */
} crm__place;

/* Adds to all that the place belongs to. `targeted`, `target` and `reached` of the gain do not
 * matter. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__tally_add(crm__tally *self, const crm__figures *gain,
                                     const crm__place *place);

/* The measure that targets are of. */
engine_sum crm__figures_metric(const crm__figures *figures, crm__metric metric);

/* People by it, the best first, then by id; nobody last. Nothing can be added afterwards. */
void crm__tally_rank(crm__tally *self);
