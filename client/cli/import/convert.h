/* SPDX-License-Identifier: Apache-2.0 */
/* From the cells of one row to the fields of one record. */
#pragma once

#include "client/cli/import/lookup.h"
#include "client/cli/import/mapping.h"
#include "client/cli/import/source.h"

/* A mapping bound to the columns of a file. */
typedef struct cli_converter {
	cli_context *context;
	const cli_mapping *mapping;
	cli_lookups *lookups;
	char *const *columns; /* names, column_count of them */
	size_t column_count;
} cli_converter;

/* Names the first column that the mapping asks for and the file does not have. */
CX_MUST_USE cli_exit cli_converter_check(const cli_converter *self);

/* True when the mapping passes this row over. */
bool cli_converter_skips(const cli_converter *self, const cli_row *row);

/* Sets the fields of the row. A reference that is to be set later is left out of `fields` and
 * its text is appended to `later[i]` (i: number of the field mapping; the caller empties it).
 * An empty cell is left out, so that a default of the schema applies.
 * Errors: those of a value (CX_TYPE, CX_MALFORMED, CX_DANGLING_REFERENCE, CX_TOO_LARGE), with
 * the reason in `error`; CX_DISCONNECTED when the server is gone. */
CX_MUST_USE cx_status cli_convert(const cli_converter *self, const cli_row *row,
                                  cardex_doc *fields, cx_buf *later, cx_error *error);

/* The time of which the row tells, by the mapping's `at`; 0 when it has none.
 * Errors: as of a value. */
CX_MUST_USE cx_status cli_convert_at(const cli_converter *self, const cli_row *row,
                                     int64_t *ret_ms, cx_error *error);
