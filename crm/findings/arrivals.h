/* SPDX-License-Identifier: Apache-2.0 */
/* Revenue of a month from what did not exist yet: what the pipeline of today cannot show.
 *
 * Seen from a day of the month, `ahead` months before a month: the revenue confirmed in it of
 * opportunities that were made after the same day of the month that many months before. An
 * order without an opportunity stands for one made when it was. A day that a month has not is
 * its last. */
#pragma once

#include "crm/findings/scopes.h"

enum {
	CRM_ARRIVAL_MONTHS = 12, /* that are looked at */
	CRM_ARRIVAL_AHEAD = 3,   /* this month, the next, and the one after it */
};

typedef struct crm__arrivals {
	int64_t *amounts; /* of each scope, months ahead and month, oldest first */
} crm__arrivals;

/* Reads the orders confirmed in the last complete months, by the index of that time; a schema
 * without it costs a look at every order.
 * Errors: those of reading; CX_TOO_LARGE (a sum beyond 64 bits). */
CX_MUST_USE cx_status crm__arrivals_read(crm__report *report, const crm__scopes *scopes,
                                         crm__arrivals *ret);

/* The median of the last `months` of them, at most CRM_ARRIVAL_MONTHS; 0 of none. */
int64_t crm__arrivals_median(const crm__arrivals *self, size_t scope, size_t ahead,
                             size_t months);
