/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/reading.h"

#include <string.h>

/* Blanks belong to a cell (RFC 4180, section 2); the library would drop them. */
static int is_space(unsigned char c)
{
	(void)c;
	return 0;
}

cx_status cli__csv_begin(cli_reading *self, char separator)
{
	if (csv_init(&self->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) != 0)
		return CX_NO_MEMORY;
	csv_set_delim(&self->csv, (unsigned char)separator);
	csv_set_space_func(&self->csv, is_space);
	self->csv_begun = true;
	return CX_OK;
}

static void on_cell(void *cell, size_t size, void *context)
{
	cli_reading *self = context;
	if (self->csv_status == CX_OK)
		self->csv_status =
			cli__reading_add(self, (cx_slice){ .data = cell, .size = size });
}

static void on_row(int end, void *context)
{
	cli_reading *self = context;
	(void)end;
	if (self->csv_status == CX_OK)
		self->csv_status = cli__reading_end_row(self, NULL);
}

static cx_status parse(cli_reading *self, const char *text, size_t size)
{
	if (csv_parse(&self->csv, text, size, on_cell, on_row, self) == size)
		return self->csv_status;
	if (self->csv_status != CX_OK)
		return self->csv_status;
	return cli__reading_fail(self, CX_MALFORMED, csv_strerror(csv_error(&self->csv)));
}

/* Whether the parser is inside a row. A quoted cell may hold line ends. */
static bool has_begun(const cli_reading *self)
{
	return self->count > 0 || self->csv.quoted != 0 || self->csv.entry_pos > 0;
}

/* Line by line, so that every row knows where it begins. */
cx_status cli__csv_feed(cli_reading *self, const char *block, size_t size)
{
	while (size > 0) {
		const char *end = memchr(block, '\n', size);
		const size_t part = end != NULL ? (size_t)(end - block) + 1 : size;
		cx_status status = parse(self, block, part);
		if (status != CX_OK)
			return status;
		self->line += end != NULL;
		if (!has_begun(self))
			self->row_line = self->line;
		block += part;
		size -= part;
	}
	return CX_OK;
}

cx_status cli__csv_end(cli_reading *self)
{
	if (csv_fini(&self->csv, on_cell, on_row, self) != 0)
		return cli__reading_fail(self, CX_MALFORMED,
		                         "a quoted cell is not closed before the end");
	return self->csv_status;
}

void cli__csv_release(cli_reading *self)
{
	if (self->csv_begun)
		csv_free(&self->csv);
}
