/* SPDX-License-Identifier: Apache-2.0 */
/* Confirmed revenue by month, of every scope: what the aggregate `revenue` holds, to whom it
 * was credited. A cancelled order is not in it, as the books now stand. */
#pragma once

#include "crm/findings/scopes.h"
#include "crm/stats/model.h"

enum { CRM_REVENUE_MONTHS = CRM_SERIES_MAX + 1 }; /* complete ones, and the running one */

typedef struct crm__revenue {
	int64_t month; /* number of the running one (crm/findings/month.h), the last there is */
	size_t scopes;
	int64_t *amounts; /* of each scope CRM_REVENUE_MONTHS, oldest first */
} crm__revenue;

/* Up to the month of now. Errors: those of reading; CX_TOO_LARGE (a sum beyond 64 bits). */
CX_MUST_USE cx_status crm__revenue_read(crm__report *report, const crm__scopes *scopes,
                                        crm__revenue *ret);

/* Of the running month. */
int64_t crm__revenue_running(const crm__revenue *self, size_t scope);

/* Complete months from the first that has any, at most CRM_SERIES_MAX; 0: there is none. */
size_t crm__revenue_history(const crm__revenue *self, size_t scope, const int64_t **ret);
