/* SPDX-License-Identifier: Apache-2.0 */
/* convert reopen transfer revalue run: operations of the trade (merge and duplicates are in
 * cmd_merge.c). */
#include "base/cleanup.h"
#include "client/cardex_trade.h"
#include "client/cli/arguments.h"
#include "client/cli/command.h"
#include "client/cli/fields.h"
#include "client/cli/trade.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool cli_trade_is_raw(const cli_context *self)
{
	return self->format == CLI_JSON || self->format == CLI_NDJSON;
}

static void print_outcome(const cli_context *self, const char *type, const char *what,
                          const cardex_outcome *outcome)
{
	if (cli_trade_is_raw(self))
		printf("{\"type\":\"%s\",\"id\":%" PRId64 ",\"rev\":%" PRId64
		       ",\"seq\":%" PRIu64 ",\"affected\":%" PRIu32 ",\"created\":%s}\n",
		       type, outcome->id, outcome->rev, outcome->seq, outcome->affected,
		       outcome->created ? "true" : "false");
	else
		printf("%s %" PRId64 " %s, rev %" PRId64 ", seq %" PRIu64 ", %" PRIu32
		       " records changed\n",
		       type, outcome->id, what, outcome->rev, outcome->seq, outcome->affected);
}

/* ---- options ---- */

enum { LINES_MAX = 100 };

typedef struct arguments {
	cardex_trade_options options;
	char *lines[LINES_MAX];
	size_t line_count;
	const char *to;
	const char *from;
	const char *types;
	const char *where;
	const char *on;
	const char *model;
	size_t months;
	size_t run;
} arguments;

static bool take_option(arguments *self, int key)
{
	size_t number;
	switch (key) {
	case 'n':
		self->options.dry_run = true;
		return true;
	case 'r':
		return cli_parse_id(optarg, &self->options.if_rev);
	case 'a':
		return cardex_ts_parse(optarg, &self->options.at_ms) ||
		       (cli_usage("--at takes a time like 2026-11-23T08:15:00Z"), false);
	case 'l':
		if (self->line_count == LINES_MAX)
			return false;
		self->lines[self->line_count++] = optarg;
		return true;
	case 't':
		self->to = optarg;
		return true;
	case 'f':
		self->from = optarg;
		return true;
	case 'y':
		self->types = optarg;
		return true;
	case 'w':
		self->where = optarg;
		return true;
	case 'o':
		self->on = optarg;
		return true;
	case 'm':
		self->model = optarg;
		return true;
	case 'M':
		return cli_limit_parse(optarg, &self->months);
	case 'R':
		if (!cli_limit_parse(optarg, &number))
			return false;
		self->run = number;
		return true;
	default:
		return false;
	}
}

/* `allowed` names the options of the command by their keys. */
static bool parse(int argc, char **argv, const char *allowed, arguments *self)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'n' },
		{ "if-rev", required_argument, NULL, 'r' },
		{ "at", required_argument, NULL, 'a' },
		{ "line", required_argument, NULL, 'l' },
		{ "to", required_argument, NULL, 't' },
		{ "from", required_argument, NULL, 'f' },
		{ "type", required_argument, NULL, 'y' },
		{ "where", required_argument, NULL, 'w' },
		{ "on", required_argument, NULL, 'o' },
		{ "model", required_argument, NULL, 'm' },
		{ "months", required_argument, NULL, 'M' },
		{ "number", required_argument, NULL, 'R' },
		{ 0 },
	};
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;)
		if (strchr(allowed, key) == NULL || !take_option(self, key))
			return false;
	return true;
}

/* ---- convert ---- */

