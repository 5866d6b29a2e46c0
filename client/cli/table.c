/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/table.h"

#include "base/text.h"
#include "client/cli/cell_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TABLE_BYTES_MAX = 512 * 1024 * 1024, GAP = 2, NARROWEST = 8 };

bool cli_table_init(cli_table *self, size_t columns)
{
	self->columns = calloc(columns + 1, sizeof *self->columns);
	self->column_count = columns;
	return self->columns != NULL && cx_arena_new(TABLE_BYTES_MAX, &self->arena) == CX_OK;
}

void cli_table_release(cli_table *self)
{
	free(self->columns);
	free(self->cells);
	cx_arena_free(&self->arena);
	*self = (cli_table){ 0 };
}

static void widen(cli_table_column *column, cx_slice text)
{
	const size_t width = cx_text_width(text);
	if (width > column->width)
		column->width = width;
}

void cli_table_header(cli_table *self, size_t column, const char *header, bool right)
{
	self->columns[column].header = cx_slice_of(header);
	self->columns[column].right = right;
	widen(&self->columns[column], self->columns[column].header);
}

static bool make_room(cli_table *self)
{
	if (self->cell_count < self->cell_capacity)
		return true;
	const size_t capacity = self->cell_capacity == 0 ? 1024 : 2 * self->cell_capacity;
	cli_cell *more = realloc(self->cells, capacity * sizeof *more);
	if (more == NULL)
		return false;
	self->cells = more;
	self->cell_capacity = capacity;
	return true;
}

/* Appends the text from the last mark to this one, then the marked part, and says where that
 * has come to lie. */
static cli_mark put_marked(cx_slice text, size_t *at, const cli_mark *mark, cx_buf *safe)
{
	cli_text_safe((cx_slice){ text.data + *at, mark->from - *at }, safe);
	const size_t from = safe->size;
	cli_text_safe((cx_slice){ text.data + mark->from, mark->size }, safe);
	*at = mark->from + mark->size;
	return (cli_mark){ .from = from, .size = safe->size - from };
}

bool cli_table_cell_marked(cli_table *self, cx_slice text, const cli_mark *marks, size_t count)
{
	CX_SCOPED(cx_buf_release) cx_buf safe = CX_BUF_INIT(16 * 1024 * 1024);
	cli_mark *moved = count > 0 ? cx_arena_alloc(self->arena, count * sizeof *moved) : NULL;
	if (!make_room(self) || (count > 0 && moved == NULL))
		return false;
	size_t at = 0;
	for (size_t i = 0; i < count; i++)
		moved[i] = put_marked(text, &at, &marks[i], &safe);
	cli_text_safe(cx_slice_from(text, at), &safe);
	const cx_slice copy = cx_arena_copy(self->arena, cx_buf_slice(&safe));
	if (cx_buf_status(&safe) != CX_OK || (copy.data == NULL && safe.size > 0))
		return false;
	widen(&self->columns[self->cell_count % self->column_count], copy);
	self->cells[self->cell_count++] =
		(cli_cell){ .text = copy, .marks = moved, .mark_count = count };
	return true;
}

bool cli_table_cell(cli_table *self, cx_slice text)
{
	return cli_table_cell_marked(self, text, NULL, 0);
}

static size_t terminal_width(FILE *out)
{
	struct winsize size;
	if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0)
		return size.ws_col;
	return SIZE_MAX;
}

/* Takes from the widest column until all fit, or none can give more. */
static void squeeze(const cli_table *self, size_t *widths, size_t room)
{
	for (;;) {
		size_t total = 0, widest = 0;
		for (size_t i = 0; i < self->column_count; i++) {
			total += widths[i] + GAP;
			if (widths[i] > widths[widest])
				widest = i;
		}
		if (total <= room || widths[widest] <= NARROWEST)
			return;
		const size_t over = total - room, spare = widths[widest] - NARROWEST;
		widths[widest] -= over < spare ? (over + 1) / 2 : (spare + 1) / 2;
	}
}

static void pad(size_t columns, FILE *out)
{
	for (; columns > 0; columns--)
		fputc(' ', out);
}

static bool may_colour(FILE *out)
{
	const char *terminal = getenv("TERM");
	return isatty(fileno(out)) && getenv("NO_COLOR") == NULL && terminal != NULL &&
	       strcmp(terminal, "dumb") != 0;
}

/* `text` is what of the cell's text is shown. */
static void print_text(cx_slice text, const cli_cell *cell, FILE *out)
{
	size_t at = 0;
	for (size_t i = 0; i < cell->mark_count && may_colour(out); i++) {
		const cli_mark *mark = &cell->marks[i];
		const size_t end = mark->from + mark->size;
		if (mark->from >= text.size)
			break;
		const size_t to = end < text.size ? end : text.size;
		fprintf(out, "%.*s\x1b[1;31m%.*s\x1b[0m", (int)(mark->from - at),
		        (const char *)text.data + at, (int)(to - mark->from),
		        (const char *)text.data + mark->from);
		at = to;
	}
	fprintf(out, "%.*s", (int)(text.size - at), (const char *)text.data + at);
}

static void print_cell(const cli_cell *cell, size_t width, bool right, bool last, FILE *out)
{
	cx_slice text = cell->text;
	size_t used = cx_text_width(text);
	const bool cut = used > width;
	if (cut)
		text = cx_text_fit(text, width - 1, &used);
	used += cut;
	if (right)
		pad(width - used, out);
	if (text.size > 0)
		print_text(text, cell, out);
	fputs(cut ? "…" : "", out);
	if (!last)
		pad((right ? 0 : width - used) + GAP, out);
}

static void print_rule(const cli_table *self, const size_t *widths, FILE *out)
{
	for (size_t i = 0; i < self->column_count; i++) {
		for (size_t k = 0; k < widths[i]; k++)
			fputs("─", out);
		if (i + 1 < self->column_count)
			pad(GAP, out);
	}
	fputc('\n', out);
}

static void print_header(const cli_table *self, const size_t *widths, FILE *out)
{
	for (size_t i = 0; i < self->column_count; i++)
		print_cell(&(cli_cell){ .text = self->columns[i].header }, widths[i],
		           self->columns[i].right, i + 1 == self->column_count, out);
	fputc('\n', out);
	print_rule(self, widths, out);
}

static void print_cells(const cli_table *self, const size_t *widths, FILE *out)
{
	for (size_t i = 0; i < self->cell_count; i++) {
		const size_t column = i % self->column_count;
		const bool last = column + 1 == self->column_count;
		print_cell(&self->cells[i], widths[column], self->columns[column].right, last,
		           out);
		if (last)
			fputc('\n', out);
	}
}

bool cli_table_print(cli_table *self, FILE *out)
{
	if (self->column_count == 0)
		return true;
	size_t *widths = calloc(self->column_count, sizeof *widths);
	if (widths == NULL)
		return false;
	for (size_t i = 0; i < self->column_count; i++)
		widths[i] = self->columns[i].width;
	squeeze(self, widths, terminal_width(out));
	if (!self->begun)
		print_header(self, widths, out);
	self->begun = true;
	print_cells(self, widths, out);
	self->cell_count = 0;
	cx_arena_clear(self->arena);
	free(widths);
	return true;
}
