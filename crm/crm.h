/* SPDX-License-Identifier: Apache-2.0 */
/* The trade: the record types of customer relations. The engine knows nothing of it. */
#pragma once

#include "base/slice.h"
#include "engine/rules.h"

/* The built-in schema, crm/crm.schema, in the schema language. Static storage. */
cx_slice crm_schema_text(void);

/* The rules that records of these types follow, for engine_options.rules. Static storage. */
const engine_rules *crm_rules(void);

/* stage_history.valid_to of a row that still stands: the last time that a record can hold, the
 * end of the year 9999. */
#define CRM_STILL_VALID INT64_C(253402300799999)

/* Why a change is made, where a rule has to know: engine_change.cause. What people write has no
 * cause. */
typedef enum crm_cause {
	CRM_CAUSE_NONE,
	CRM_CAUSE_REOPEN,  /* a closed opportunity, order or request is opened again */
	CRM_CAUSE_CONVERT, /* an opportunity becomes an order */
	CRM_CAUSE_MERGE,   /* two customers become one, or two again */
	CRM_CAUSE_REVALUE, /* open opportunities take the rate of the day */
	CRM_CAUSE_TIERS,   /* a run that grades customers */
} crm_cause;
