/* SPDX-License-Identifier: Apache-2.0 */
/* A report that writes nothing: what runs over all records (crm/runs.h) read with, so that they
 * find what reports find. */
#pragma once

#include "crm/reports/frame/report.h"

/* Makes it ready to read from the snapshot, with no limit of keys; `now_ms` is what it takes
 * for now. Must not be used to write rows. On an error there is nothing to end. Errors: as
 * crm_report_run(). */
CX_MUST_USE cx_status crm__reading_begin(crm__report *self, engine_read *read, int64_t now_ms,
                                         cx_error *error);

/* Frees what it took; all zero is accepted. */
void crm__reading_end(crm__report *self);
