/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/reading.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

cx_status cli__ndjson_begin(cli_reading *self)
{
	self->tail = CX_BUF_INIT(CLI_ROW_BYTES_MAX);
	return CX_OK;
}

void cli__ndjson_release(cli_reading *self)
{
	cx_buf_release(&self->tail);
	for (size_t i = 0; i < CLI_COLUMNS_MAX; i++)
		free(self->keys[i]);
}

static cx_status read_header(cli_reading *self, json_t *object)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		cx_status status = cli__reading_add(self, cx_slice_of(key));
		if (status != CX_OK)
			return status;
		self->keys[self->count - 1] = strdup(key);
		if (self->keys[self->count - 1] == NULL)
			return CX_NO_MEMORY;
	}
	return cli__reading_end_row(self, NULL);
}

/* A value as the text a CSV cell would have; false for what a cell cannot hold. */
static bool put_text(json_t *value, cx_buf *out)
{
	switch (json_typeof(value)) {
	case JSON_NULL:
		return true;
	case JSON_TRUE:
		return cx_buf_printf(out, "true");
	case JSON_FALSE:
		return cx_buf_printf(out, "false");
	case JSON_INTEGER:
		return cx_buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	case JSON_REAL:
		return cx_buf_printf(out, "%.15g", json_real_value(value));
	case JSON_STRING:
		return cx_buf_append(out, json_string_value(value), json_string_length(value));
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return false;
}

static cx_status add_list(cli_reading *self, json_t *list)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(CLI_CELL_BYTES_MAX);
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
	{
		if (i > 0)
			cx_buf_append_byte(&text, ',');
		if (!put_text(item, &text))
			return CX_TYPE;
	}
	return cli__reading_add(self, cx_buf_slice(&text));
}

static cx_status add_value(cli_reading *self, json_t *value)
{
	if (json_is_array(value))
		return add_list(self, value);
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(CLI_CELL_BYTES_MAX);
	if (value != NULL && !put_text(value, &text))
		return CX_TYPE;
	return cli__reading_add(self, cx_buf_slice(&text));
}

static const char *unknown_key(const cli_reading *self, json_t *object)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		size_t i = 0;
		while (i < self->columns && strcmp(key, self->keys[i]) != 0)
			i++;
		if (i == self->columns)
			return key;
	}
	return NULL;
}

static cx_status read_object(cli_reading *self, json_t *object)
{
	cx_status status = CX_OK;
	if (!self->header_done)
		status = read_header(self, object);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < self->columns; i++) {
		status = add_value(self, json_object_get(object, self->keys[i]));
		if (status == CX_TYPE)
			return cli__reading_end_row(self,
			                            "a value is an object or a nested list");
		if (status != CX_OK)
			return status;
	}
	if (unknown_key(self, object) != NULL)
		return cli__reading_end_row(self,
		                            "the object has a key that the first one has not");
	return cli__reading_end_row(self, NULL);
}

static cx_status read_line(cli_reading *self, const char *line, size_t size)
{
	self->row_line = self->line;
	size_t blank = 0;
	while (blank < size && strchr(" \t\r", line[blank]) != NULL)
		blank++;
	if (blank == size)
		return CX_OK;
	json_error_t why;
	json_t *object = json_loadb(line, size, JSON_REJECT_DUPLICATES, &why);
	cx_status status = CX_OK;
	if (json_is_object(object))
		status = read_object(self, object);
	else if (self->header_done)
		status = cli__reading_end_row(self,
		                              object == NULL ? why.text : "not a JSON object");
	else
		status = cli__reading_fail(self, CX_MALFORMED,
		                           object == NULL ? why.text : "not a JSON object");
	json_decref(object);
	return status;
}

cx_status cli__ndjson_feed(cli_reading *self, const char *block, size_t size)
{
	while (size > 0) {
		const char *end = memchr(block, '\n', size);
		const size_t part = end != NULL ? (size_t)(end - block) : size;
		if (!cx_buf_append(&self->tail, block, part))
			return cli__reading_fail(self, CX_TOO_LARGE, "a line is over 4 MiB");
		if (end == NULL)
			return CX_OK;
		cx_status status =
			read_line(self, (const char *)self->tail.data, self->tail.size);
		if (status != CX_OK)
			return status;
		cx_buf_clear(&self->tail);
		self->line++;
		block += part + 1;
		size -= part + 1;
	}
	return CX_OK;
}

cx_status cli__ndjson_end(cli_reading *self)
{
	return read_line(self, (const char *)self->tail.data, self->tail.size);
}
