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

/* For `before`: each reference that is there leads to a record of the same customer as the
 * draft's field `customer`. `names` is the rule's table. Looks only at what the write changes;
 * says nothing of records that do not exist, and nothing while customers are merged.
 * Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__belongs_check(engine_draft *draft, unsigned customer,
                                         const crm__belonging *items, size_t count,
                                         const char *const *names, cx_error *error);

/* The same for `after`, of a record that comes back: meanwhile what it refers to may have
 * become another customer's. Does nothing for other events. */
CX_MUST_USE cx_status crm__belongs_back(engine_draft *draft, unsigned customer,
                                        const crm__belonging *items, size_t count,
                                        const char *const *names, cx_error *error);

/* For `before` of a record that gets another customer, and for `after` of one that comes back:
 * what refers to it is of its customer, too. Does nothing otherwise, and nothing while
 * customers are merged. Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__belongs_keep(engine_draft *draft, unsigned customer,
                                        const crm__referrer *items, size_t count,
                                        cx_error *error);
