/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters: from what a caller wrote to values.
 *
 * A value is of the parameter's kind, or text as people write it: "12", "true", "2026-11-23",
 * "2026-11-23T08:15:00+08:00", "2026-11" (a month). A date where a ts is asked for is the
 * beginning of that day where the organisation is. "now", "today" and "month" are those of the
 * report, "today-30" is 30 days before, "month+1" the next month. A record is named by its id,
 * or by the first unique text of its type (login of a user, code of a stage …), or by its
 * ext_id. */
#pragma once

#include "crm/reports/frame/report.h"

/* What every report takes: what "now" is. */
extern const crm__param crm__param_now;

/* Fills the values, and now. Errors: CX_INVALID_ARGUMENT, CX_NOT_FOUND. */
CX_MUST_USE cx_status crm__params_read(crm__report *self, cx_slice params);

/* A map name → value. */
void crm__params_write(const crm__report *self, cx_buf *out);
