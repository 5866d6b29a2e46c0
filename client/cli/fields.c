/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/fields.h"

#include "client/cli/currency.h"
#include "client/cli/format.h"
#include "client/cli/key.h"

#include <stdlib.h>
#include <string.h>

bool cli_parse_id(const char *text, int64_t *ret)
{
	if (cli_decimal_parse(cx_slice_of(text), 0, false, ret) && *ret > 0)
		return true;
	cli_usage("\"%s\" is no record id", text);
	return false;
}

static cli_exit set_money(cli_fields *self, const cardex_field *field, const char *text,
                          cardex_doc *fields)
{
	const char *currency = NULL;
	int64_t amount;
	if (cli_has_record_currency(field)) {
		const cli_exit end = cli__currency_find(self, &currency);
		if (end != CLI_OK)
			return end;
	}
	const unsigned digits = cli_money_digits(field, currency);
	if (!cli_decimal_parse(cx_slice_of(text), digits, false, &amount))
		return cli_usage("%s: \"%s\" is no amount with up to %u decimals", field->name,
		                 text, digits);
	cardex_set_int(fields, field->name, amount);
	return CLI_OK;
}

static cli_exit set_text(cli_fields *self, const cardex_field *field, const char *text,
                         cardex_doc *fields)
{
	cli_context *context = self->context;
	if (text[0] == '\0') {
		cardex_set_null(fields, field->name);
		return CLI_OK;
	}
	if (field->kind == CARDEX_KIND_MONEY)
		return set_money(self, field, text, fields);
	if (cardex_set_from_text(fields, field, text, &context->error) != CARDEX_OK)
		return cli_fail(context);
	return CLI_OK;
}

static cli_exit set_found(cli_fields *self, const cardex_field *field, const char *index,
                          const char *value, cardex_doc *fields)
{
	if (field->kind != CARDEX_KIND_REF)
		return cli_usage("%s is no reference: %s@%s cannot be looked up", field->name,
		                 field->name, index);
	cli_exit end = CLI_OK;
	const cardex_type *target = cli_type(self->context, field->target, &end);
	cardex_result *found = NULL;
	if (target != NULL)
		end = cli_key_find(self->context, target, index, value, "id", &found);
	if (end != CLI_OK) {
		fprintf(stderr, "cardex: %s: looking up %s %s \"%s\"\n", field->name,
		        field->target, index, value);
		return end;
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

static cli_exit add_argument(cli_fields *self, char *argument, cardex_doc *fields)
{
	assignment given;
	if (!cut(argument, &given))
		return CLI_USAGE;
	const cardex_field *field = cardex_type_field(self->type, given.name);
	if (field == NULL)
		return cli_usage("%s has no field \"%s\"; see cardex schema %s",
		                 self->type->name, given.name, self->type->name);
	if (given.index != NULL)
		return set_found(self, field, given.index, given.value, fields);
	return set_text(self, field, given.value, fields);
}

static cli_exit add_arguments(cli_fields *self, cardex_doc *fields)
{
	cli_exit end = CLI_OK;
	for (int i = 0; i < self->count && end == CLI_OK; i++) {
		char *copy = strdup(self->arguments[i]);
		if (copy == NULL)
			return CLI_SERVER;
		end = add_argument(self, copy, fields);
		free(copy);
	}
	return end;
}

/* ---- JSON ---- */

static cli_exit add_list(const cardex_field *field, json_t *list, cardex_doc *fields)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *values = cardex_list_new();
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
	{
		if (json_is_integer(item))
			cardex_add_int(values, json_integer_value(item));
		else if (json_is_string(item))
			cardex_add_text(values, json_string_value(item));
		else
			return cli_usage("%s: a list holds strings or integers", field->name);
	}
	cardex_set_list(fields, field->name, values);
	return CLI_OK;
}

static cli_exit add_member(cli_fields *self, const cardex_field *field, json_t *value,
                           cardex_doc *fields)
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
		return set_text(self, field, number, fields);
	case JSON_STRING:
		return set_text(self, field, json_string_value(value), fields);
	case JSON_REAL:
		return cli_usage("%s: write decimals as a string, \"12.50\"", field->name);
	case JSON_ARRAY:
		return add_list(field, value, fields);
	case JSON_OBJECT:
		break;
	}
	return cli_usage("%s: an object is no value of a field", field->name);
}

static cli_exit load(cli_fields *self)
{
	json_error_t why;
	if (self->file == NULL)
		return CLI_OK;
	self->object = strcmp(self->file, "-") == 0
	                       ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &why)
	                       : json_load_file(self->file, JSON_REJECT_DUPLICATES, &why);
	if (self->object == NULL)
		return cli_usage("%s: line %d, column %d: %s", self->file, why.line, why.column,
		                 why.text);
	if (!json_is_object(self->object))
		return cli_usage("%s: it must be an object", self->file);
	return CLI_OK;
}

static cli_exit add_members(cli_fields *self, cardex_doc *fields)
{
	const char *name;
	json_t *value;
	json_object_foreach(self->object, name, value)
	{
		const cardex_field *field = cardex_type_field(self->type, name);
		if (field == NULL)
			return cli_usage("%s: %s has no field \"%s\"", self->file,
			                 self->type->name, name);
		const cli_exit end = add_member(self, field, value, fields);
		if (end != CLI_OK)
			return end;
	}
	return CLI_OK;
}

cli_exit cli_fields_add(cli_fields *self, cardex_doc *fields)
{
	cli_exit end = load(self);
	if (end == CLI_OK)
		end = add_members(self, fields);
	if (end == CLI_OK)
		end = add_arguments(self, fields);
	return end;
}

void cli_fields_release(cli_fields *self)
{
	json_decref(self->object);
	self->object = NULL;
}
