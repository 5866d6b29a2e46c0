/* SPDX-License-Identifier: Apache-2.0 */
/* Records of one customer that refer to each other: the contact of an order is the order's
 * customer's. */
#pragma once

#include "engine/rules.h"

typedef struct crm__belonging {
	unsigned reference; /* "contact" */
	unsigned customer;  /* the customer of what it refers to: "contact.customer" */
} crm__belonging;

/* For `before`: each reference that is there leads to a record of the same customer as the
 * draft's field `customer`. `names` is the rule's table. Looks only at what the write changes;
 * says nothing of records that do not exist, and nothing while customers are merged.
 * Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__belongs_check(engine_draft *draft, unsigned customer,
                                         const crm__belonging *items, size_t count,
                                         const char *const *names, cx_error *error);

/* The same for `after` of an undelete: all of them, for what they lead to may have gone to
 * another customer meanwhile. Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__belongs_check_all(engine_draft *draft, unsigned customer,
                                             const crm__belonging *items, size_t count,
                                             const char *const *names, cx_error *error);
