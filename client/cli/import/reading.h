/* SPDX-License-Identifier: Apache-2.0 */
/* A file being read, as the two formats share it. */
#pragma once

#include "base/buf.h"
#include "client/cli/import/source.h"

#include <csv.h>

typedef struct cli_reading {
	const cli_source_events *events;
	cx_error *error;
	cx_arena *arena; /* of the present row */
	cx_slice cells[CLI_COLUMNS_MAX];
	size_t count;
	size_t columns;
	uint64_t rows;
	uint64_t line;
	uint64_t row_line;
	bool header_done;

	struct csv_parser csv;
	bool csv_begun;
	cx_status csv_status; /* of the first event that failed */

	cx_buf tail; /* ndjson: a line cut by the end of a block */
	char *keys[CLI_COLUMNS_MAX];
} cli_reading;

/* Adds a cell to the present row, copying it. */
CX_MUST_USE cx_status cli__reading_add(cli_reading *self, cx_slice cell);

/* Ends the present row; `why` not NULL: it could not be read. Blank rows are passed over. */
CX_MUST_USE cx_status cli__reading_end_row(cli_reading *self, const char *why);

/* Fills the error with the line and returns `status`. */
cx_status cli__reading_fail(cli_reading *self, cx_status status, const char *text);

CX_MUST_USE cx_status cli__csv_begin(cli_reading *self, char separator);
CX_MUST_USE cx_status cli__csv_feed(cli_reading *self, const char *block, size_t size);
CX_MUST_USE cx_status cli__csv_end(cli_reading *self);
void cli__csv_release(cli_reading *self);

CX_MUST_USE cx_status cli__ndjson_begin(cli_reading *self);
CX_MUST_USE cx_status cli__ndjson_feed(cli_reading *self, const char *block, size_t size);
CX_MUST_USE cx_status cli__ndjson_end(cli_reading *self);
void cli__ndjson_release(cli_reading *self);
