/* SPDX-License-Identifier: Apache-2.0 */
/* One text as the value of one field. */
#pragma once

#include "client/cli/import/mapping.h"

typedef struct cli_cell {
	const cli_field_mapping *field;
	cx_slice text;        /* not empty; a zero follows it */
	cx_slice per;         /* what to divide by, with field->per */
	cx_slice discount;    /* the share that was taken off, with field->after_discount */
	const char *currency; /* of money; NULL = two decimals */
	int offset_minutes;   /* of times without a zone */
} cli_cell;

/* Errors: CX_TYPE, with what was expected. Labels of enums and lengths are the server's to
 * check. */
CX_MUST_USE cx_status cli_cell_set(const cli_cell *cell, cardex_doc *fields, cx_error *error);

/* The same of a time, as ms since 1970 UTC. Errors: CX_TYPE. */
CX_MUST_USE cx_status cli_cell_time(const cli_cell *cell, int64_t *ret_ms, cx_error *error);
