/* SPDX-License-Identifier: Apache-2.0 */
/* The phase of a signed contract: read from its dates whenever it is asked for, never stored.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum crm__phase {
	CRM__PHASE_PENDING, /* 待生效: it has not begun */
	CRM__PHASE_ACTIVE,  /* 生效中: from start_on to end_on, both included */
	CRM__PHASE_EXPIRED, /* 已到期 */
} crm__phase;

typedef struct crm__term {
	int64_t start_on; /* days since 1970-01-01 */
	int64_t end_on;   /* used only when it has an end */
	bool has_end;     /* false: open-ended */
} crm__term;

crm__phase crm__contract_phase(const crm__term *term, int64_t today);

/* Whether it is active and its end is at most `notice_days` ahead; false without an end. */
bool crm__contract_is_expiring(const crm__term *term, int64_t today, int64_t notice_days);
