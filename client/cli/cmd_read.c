/* SPDX-License-Identifier: Apache-2.0 */
/* get query count */
#include "client/cli/command.h"
#include "client/cli/fields.h"
#include "client/cli/format.h"
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

static cardex_status get_by_index(cli_context *self, const char *type, const char *index,
                                  char *values, cardex_result **ret)
{
	const cardex_type *found = cardex_schema_type(self->schema, type);
	const cardex_index *columns = cardex_type_index(found, index);
	cardex_doc *list = cardex_list_new();
	size_t i = 0;
	for (char *rest = NULL, *value = strtok_r(values, ",", &rest); value != NULL;
	     value = strtok_r(NULL, ",", &rest), i++) {
		int64_t number;
		const cardex_field *field =
			columns != NULL && i < columns->column_count
				? cardex_type_field(found, columns->columns[i].field)
				: NULL;
		const bool text = field == NULL || field->kind == CARDEX_KIND_STRING ||
		                  field->kind == CARDEX_KIND_TEXT ||
		                  field->kind == CARDEX_KIND_ENUM;
		if (!text && cli_decimal_parse(cx_slice_of(value), 0, false, &number))
			cardex_add_int(list, number);
		else
			cardex_add_text(list, value);
	}
	cardex_status status = cardex_lookup(self->conn, type, index, list, ret, &self->error);
	cardex_doc_free(&list);
	return status;
}

cli_exit cli_run_get(cli_context *self, int argc, char **argv)
{
	if (argc != 3)
		return cli_usage("usage: cardex get TYPE ID, or TYPE INDEX=VALUE[,VALUE…]");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[1], &end);
	if (type == NULL)
		return end;
	cardex_result *result = NULL;
	cardex_status status;
	char *equals = strchr(argv[2], '=');
	if (equals != NULL) {
		*equals = '\0';
		status = get_by_index(self, type->name, argv[2], equals + 1, &result);
	} else {
		int64_t id;
		if (!cli_parse_id(argv[2], &id))
			return CLI_USAGE;
		status = cardex_get(self->conn, type->name, id, &result, &self->error);
	}
	if (status != CARDEX_OK)
		return cli_fail(self);
	end = print_record(self, type, result);
	cardex_result_free(&result);
	return end;
}

/* ---- query ---- */

typedef struct arguments {
	const char *where;
	bool all;
	cardex_request request;
	cx_buf after;
} arguments;

static bool parse_limit(const char *text, size_t *ret)
{
	int64_t number;
	if (!cli_decimal_parse(cx_slice_of(text), 0, false, &number) || number < 1)
		return false;
	*ret = (size_t)number;
	return true;
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
		{ "explain", no_argument, NULL, 'e' },
		{ "all", no_argument, NULL, 'A' },
		{ 0 },
	};
	cardex_request *request = &self->request;
	bool good = true;
	optind = 0;
	for (int key; good && (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'w')
			self->where = optarg;
		else if (key == 'o')
			request->order = optarg;
		else if (key == 'l')
			good = parse_limit(optarg, &request->limit);
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
			request->explain = true;
		else if (key == 'A')
			self->all = true;
		else
			good = false;
	}
	return good && optind == argc - 1;
}

static void tell_page(const cardex_result *page, uint64_t rows)
{
	const cardex_page *what = cardex_result_page(page);
	if (what->count >= 0)
		fprintf(stderr, "count: %" PRId64 "\n", what->count);
	fprintf(stderr, "%" PRIu64 " row%s", rows, rows == 1 ? "" : "s");
	if (what->more) {
		CX_SCOPED(cx_buf_release) cx_buf token = CX_BUF_INIT(1 << 16);
		cli_token_write((cx_slice){ .data = what->after, .size = what->after_size },
		                &token);
		fprintf(stderr, "; next: %.*s", CX_SLICE_ARG(cx_buf_slice(&token)));
	}
	fputc('\n', stderr);
}

static cli_exit print_pages(cli_context *self, const cardex_type *type, cardex_result **page,
                            bool all)
{
	cli_output *output = cli_output_begin(self, type, *page, stdout);
	if (output == NULL)
		return CLI_SERVER;
	cli_exit end = CLI_OK;
	uint64_t rows = 0;
	for (bool more = true; more && end == CLI_OK;) {
		for (size_t i = 0; i < cardex_row_count(*page); i++)
			cli_output_row(output, cardex_row_at(*page, i));
		rows += cardex_row_count(*page);
		more = all && cardex_result_page(*page)->more;
		if (more && cardex_next(self->conn, page, &self->error) != CARDEX_OK)
			end = cli_fail(self);
	}
	const cli_exit written = cli_output_end(&output);
	if (end == CLI_OK)
		tell_page(*page, rows);
	return end != CLI_OK ? end : written;
}

static cli_exit run_query(cli_context *self, const cardex_type *type, const arguments *given)
{
	cardex_result *page = NULL;
	if (cardex_query(self->conn, &given->request, &page, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cli_exit end;
	if (given->request.explain)
		end = cli_plan_print(self, cardex_result_value(page));
	else
		end = print_pages(self, type, &page, given->all);
	cardex_result_free(&page);
	return end;
}

static cli_exit parse_where(cli_context *self, const char *where, const cardex_type *type,
                            cardex_doc **ret)
{
	if (where == NULL || cardex_filter_parse(where, type, ret, &self->error) == CARDEX_OK)
		return CLI_OK;
	fprintf(stderr, "cardex: --where, character %" PRIu32 ":\n", self->error.column);
	return cli_fail(self);
}

cli_exit cli_run_query(cli_context *self, int argc, char **argv)
{
	arguments given = { .after = CX_BUF_INIT(1 << 16) };
	if (!parse_query(argc, argv, &given)) {
		cx_buf_release(&given.after);
		return cli_usage("usage: cardex query TYPE [--where FILTER] [--order LIST] "
		                 "[--limit N] [--columns LIST] [--all] [--after TOKEN] "
		                 "[--count] [--use-index NAME] [--allow-scan] [--explain]");
	}
	cli_exit end = CLI_OK;
	cardex_doc *filter = NULL;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	if (type != NULL)
		end = parse_where(self, given.where, type, &filter);
	given.request.filter = filter;
	given.request.after = given.after.data;
	given.request.after_size = given.after.size;
	if (type != NULL && end == CLI_OK) {
		given.request.type = type->name;
		end = run_query(self, type, &given);
	}
	cardex_doc_free(&filter);
	cx_buf_release(&given.after);
	return end;
}

/* ---- count ---- */

cli_exit cli_run_count(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	if (!parse_query(argc, argv, &given))
		return cli_usage("usage: cardex count TYPE [--where FILTER] [--use-index NAME] "
		                 "[--allow-scan]");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	if (type == NULL)
		return end;
	cardex_doc *filter = NULL;
	end = parse_where(self, given.where, type, &filter);
	cardex_request request = { .method = CARDEX_METHOD_COUNT,
		                   .type = type->name,
		                   .filter = filter,
		                   .use_index = given.request.use_index,
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
