/* SPDX-License-Identifier: Apache-2.0 */
/* Records of one customer that refer to each other: the contact of an order is the order's
 * customer's. */
#pragma once

#include "engine/rules.h"

typedef struct crm__belonging {
	unsigned reference; /* "contact" */
	unsigned customer;  /* the customer of what it refers to: "contact.customer" */
	bool may_leave;     /* what it refers to may go to another customer later */
} crm__belonging;

/* The other way round: records that refer to the draft's. */
typedef struct crm__referrer {
	unsigned reference; /* "activity.opportunity" */
	unsigned customer;  /* "activity.customer" */
} crm__referrer;

/* All of one rule. */
typedef struct crm__belongs {
	unsigned customer;        /* the draft's field of that name */
	const char *const *names; /* the rule's table of fields */
	const crm__belonging *items;
	size_t item_count;
	const crm__referrer *referrers;
	size_t referrer_count;
} crm__belongs;

/* For `before`: each reference that is there leads to a record of the same customer. Looks only
 * at what the write changes; says nothing of records that do not exist, and nothing while
 * customers are merged. Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__belongs_check(engine_draft *draft, const crm__belongs *self,
                                         cx_error *error);

/* For `before`: what refers to a record that gets another customer is of that customer, too.
 * Does nothing otherwise, and nothing while customers are merged. Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__belongs_keep(engine_draft *draft, const crm__belongs *self,
                                        cx_error *error);

/* Both for `after`, of a record that comes back: its customer's records are as they are by now.
 * Does nothing for other events. Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__belongs_back(engine_draft *draft, const crm__belongs *self,
                                        cx_error *error);
