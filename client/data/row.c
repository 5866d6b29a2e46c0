/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and their columns. */
#include "client/data/result.h"

#include <stdio.h>

static const cardex_value null_value = { .kind = CARDEX_VALUE_NULL };

size_t cardex_row_count(const cardex_result *result)
{
	return result->row_count;
}

const cardex_row *cardex_row_at(const cardex_result *result, size_t i)
{
	return i < result->row_count ? &result->rows[i] : NULL;
}

size_t cardex_column_count(const cardex_result *result)
{
	return result->layout == NULL ? 0 : result->layout->count;
}

const char *cardex_column_name(const cardex_result *result, size_t column)
{
	return column < cardex_column_count(result) ? result->layout->names[column] : NULL;
}

const char *cardex_column_kind(const cardex_result *result, size_t column)
{
	if (result->kinds == NULL || column >= result->kinds->count)
		return NULL;
	return cardex_value_text(&result->kinds->as.items[column]);
}

int cardex_column_of(const cardex_result *result, const char *name)
{
	return result->layout == NULL ? -1 : cardex__layout_find(result->layout, name);
}

const cardex_value *cardex_row_column(const cardex_row *row, size_t column)
{
	if (row == NULL || column >= cardex_column_count(row->result))
		return NULL;
	return column < row->count ? &row->cells[column] : &null_value;
}

const cardex_value *cardex_row_value(const cardex_row *row, const char *name)
{
	int column = row == NULL ? -1 : cardex_column_of(row->result, name);
	return column < 0 ? NULL : cardex_row_column(row, (size_t)column);
}

const char *cardex_result_misread(const cardex_result *result)
{
	return result->misread[0] == '\0' ? NULL : result->misread;
}

static const char *kind_text(cardex_value_kind kind)
{
	switch (kind) {
	case CARDEX_VALUE_NULL:
		return "null";
	case CARDEX_VALUE_BOOL:
		return "a boolean";
	case CARDEX_VALUE_INT:
		return "an integer";
	case CARDEX_VALUE_FLOAT:
		return "a number";
	case CARDEX_VALUE_TEXT:
		return "text";
	case CARDEX_VALUE_BYTES:
		return "bytes";
	case CARDEX_VALUE_LIST:
		return "a list";
	case CARDEX_VALUE_MAP:
		return "a map";
	}
	return "of an unknown kind";
}

static void remember_missing(const cardex_row *row, const char *name)
{
	if (row == NULL || row->result->misread[0] != '\0')
		return;
	(void)snprintf(row->result->misread, sizeof row->result->misread,
	               "the rows have no column \"%.60s\"", name);
}

static void remember_kind(const cardex_row *row, const char *name, cardex_value_kind asked,
                          cardex_value_kind is)
{
	if (row->result->misread[0] != '\0')
		return;
	(void)snprintf(row->result->misread, sizeof row->result->misread,
	               "column \"%.60s\" is %s and was read as %s", name, kind_text(is),
	               kind_text(asked));
}

/* The value when it is of the kind; otherwise NULL, which reads as zero. */
static const cardex_value *read_as(const cardex_row *row, const char *name,
                                   cardex_value_kind kind)
{
	const cardex_value *value = cardex_row_value(row, name);
	cardex_value_kind is = cardex_value_kind_of(value);
	if (value == NULL)
		remember_missing(row, name);
	else if (is != kind && is != CARDEX_VALUE_NULL)
		remember_kind(row, name, kind, is);
	return is == kind ? value : NULL;
}

bool cardex_row_is_null(const cardex_row *row, const char *name)
{
	const cardex_value *value = cardex_row_value(row, name);
	if (value == NULL)
		remember_missing(row, name);
	return cardex_value_kind_of(value) == CARDEX_VALUE_NULL;
}

bool cardex_row_bool(const cardex_row *row, const char *name)
{
	return cardex_value_bool(read_as(row, name, CARDEX_VALUE_BOOL));
}

int64_t cardex_row_int(const cardex_row *row, const char *name)
{
	return cardex_value_int(read_as(row, name, CARDEX_VALUE_INT));
}

const char *cardex_row_text(const cardex_row *row, const char *name)
{
	return cardex_value_text(read_as(row, name, CARDEX_VALUE_TEXT));
}

const void *cardex_row_bytes(const cardex_row *row, const char *name, size_t *ret_size)
{
	return cardex_value_bytes(read_as(row, name, CARDEX_VALUE_BYTES), ret_size);
}
