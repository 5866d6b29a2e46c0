/* SPDX-License-Identifier: Apache-2.0 */
/* Open opportunities by the month they are to close in, of every scope, weighted by their own
 * probability and by how often their stage led to a win. Theirs is whom the owner is with now.
 */
#pragma once

#include "crm/findings/scopes.h"
#include "crm/findings/win_rate.h"

typedef struct crm__pipeline crm__pipeline;

typedef enum crm__weighing {
	CRM_WEIGHED_BY_DEAL,    /* Σ amount_base · probability_bp ÷ 10000 */
	CRM_WEIGHED_BY_HISTORY, /* Σ amount_base · rate of the stage ÷ 10000 */
	CRM_WEIGHING_COUNT,
} crm__weighing;

/* Those that are to close in the `months` months from number `month` on. Lives until the report
 * has ended. Errors: those of reading. */
CX_MUST_USE cx_status crm__pipeline_read(crm__report *report, const crm__scopes *scopes,
                                         const crm__win_rates *rates, int64_t month,
                                         size_t months, const crm__pipeline **ret);

/* Divided and rounded once. False when it does not fit 64 bits. */
CX_MUST_USE bool crm__pipeline_in(const crm__pipeline *self, size_t scope, size_t month,
                                  crm__weighing weighing, int64_t *ret);
