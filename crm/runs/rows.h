/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of `forecast`, written in a transaction. */
#pragma once

#include "crm/runs/foresight.h"

typedef struct crm__forecast_writer {
	engine_write *write;
	crm__report reading; /* the inside of the transaction */
	engine_change change;
	const engine_type *type;
	const crm__scope *scope;
	int64_t run;
	int64_t as_of_ms;
	int64_t month; /* number of the running one */
	cx_error *error;
} crm__forecast_writer;

/* Whether the scope has rows of the run. Errors: those of reading. */
CX_MUST_USE cx_status crm__forecast_is_there(crm__forecast_writer *self, bool *ret);

/* Makes them. Errors: those of writes. */
CX_MUST_USE cx_status crm__forecast_make(crm__forecast_writer *self,
                                         const crm__foresight *foresight);

/* Writes what came into rows of the scope that are of a complete month and do not say it yet.
 * `*count` is raised by how many. Errors: those of writes. */
CX_MUST_USE cx_status crm__forecast_fill(crm__forecast_writer *self, const int64_t *months,
                                         uint64_t *count);
