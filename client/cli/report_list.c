/* SPDX-License-Identifier: Apache-2.0 */
/* Which reports there are, and what they take. */
#include "client/cli/output.h"
#include "client/cli/report_output.h"
#include "client/cli/table.h"

#include <string.h>

static const char *text_of(const cardex_value *map, const char *key)
{
	const char *text = cardex_value_text(cardex_value_member(map, key));
	return text != NULL ? text : "";
}

static const char *help_of(const cli_context *context, const cardex_value *map)
{
	return text_of(map, context->language == CLI_CHINESE ? "help_zh" : "help_en");
}

static bool cells(cli_table *table, const char *const *texts, size_t count)
{
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good &= cli_table_cell(table, cx_slice_of(texts[i]));
	return good;
}

static cli_exit print_reports(const cli_context *context, const cardex_value *list, FILE *out)
{
	cli_table table = { 0 };
	bool good = cli_table_init(&table, 2);
	if (good) {
		cli_table_header(&table, 0, "report", false);
		cli_table_header(&table, 1, "", false);
	}
	for (size_t i = 0; good && i < cardex_value_count(list); i++) {
		const cardex_value *report = cardex_value_at(list, i);
		const char *const texts[] = { text_of(report, "name"),
			                      help_of(context, report) };
		good = cells(&table, texts, CX_COUNT_OF(texts));
	}
	good = good && cli_table_print(&table, out);
	cli_table_release(&table);
	return good ? CLI_OK : CLI_SERVER;
}

static cli_exit print_params(const cli_context *context, const cardex_value *report, FILE *out)
{
	static const char *const headers[] = { "parameter", "kind", "", "default", "" };
	const cardex_value *params = cardex_value_member(report, "params");
	cli_table table = { 0 };
	bool good = cli_table_init(&table, CX_COUNT_OF(headers));
	for (size_t i = 0; good && i < CX_COUNT_OF(headers); i++)
		cli_table_header(&table, i, headers[i], false);
	for (size_t i = 0; good && i < cardex_value_count(params); i++) {
		const cardex_value *param = cardex_value_at(params, i);
		const bool required = cardex_value_bool(cardex_value_member(param, "required"));
		const char *const texts[] = { text_of(param, "name"), text_of(param, "kind"),
			                      text_of(param, "of"),
			                      required ? "(required)"
			                               : text_of(param, "default"),
			                      help_of(context, param) };
		good = cells(&table, texts, CX_COUNT_OF(texts));
	}
	fprintf(out, "%s  %s\n\n", text_of(report, "name"), help_of(context, report));
	good = good && cli_table_print(&table, out);
	cli_table_release(&table);
	return good ? CLI_OK : CLI_SERVER;
}

cli_exit cli_report_list_print(const cli_context *context, const cardex_value *list,
                               const char *name, FILE *out)
{
	if (context->format == CLI_JSON || context->format == CLI_NDJSON)
		return cli_output_value(context, list, out);
	if (name == NULL)
		return print_reports(context, list, out);
	for (size_t i = 0; i < cardex_value_count(list); i++)
		if (strcmp(text_of(cardex_value_at(list, i), "name"), name) == 0)
			return print_params(context, cardex_value_at(list, i), out);
	return cli_usage("there is no report \"%s\"; see cardex report", name);
}
