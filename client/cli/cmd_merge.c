/* SPDX-License-Identifier: Apache-2.0 */
/* merge unmerge duplicates: customers that are one. */
#include "base/cleanup.h"
#include "client/cardex_trade.h"
#include "client/cli/command.h"
#include "client/cli/fields.h"
#include "client/cli/trade.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

static bool parse_dry_run(int argc, char **argv, cardex_trade_options *ret)
{
	static const struct option options[] = { { "dry-run", no_argument, NULL, 'n' }, { 0 } };
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key != 'n')
			return false;
		ret->dry_run = true;
	}
	return true;
}

static cli_exit add_fields(cli_context *self, int count, char **arguments, cardex_doc *fields)
{
	cli_exit end = CLI_OK;
	cli_fields source = { .context = self,
		              .type = cli_type(self, "customer", &end),
		              .method = CARDEX_METHOD_CREATE,
		              .count = count,
		              .arguments = arguments };
	if (source.type == NULL)
		return end;
	end = cli_fields_add(&source, fields);
	cli_fields_release(&source);
	return end;
}

static void print_merged(const cli_context *self, const char *what, const cardex_merged *done)
{
	if (cli_trade_is_raw(self))
		printf("{\"id\":%" PRId64 ",\"rev\":%" PRId64 ",\"seq\":%" PRIu64
		       ",\"merge\":%" PRId64 ",\"moved\":%" PRIu64 ",\"filled\":%" PRIu64
		       ",\"gone\":%" PRIu64 "}\n",
		       done->id, done->rev, done->seq, done->merge, done->moved, done->filled,
		       done->gone);
	else
		printf("customer %" PRId64 " %s: %" PRIu64 " references moved, %" PRIu64
		       " fields changed, %" PRIu64 " records %s\n",
		       done->id, what, done->moved, done->filled, done->gone,
		       strncmp(what, "is apart", 8) == 0 ? "brought back" : "deleted");
}

cli_exit cli_run_merge(cli_context *self, int argc, char **argv)
{
	cardex_trade_options options = { 0 };
	int64_t winner, loser;
	if (!parse_dry_run(argc, argv, &options) || optind + 1 >= argc)
		return cli_usage("usage: cardex merge WINNER LOSER [FIELD=VALUE…] [--dry-run]");
	if (!cli_parse_id(argv[optind], &winner) || !cli_parse_id(argv[optind + 1], &loser))
		return CLI_USAGE;
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cli_exit end = add_fields(self, argc - optind - 2, argv + optind + 2, fields);
	if (end != CLI_OK)
		return end;
	cardex_merged done;
	if (cardex_merge(self->conn, winner, loser, fields, &options, &done, &self->error) !=
	    CARDEX_OK)
		return cli_fail(self);
	print_merged(self, options.dry_run ? "would be both" : "is both now", &done);
	return CLI_OK;
}

cli_exit cli_run_unmerge(cli_context *self, int argc, char **argv)
{
	cardex_trade_options options = { 0 };
	int64_t loser;
	if (!parse_dry_run(argc, argv, &options) || optind + 1 != argc)
		return cli_usage("usage: cardex unmerge LOSER [--dry-run]");
	if (!cli_parse_id(argv[optind], &loser))
		return CLI_USAGE;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	cardex_merged done;
	if (cardex_unmerge(self->conn, loser, &options, &done, &self->error) != CARDEX_OK)
		return cli_fail(self);
	print_merged(self, options.dry_run ? "is apart in a try" : "is apart again", &done);
	return CLI_OK;
}

/* ---- duplicates ---- */

static void print_why(const cardex_value *why, const char *quote)
{
	for (size_t i = 0; i < cardex_value_count(why); i++)
		printf("%s%s%s%s", i > 0 ? "," : "", quote,
		       cardex_value_text(cardex_value_at(why, i)), quote);
}

static void print_duplicate(const cli_context *self, const cardex_duplicate *found)
{
	if (cli_trade_is_raw(self)) {
		printf("{");
		if (found->of > 0)
			printf("\"customer\":%" PRId64 ",", found->of);
		printf("\"id\":%" PRId64 ",\"weight\":%" PRIu32 ",\"why\":[", found->id,
		       found->weight);
		print_why(found->why, "\"");
		printf("]}\n");
		return;
	}
	if (found->of > 0)
		printf("customer %" PRId64 "  ", found->of);
	printf("customer %" PRId64 "  %" PRIu32 "  ", found->id, found->weight);
	print_why(found->why, "");
	putchar('\n');
}

static uint64_t print_all(const cli_context *self, const cardex_result *result)
{
	const size_t count = cardex_duplicate_count(result);
	for (size_t i = 0; i < count; i++) {
		cardex_duplicate found;
		if (cardex_duplicate_at(result, i, &found))
			print_duplicate(self, &found);
	}
	return count;
}

static cli_exit look_for(cli_context *self, const cardex_doc *fields, uint64_t *found)
{
	cardex_result *result = NULL;
	if (cardex_duplicates(self->conn, fields, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	*found = print_all(self, result);
	cardex_result_free(&result);
	return CLI_OK;
}

static cli_exit look_at_all(cli_context *self, uint64_t *found)
{
	int64_t from = 0;
	do {
		cardex_result *result = NULL;
		if (cardex_duplicate_pairs(self->conn, from, 0, &result, &from, &self->error) !=
		    CARDEX_OK)
			return cli_fail(self);
		*found += print_all(self, result);
		cardex_result_free(&result);
	} while (from > 0);
	return CLI_OK;
}

/* "mobile" is no field of a customer: it is that of somebody there. */
static bool take_mobile(char *argument, cardex_doc *fields)
{
	static const char name[] = "mobile=";
	if (strncmp(argument, name, sizeof name - 1) != 0)
		return false;
	cardex_set_text(fields, "mobile", argument + sizeof name - 1);
	return true;
}

cli_exit cli_run_duplicates(cli_context *self, int argc, char **argv)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cli_exit end = CLI_OK;
	uint64_t found = 0;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	for (int i = 1; i < argc && end == CLI_OK; i++)
		if (!take_mobile(argv[i], fields))
			end = add_fields(self, 1, &argv[i], fields);
	if (end == CLI_OK)
		end = argc > 1 ? look_for(self, fields, &found) : look_at_all(self, &found);
	if (end == CLI_OK && !cli_trade_is_raw(self))
		(void)fprintf(stderr, "%" PRIu64 " found\n", found);
	return end;
}
