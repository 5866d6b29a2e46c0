/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/output.h"

#include "client/cli/cell_text.h"
#include "client/cli/format.h"
#include "client/cli/measure.h"
#include "client/cli/table.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct cli_output {
	const cli_context *context;
	FILE *out;
	size_t columns;
	const cardex_field **fields; /* NULL: a value of no field */
	const char **names;
	int currency; /* column with the record's currency, -1 = none */
	uint64_t rows;
	bool failed;
	cli_table table;
	cx_buf text;
	cx_arena *arena; /* the names */
};

/* Rows of a table that are laid out together, and held until they are. */
enum { BLOCK_ROWS = 1000 };

static const char *header_of(const cli_context *context, const cardex_field *field,
                             const char *name)
{
	if (field == NULL || context->language == CLI_NAMES)
		return name;
	const char *label =
		context->language == CLI_CHINESE ? field->label_zh : field->label_en;
	return label != NULL && label[0] != '\0' ? label : name;
}

static bool is_number(const cardex_field *field)
{
	if (field == NULL)
		return false;
	return field->kind == CARDEX_KIND_INT || field->kind == CARDEX_KIND_MONEY ||
	       field->kind == CARDEX_KIND_REF;
}

static void output_free(cli_output **self)
{
	if (*self == NULL)
		return;
	cli_table_release(&(*self)->table);
	cx_buf_release(&(*self)->text);
	cx_arena_free(&(*self)->arena);
	free((void *)(*self)->fields);
	free((void *)(*self)->names);
	free(*self);
	*self = NULL;
}

static void csv_header(cli_output *self)
{
	for (size_t i = 0; i < self->columns; i++) {
		cx_buf_clear(&self->text);
		cli_text_csv(cx_slice_of(self->names[i]), false, &self->text);
		fprintf(self->out, "%s%.*s", i > 0 ? "," : "",
		        CX_SLICE_ARG(cx_buf_slice(&self->text)));
	}
	fputc('\n', self->out);
}

/* A name of the output's own: the first page may be gone before the last row. */
static const char *keep_name(cli_output *self, const char *name)
{
	const cx_slice text = { (const uint8_t *)name, strlen(name) + 1 };
	return (const char *)cx_arena_copy(self->arena, text).data;
}

static bool take_columns(cli_output *self, const cardex_type *type, const cardex_result *result)
{
	for (size_t i = 0; i < self->columns; i++) {
		self->names[i] = keep_name(self, cardex_column_name(result, i));
		if (self->names[i] == NULL)
			return false;
		if (type != NULL)
			self->fields[i] = cli_measure_field(type, result, i, self->arena);
		if (type != NULL && self->fields[i] == NULL)
			self->fields[i] = cardex_type_field(type, self->names[i]);
		cli_table_header(&self->table, i,
		                 header_of(self->context, self->fields[i], self->names[i]),
		                 is_number(self->fields[i]));
	}
	return true;
}

cli_output *cli_output_begin_first(const cli_context *context, const cardex_type *type,
                                   const cardex_result *result, size_t columns, FILE *out)
{
	enum { TEXT_BYTES_MAX = 8 * 1024 * 1024 };
	CX_SCOPED(output_free) cli_output *self = calloc(1, sizeof *self);
	if (self == NULL)
		return NULL;
	self->context = context;
	self->out = out;
	self->columns = columns;
	self->currency = cardex_column_of(result, "currency");
	self->text = CX_BUF_INIT(TEXT_BYTES_MAX);
	self->fields = calloc(columns + 1, sizeof *self->fields);
	self->names = calloc(columns + 1, sizeof *self->names);
	if (self->fields == NULL || self->names == NULL ||
	    cx_arena_new(TEXT_BYTES_MAX, &self->arena) != CX_OK ||
	    !cli_table_init(&self->table, columns) || !take_columns(self, type, result))
		return NULL;
	if (context->format == CLI_CSV)
		csv_header(self);
	cli_output *made = self;
	self = NULL;
	return made;
}

cli_output *cli_output_begin(const cli_context *context, const cardex_type *type,
                             const cardex_result *result, FILE *out)
{
	return cli_output_begin_first(context, type, result, cardex_column_count(result), out);
}

/* ---- rows ---- */

static void put_value(cli_output *self, const cardex_row *row, size_t column)
{
	const char *currency =
		self->currency < 0
			? NULL
			: cardex_value_text(cardex_row_column(row, (size_t)self->currency));
	cx_buf_clear(&self->text);
	cli_format_value(self->fields[column], cardex_row_column(row, column), currency,
	                 self->context->raw, &self->text);
}

static void csv_row(cli_output *self, const cardex_row *row)
{
	for (size_t i = 0; i < self->columns; i++) {
		put_value(self, row, i);
		CX_SCOPED(cx_buf_release) cx_buf cell = CX_BUF_INIT(self->text.limit * 2);
		const bool text =
			cardex_value_kind_of(cardex_row_column(row, i)) == CARDEX_VALUE_TEXT;
		cli_text_csv(cx_buf_slice(&self->text), text && self->context->csv_guard,
		             &cell);
		if (i > 0)
			fputc(',', self->out);
		if (cell.size > 0)
			fwrite(cell.data, 1, cell.size, self->out);
	}
	fputc('\n', self->out);
}

static json_t *json_of(cli_output *self, const cardex_row *row, size_t column)
{
	const cardex_value *value = cardex_row_column(row, column);
	const cardex_field *field = self->fields[column];
	const bool formatted =
		field != NULL && !self->context->raw &&
		(field->kind == CARDEX_KIND_DATE || field->kind == CARDEX_KIND_TS ||
	         field->kind == CARDEX_KIND_MONEY);
	if (!formatted || cardex_value_kind_of(value) == CARDEX_VALUE_NULL)
		return cli_json_of(value);
	put_value(self, row, column);
	return json_stringn((const char *)self->text.data, self->text.size);
}

