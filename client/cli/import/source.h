/* SPDX-License-Identifier: Apache-2.0 */
/* Rows out of a file: CSV (RFC 4180; a byte-order mark is passed over; any separator) or ndjson
 * (one JSON object a line). Nothing of the file but the present row is held in memory. */
#pragma once

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

#include <stdio.h>

enum {
	CLI_COLUMNS_MAX = 512,
	CLI_CELL_BYTES_MAX = 1024 * 1024,
	CLI_ROW_BYTES_MAX = 4 * 1024 * 1024,
};

/* Cells by column; the bytes live during the call that gets the row. A cell that the row does
 * not have has data NULL. */
typedef struct cli_row {
	uint64_t number; /* 1-based, the header not counted */
	uint64_t line;   /* where it begins in the file */
	const cx_slice *cells;
	size_t count;
} cli_row;

typedef struct cli_source_events {
	void *context;
	/* Once, before the rows: the columns. ndjson: the keys of the first object; keys that
	 * only later objects have are a row error. */
	cx_status (*columns)(void *context, const cx_slice *names, size_t count);
	cx_status (*row)(void *context, const cli_row *row);
	/* A row that cannot be read; the file goes on. */
	cx_status (*bad_row)(void *context, const cli_row *row, const char *why);
	/* After each block: bytes read so far. */
	void (*progress)(void *context, uint64_t bytes);
} cli_source_events;

typedef enum cli_source_kind { CLI_SOURCE_CSV, CLI_SOURCE_NDJSON } cli_source_kind;

/* Reads to the end, or until an event returns something else than CX_OK, which is returned.
 * Errors of its own: CX_IO, CX_MALFORMED (no header, broken quotes), CX_TOO_LARGE,
 * CX_NO_MEMORY; `error` has the line. */
CX_MUST_USE cx_status cli_source_run(FILE *file, cli_source_kind kind, char separator,
                                     const cli_source_events *events, cx_error *error);
