/* SPDX-License-Identifier: Apache-2.0 */
/* The tier of a customer whose gradings have changed without rules. */
#pragma once

#include "crm/ops/write.h"

/* Whether a field of customers is kept by crm__tier_settle(): it is that of no merge. */
bool crm__tier_is(const engine_field *field);

/* The customer has the tier of its newest grading, or none.
 * Errors: CX_NO_TYPE, CX_NOT_FOUND, those of reading and writing. */
CX_MUST_USE cx_status crm__tier_settle(crm__operation *op, const engine_type *customers,
                                       int64_t id);
