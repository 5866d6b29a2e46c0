/* SPDX-License-Identifier: Apache-2.0 */
/* A table whose columns line up, whatever the text is written in. */
#pragma once

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/slice.h"

#include <stdio.h>

typedef struct cli_table_column {
	cx_slice header;
	bool right; /* numbers */
	size_t width;
} cli_table_column;

/* A part of a cell to be marked, in bytes. */
typedef struct cli_mark {
	size_t from;
	size_t size;
} cli_mark;

typedef struct cli_cell {
	cx_slice text;
	const cli_mark *marks; /* ascending, apart */
	size_t mark_count;
} cli_cell;

typedef struct cli_table {
	cli_table_column *columns;
	size_t column_count;
	cx_arena *arena; /* the cells */
	cli_cell *cells;
	size_t cell_count;
	size_t cell_capacity;
	bool begun; /* the header is printed */
} cli_table;

bool cli_table_init(cli_table *self, size_t columns);
void cli_table_release(cli_table *self);

/* `header` must outlive the table. */
void cli_table_header(cli_table *self, size_t column, const char *header, bool right);

/* The next cell, row by row; control characters are made harmless. False without memory. */
bool cli_table_cell(cli_table *self, cx_slice text);

/* The same, with parts that are marked where the output is a terminal (and NO_COLOR is not
 * set). The marks are ascending, apart, and inside the text. */
bool cli_table_cell_marked(cli_table *self, cx_slice text, const cli_mark *marks, size_t count);

/* Prints the cells so far, below the header the first time, and forgets them. Columns keep the
 * width they have reached, so that a long list is printed in blocks without holding it all.
 * Cells are cut, with an ellipsis, where the output is a terminal and too narrow for them.
 * False without memory. */
CX_MUST_USE bool cli_table_print(cli_table *self, FILE *out);
