/* SPDX-License-Identifier: Apache-2.0 */
/* The tier of a customer, when its assessments have come or gone past the rules. */
#pragma once

#include "crm/ops/write.h"

/* Gives the customer the tier of its newest assessment; one without any keeps what it has.
 * Errors: those of reading and writing. */
CX_MUST_USE cx_status crm__tier_settle(crm__operation *op, const engine_type *customers,
                                       int64_t customer);
