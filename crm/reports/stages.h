/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of the pipeline. */
#pragma once

#include "crm/reports/frame/read.h"

enum { CRM__STAGES_MAX = 64 };

typedef struct crm__stage {
	int64_t id;
	int64_t seq;
	bool open;
	bool won;
} crm__stage;

typedef struct crm__stages {
	crm__stage all[CRM__STAGES_MAX]; /* by seq */
	size_t count;
} crm__stages;

/* Errors: CX_TOO_LARGE (more than CRM__STAGES_MAX). */
CX_MUST_USE cx_status crm__stages_read(crm__report *report, crm__stages *ret);

/* The position of a stage; `count` when it is none. */
size_t crm__stages_place(const crm__stages *stages, int64_t id);
