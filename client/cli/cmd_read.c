/* SPDX-License-Identifier: Apache-2.0 */
/* get query count */
#include "client/cli/arguments.h"
#include "client/cli/columns.h"
#include "client/cli/command.h"
#include "client/cli/fields.h"
#include "client/cli/format.h"
#include "client/cli/includes.h"
#include "client/cli/key.h"
#include "client/cli/output.h"
#include "client/cli/plan.h"
#include "client/cli/token.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- get ---- */

static cli_exit print_record(cli_context *self, const cardex_type *type,
                             const cardex_result *result)
{
	const cardex_row *row = cardex_row_at(result, 0);
	if (self->format != CLI_TABLE) {
		cli_context context = *self;
		if (context.format == CLI_JSON)
			context.format = CLI_NDJSON;
		cli_output *output = cli_output_begin(&context, type, result, stdout);
		if (output != NULL)
			cli_output_row(output, row);
		return cli_output_end(&output);
	}
	return cli_output_record(self, type, result, stdout);
}

typedef struct get_arguments {
	const char *columns;
	bool deleted;
	bool past; /* as of `seq`, or of `at_ms` when that is 0 */
	uint64_t seq;
	int64_t at_ms;
	cli_includes includes;
} get_arguments;

static cli_exit print_got(cli_context *self, const cardex_type *type,
                          const cardex_result *result, const get_arguments *given)
{
	if (given->includes.count > 0 && self->format != CLI_TABLE)
		return cli_output_value(self, cardex_result_value(result), stdout);
	const cli_exit end = print_record(self, type, result);
	if (end == CLI_OK)
		cli_includes_print(self, &given->includes, result);
	return end;
}

/* A seq, a time, or a date, which is its midnight in UTC. */
static bool parse_moment(const char *text, get_arguments *self)
{
	enum { DAY_MS = 24 * 60 * 60 * 1000 };
	int64_t number;
	self->past = true;
	if (cli_decimal_parse(cx_slice_of(text), 0, false, &number)) {
		self->seq = (uint64_t)number;
		return number > 0;
	}
	if (cardex_ts_parse(text, &self->at_ms))
		return self->at_ms > 0;
	if (!cardex_date_parse(text, &number) || number <= 0)
		return false;
	self->at_ms = number * DAY_MS;
	return true;
}

static bool parse_get(int argc, char **argv, get_arguments *self)
{
	static const struct option options[] = {
		{ "columns", required_argument, NULL, 'c' },
		{ "deleted", no_argument, NULL, 'd' },
		{ "include", required_argument, NULL, 'I' },
		{ "as-of", required_argument, NULL, 'a' },
		{ 0 },
	};
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'c')
			self->columns = optarg;
		else if (key == 'd')
			self->deleted = true;
		else if (key == 'a' && parse_moment(optarg, self))
			continue;
		else if (key == 'I' && cli_includes_add(&self->includes, optarg))
			continue;
		else
			return false;
	}
	return optind == argc - 2;
}

/* `what` is INDEX=VALUE, cut in place. */
static cli_exit get_by_key(cli_context *self, const cardex_type *type, char *what,
                           const get_arguments *given, cardex_result **ret)
{
	if (given->deleted)
		return cli_usage("deleted records are in no index: give the id");
	if (given->includes.count > 0)
		return cli_usage("--include needs the id of the record");
	if (given->past)
		return cli_usage("--as-of needs the id of the record");
	char *equals = strchr(what, '=');
	*equals = '\0';
	const cli_exit end = cli_key_find(self, type, what, equals + 1, given->columns, ret);
	*equals = '=';
	return end;
}

static cli_exit get_by_id(cli_context *self, const cardex_type *type, const char *what,
                          const get_arguments *given, cardex_result **ret)
{
	if (given->past && (given->deleted || given->includes.count > 0))
		return cli_usage("--as-of shows a record as it was, without --deleted and "
		                 "--include");
	cardex_request request = { .method = given->past ? CARDEX_METHOD_AS_OF
		                                         : CARDEX_METHOD_GET,
		                   .type = type->name,
		                   .seq = given->seq,
		                   .at_ms = given->at_ms,
		                   .columns = given->columns,
		                   .deleted = given->deleted,
		                   .include = given->includes.items,
		                   .include_count = given->includes.count };
	if (!cli_parse_id(what, &request.id))
		return CLI_USAGE;
	if (cardex_call(self->conn, &request, ret, &self->error) != CARDEX_OK)
		return cli_fail(self);
	return CLI_OK;
}

