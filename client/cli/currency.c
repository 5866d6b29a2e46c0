/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/currency.h"

#include <stdio.h>
#include <string.h>

static const char *among_arguments(const cli_fields *self)
{
	static const char name[] = "currency=";
	const size_t size = sizeof name - 1;
	for (int i = 0; i < self->count; i++)
		if (strncmp(self->arguments[i], name, size) == 0)
			return self->arguments[i] + size;
	return NULL;
}

static void keep(cli_fields *self, const char *code)
{
	if (code != NULL)
		snprintf(self->currency, sizeof self->currency, "%s", code);
}

static cli_exit ask(cli_fields *self)
{
	cli_context *context = self->context;
	const cardex_request request = { .method = CARDEX_METHOD_GET,
		                         .type = self->type->name,
		                         .id = self->id,
		                         .columns = "currency" };
	cardex_result *result = NULL;
	if (cardex_call(context->conn, &request, &result, &context->error) != CARDEX_OK)
		return cli_fail(context);
	keep(self, cardex_row_text(cardex_row_at(result, 0), "currency"));
	cardex_result_free(&result);
	return CLI_OK;
}

static cli_exit find(cli_fields *self, const cardex_field *field)
{
	const char *given = among_arguments(self);
	if (given == NULL)
		given = json_string_value(json_object_get(self->object, "currency"));
	if (given != NULL) {
		keep(self, given);
		return CLI_OK;
	}
	if (self->method == CARDEX_METHOD_UPDATE)
		return ask(self);
	if (self->method == CARDEX_METHOD_UPSERT)
		return cli_usage("an amount needs its currency here: give currency=… too");
	keep(self, cardex_value_text(field->default_value));
	return CLI_OK;
}

cli_exit cli__currency_find(cli_fields *self, const char **ret)
{
	const cardex_field *field = cardex_type_field(self->type, "currency");
	if (field != NULL && !self->currency_known) {
		const cli_exit end = find(self, field);
		if (end != CLI_OK)
			return end;
		self->currency_known = true;
	}
	*ret = self->currency[0] != '\0' ? self->currency : NULL;
	return CLI_OK;
}