static void json_row(cli_output *self, const cardex_row *row)
{
	json_t *object = json_object();
	for (size_t i = 0; i < self->columns; i++)
		json_object_set_new(object, self->names[i], json_of(self, row, i));
	if (self->context->format == CLI_JSON)
		fputs(self->rows == 0 ? "[\n  " : ",\n  ", self->out);
	self->failed |= json_dumpf(object, self->out, JSON_COMPACT) != 0;
	if (self->context->format == CLI_NDJSON)
		fputc('\n', self->out);
	json_decref(object);
}

static void table_row(cli_output *self, const cardex_row *row)
{
	for (size_t i = 0; i < self->columns; i++) {
		put_value(self, row, i);
		self->failed |= !cli_table_cell(&self->table, cx_buf_slice(&self->text));
	}
	if (self->rows % BLOCK_ROWS == BLOCK_ROWS - 1)
		self->failed |= !cli_table_print(&self->table, self->out);
}

void cli_output_row(cli_output *self, const cardex_row *row)
{
	switch (self->context->format) {
	case CLI_TABLE:
		table_row(self, row);
		break;
	case CLI_JSON:
	case CLI_NDJSON:
		json_row(self, row);
		break;
	case CLI_CSV:
		csv_row(self, row);
		break;
	}
	self->rows++;
}

cli_exit cli_output_end(cli_output **self)
{
	if (*self == NULL)
		return CLI_SERVER;
	cli_output *output = *self;
	if (output->context->format == CLI_JSON)
		fputs(output->rows == 0 ? "[]\n" : "\n]\n", output->out);
	if (output->context->format == CLI_TABLE)
		output->failed |= !cli_table_print(&output->table, output->out);
	const bool failed = output->failed || fflush(output->out) != 0 || ferror(output->out);
	output_free(self);
	if (failed)
		fputs("cardex: the output could not be written\n", stderr);
	return failed ? CLI_SERVER : CLI_OK;
}

cli_exit cli_output_record(const cli_context *context, const cardex_type *type,
                           const cardex_result *result, FILE *out)
{
	enum { TEXT_BYTES_MAX = 8 * 1024 * 1024 };
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(TEXT_BYTES_MAX);
	const cardex_row *row = cardex_row_at(result, 0);
	const int currency = cardex_column_of(result, "currency");
	cli_table table = { 0 };
	bool good = cli_table_init(&table, 2);
	if (good) {
		cli_table_header(&table, 0, type->name, false);
		cli_table_header(&table, 1, "", false);
	}
	for (size_t i = 0; i < cardex_column_count(result) && good; i++) {
		const char *name = cardex_column_name(result, i);
		const cardex_field *field = cardex_type_field(type, name);
		const cardex_value *value = cardex_row_column(row, i);
		if (cardex_value_kind_of(value) == CARDEX_VALUE_NULL)
			continue;
		cx_buf_clear(&text);
		cli_format_value(field, value,
		                 currency < 0 ? NULL
		                              : cardex_value_text(cardex_row_column(
							row, (size_t)currency)),
		                 context->raw, &text);
		good = cli_table_cell(&table, cx_slice_of(header_of(context, field, name))) &&
		       cli_table_cell(&table, cx_buf_slice(&text));
	}
	good = good && cli_table_print(&table, out);
	cli_table_release(&table);
	return good ? CLI_OK : CLI_SERVER;
}

/* ---- any value ---- */

static void print_map(const cardex_value *map, unsigned depth, FILE *out)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(1 << 20);
	for (size_t i = 0; i < cardex_value_count(map); i++) {
		const cardex_value *value = cardex_value_at(map, i);
		const cardex_value_kind kind = cardex_value_kind_of(value);
		if (kind == CARDEX_VALUE_LIST && cardex_value_count(value) == 0)
			continue;
		fprintf(out, "%*s%s", (int)(2 * depth), "",
		        cardex_value_text(cardex_value_key(map, i)));
		if (kind == CARDEX_VALUE_MAP) {
			fputc('\n', out);
			print_map(value, depth + 1, out);
			continue;
		}
		if (kind == CARDEX_VALUE_LIST &&
		    cardex_value_kind_of(cardex_value_at(value, 0)) == CARDEX_VALUE_MAP) {
			fputc('\n', out);
			for (size_t k = 0; k < cardex_value_count(value); k++) {
				print_map(cardex_value_at(value, k), depth + 1, out);
				fputc('\n', out);
			}
			continue;
		}
		CX_SCOPED(cx_buf_release) cx_buf shown = CX_BUF_INIT(1 << 20);
		cx_buf_clear(&text);
		cli_format_value(NULL, value, NULL, true, &text);
		cli_text_safe(cx_buf_slice(&text), &shown);
		fprintf(out, ": %.*s\n", CX_SLICE_ARG(cx_buf_slice(&shown)));
	}
}

cli_exit cli_output_value(const cli_context *context, const cardex_value *value, FILE *out)
{
	if (context->format == CLI_TABLE || context->format == CLI_CSV) {
		print_map(value, 0, out);
		return CLI_OK;
	}
	json_t *json = cli_json_of(value);
	const size_t flags = context->format == CLI_JSON ? JSON_INDENT(2) : JSON_COMPACT;
	const int failed = json_dumpf(json, out, flags | JSON_ENCODE_ANY);
	fputc('\n', out);
	json_decref(json);
	return failed != 0 ? CLI_SERVER : CLI_OK;
}
