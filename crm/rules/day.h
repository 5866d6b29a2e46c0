/* SPDX-License-Identifier: Apache-2.0 */
/* Days, as the organisation's clock has them. */
#pragma once

#include "engine/rules.h"

/* The day, since 1970-01-01, on which the instant `at_ms` lies in the time zone of the schema.
 */
CX_MUST_USE cx_status crm__day_at(const engine_draft *draft, int64_t at_ms, int64_t *ret);

/* The day on which happens what this change tells of. */
CX_MUST_USE cx_status crm__day_today(const engine_draft *draft, int64_t *ret);

/* Whether the day is the first of a month. */
bool crm__day_begins_month(int64_t day);