cli_exit cli_run_get(cli_context *self, int argc, char **argv)
{
	get_arguments given = { 0 };
	if (!parse_get(argc, argv, &given))
		return cli_usage(
			"usage: cardex get TYPE ID [--deleted] [--as-of SEQ|TIME] [--columns "
			"LIST] [--include REF|TYPE.REF[:N]]…, or TYPE "
			"INDEX=VALUE[,VALUE…] [--columns LIST]");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	if (type == NULL)
		return end;
	/* An amount is shown with its currency, or its decimals would be a guess. */
	CX_SCOPED(cx_buf_release) cx_buf columns = CX_BUF_INIT(1 << 16);
	if (cli_columns_complete(type, given.columns, &columns))
		given.columns = (const char *)columns.data;
	cardex_result *result = NULL;
	char *what = argv[optind + 1];
	if (strchr(what, '=') != NULL)
		end = get_by_key(self, type, what, &given, &result);
	else
		end = get_by_id(self, type, what, &given, &result);
	if (end == CLI_OK)
		end = print_got(self, type, result, &given);
	cardex_result_free(&result);
	return end;
}

/* ---- query ---- */

typedef struct arguments {
	const char *where;
	bool all;
	cli_includes includes;
	cli_no_indexes no_index;
	cardex_request request;
	cx_buf after;
	cx_buf columns;  /* the list with the currency, */
	unsigned hidden; /* which is 1 column that is not shown */
} arguments;

static arguments no_arguments(void)
{
	enum { TEXT_BYTES_MAX = 1 << 16 };
	return (arguments){ .after = CX_BUF_INIT(TEXT_BYTES_MAX),
		            .columns = CX_BUF_INIT(TEXT_BYTES_MAX) };
}

static void release_arguments(arguments *self)
{
	cx_buf_release(&self->after);
	cx_buf_release(&self->columns);
}

static bool parse_query(int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "where", required_argument, NULL, 'w' },
		{ "order", required_argument, NULL, 'o' },
		{ "limit", required_argument, NULL, 'l' },
		{ "columns", required_argument, NULL, 'c' },
		{ "after", required_argument, NULL, 'a' },
		{ "use-index", required_argument, NULL, 'i' },
		{ "allow-scan", no_argument, NULL, 's' },
		{ "count", no_argument, NULL, 'n' },
		{ "explain", optional_argument, NULL, 'e' },
		{ "no-index", required_argument, NULL, 'N' },
		{ "max-scan", required_argument, NULL, 'm' },
		{ "estimate", no_argument, NULL, 'E' },
		{ "include", required_argument, NULL, 'I' },
		{ "all", no_argument, NULL, 'A' },
		{ 0 },
	};
	cardex_request *request = &self->request;
	bool good = true;
	size_t max_scan = 0;
	optind = 0;
	for (int key; good && (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'w')
			self->where = optarg;
		else if (key == 'o')
			request->order = optarg;
		else if (key == 'l')
			good = cli_limit_parse(optarg, &request->limit);
		else if (key == 'c')
			request->columns = optarg;
		else if (key == 'a')
			good = cli_token_read(optarg, &self->after);
		else if (key == 'i')
			request->use_index = optarg;
		else if (key == 's')
			request->allow_scan = true;
		else if (key == 'n')
			request->with_count = true;
		else if (key == 'e')
			good = cli_explain_parse(optarg, &request->explain);
		else if (key == 'N')
			good = cli_no_index_add(&self->no_index, optarg, request);
		else if (key == 'm')
			good = cli_limit_parse(optarg, &max_scan);
		else if (key == 'E')
			request->estimate = true;
		else if (key == 'I')
			good = cli_includes_add(&self->includes, optarg);
		else if (key == 'A')
			self->all = true;
		else
			good = false;
	}
	request->max_scan = max_scan;
	return good && optind == argc - 1;
}

static void tell_page(const cardex_result *page, uint64_t rows)
{
	const int64_t count = cardex_result_page(page)->count;
	if (count >= 0)
		fprintf(stderr, "count: %" PRId64 "\n", count);
	cli_page_tell(page, rows, "row");
}

