/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/convert.h"

#include "base/text.h"
#include "client/cli/format.h"
#include "client/cli/import/cell.h"

#include <string.h>

/* ---- columns ---- */

static int column_of(const cli_converter *self, const char *name, size_t length)
{
	for (size_t i = 0; i < self->column_count; i++)
		if (strlen(self->columns[i]) == length &&
		    memcmp(self->columns[i], name, length) == 0)
			return (int)i;
	return -1;
}

/* Calls for each {COLUMN} of a template with the text before it (`name` empty: the rest). */
typedef cx_status template_part(void *context, cx_slice text, cx_slice name);

static cx_status each_part(const char *template, template_part *part, void *context)
{
	while (*template != '\0') {
		const size_t text = strcspn(template, "{");
		const char *open = template + text;
		const size_t name = *open == '{' ? strcspn(open + 1, "}") : 0;
		cx_status status =
			part(context, (cx_slice){ (const uint8_t *)template, text },
		             (cx_slice){ (const uint8_t *)open + (*open == '{'), name });
		if (status != CX_OK)
			return status;
		template = open + (*open == '{' ? name + 1 : 0);
		template += *template == '}';
	}
	return CX_OK;
}

static cx_status check_part(void *context, cx_slice text, cx_slice name)
{
	const cli_converter *self = context;
	(void)text;
	if (name.size == 0 || column_of(self, (const char *)name.data, name.size) >= 0)
		return CX_OK;
	cli_usage("the file has no column \"%.*s\"", CX_SLICE_ARG(name));
	return CX_INVALID_ARGUMENT;
}

static bool has_column(const cli_converter *self, const char *name)
{
	if (name == NULL || column_of(self, name, strlen(name)) >= 0)
		return true;
	cli_usage("the file has no column \"%s\"", name);
	return false;
}

cli_exit cli_converter_check(const cli_converter *self)
{
	for (size_t i = 0; i < self->mapping->field_count; i++) {
		const cli_field_mapping *field = &self->mapping->fields[i];
		if (!has_column(self, field->column) || !has_column(self, field->per) ||
		    !has_column(self, field->after_discount))
			return CLI_USAGE;
		if (field->template != NULL &&
		    each_part(field->template, check_part, (void *)(uintptr_t)self) != CX_OK)
			return CLI_USAGE;
	}
	const cli_field_mapping *at = &self->mapping->at;
	if (at->field != NULL &&
	    (!has_column(self, at->column) ||
	     (at->template != NULL &&
	      each_part(at->template, check_part, (void *)(uintptr_t)self) != CX_OK)))
		return CLI_USAGE;
	const char *column;
	json_t *value;
	json_object_foreach(self->mapping->values, column,
	                    value) if (!has_column(self, column)) return CLI_USAGE;
	json_object_foreach(self->mapping->skip, column,
	                    value) if (!has_column(self, column)) return CLI_USAGE;
	return CLI_OK;
}

/* ---- texts ---- */

/* A cell with the mapping's replacement of values. */
static cx_slice cell_of(const cli_converter *self, const cli_row *row, const char *name,
                        size_t length)
{
	const int column = column_of(self, name, length);
	if (column < 0 || (size_t)column >= row->count)
		return (cx_slice){ 0 };
	const cx_slice cell = row->cells[column];
	json_t *map = json_object_getn(self->mapping->values, name, length);
	json_t *to =
		map == NULL ? NULL : json_object_getn(map, (const char *)cell.data, cell.size);
	return to == NULL ? cell : cx_slice_of(json_string_value(to));
}

bool cli_converter_skips(const cli_converter *self, const cli_row *row)
{
	const char *column;
	json_t *values, *value;
	json_object_foreach(self->mapping->skip, column, values)
	{
		const cx_slice cell = cell_of(self, row, column, strlen(column));
		size_t i;
		json_array_foreach(values, i,
		                   value) if (cx_slice_equal(cell,
		                                             cx_slice_of(json_string_value(
								     value)))) return true;
	}
	return false;
}

typedef struct filling {
	const cli_converter *self;
	const cli_row *row;
	cx_buf *out;
} filling;

static cx_status fill_part(void *context, cx_slice text, cx_slice name)
{
	filling *fill = context;
	cx_buf_append_slice(fill->out, text);
	if (name.size > 0)
		cx_buf_append_slice(fill->out, cell_of(fill->self, fill->row,
		                                       (const char *)name.data, name.size));
	return cx_buf_status(fill->out);
}

/* Puts the text of the field, ended by a zero, into `out`. */
static cx_status source_text(const cli_converter *self, const cli_field_mapping *field,
                             const cli_row *row, cx_buf *out, cx_error *error)
{
	filling fill = { .self = self, .row = row, .out = out };
	cx_status status = CX_OK;
	if (field->value != NULL)
		cx_buf_append_slice(out, cx_slice_of(field->value));
	else if (field->template != NULL)
		status = each_part(field->template, fill_part, &fill);
	else
		cx_buf_append_slice(out,
		                    cell_of(self, row, field->column, strlen(field->column)));
	if (status != CX_OK || cx_buf_status(out) != CX_OK)
		return cx_fail(error, CX_TOO_LARGE, "%s: the text is too long",
		               field->field->name);
	if (!cx_text_is_utf8(cx_buf_slice(out), NULL) ||
	    (out->size > 0 && memchr(out->data, 0, out->size) != NULL))
		return cx_fail(error, CX_MALFORMED, "%s: the text is not valid UTF-8",
		               field->field->name);
	if (out->size == 0 && field->fallback != NULL)
		cx_buf_append_slice(out, cx_slice_of(field->fallback));
	cx_buf_append_byte(out, 0);
	return cx_buf_status(out);
}

