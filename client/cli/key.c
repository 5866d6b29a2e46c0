/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/key.h"

#include "client/cli/format.h"

#include <stdlib.h>
#include <string.h>

static bool add_number(const cardex_field *field, const char *text, cardex_doc *list)
{
	int64_t number;
	bool good;
	if (field->kind == CARDEX_KIND_DATE)
		good = cardex_date_parse(text, &number);
	else if (field->kind == CARDEX_KIND_TS)
		good = cardex_ts_parse(text, &number);
	else
		good = cli_decimal_parse(
			cx_slice_of(text),
			field->kind == CARDEX_KIND_MONEY ? cli_money_digits(field, NULL) : 0,
			false, &number);
	if (good)
		cardex_add_int(list, number);
	return good;
}

static bool add_bool(const char *text, cardex_doc *list)
{
	const bool yes = strcmp(text, "true") == 0;
	if (!yes && strcmp(text, "false") != 0)
		return false;
	cardex_add_bool(list, yes);
	return true;
}

static bool add_value(const cardex_field *field, const char *text, cardex_doc *list)
{
	if (text[0] == '\0') {
		cardex_add_null(list);
		return true;
	}
	switch (field->kind) {
	case CARDEX_KIND_BOOL:
		return add_bool(text, list);
	case CARDEX_KIND_INT:
	case CARDEX_KIND_MONEY:
	case CARDEX_KIND_DATE:
	case CARDEX_KIND_TS:
	case CARDEX_KIND_REF:
		return add_number(field, text, list);
	case CARDEX_KIND_STRING:
	case CARDEX_KIND_TEXT:
	case CARDEX_KIND_ENUM:
		cardex_add_text(list, text);
		return true;
	case CARDEX_KIND_BYTES:
		cardex_add_bytes(list, text, strlen(text));
		return true;
	case CARDEX_KIND_INT_LIST:
	case CARDEX_KIND_STRING_LIST:
	case CARDEX_KIND_OTHER:
		break;
	}
	return false;
}

/* Cuts `values` in place. */
static cli_exit add_values(const cardex_type *type, const cardex_index *index, char *values,
                           cardex_doc *list)
{
	for (size_t i = 0; i < index->column_count; i++) {
		const char *name = index->columns[i].field;
		const cardex_field *field = cardex_type_field(type, name);
		char *comma = i + 1 < index->column_count ? strchr(values, ',') : NULL;
		if (i + 1 < index->column_count && comma == NULL)
			return cli_usage("%s of %s takes %zu values parted by commas",
			                 index->name, type->name, index->column_count);
		if (comma != NULL)
			*comma = '\0';
		if (field == NULL || !add_value(field, values, list))
			return cli_usage("\"%s\" is no value of %s, which is %s", values, name,
			                 field != NULL ? field->kind_name : "not known");
		values = comma != NULL ? comma + 1 : values;
	}
	return CLI_OK;
}

static cli_exit look_up(cli_context *self, const cardex_type *type, const cardex_index *index,
                        char *values, const char *columns, cardex_result **ret)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *list = cardex_list_new();
	const cli_exit end = add_values(type, index, values, list);
	if (end != CLI_OK)
		return end;
	const cardex_request request = {
		.method = CARDEX_METHOD_LOOKUP,
		.type = type->name,
		.index = index->name,
		.values = list,
		.columns = columns,
	};
	if (cardex_call(self->conn, &request, ret, &self->error) != CARDEX_OK)
		return cli_fail(self);
	return CLI_OK;
}

cli_exit cli_key_find(cli_context *self, const cardex_type *type, const char *index,
                      const char *values, const char *columns, cardex_result **ret)
{
	const cardex_index *found = cardex_type_index(type, index);
	if (found == NULL || !found->unique)
		return cli_usage("%s has no unique index \"%s\"; see cardex schema %s",
		                 type->name, index, type->name);
	char *copy = strdup(values);
	if (copy == NULL)
		return CLI_SERVER;
	const cli_exit end = look_up(self, type, found, copy, columns, ret);
	free(copy);
	return end;
}
