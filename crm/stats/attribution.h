/* SPDX-License-Identifier: Apache-2.0 */
/* Which campaign an opportunity was won by, from the responses of its customer.
 *
 * first: all to the earliest; last: all to the latest; linear: equal integer shares, the
 * remainder to the earliest. So the shares of each way add up to the amount exactly. Without a
 * response all goes to the opportunity's own campaign, and to none without that. */
#pragma once

#include "crm/figures/split.h"

#define CRM_ATTRIBUTIONS(A) \
	A(FIRST, "first")   \
	A(LAST, "last")     \
	A(LINEAR, "linear")

typedef enum crm__attribution {
#define CRM_ATTRIBUTION_MEMBER(name, text) CRM_ATTRIBUTION_##name,
	CRM_ATTRIBUTIONS(CRM_ATTRIBUTION_MEMBER)
#undef CRM_ATTRIBUTION_MEMBER
		CRM_ATTRIBUTION_COUNT,
} crm__attribution;

/* How long before the opportunity was made a response still counts; up to when it was closed.
 */
enum { CRM_ATTRIBUTION_DAYS = 180 };

typedef struct crm__response {
	int64_t at; /* ms */
	int64_t id; /* of the touch: decides between equal times */
	int64_t campaign;
	int64_t share; /* what it is given */
} crm__response;

/* Puts the responses in order of time and gives each its share of `amount`. `count` >= 1. */
void crm__attribute(crm__response *responses, size_t count, crm__attribution way,
                    int64_t amount);
