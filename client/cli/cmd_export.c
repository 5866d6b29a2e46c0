/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/command.h"
#include "client/cli/output.h"

#include <getopt.h>
#include <string.h>

typedef struct arguments {
	const char *where;
	cardex_request request;
} arguments;

static bool parse(int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "where", required_argument, NULL, 'w' },
		{ "columns", required_argument, NULL, 'c' },
		{ "order", required_argument, NULL, 'o' },
		{ 0 },
	};
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'w')
			self->where = optarg;
		else if (key == 'c')
			self->request.columns = optarg;
		else if (key == 'o')
			self->request.order = optarg;
		else
			return false;
	}
	return optind == argc - 1;
}

/* All pages of the query; each is a snapshot of its own. */
static cli_exit write_pages(cli_context *self, const cardex_type *type,
                            const cardex_request *request)
{
	enum { PAGE = 1000 };
	cardex_request query = *request;
	query.limit = PAGE;
	query.allow_scan = true;
	cardex_result *page = NULL;
	cli_output *output = NULL;
	if (cardex_query(self->conn, &query, &page, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cli_context context = *self;
	if (!context.format_given)
		context.format = CLI_CSV;
	output = cli_output_begin(&context, type, page, stdout);
	cli_exit end = output == NULL ? CLI_SERVER : CLI_OK;
	for (bool more = true; more && end == CLI_OK;) {
		for (size_t i = 0; i < cardex_row_count(page); i++)
			cli_output_row(output, cardex_row_at(page, i));
		more = cardex_result_page(page)->more;
		if (more && cardex_next(self->conn, &page, &self->error) != CARDEX_OK)
			end = cli_fail(self);
	}
	const cli_exit written = cli_output_end(&output);
	cardex_result_free(&page);
	return end != CLI_OK ? end : written;
}

cli_exit cli_run_export(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	if (!parse(argc, argv, &given))
		return cli_usage("usage: cardex [--format csv|ndjson|json] export TYPE "
		                 "[--where FILTER] [--columns LIST] [--order LIST]");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	if (type == NULL)
		return end;
	given.request.type = type->name;
	cardex_doc *filter = NULL;
	if (given.where != NULL &&
	    cardex_filter_parse(given.where, type, &filter, &self->error) != CARDEX_OK)
		return cli_fail(self);
	given.request.filter = filter;
	end = write_pages(self, type, &given.request);
	cardex_doc_free(&filter);
	return end;
}
