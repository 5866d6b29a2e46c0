/* SPDX-License-Identifier: Apache-2.0 */
/* aggregate */
#include "client/cli/arguments.h"
#include "client/cli/command.h"
#include "client/cli/output.h"
#include "client/cli/plan.h"
#include "client/cli/token.h"

#include <getopt.h>
#include <inttypes.h>

enum { TOKEN_BYTES_MAX = 1 << 16 };

typedef struct arguments {
	const char *where;
	bool all;
	cli_no_indexes no_index;
	cardex_request request;
	cx_buf after;
} arguments;

static void release_arguments(arguments *self)
{
	cx_buf_release(&self->after);
}

static bool parse(int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "group", required_argument, NULL, 'g' },
		{ "values", required_argument, NULL, 'v' },
		{ "where", required_argument, NULL, 'w' },
		{ "name", required_argument, NULL, 'n' },
		{ "order", required_argument, NULL, 'o' },
		{ "limit", required_argument, NULL, 'l' },
		{ "all", no_argument, NULL, 'A' },
		{ "after", required_argument, NULL, 'a' },
		{ "use-index", required_argument, NULL, 'i' },
		{ "no-index", required_argument, NULL, 'N' },
		{ "allow-scan", no_argument, NULL, 's' },
		{ "max-scan", required_argument, NULL, 'm' },
		{ "explain", optional_argument, NULL, 'e' },
		{ 0 },
	};
	cardex_request *request = &self->request;
	bool good = true;
	size_t max_scan = 0;
	optind = 0;
	for (int key; good && (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'g')
			request->group = optarg;
		else if (key == 'v')
			request->measures = optarg;
		else if (key == 'w')
			self->where = optarg;
		else if (key == 'n')
			request->aggregate = optarg;
		else if (key == 'o')
			request->order = optarg;
		else if (key == 'l')
			good = cli_limit_parse(optarg, &request->limit);
		else if (key == 'A')
			self->all = true;
		else if (key == 'a')
			good = cli_token_read(optarg, &self->after);
		else if (key == 'i')
			request->use_index = optarg;
		else if (key == 'N')
			good = cli_no_index_add(&self->no_index, optarg, request);
		else if (key == 's')
			request->allow_scan = true;
		else if (key == 'e')
			good = cli_explain_parse(optarg, &request->explain);
		else if (key == 'm')
			good = cli_limit_parse(optarg, &max_scan);
		else
			good = false;
	}
	request->max_scan = max_scan;
	return good && optind == argc - 1;
}

static cli_exit print_pages(cli_context *self, const cardex_type *type, cardex_result **page,
                            bool all)
{
	cli_output *output = cli_output_begin(self, type, *page, stdout);
	if (output == NULL)
		return CLI_SERVER;
	uint64_t rows;
	const cli_exit end = cli_pages_print(self, output, page, all, &rows);
	if (end == CLI_OK)
		cli_page_tell(*page, rows, "group");
	return end;
}

static cli_exit run(cli_context *self, const cardex_type *type, arguments *given)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *filter = NULL;
	cli_exit end = cli_where_parse(self, given->where, type, &filter);
	if (end != CLI_OK)
		return end;
	cardex_request *request = &given->request;
	request->type = type->name;
	request->filter = filter;
	request->after = given->after.data;
	request->after_size = given->after.size;
	cardex_result *page = NULL;
	if (cardex_aggregate(self->conn, request, &page, &self->error) != CARDEX_OK)
		return cli_fail(self);
	end = request->explain != CARDEX_EXPLAIN_NONE
	              ? cli_plan_print(self, cardex_result_value(page))
	              : print_pages(self, type, &page, given->all);
	cardex_result_free(&page);
	return end;
}

cli_exit cli_run_aggregate(cli_context *self, int argc, char **argv)
{
	CX_SCOPED(release_arguments)
	arguments given = { .after = CX_BUF_INIT(TOKEN_BYTES_MAX) };
	if (!parse(argc, argv, &given))
		return cli_usage("usage: cardex aggregate TYPE [--group LIST] [--values LIST] "
		                 "[--where FILTER] [--name AGGREGATE] [--order LIST] [--limit "
		                 "N] [--all] "
		                 "[--after TOKEN] [--use-index NAME] [--no-index NAME]… "
		                 "[--max-scan N] [--allow-scan] [--explain[=0|1|2]]");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	return type != NULL ? run(self, type, &given) : end;
}
