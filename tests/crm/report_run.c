/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crm/report_run.h"

#include "crm/crm.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_BYTES_MAX = 4096, ANSWER_BYTES_MAX = 8 * 1024 * 1024 };

void report_open(report_run *self)
{
	*self = (report_run){ .out = CX_BUF_INIT(ANSWER_BYTES_MAX) };
	char *schema = strndup((const char *)crm_schema_text().data, crm_schema_text().size);
	assert_non_null(schema);
	fixture_open(&self->store, schema);
	free(schema);
	self->store.internal = true;
	self->store.now_ms = REPORT_NOW - 400LL * DAY_MS;
}

void report_close(report_run *self)
{
	cx_arena_free(&self->arena);
	cx_buf_release(&self->out);
	fixture_close(&self->store);
}

int64_t report_create(report_run *self, const char *type, const char *fields, ...)
{
	char text[TEXT_BYTES_MAX];
	va_list list;
	va_start(list, fields);
	const int size = vsnprintf(text, sizeof text, fields, list);
	va_end(list);
	assert_in_range(size, 0, sizeof text - 1);
	return fixture_create(&self->store, type, text);
}

static void decode(report_run *self)
{
	static const cx_scan_limits limits = { .bytes = ANSWER_BYTES_MAX,
		                               .items = 1000000,
		                               .depth = 16 };
	cx_arena_free(&self->arena);
	assert_int_equal(cx_arena_new(64 * 1024 * 1024, &self->arena), CX_OK);
	assert_int_equal(
		cx_value_decode(cx_buf_slice(&self->out), limits, self->arena, &self->answer),
		CX_OK);
}

cx_status report_try(report_run *self, const crm_report_request *request)
{
	engine_read *read = fixture_read(&self->store);
	cx_buf_clear(&self->out);
	cx_error_clear(&self->store.error);
	cx_status status = crm_report_run(read, request, &self->out, &self->store.error);
	engine_read_end(&read);
	if (status == CX_OK)
		decode(self);
	return status;
}

void report_do(report_run *self, const char *name, const char *params, ...)
{
	char text[TEXT_BYTES_MAX];
	va_list list;
	va_start(list, params);
	const int size = vsnprintf(text, sizeof text, params, list);
	va_end(list);
	assert_in_range(size, 0, sizeof text - 1);
	const crm_report_request request = { .name = cx_slice_of(name),
		                             .params = size > 0 ? wire(text) : (cx_slice){ 0 },
		                             .now_ms = REPORT_NOW };
	const cx_status status = report_try(self, &request);
	if (status != CX_OK)
		fail_msg("%s %s: %s: %s", name, text, cx_status_name(status),
		         self->store.error.text);
}

/* ---- the answer ---- */

static bool is_text(const cx_value *value, const char *text)
{
	return value != NULL && value->kind == CX_KIND_STR &&
	       cx_slice_equal(value->as.bytes, cx_slice_of(text));
}

static const cx_value *named(const cx_value *list, const char *name, uint32_t *ret)
{
	assert_true(list != NULL && list->kind == CX_KIND_ARRAY);
	for (uint32_t i = 0; i < list->as.array.count; i++) {
		if (!is_text(cx_value_member(&list->as.array.items[i], "name"), name))
			continue;
		*ret = i;
		return &list->as.array.items[i];
	}
	fail_msg("there is no %s", name);
	return NULL;
}

static const cx_value *section_of(const report_run *self, const char *name)
{
	uint32_t unused;
	return named(cx_value_member(self->answer, "sections"), name, &unused);
}

size_t report_rows(const report_run *self, const char *section)
{
	return cx_value_member(section_of(self, section), "rows")->as.array.count;
}

const cx_value *report_cell(const report_run *self, const char *section, size_t row,
                            const char *column)
{
	uint32_t number;
	const cx_value *of = section_of(self, section);
	const cx_value *rows = cx_value_member(of, "rows");
	named(cx_value_member(of, "columns"), column, &number);
	assert_true(row < rows->as.array.count);
	const cx_value *cells = &rows->as.array.items[row];
	assert_true(number < cells->as.array.count);
	return &cells->as.array.items[number];
}

int64_t report_int(const report_run *self, const char *section, size_t row, const char *column)
{
	const cx_value *cell = report_cell(self, section, row, column);
	if (cell->kind == CX_KIND_NIL)
		return INT64_MIN;
	if (cell->kind == CX_KIND_BOOL)
		return cell->as.boolean;
	assert_int_equal(cell->kind, CX_KIND_INT);
	return cell->as.integer;
}

static const char *keep(cx_slice text)
{
	static char kept[TEXT_BYTES_MAX];
	snprintf(kept, sizeof kept, "%.*s", CX_SLICE_ARG(text));
	return kept;
}

const char *report_text(const report_run *self, const char *section, size_t row,
                        const char *column)
{
	const cx_value *cell = report_cell(self, section, row, column);
	if (cell->kind == CX_KIND_NIL)
		return NULL;
	assert_int_equal(cell->kind, CX_KIND_STR);
	return keep(cell->as.bytes);
}

size_t report_row_of(const report_run *self, const char *section, const char *column,
                     int64_t value)
{
	for (size_t row = 0; row < report_rows(self, section); row++)
		if (report_int(self, section, row, column) == value)
			return row;
	fail_msg("%s: no row has %s %lld", section, column, (long long)value);
	return 0;
}

bool report_more(const report_run *self, const char *section)
{
	return cx_value_member(section_of(self, section), "more")->as.boolean;
}

int64_t report_figure(const report_run *self, const char *member)
{
	const cx_value *value = cx_value_member(self->answer, member);
	assert_true(value != NULL && value->kind == CX_KIND_INT);
	return value->as.integer;
}

bool report_noted(const report_run *self, const char *words)
{
	const cx_value *notes = cx_value_member(self->answer, "notes");
	for (uint32_t i = 0; i < notes->as.array.count; i++) {
		const cx_value *text = cx_value_member(&notes->as.array.items[i], "text_en");
		if (strstr(keep(text->as.bytes), words) != NULL)
			return true;
	}
	return false;
}

static void show_cell(const cx_value *cell, cx_buf *out)
{
	if (cell->kind == CX_KIND_NIL)
		cx_buf_printf(out, "-");
	else if (cell->kind == CX_KIND_BOOL)
		cx_buf_printf(out, "%s", cell->as.boolean ? "true" : "false");
	else if (cell->kind == CX_KIND_INT)
		cx_buf_printf(out, "%lld", (long long)cell->as.integer);
	else
		cx_buf_printf(out, "%.*s", CX_SLICE_ARG(cell->as.bytes));
}

const char *report_show(const report_run *self, const char *section, const char *columns)
{
	static char kept[64 * 1024];
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(sizeof kept - 1);
	for (size_t row = 0; row < report_rows(self, section); row++) {
		for (const char *at = columns; *at != '\0';) {
			char name[64] = "";
			const size_t size = strcspn(at, " ");
			assert_true(size < sizeof name);
			memcpy(name, at, size);
			show_cell(report_cell(self, section, row, name), &out);
			at += size + (at[size] == ' ');
			cx_buf_append_byte(&out, *at == '\0' ? '\n' : ' ');
		}
	}
	assert_int_equal(cx_buf_status(&out), CX_OK);
	if (out.size > 0)
		memcpy(kept, out.data, out.size);
	kept[out.size] = '\0';
	return kept;
}
