/* SPDX-License-Identifier: Apache-2.0 */
/* Sections, rows and cells, as they are written. */
#include "base/check.h"
#include "base/msgpack.h"
#include "crm/reports/frame/names.h"

static void write_text_or_nil(cx_buf *out, const char *text)
{
	if (text != NULL)
		cx_write_text(out, text);
	else
		cx_write_nil(out);
}

static void write_labels(cx_buf *out, const char *en, const char *zh)
{
	cx_write_text(out, "label_en");
	cx_write_text(out, en);
	cx_write_text(out, "label_zh");
	cx_write_text(out, zh);
}

static void write_column(cx_buf *out, const crm__column *column)
{
	cx_write_map(out, 5);
	cx_write_text(out, "name");
	cx_write_text(out, column->name);
	cx_write_text(out, "kind");
	cx_write_text(out, crm_report_kind_name(column->kind));
	write_labels(out, column->label_en, column->label_zh);
	cx_write_text(out, "of");
	write_text_or_nil(out, column->of);
}

void crm__section_begin(crm__report *self, const crm__section *section)
{
	CX_ASSERT(self->section == NULL && section->column_count <= CRM__COLUMNS_MAX);
	cx_buf *out = self->out;
	self->section = section;
	self->section_count++;
	self->row_count = 0;
	self->column = section->column_count;
	self->more = false;
	cx_write_map(out, 6);
	cx_write_text(out, "name");
	cx_write_text(out, section->name);
	write_labels(out, section->label_en, section->label_zh);
	cx_write_text(out, "columns");
	cx_write_array(out, section->column_count);
	for (size_t i = 0; i < section->column_count; i++)
		write_column(out, &section->columns[i]);
	cx_write_text(out, "rows");
	self->rows_place = cx_write_array_open(out);
}

void crm__section_end(crm__report *self)
{
	CX_ASSERT(self->section != NULL && self->column == self->section->column_count);
	if (cx_buf_status(self->out) == CX_OK)
		cx_write_array_close(self->out, self->rows_place, self->row_count);
	cx_write_text(self->out, "more");
	cx_write_bool(self->out, self->more);
	self->section = NULL;
}

bool crm__row(crm__report *self)
{
	CX_ASSERT(self->section != NULL && self->column == self->section->column_count);
	if (self->rows == self->rows_max) {
		self->more = true;
		return false;
	}
	self->rows++;
	self->row_count++;
	self->column = 0;
	cx_write_array(self->out, self->section->column_count);
	return true;
}

/* The column of the next cell. */
static const crm__column *next(crm__report *self)
{
	CX_ASSERT(self->section != NULL && self->column < self->section->column_count);
	return &self->section->columns[self->column++];
}

void crm__put_null(crm__report *self)
{
	next(self);
	cx_write_nil(self->out);
}

void crm__put_number(crm__report *self, int64_t number)
{
	const crm__column *column = next(self);
	if (column->kind == CRM_BOOL) {
		cx_write_bool(self->out, number != 0);
		return;
	}
	if (column->kind == CRM_REF)
		crm__names_note(self, column->of, number);
	cx_write_int(self->out, number);
}

void crm__put_bool(crm__report *self, bool value)
{
	crm__put_number(self, value);
}

void crm__put_sum(crm__report *self, engine_sum sum)
{
	next(self);
	engine_sum_write(sum, self->out);
}

void crm__put_text(crm__report *self, cx_slice text)
{
	next(self);
	cx_write_str(self->out, text);
}

void crm__put(crm__report *self, const crm__value *value)
{
	switch (value->kind) {
	case CRM__NONE:
	case CRM__NULL:
		crm__put_null(self);
		return;
	case CRM__NUMBER:
		crm__put_number(self, value->number);
		return;
	case CRM__TEXT:
		crm__put_text(self, value->text);
		return;
	}
	CX_UNREACHABLE();
}

void crm__put_ratio(crm__report *self, engine_sum part, engine_sum whole, int64_t scale)
{
	int64_t ratio;
	if (crm__ratio(part, whole, scale, &ratio))
		crm__put_number(self, ratio);
	else
		crm__put_null(self);
}

void crm__put_share(crm__report *self, int64_t part, int64_t whole)
{
	crm__put_ratio(self, engine_sum_of(part), engine_sum_of(whole), 10000);
}

/* ---- notes ---- */

static void write_note_text(cx_buf *out, const char *text, int64_t number)
{
	CX_SCOPED(cx_buf_release) cx_buf whole = CX_BUF_INIT(1024);
	const char *place = strstr(text, "{}");
	if (place == NULL)
		cx_buf_printf(&whole, "%s", text);
	else
		cx_buf_printf(&whole, "%.*s%lld%s", (int)(place - text), text,
		              (long long)number, place + 2);
	cx_write_str(out, cx_buf_slice(&whole));
}

void crm__note_number(crm__report *self, const char *en, const char *zh, int64_t number)
{
	self->note_count++;
	cx_write_map(&self->notes, 2);
	cx_write_text(&self->notes, "text_en");
	write_note_text(&self->notes, en, number);
	cx_write_text(&self->notes, "text_zh");
	write_note_text(&self->notes, zh, number);
}

void crm__note(crm__report *self, const char *en, const char *zh)
{
	crm__note_number(self, en, zh, 0);
}
