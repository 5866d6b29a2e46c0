/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/report_output.h"

#include "base/clock.h"
#include "client/cli/cell_text.h"
#include "client/cli/report_cell.h"
#include "client/cli/table.h"

#include <inttypes.h>
#include <string.h>

enum { CELL_BYTES_MAX = 8 * 1024 * 1024 };

/* What is printed. */
typedef struct print {
	const cli_context *context;
	const cardex_result *result;
	cardex_report_info info;
	FILE *out;
	cx_buf text;
	bool failed;
} print;

typedef struct column_key {
	char text[96]; /* "owner_name" */
} column_key;

static column_key name_key(const cardex_report_column *column)
{
	column_key ret;
	snprintf(ret.text, sizeof ret.text, "%s_name", column->name);
	return ret;
}

static const char *name_of(const print *self, cli_report_place place,
                           const cardex_report_column *column)
{
	const cardex_value *value =
		cardex_report_cell(self->result, place.section, place.row, place.column);
	return cardex_report_name(self->result, column->of, cardex_value_int(value),
	                          self->context->language == CLI_CHINESE);
}

static bool has_name(const cardex_report_column *column)
{
	return column->kind == CARDEX_REPORT_REF && column->of != NULL;
}

/* ---- table ---- */

/* The next column that is shown, from *at on; false: there is none. */
static bool next_shown(const print *self, size_t section, size_t *at, cardex_report_column *ret)
{
	for (; cardex_report_column_at(self->result, section, *at, ret); ++*at)
		if (cli_report_is_shown(self->context->language, ret->name))
			return true;
	return false;
}

static size_t count_shown(const print *self, size_t section)
{
	cardex_report_column column;
	size_t count = 0;
	for (size_t i = 0; next_shown(self, section, &i, &column); i++)
		count++;
	return count;
}

static bool fill_table(print *self, size_t section, const cardex_report_section *of,
                       cli_table *table)
{
	cardex_report_column column;
	const cli_language language = self->context->language;
	size_t shown = 0;
	for (size_t i = 0; next_shown(self, section, &i, &column); i++)
		cli_table_header(table, shown++,
		                 cli_report_label(language, column.name, column.label_en,
		                                  column.label_zh),
		                 cli_report_is_number(column.kind));
	for (size_t row = 0; row < of->row_count; row++)
		for (size_t i = 0; next_shown(self, section, &i, &column); i++) {
			const cli_report_place place = { section, row, i };
			cx_buf_clear(&self->text);
			cli_report_cell_text(self->result, place, language, self->context->raw,
			                     &self->text);
			if (!cli_table_cell(table, cx_buf_slice(&self->text)))
				return false;
		}
	return cli_table_print(table, self->out);
}

/* A record with many columns reads better downwards. */
static bool fill_record(print *self, size_t section, const cardex_report_section *of,
                        cli_table *table)
{
	cardex_report_column column;
	const cli_language language = self->context->language;
	for (size_t i = 0; i < of->column_count; i++) {
		cx_buf_clear(&self->text);
		cli_report_cell_text(self->result, (cli_report_place){ section, 0, i },
		                     language, self->context->raw, &self->text);
		if (self->text.size == 0 ||
		    !cardex_report_column_at(self->result, section, i, &column))
			continue;
		if (!cli_table_cell(table, cx_slice_of(cli_report_label(language, column.name,
		                                                        column.label_en,
		                                                        column.label_zh))) ||
		    !cli_table_cell(table, cx_buf_slice(&self->text)))
			return false;
	}
	return cli_table_print(table, self->out);
}

static void print_section(print *self, size_t section, const cardex_report_section *of)
{
	enum { MANY_COLUMNS = 14 };
	const bool record = of->row_count == 1 && of->column_count > MANY_COLUMNS;
	const char *label =
		cli_report_label(self->context->language, of->name, of->label_en, of->label_zh);
	cli_table table = { 0 };
	fprintf(self->out, "\n%s%s", record ? "" : label, record ? "" : "\n");
	bool good = cli_table_init(&table, record ? 2 : count_shown(self, section));
	if (good && record) {
		cli_table_header(&table, 0, label, false);
		cli_table_header(&table, 1, "", false);
	}
	good = good && (record ? fill_record(self, section, of, &table)
	                       : fill_table(self, section, of, &table));
	cli_table_release(&table);
	if (of->more)
		fputs("…\n", self->out);
	self->failed |= !good;
}

