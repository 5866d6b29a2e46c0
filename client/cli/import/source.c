/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/source.h"

#include "client/cli/import/reading.h"

#include <stdlib.h>
#include <string.h>

cx_status cli__reading_add(cli_reading *self, cx_slice cell)
{
	if (self->count == CLI_COLUMNS_MAX)
		return cli__reading_fail(self, CX_TOO_LARGE, "a row has over 512 columns");
	if (cell.size > CLI_CELL_BYTES_MAX)
		return cli__reading_fail(self, CX_TOO_LARGE, "a cell is over 1 MiB");
	const cx_slice copy = cx_arena_copy(self->arena, cell);
	if (copy.data == NULL && cell.size > 0)
		return cli__reading_fail(self, CX_TOO_LARGE, "a row is over 4 MiB");
	static const uint8_t empty[1];
	self->cells[self->count++] = copy.data != NULL ? copy : (cx_slice){ .data = empty };
	return CX_OK;
}

cx_status cli__reading_fail(cli_reading *self, cx_status status, const char *text)
{
	cx_fail(self->error, status, "line %llu: %s", (unsigned long long)self->line, text);
	if (self->error != NULL)
		self->error->line = (uint32_t)self->line;
	return status;
}

/* Makes the cells ready for the next row. */
static void next_row(cli_reading *self)
{
	cx_arena_clear(self->arena);
	self->count = 0;
}

static cx_status end_header(cli_reading *self)
{
	static const cx_slice mark = { .data = (const uint8_t *)"\xef\xbb\xbf", .size = 3 };
	if (self->count > 0 && cx_slice_starts_with(self->cells[0], mark))
		self->cells[0] = cx_slice_from(self->cells[0], mark.size);
	self->columns = self->count;
	self->header_done = true;
	return self->events->columns(self->events->context, self->cells, self->count);
}

static bool is_blank(const cli_reading *self)
{
	return self->count == 0 || (self->count == 1 && self->cells[0].size == 0);
}

cx_status cli__reading_end_row(cli_reading *self, const char *why)
{
	cx_status status = CX_OK;
	if (why == NULL && is_blank(self) && self->columns != 1) {
		next_row(self);
		return CX_OK;
	}
	if (!self->header_done) {
		status = end_header(self);
	} else {
		const cli_row row = { .number = ++self->rows,
			              .line = self->row_line,
			              .cells = self->cells,
			              .count = self->count };
		if (why == NULL && self->count > self->columns)
			why = "the row has more cells than the header";
		else if (why == NULL && self->count < self->columns)
			why = "the row has fewer cells than the header";
		status = why != NULL ? self->events->bad_row(self->events->context, &row, why)
		                     : self->events->row(self->events->context, &row);
	}
	next_row(self);
	return status;
}

static cx_status read_blocks(cli_reading *self, FILE *file, cli_source_kind kind)
{
	enum { BLOCK = 64 * 1024 };
	char *block = malloc(BLOCK);
	if (block == NULL)
		return CX_NO_MEMORY;
	cx_status status = CX_OK;
	uint64_t bytes = 0;
	size_t size = BLOCK;
	while (status == CX_OK && size == BLOCK) {
		size = fread(block, 1, BLOCK, file);
		if (ferror(file))
			status = cli__reading_fail(self, CX_IO, "the file cannot be read");
		else if (kind == CLI_SOURCE_CSV)
			status = cli__csv_feed(self, block, size);
		else
			status = cli__ndjson_feed(self, block, size);
		bytes += size;
		if (status == CX_OK)
			self->events->progress(self->events->context, bytes);
	}
	free(block);
	return status;
}

cx_status cli_source_run(FILE *file, cli_source_kind kind, char separator,
                         const cli_source_events *events, cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	cx_status status = cx_arena_new(CLI_ROW_BYTES_MAX, &arena);
	if (status != CX_OK)
		return cx_fail(error, status, "out of memory");
	cli_reading *self = calloc(1, sizeof *self);
	if (self == NULL)
		return cx_fail(error, CX_NO_MEMORY, "out of memory");
	self->events = events;
	self->error = error;
	self->arena = arena;
	self->line = self->row_line = 1;
	status = kind == CLI_SOURCE_CSV ? cli__csv_begin(self, separator)
	                                : cli__ndjson_begin(self);
	if (status == CX_OK)
		status = read_blocks(self, file, kind);
	if (status == CX_OK)
		status = kind == CLI_SOURCE_CSV ? cli__csv_end(self) : cli__ndjson_end(self);
	if (status == CX_OK && !self->header_done)
		status = cli__reading_fail(self, CX_MALFORMED, "the file has no header line");
	cli__csv_release(self);
	cli__ndjson_release(self);
	free(self);
	return status;
}