static cli_exit print_pages(cli_context *self, const cardex_type *type, cardex_result **page,
                            const arguments *given)
{
	cli_output *output = cli_output_begin_first(
		self, type, *page, cardex_column_count(*page) - given->hidden, stdout);
	if (output == NULL)
		return CLI_SERVER;
	uint64_t rows;
	const cli_exit end = cli_pages_print(self, output, page, given->all, &rows);
	if (end != CLI_OK)
		return end;
	cli_includes_print(self, &given->includes, *page);
	tell_page(*page, rows);
	return CLI_OK;
}

static cli_exit run_query(cli_context *self, const cardex_type *type, const arguments *given)
{
	cardex_result *page = NULL;
	if (cardex_query(self->conn, &given->request, &page, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cli_exit end;
	if (given->request.explain != CARDEX_EXPLAIN_NONE)
		end = cli_plan_print(self, cardex_result_value(page));
	else if (given->includes.count > 0 && self->format != CLI_TABLE)
		end = cli_output_value(self, cardex_result_value(page), stdout);
	else
		end = print_pages(self, type, &page, given);
	cardex_result_free(&page);
	return end;
}

static cli_exit query_type(cli_context *self, const cardex_type *type, arguments *given)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *filter = NULL;
	cardex_request *request = &given->request;
	const cli_exit end = cli_where_parse(self, given->where, type, &filter);
	if (end != CLI_OK)
		return end;
	request->type = type->name;
	request->filter = filter;
	request->after = given->after.data;
	request->after_size = given->after.size;
	request->include = given->includes.items;
	request->include_count = given->includes.count;
	if (request->explain == CARDEX_EXPLAIN_NONE && !self->raw &&
	    cli_columns_complete(type, request->columns, &given->columns)) {
		request->columns = (const char *)given->columns.data;
		given->hidden = 1;
	}
	return run_query(self, type, given);
}

cli_exit cli_run_query(cli_context *self, int argc, char **argv)
{
	CX_SCOPED(release_arguments) arguments given = no_arguments();
	if (!parse_query(argc, argv, &given))
		return cli_usage("usage: cardex query TYPE [--where FILTER] [--order LIST] "
		                 "[--limit N] [--columns LIST] [--all] [--after TOKEN] "
		                 "[--count] [--estimate] [--include REF|TYPE.REF[:N]]… "
		                 "[--use-index NAME] [--no-index NAME]… [--max-scan N] "
		                 "[--allow-scan] [--explain[=0|1|2]]");
	if (given.includes.count > 0 && (given.all || self->format == CLI_CSV))
		return cli_usage("--include goes with one page, and not with csv");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	return type != NULL ? query_type(self, type, &given) : end;
}

/* ---- count ---- */

/* Options that say which rows to show, and how. */
static bool is_for_rows(const arguments *given)
{
	const cardex_request *request = &given->request;
	return request->order != NULL || request->limit > 0 || request->columns != NULL ||
	       request->with_count || request->explain != CARDEX_EXPLAIN_NONE || given->all ||
	       given->after.size > 0 || given->includes.count > 0 || request->max_scan > 0;
}

cli_exit cli_run_count(cli_context *self, int argc, char **argv)
{
	CX_SCOPED(release_arguments) arguments given = no_arguments();
	if (!parse_query(argc, argv, &given) || is_for_rows(&given))
		return cli_usage("usage: cardex count TYPE [--where FILTER] [--estimate] "
		                 "[--use-index NAME] [--no-index NAME]… [--allow-scan]");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	if (type == NULL)
		return end;
	cardex_doc *filter = NULL;
	end = cli_where_parse(self, given.where, type, &filter);
	cardex_request request = { .method = CARDEX_METHOD_COUNT,
		                   .type = type->name,
		                   .filter = filter,
		                   .use_index = given.request.use_index,
		                   .no_index = given.request.no_index,
		                   .no_index_count = given.request.no_index_count,
		                   .estimate = given.request.estimate,
		                   .allow_scan = given.request.allow_scan };
	cardex_result *result = NULL;
	if (end == CLI_OK &&
	    cardex_call(self->conn, &request, &result, &self->error) != CARDEX_OK)
		end = cli_fail(self);
	if (end == CLI_OK)
		printf("%" PRId64 "\n", cardex_value_int(cardex_result_value(result)));
	cardex_result_free(&result);
	cardex_doc_free(&filter);
	return end;
}
