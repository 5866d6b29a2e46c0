/* SPDX-License-Identifier: Apache-2.0 */
/* report */
#include "base/clock.h"
#include "client/cli/arguments.h"
#include "client/cli/chart.h"
#include "client/cli/command.h"
#include "client/cli/report_output.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES_MAX = 64 };

typedef struct arguments {
	const char *name; /* NULL: the list */
	const char *section;
	const char *chart;
	bool params; /* tell what it takes */
	bool cost;
	size_t limit;
	size_t max_scan;
} arguments;

static bool take_option(cli_context *context, arguments *self, int key)
{
	if (key == 's')
		self->section = optarg;
	else if (key == 'c')
		self->chart = optarg;
	else if (key == 'p')
		self->params = true;
	else if (key == 'C')
		self->cost = true;
	else if (key == 'l')
		return cli_limit_parse(optarg, &self->limit);
	else if (key == 'm')
		return cli_limit_parse(optarg, &self->max_scan);
	else
		return key == 'f' && cli_format_set(context, optarg);
	return true;
}

static bool parse(cli_context *context, int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "section", required_argument, NULL, 's' },
		{ "chart", required_argument, NULL, 'c' },
		{ "params", no_argument, NULL, 'p' },
		{ "cost", no_argument, NULL, 'C' },
		{ "limit", required_argument, NULL, 'l' },
		{ "max-scan", required_argument, NULL, 'm' },
		{ "format", required_argument, NULL, 'f' },
		{ 0 },
	};
	bool good = true;
	optind = 0;
	for (int key; good && (key = getopt_long(argc, argv, "", options, NULL)) != -1;)
		good = take_option(context, self, key);
	if (optind < argc)
		self->name = argv[optind++];
	return good;
}

/* NAME=VALUE; an empty value is null. The server knows what values mean. */
static cli_exit take_param(const char *text, cardex_doc *params)
{
	char name[NAME_BYTES_MAX];
	const size_t size = strcspn(text, "=");
	if (text[size] == '\0' || size == 0 || size >= sizeof name)
		return cli_usage("parameters of reports are written NAME=VALUE, not \"%s\"",
		                 text);
	memcpy(name, text, size);
	name[size] = '\0';
	if (text[size + 1] == '\0')
		cardex_set_null(params, name);
	else
		cardex_set_text(params, name, text + size + 1);
	return CLI_OK;
}

static void tell_cost(const cardex_result *result)
{
	cardex_report_info info;
	char at[CX_TS_TEXT_SIZE];
	if (!cardex_report_info_of(result, &info))
		return;
	cx_ts_format(info.as_of_ms, at);
	fprintf(stderr, "%" PRIu64 " keys, %" PRIu64 " records; as of %s, seq %" PRIu64 "\n",
	        info.keys, info.fetched, at, info.seq);
}

static cli_exit show(const cli_context *self, const arguments *given,
                     const cardex_result *result)
{
	if (given->cost)
		tell_cost(result);
	if (given->chart != NULL)
		return cli_chart_draw(self, result, given->section, given->chart);
	return cli_report_print(self, result, given->section, stdout);
}

static cli_exit run(cli_context *self, const arguments *given, const cardex_doc *params)
{
	const cardex_request request = { .method = CARDEX_METHOD_REPORT,
		                         .text = given->name,
		                         .fields = params,
		                         .limit = given->limit,
		                         .max_scan = given->max_scan };
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_call(self->conn, &request, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	return show(self, given, result);
}

static cli_exit list(cli_context *self, const arguments *given)
{
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_report_list(self->conn, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	return cli_report_list_print(self, cardex_result_value(result), given->name, stdout);
}

cli_exit cli_run_report(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	const cli_format before = self->format; /* the shell goes on with it */
	if (!parse(self, argc, argv, &given))
		return cli_usage("usage: cardex report [NAME [PARAMETER=VALUE…]] [--params] "
		                 "[--section SECTION] [--limit N] [--max-scan N] [--format "
		                 "table|json|ndjson|csv] [--chart FILE.svg|FILE.png] [--cost]");
	CX_SCOPED(cardex_doc_free) cardex_doc *params = cardex_fields_new();
	cli_exit end = params != NULL ? CLI_OK : CLI_SERVER;
	for (int i = optind; end == CLI_OK && i < argc; i++)
		end = take_param(argv[i], params);
	if (end == CLI_OK)
		end = given.name == NULL || given.params ? list(self, &given)
		                                         : run(self, &given, params);
	self->format = before;
	return end;
}
