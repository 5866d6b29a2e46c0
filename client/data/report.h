/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a report. */
#pragma once

#include "client/data/value.h"

/* Whether it has the form that docs/reports.md promises, as far as the functions of
 * cardex_report.h look at it, or is a list of reports. Errors: CX_MALFORMED. */
CX_MUST_USE cx_status cardex__report_check(const cardex_value *root);
