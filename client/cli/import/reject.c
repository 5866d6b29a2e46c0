/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/reject.h"

#include <string.h>

static void put_cell(cx_slice cell, cx_buf *out)
{
	cx_buf_append_byte(out, '"');
	for (size_t i = 0; i < cell.size; i++) {
		if (cell.data[i] == '"')
			cx_buf_append_byte(out, '"');
		cx_buf_append_byte(out, cell.data[i]);
	}
	cx_buf_append_byte(out, '"');
}

void cli_reject_cells(const cli_row *row, size_t columns, cx_buf *out)
{
	for (size_t i = 0; i < columns; i++) {
		if (i > 0)
			cx_buf_append_byte(out, ',');
		if (i < row->count)
			put_cell(row->cells[i], out);
	}
}

static bool open_file(cli_rejects *self)
{
	CX_SCOPED(cx_buf_release) cx_buf header = CX_BUF_INIT(CLI_ROW_BYTES_MAX);
	for (size_t i = 0; i < self->column_count; i++) {
		put_cell(cx_slice_of(self->columns[i]), &header);
		cx_buf_append_byte(&header, ',');
	}
	cx_buf_append_slice(&header, CX_SLICE_LITERAL("_row,_line,_reason\n"));
	self->file = fopen(self->path, "we");
	return self->file != NULL &&
	       fwrite(header.data, 1, header.size, self->file) == header.size;
}

void cli_reject(cli_rejects *self, uint64_t row, uint64_t line, cx_slice cells,
                const char *reason)
{
	enum { TOLD_MAX = 10 };
	if (++self->count <= TOLD_MAX)
		fprintf(stderr, "row %llu (line %llu): %s\n", (unsigned long long)row,
		        (unsigned long long)line, reason);
	else if (self->count == TOLD_MAX + 1)
		fputs("more rows are rejected …\n", stderr);
	if (self->path == NULL)
		return;
	if (self->file == NULL && !self->failed)
		self->failed = !open_file(self);
	if (self->failed)
		return;
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(2 * CLI_ROW_BYTES_MAX);
	cx_buf_append_slice(&text, cells);
	cx_buf_printf(&text, ",%llu,%llu,", (unsigned long long)row, (unsigned long long)line);
	put_cell(cx_slice_of(reason), &text);
	cx_buf_append_byte(&text, '\n');
	self->failed = fwrite(text.data, 1, text.size, self->file) != text.size;
}

bool cli_rejects_close(cli_rejects *self)
{
	if (self->file != NULL && fclose(self->file) != 0)
		self->failed = true;
	self->file = NULL;
	return !self->failed;
}