/* An order's amounts are in the currency of its opportunity, unless that is given. */
static cli_exit find_currency(cli_context *self, int64_t opportunity, cli_fields *order)
{
	for (int i = 0; i < order->count; i++)
		if (strncmp(order->arguments[i], "currency=", 9) == 0) {
			snprintf(order->currency, sizeof order->currency, "%s",
			         order->arguments[i] + 9);
			order->currency_known = true;
			return CLI_OK;
		}
	const cardex_request request = { .method = CARDEX_METHOD_GET,
		                         .type = "opportunity",
		                         .id = opportunity,
		                         .columns = "currency" };
	cardex_result *result = NULL;
	if (cardex_call(self->conn, &request, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	const char *code = cardex_row_text(cardex_row_at(result, 0), "currency");
	snprintf(order->currency, sizeof order->currency, "%s", code == NULL ? "" : code);
	order->currency_known = true;
	cardex_result_free(&result);
	return CLI_OK;
}

/* "FIELD=VALUE,FIELD=VALUE" */
static cli_exit add_line(cli_context *self, const char *currency, char *text, cardex_doc *line)
{
	enum { FIELDS_MAX = 32 };
	char *words[FIELDS_MAX];
	int count = 0;
	cli_exit end = CLI_OK;
	for (char *rest = text, *word; (word = strsep(&rest, ",")) != NULL;) {
		if (count == FIELDS_MAX)
			return cli_usage("--line has at most %d fields", FIELDS_MAX);
		words[count++] = word;
	}
	cli_fields source = { .context = self,
		              .type = cli_type(self, "order_line", &end),
		              .method = CARDEX_METHOD_CREATE,
		              .count = count,
		              .arguments = words,
		              .currency_known = true };
	if (source.type == NULL)
		return end;
	snprintf(source.currency, sizeof source.currency, "%s", currency);
	end = cli_fields_add(&source, line);
	cli_fields_release(&source);
	return end;
}

static void free_lines(cardex_doc **lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cardex_doc_free(&lines[i]);
}

static cli_exit convert(cli_context *self, int64_t opportunity, cli_fields *source,
                        const arguments *given)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *order = cardex_fields_new();
	cardex_doc *lines[LINES_MAX] = { NULL };
	cli_exit end = find_currency(self, opportunity, source);
	if (end == CLI_OK)
		end = cli_fields_add(source, order);
	for (size_t i = 0; i < given->line_count && end == CLI_OK; i++) {
		lines[i] = cardex_fields_new();
		end = add_line(self, source->currency, given->lines[i], lines[i]);
	}
	cli_fields_release(source);
	cardex_outcome outcome;
	if (end == CLI_OK &&
	    cardex_convert(self->conn, opportunity, order, (const cardex_doc *const *)lines,
	                   given->line_count, &given->options, &outcome,
	                   &self->error) != CARDEX_OK)
		end = cli_fail(self);
	free_lines(lines, given->line_count);
	if (end == CLI_OK)
		print_outcome(self, "sales_order",
		              given->options.dry_run ? "would be created"
		              : outcome.created      ? "created"
		                                     : "was there already",
		              &outcome);
	return end;
}

cli_exit cli_run_convert(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	int64_t opportunity;
	if (!parse(argc, argv, "nral", &given) || optind >= argc)
		return cli_usage("usage: cardex convert OPPORTUNITY [FIELD=VALUE…] [--line "
		                 "FIELD=VALUE,…]… [--if-rev N] [--at TIME] [--dry-run]");
	if (!cli_parse_id(argv[optind], &opportunity))
		return CLI_USAGE;
	cli_exit end = CLI_OK;
	cli_fields source = { .context = self,
		              .type = cli_type(self, "sales_order", &end),
		              .method = CARDEX_METHOD_CREATE,
		              .count = argc - optind - 1,
		              .arguments = argv + optind + 1 };
	return source.type == NULL ? end : convert(self, opportunity, &source, &given);
}

/* ---- reopen ---- */

cli_exit cli_run_reopen(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	int64_t id;
	if (!parse(argc, argv, "nra", &given) || optind + 1 >= argc)
		return cli_usage("usage: cardex reopen opportunity|service_request ID "
		                 "[FIELD=VALUE…] [--if-rev N] [--at TIME] [--dry-run]");
	const char *type = argv[optind];
	if (!cli_parse_id(argv[optind + 1], &id))
		return CLI_USAGE;
	cli_exit end = CLI_OK;
	cli_fields source = { .context = self,
		              .type = cli_type(self, type, &end),
		              .method = CARDEX_METHOD_UPDATE,
		              .id = id,
		              .count = argc - optind - 2,
		              .arguments = argv + optind + 2 };
	if (source.type == NULL)
		return end;
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	end = cli_fields_add(&source, fields);
	cli_fields_release(&source);
	if (end != CLI_OK)
		return end;
	cardex_outcome outcome;
	if (cardex_reopen(self->conn, type, id, fields, &given.options, &outcome,
	                  &self->error) != CARDEX_OK)
		return cli_fail(self);
	print_outcome(self, type,
	              given.options.dry_run  ? "would be open again"
	              : outcome.affected > 0 ? "is open again"
	                                     : "is open",
	              &outcome);
	return CLI_OK;
}

/* ---- transfer ---- */

/* A user by id or login. */
static cli_exit find_user(cli_context *self, const char *text, int64_t *ret)
{
	char *end_of_number;
	*ret = strtoll(text, &end_of_number, 10);
	if (*ret > 0 && *end_of_number == '\0')
		return CLI_OK;
	CX_SCOPED(cardex_doc_free) cardex_doc *values = cardex_list_new();
	cardex_add_text(values, text);
	cardex_result *result = NULL;
	if (cardex_lookup(self->conn, "user", "login", values, &result, &self->error) !=
	    CARDEX_OK)
		return cli_fail(self);
	*ret = cardex_row_int(cardex_row_at(result, 0), "id");
	cardex_result_free(&result);
	return CLI_OK;
}

static void print_transferred(const cli_context *self, const cardex_trade_options *options,
                              uint64_t total)
{
	if (cli_trade_is_raw(self))
		printf("{\"transferred\":%" PRIu64 "}\n", total);
	else
		printf("%" PRIu64 " record%s %s another owner\n", total, total == 1 ? "" : "s",
		       options->dry_run ? "would get" : "got");
}

/* Slice after slice; one is all that a try can tell. */
static cli_exit transfer_all(cli_context *self, const cardex_transfer *what,
                             const cardex_trade_options *options)
{
	uint64_t total = 0;
	cardex_transferred done = { .more = true };
	while (done.more) {
		if (cardex_transfer_owner(self->conn, what, options, &done, NULL,
		                          &self->error) != CARDEX_OK)
			return cli_fail(self);
		total += done.transferred;
		if (options->dry_run && done.more) {
			(void)fprintf(stderr, "cardex: and there are more\n");
			break;
		}
	}
	print_transferred(self, options, total);
	return CLI_OK;
}

static cli_exit take_ids(int argc, char **argv, int64_t **ret, size_t *ret_count)
{
	*ret_count = (size_t)(argc - optind - 1);
	*ret = calloc(*ret_count + 1, sizeof **ret);
	if (*ret == NULL)
		return CLI_SERVER;
	for (size_t i = 0; i < *ret_count; i++)
		if (!cli_parse_id(argv[optind + 1 + (int)i], &(*ret)[i]))
			return CLI_USAGE;
	return CLI_OK;
}

static cli_exit transfer(cli_context *self, int argc, char **argv, const arguments *given)
{
	cardex_transfer what = { .types = given->types };
	cardex_doc *filter = NULL;
	int64_t *ids = NULL;
	cli_exit end = find_user(self, given->to, &what.to);
	if (end == CLI_OK && given->from != NULL)
		end = find_user(self, given->from, &what.from);
	if (end == CLI_OK && given->where != NULL) {
		const cardex_type *type =
			cli_type(self, given->types == NULL ? "" : given->types, &end);
		if (type != NULL)
			end = cli_where_parse(self, given->where, type, &filter);
		what.filter = filter;
	}
	if (end == CLI_OK && given->from == NULL) {
		what.types = argv[optind];
		end = take_ids(argc, argv, &ids, &what.id_count);
		what.ids = ids;
	}
	if (end == CLI_OK)
		end = transfer_all(self, &what, &given->options);
	cardex_doc_free(&filter);
	free(ids);
	return end;
}

cli_exit cli_run_transfer(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	const bool good = parse(argc, argv, "ntfyw", &given) && given.to != NULL &&
	                  (given.from != NULL ? optind == argc : optind + 1 < argc);
	if (!good)
		return cli_usage("usage: cardex transfer --to USER TYPE ID… [--dry-run]\n"
		                 "       cardex transfer --to USER --from USER [--type LIST] "
		                 "[--where FILTER] [--dry-run]");
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	return transfer(self, argc, argv, &given);
}

/* ---- revalue ---- */

cli_exit cli_run_revalue(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	cardex_revaluation what = { 0 };
	if (!parse(argc, argv, "no", &given) || optind != argc)
		return cli_usage("usage: cardex revalue [--on DATE] [--dry-run]");
	what.has_day = given.on != NULL;
	if (what.has_day && !cardex_date_parse(given.on, &what.day))
		return cli_usage("--on takes a date like 2026-11-23");
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	uint64_t looked = 0, revalued = 0;
	do {
		cardex_revalued done;
		if (cardex_revalue(self->conn, &what, &given.options, &done, &self->error) !=
		    CARDEX_OK)
			return cli_fail(self);
		looked += done.looked;
		revalued += done.revalued;
		what.from = done.next;
	} while (what.from > 0);
	if (cli_trade_is_raw(self))
		printf("{\"looked\":%" PRIu64 ",\"revalued\":%" PRIu64 "}\n", looked, revalued);
	else
		printf("%" PRIu64 " of %" PRIu64 " open opportunities in other currencies %s "
		       "another rate\n",
		       revalued, looked, given.options.dry_run ? "would take" : "took");
	return CLI_OK;
}

/* ---- run ---- */

cli_exit cli_run_run(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	const bool good = parse(argc, argv, "amMR", &given) && optind + 1 == argc;
	const char *which = good ? argv[optind] : "";
	const bool tiers = strcmp(which, "tiers") == 0;
	if (!tiers && strcmp(which, "forecast") != 0)
		return cli_usage("usage: cardex run tiers [--at TIME]\n"
		                 "       cardex run forecast [--at TIME] [--months N] [--model "
		                 "NAME] [--number N]");
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	const cardex_forecast_run what = { .at_ms = given.options.at_ms,
		                           .run = (int64_t)given.run,
		                           .months = (uint32_t)given.months,
		                           .model = given.model };
	cardex_result *result = NULL;
	cardex_status status =
		tiers ? cardex_run_tiers(self->conn, given.options.at_ms, NULL, &result,
	                                 &self->error)
		      : cardex_run_forecast(self->conn, &what, &result, &self->error);
	if (status != CARDEX_OK)
		return cli_fail(self);
	cli_exit end = cli_output_value(self, cardex_result_value(result), stdout);
	cardex_result_free(&result);
	return end;
}
