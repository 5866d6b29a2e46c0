/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/includes.h"

#include "base/text.h"
#include "client/cli/format.h"
#include "client/cli/output.h"

#include <string.h>

/* Cuts ":5" off. */
static bool take_limit(char *text, size_t *ret)
{
	char *colon = strchr(text, ':');
	if (colon == NULL)
		return true;
	int64_t number;
	if (!cli_decimal_parse(cx_slice_of(colon + 1), 0, false, &number) || number < 1)
		return false;
	*colon = '\0';
	*ret = (size_t)number;
	return true;
}

bool cli_includes_add(cli_includes *self, const char *text)
{
	const size_t size = strlen(text);
	if (self->count == CLI_INCLUDES_MAX || size == 0 || size >= CLI_INCLUDE_BYTES_MAX)
		return false;
	char *own = self->texts[self->count];
	memcpy(own, text, size + 1);
	cardex_include include = { .ref = own };
	if (!take_limit(own, &include.limit))
		return false;
	char *dot = strchr(own, '.');
	if (dot != NULL) {
		*dot = '\0';
		include.type = own;
		include.ref = dot + 1;
	}
	if (include.ref[0] == '\0' || (include.type != NULL && include.type[0] == '\0'))
		return false;
	self->items[self->count++] = include;
	return true;
}

/* The type of the records; NULL shows plain values. */
static const cardex_type *type_of(const cli_context *context, const cardex_include *include)
{
	return include->type != NULL && context->schema != NULL
	               ? cardex_schema_type(context->schema, include->type)
	               : NULL;
}

void cli_includes_print(const cli_context *context, const cli_includes *self,
                        const cardex_result *result)
{
	for (size_t i = 0; i < self->count; i++) {
		const cardex_include *include = &self->items[i];
		const cardex_result *rows = cardex_included(result, i);
		if (rows == NULL)
			continue;
		printf("\n%s%s%s\n", include->type != NULL ? include->type : "",
		       include->type != NULL ? " by " : "", include->ref);
		cli_output *output =
			cli_output_begin(context, type_of(context, include), rows, stdout);
		for (size_t j = 0; output != NULL && j < cardex_row_count(rows); j++)
			cli_output_row(output, cardex_row_at(rows, j));
		(void)cli_output_end(&output);
	}
}
