/* SPDX-License-Identifier: Apache-2.0 */
/* The table of reports. */
#pragma once

#include "crm/reports/frame/report.h"

typedef struct crm__table_row {
	const char *name;
	const char *help_en, *help_zh;
	const crm__definition *definition;
} crm__table_row;

/* NULL when there is none of that name. */
const crm__table_row *crm__table_find(cx_slice name);