static void print_notes(print *self)
{
	const char *en, *zh;
	for (size_t i = 0; cardex_report_note(self->result, i, &en, &zh); i++) {
		cx_buf_clear(&self->text);
		cli_text_safe(cx_slice_of(self->context->language == CLI_CHINESE ? zh : en),
		              &self->text);
		fprintf(self->out, "%s* %.*s\n", i == 0 ? "\n" : "",
		        CX_SLICE_ARG(cx_buf_slice(&self->text)));
	}
}

static void print_head(print *self)
{
	char at[CX_TS_TEXT_SIZE];
	cx_ts_format(self->info.as_of_ms, at);
	cx_buf_clear(&self->text);
	cli_text_safe(cx_slice_of(self->info.currency), &self->text);
	fprintf(self->out, "%s  %s  seq %" PRIu64 "  %.*s\n", self->info.name, at,
	        self->info.seq, CX_SLICE_ARG(cx_buf_slice(&self->text)));
}

/* ---- CSV ---- */

static void csv_cell(print *self, bool first, cx_slice text, bool guard)
{
	CX_SCOPED(cx_buf_release) cx_buf cell = CX_BUF_INIT(2 * CELL_BYTES_MAX);
	cli_text_csv(text, guard && self->context->csv_guard, &cell);
	if (!first)
		fputc(',', self->out);
	if (cell.size > 0)
		fwrite(cell.data, 1, cell.size, self->out);
}

static void csv_header(print *self, size_t section, const cardex_report_section *of)
{
	cardex_report_column column;
	for (size_t i = 0; i < of->column_count; i++) {
		if (!cardex_report_column_at(self->result, section, i, &column))
			continue;
		csv_cell(self, i == 0, cx_slice_of(column.name), false);
		if (has_name(&column))
			csv_cell(self, false, cx_slice_of(name_key(&column).text), false);
	}
	fputc('\n', self->out);
}

static void csv_row(print *self, size_t section, size_t row, const cardex_report_section *of)
{
	cardex_report_column column;
	for (size_t i = 0; i < of->column_count; i++) {
		const cli_report_place place = { section, row, i };
		if (!cardex_report_column_at(self->result, section, i, &column))
			continue;
		cx_buf_clear(&self->text);
		cli_report_cell_plain(self->result, place, self->context->raw, &self->text);
		csv_cell(self, i == 0, cx_buf_slice(&self->text),
		         column.kind == CARDEX_REPORT_TEXT);
		if (has_name(&column))
			csv_cell(self, false, cx_slice_of(name_of(self, place, &column)), true);
	}
	fputc('\n', self->out);
}

static void csv_section(print *self, size_t section, const cardex_report_section *of)
{
	csv_header(self, section, of);
	for (size_t row = 0; row < of->row_count; row++)
		csv_row(self, section, row, of);
}

/* ---- JSON ---- */

static bool is_formatted(cardex_report_kind kind)
{
	return kind == CARDEX_REPORT_MONEY || kind == CARDEX_REPORT_BP ||
	       kind == CARDEX_REPORT_CENTI || kind == CARDEX_REPORT_MILLI ||
	       kind == CARDEX_REPORT_DATE || kind == CARDEX_REPORT_MONTH ||
	       kind == CARDEX_REPORT_TS;
}

static json_t *json_cell(print *self, cli_report_place place,
                         const cardex_report_column *column)
{
	const cardex_value *value =
		cardex_report_cell(self->result, place.section, place.row, place.column);
	if (self->context->raw || !is_formatted(column->kind) ||
	    cardex_value_kind_of(value) == CARDEX_VALUE_NULL)
		return cli_json_of(value);
	cx_buf_clear(&self->text);
	cli_report_cell_plain(self->result, place, false, &self->text);
	return json_stringn((const char *)self->text.data, self->text.size);
}

