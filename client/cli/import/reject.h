/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that were not imported, as CSV: the file's columns, then _row, _line and _reason, so
 * that they can be mended and imported again. The file is made when the first row comes. */
#pragma once

#include "base/buf.h"
#include "client/cli/import/source.h"

#include <stdio.h>

typedef struct cli_rejects {
	const char *path; /* NULL: reasons go to stderr only */
	FILE *file;
	char *const *columns;
	size_t column_count;
	uint64_t count;
	bool failed; /* could not be written */
} cli_rejects;

/* Appends one row's cells as a line of CSV, without its end. */
void cli_reject_cells(const cli_row *row, size_t columns, cx_buf *out);

/* `cells` is what cli_reject_cells made. */
void cli_reject(cli_rejects *self, uint64_t row, uint64_t line, cx_slice cells,
                const char *reason);

/* False when the file could not be written. */
bool cli_rejects_close(cli_rejects *self);
