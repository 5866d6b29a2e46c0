/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/fields.h"

#include "client/cli/format.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool cli_parse_id(const char *text, int64_t *ret)
{
	if (cli_decimal_parse(cx_slice_of(text), 0, false, ret) && *ret > 0)
		return true;
	cli_usage("\"%s\" is no record id", text);
	return false;
}

static cli_exit set_text(cli_context *self, const cardex_field *field, const char *text,
                         const char *currency, cardex_doc *fields)
{
	int64_t amount;
	if (text[0] == '\0') {
		cardex_set_null(fields, field->name);
		return CLI_OK;
	}
	if (field->kind == CARDEX_KIND_MONEY) {
		const unsigned digits = cli_currency_digits(currency);
		if (!cli_decimal_parse(cx_slice_of(text), digits, false, &amount))
			return cli_usage("%s: \"%s\" is no amount with up to %u decimals",
			                 field->name, text, digits);
		cardex_set_int(fields, field->name, amount);
		return CLI_OK;
	}
	if (cardex_set_from_text(fields, field, text, &self->error) != CARDEX_OK)
		return cli_fail(self);
	return CLI_OK;
}

static cli_exit set_found(cli_context *self, const cardex_field *field, const char *index,
                          const char *value, cardex_doc *fields)
{
	if (field->kind != CARDEX_KIND_REF)
		return cli_usage("%s is no reference: %s@%s cannot be looked up", field->name,
		                 field->name, index);
	cardex_doc *values = cardex_list_new();
	cardex_add_text(values, value);
	cardex_result *found = NULL;
	const cardex_status status =
		cardex_lookup(self->conn, field->target, index, values, &found, &self->error);
	cardex_doc_free(&values);
	if (status != CARDEX_OK) {
		fprintf(stderr, "cardex: %s: looking up %s %s \"%s\"\n", field->name,
		        field->target, index, value);
		return cli_fail(self);
	}
	cardex_set_int(fields, field->name, cardex_row_int(cardex_row_at(found, 0), "id"));
	cardex_result_free(&found);
	return CLI_OK;
}

/* Cuts NAME[@INDEX]=VALUE in place. */
typedef struct assignment {
	char *name, *index, *value;
} assignment;

static bool cut(char *argument, assignment *ret)
{
	char *equals = strchr(argument, '=');
	if (equals == NULL) {
		cli_usage("\"%s\" is not FIELD=VALUE", argument);
		return false;
	}
	*equals = '\0';
	*ret = (assignment){ .name = argument, .value = equals + 1 };
	char *at = strchr(argument, '@');
	if (at != NULL) {
		*at = '\0';
		ret->index = at + 1;
	}
	return true;
}

static const char *find_currency(int count, char **arguments)
{
	for (int i = 0; i < count; i++)
		if (strncmp(arguments[i], "currency=", 9) == 0)
			return arguments[i] + 9;
	return NULL;
}

static cli_exit add_one(cli_context *self, const cardex_type *type, char *argument,
                        const char *currency, cardex_doc *fields)
{
	assignment given;
	if (!cut(argument, &given))
		return CLI_USAGE;
	const cardex_field *field = cardex_type_field(type, given.name);
	if (field == NULL)
		return cli_usage("%s has no field \"%s\"; see cardex schema %s", type->name,
		                 given.name, type->name);
	if (given.index != NULL)
		return set_found(self, field, given.index, given.value, fields);
	return set_text(self, field, given.value, currency, fields);
}

cli_exit cli_fields_add_all(cli_context *self, const cardex_type *type, int count,
                            char **arguments, cardex_doc *fields)
{
	const char *currency = find_currency(count, arguments);
	for (int i = 0; i < count; i++) {
		char *copy = strdup(arguments[i]);
		if (copy == NULL)
			return CLI_SERVER;
		cli_exit end = add_one(self, type, copy, currency, fields);
		free(copy);
		if (end != CLI_OK)
			return end;
	}
	return CLI_OK;
}

/* ---- JSON ---- */

static cli_exit add_member(cli_context *self, const cardex_field *field, json_t *value,
                           const char *currency, cardex_doc *fields)
{
	char number[64];
	switch (json_typeof(value)) {
	case JSON_NULL:
		cardex_set_null(fields, field->name);
		return CLI_OK;
	case JSON_TRUE:
	case JSON_FALSE:
		cardex_set_bool(fields, field->name, json_is_true(value));
		return CLI_OK;
	case JSON_INTEGER:
		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT,
		         json_integer_value(value));
		return set_text(self, field, number, currency, fields);
	case JSON_STRING:
		return set_text(self, field, json_string_value(value), currency, fields);
	case JSON_REAL:
		return cli_usage("%s: write decimals as a string, \"12.50\"", field->name);
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	if (!json_is_array(value))
		return cli_usage("%s: an object is no value of a field", field->name);
	cardex_doc *list = cardex_list_new();
	size_t i;
	json_t *item;
	json_array_foreach(value, i, item)
	{
		if (json_is_integer(item))
			cardex_add_int(list, json_integer_value(item));
		else
			cardex_add_text(list, json_string_value(item));
	}
	cardex_set_list(fields, field->name, list);
	cardex_doc_free(&list);
	return CLI_OK;
}

cli_exit cli_fields_add_file(cli_context *self, const cardex_type *type, const char *path,
                             cardex_doc *fields)
{
	json_error_t why;
	json_t *object = strcmp(path, "-") == 0
	                         ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &why)
	                         : json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (object == NULL)
		return cli_usage("%s: line %d, column %d: %s", path, why.line, why.column,
		                 why.text);
	const char *name;
	json_t *value;
	const char *currency = json_string_value(json_object_get(object, "currency"));
	cli_exit end =
		json_is_object(object) ? CLI_OK : cli_usage("%s: it must be an object", path);
	json_object_foreach(object, name, value)
	{
		const cardex_field *field = cardex_type_field(type, name);
		if (field == NULL)
			end = cli_usage("%s: %s has no field \"%s\"", path, type->name, name);
		else
			end = add_member(self, field, value, currency, fields);
		if (end != CLI_OK)
			break;
	}
	json_decref(object);
	return end;
}