static json_t *json_row(print *self, size_t section, size_t row,
                        const cardex_report_section *of)
{
	cardex_report_column column;
	json_t *object = json_object();
	for (size_t i = 0; i < of->column_count; i++) {
		const cli_report_place place = { section, row, i };
		if (!cardex_report_column_at(self->result, section, i, &column))
			continue;
		json_object_set_new(object, column.name, json_cell(self, place, &column));
		if (!has_name(&column))
			continue;
		const char *name = name_of(self, place, &column);
		json_object_set_new(object, name_key(&column).text,
		                    name != NULL ? json_string(name) : json_null());
	}
	return object;
}

static json_t *json_notes(const print *self)
{
	const char *en, *zh;
	json_t *notes = json_array();
	for (size_t i = 0; cardex_report_note(self->result, i, &en, &zh); i++)
		json_array_append_new(
			notes, json_string(self->context->language == CLI_CHINESE ? zh : en));
	return notes;
}

static json_t *json_head(print *self)
{
	char at[CX_TS_TEXT_SIZE];
	cx_ts_format(self->info.as_of_ms, at);
	json_t *object = json_object();
	json_object_set_new(object, "report", json_string(self->info.name));
	json_object_set_new(object, "as_of", json_string(at));
	json_object_set_new(object, "seq", json_integer((json_int_t)self->info.seq));
	json_object_set_new(object, "currency", json_string(self->info.currency));
	json_object_set_new(object, "params", cli_json_of(self->info.params));
	json_object_set_new(object, "keys", json_integer((json_int_t)self->info.keys));
	json_object_set_new(object, "notes", json_notes(self));
	return object;
}

static void json_section(print *self, size_t section, const cardex_report_section *of,
                         json_t *sections)
{
	json_t *rows = json_array();
	for (size_t row = 0; row < of->row_count; row++)
		json_array_append_new(rows, json_row(self, section, row, of));
	json_t *object = json_object();
	json_object_set_new(object, "rows", rows);
	json_object_set_new(object, "more", json_boolean(of->more));
	json_object_set_new(sections, of->name, object);
}

static void ndjson_section(print *self, size_t section, const cardex_report_section *of)
{
	for (size_t row = 0; row < of->row_count; row++) {
		json_t *object = json_row(self, section, row, of);
		json_object_set_new(object, "section", json_string(of->name));
		self->failed |= json_dumpf(object, self->out, JSON_COMPACT) != 0;
		fputc('\n', self->out);
		json_decref(object);
	}
}

/* ---- the whole ---- */

static void print_one(print *self, size_t section, const cardex_report_section *of, bool first,
                      json_t *sections)
{
	switch (self->context->format) {
	case CLI_TABLE:
		print_section(self, section, of);
		break;
	case CLI_CSV:
		if (!first)
			fputc('\n', self->out);
		csv_section(self, section, of);
		break;
	case CLI_JSON:
		json_section(self, section, of, sections);
		break;
	case CLI_NDJSON:
		ndjson_section(self, section, of);
		break;
	}
}

static void print_all(print *self, const char *wanted)
{
	cardex_report_section section;
	json_t *object = self->context->format == CLI_JSON ? json_head(self) : NULL;
	json_t *sections = json_object();
	bool first = true;
	if (self->context->format == CLI_TABLE)
		print_head(self);
	for (size_t i = 0; cardex_report_section_at(self->result, i, &section); i++) {
		if (wanted != NULL && strcmp(section.name, wanted) != 0)
			continue;
		print_one(self, i, &section, first, sections);
		first = false;
	}
	if (self->context->format == CLI_TABLE)
		print_notes(self);
	if (object != NULL) {
		json_object_set(object, "sections", sections);
		self->failed |= json_dumpf(object, self->out, JSON_INDENT(2)) != 0;
		fputc('\n', self->out);
	}
	json_decref(sections);
	json_decref(object);
}

static void release(print *self)
{
	cx_buf_release(&self->text);
}

cli_exit cli_report_print(const cli_context *context, const cardex_result *result,
                          const char *section, FILE *out)
{
	CX_SCOPED(release)
	print self = { .context = context,
		       .result = result,
		       .out = out,
		       .text = CX_BUF_INIT(CELL_BYTES_MAX) };
	if (section != NULL && cardex_report_section_of(result, section) < 0)
		return cli_usage("the report has no section \"%s\"", section);
	if (!cardex_report_info_of(result, &self.info))
		return CLI_SERVER;
	print_all(&self, section);
	return self.failed ? CLI_SERVER : CLI_OK;
}