/* Replaces the text by the field's map; `*ret_null` when it leads to null. */
static cx_status apply_map(const cli_field_mapping *field, cx_buf *text, bool *ret_null,
                           cx_error *error)
{
	*ret_null = false;
	if (field->map == NULL)
		return CX_OK;
	const char *from = (const char *)text->data;
	json_t *to = json_object_get(field->map, from);
	if (to == NULL)
		to = json_object_get(field->map, "*");
	if (to == NULL)
		return cx_fail(error, CX_TYPE, "%s: the mapping has no value for \"%.60s\"",
		               field->field->name, from);
	*ret_null = json_is_null(to);
	cx_buf_clear(text);
	if (!*ret_null)
		cx_buf_append_slice(text, cx_slice_of(json_string_value(to)));
	cx_buf_append_byte(text, 0);
	return cx_buf_status(text);
}

/* ---- values ---- */

static cx_status find_target(const cli_converter *self, const cli_field_mapping *field,
                             const char *text, int64_t *ret, cx_error *error)
{
	const bool own = field->target == self->mapping->type;
	cardex_status status =
		cli_lookup(self->lookups, field->target, field->lookup, text, false, ret);
	if (status == CARDEX_OK && *ret == 0) {
		/* It may be a row that is still on its way. */
		status = cardex_wait(self->context->conn, 0, -1, &self->context->error);
		if (status == CARDEX_OK)
			status = cli_lookup(self->lookups, field->target, field->lookup, text,
			                    !own, ret);
	}
	if (status != CARDEX_OK)
		return cx_fail(error, CX_DISCONNECTED, "%s", self->context->error.message);
	if (*ret != 0)
		return CX_OK;
	return cx_fail(error, CX_DANGLING_REFERENCE, "%s: there is no %s with %s \"%.60s\"",
	               field->field->name, field->target->name, field->lookup->name, text);
}

/* The currency of the record: of the row, else the schema's default. */
static const char *currency_of(const cli_converter *self, const cli_row *row, cx_buf *scratch)
{
	for (size_t i = 0; i < self->mapping->field_count; i++) {
		const cli_field_mapping *field = &self->mapping->fields[i];
		bool null;
		if (strcmp(field->field->name, "currency") != 0)
			continue;
		cx_buf_clear(scratch);
		if (source_text(self, field, row, scratch, NULL) == CX_OK &&
		    apply_map(field, scratch, &null, NULL) == CX_OK && !null &&
		    scratch->size > 1)
			return (const char *)scratch->data;
	}
	const cardex_field *field = cardex_type_field(self->mapping->type, "currency");
	return field != NULL ? cardex_value_text(field->default_value) : NULL;
}

static cx_status set_value(const cli_converter *self, const cli_field_mapping *field,
                           const cli_row *row, const char *text, cardex_doc *fields,
                           cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(CLI_CELL_BYTES_MAX);
	cli_cell cell = { .field = field,
		          .text = cx_slice_of(text),
		          .offset_minutes = self->mapping->offset_minutes };
	if (field->per != NULL)
		cell.per = cell_of(self, row, field->per, strlen(field->per));
	if (field->after_discount != NULL)
		cell.discount = cell_of(self, row, field->after_discount,
		                        strlen(field->after_discount));
	if (field->field->kind == CARDEX_KIND_MONEY)
		cell.currency = currency_of(self, row, &scratch);
	return cli_cell_set(&cell, fields, error);
}

static cx_status convert_field(const cli_converter *self, const cli_field_mapping *field,
                               const cli_row *row, cardex_doc *fields, cx_buf *later,
                               cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(CLI_CELL_BYTES_MAX);
	bool null;
	cx_status status = source_text(self, field, row, &text, error);
	if (status != CX_OK || text.size == 1) /* the zero alone: nothing is there */
		return status;
	status = apply_map(field, &text, &null, error);
	if (status != CX_OK)
		return status;
	const char *value = (const char *)text.data;
	if (null) {
		cardex_set_null(fields, field->field->name);
		return CX_OK;
	}
	if (field->later) {
		cx_buf_append_slice(later, cx_slice_of(value));
		return cx_buf_status(later);
	}
	if (field->lookup == NULL)
		return set_value(self, field, row, value, fields, error);
	int64_t id;
	status = find_target(self, field, value, &id, error);
	if (status == CX_OK)
		cardex_set_int(fields, field->field->name, id);
	return status;
}

cx_status cli_convert(const cli_converter *self, const cli_row *row, cardex_doc *fields,
                      cx_buf *later, cx_error *error)
{
	for (size_t i = 0; i < self->mapping->field_count; i++) {
		cx_status status = convert_field(self, &self->mapping->fields[i], row, fields,
		                                 &later[i], error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status cli_convert_at(const cli_converter *self, const cli_row *row, int64_t *ret_ms,
                         cx_error *error)
{
	const cli_field_mapping *at = &self->mapping->at;
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(CLI_CELL_BYTES_MAX);
	bool null = false;
	*ret_ms = 0;
	if (at->field == NULL)
		return CX_OK;
	cx_status status = source_text(self, at, row, &text, error);
	if (status == CX_OK && text.size > 1)
		status = apply_map(at, &text, &null, error);
	if (status != CX_OK || null || text.size <= 1)
		return status;
	const cli_cell cell = { .field = at,
		                .text = { text.data, text.size - 1 },
		                .offset_minutes = self->mapping->offset_minutes };
	return cli_cell_time(&cell, ret_ms, error);
}
