/* SPDX-License-Identifier: Apache-2.0 */
/* Costs in the base currency. */
#pragma once

#include "crm/reports/frame/report.h"

/* An amount in some currency, at the newest rate of today or before. `*ret_has` is false when
 * there is no rate, or the amount does not fit. Errors: those of reading. */
CX_MUST_USE cx_status crm__campaign_cost(crm__report *report, cx_slice currency, int64_t amount,
                                         bool *ret_has, int64_t *ret);
