/* SPDX-License-Identifier: Apache-2.0 */
/* From the facts of all customers to their tiers. */
#pragma once

#include "crm/findings/tier_facts.h"

enum { CRM__FAR_STAGES_MAX = 200 };

/* Scores and verdicts, each customer among all. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__grade_all(crm__grading *self);

/* Where the newest row of a customer is a tier by hand that has not expired (expires_on is
 * today or later, or null), that is its tier. Errors: those of reading. */
CX_MUST_USE cx_status crm__grade_by_hand(crm__report *report, crm__grading *self);
