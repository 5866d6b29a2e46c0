/* SPDX-License-Identifier: Apache-2.0 */
/* changes, history: what happened to records */
#include "client/cli/command.h"
#include "client/cli/logged.h"
#include "client/cli/output.h"
#include "client/cli/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6 };

static bool add_change(cli_table *table, const cardex_value *change)
{
	char seq[24], at[CLI_TIME_TEXT_SIZE], record[128], by[24] = "";
	snprintf(seq, sizeof seq, "%" PRId64, cli_logged_figure(change, "seq"));
	cli_logged_time(change, at);
	snprintf(record, sizeof record, "%s %" PRId64, cli_logged_text(change, "type"),
	         cli_logged_figure(change, "id"));
	if (cli_logged_figure(change, "by") != 0)
		snprintf(by, sizeof by, "%" PRId64, cli_logged_figure(change, "by"));
	char *values = cli_logged_values(change);
	const char *const cells[COLUMNS] = { seq,    at,
		                             by,     cli_logged_text(change, "kind"),
		                             record, values != NULL ? values : "" };
	bool good = values != NULL;
	for (size_t i = 0; i < COLUMNS; i++)
		good &= cli_table_cell(table, cx_slice_of(cells[i]));
	free(values);
	return good;
}

static cli_exit print_table(const cardex_value *list)
{
	static const char *const headers[COLUMNS] = { "seq",  "time",   "by",
		                                      "kind", "record", "values" };
	cli_table table = { 0 };
	bool good = cli_table_init(&table, COLUMNS);
	for (size_t i = 0; i < COLUMNS && good; i++)
		cli_table_header(&table, i, headers[i], i == 0);
	for (size_t i = 0; i < cardex_value_count(list) && good; i++)
		good = add_change(&table, cardex_value_at(list, i));
	good = good && cli_table_print(&table, stdout);
	cli_table_release(&table);
	return good ? CLI_OK : CLI_SERVER;
}

static cli_exit print_lines(const cardex_value *list)
{
	bool good = true;
	for (size_t i = 0; i < cardex_value_count(list) && good; i++)
		good = cli_logged_json(cardex_value_at(list, i), stdout);
	return good ? CLI_OK : CLI_SERVER;
}

static cli_exit print_changes(const cli_context *self, const cardex_value *list)
{
	if (self->format == CLI_JSON)
		return cli_output_value(self, list, stdout);
	return self->format == CLI_NDJSON ? print_lines(list) : print_table(list);
}

/* ---- arguments ---- */

static bool read_number(const char *text, uint64_t *ret)
{
	char *end;
	const unsigned long long number = strtoull(text, &end, 10);
	*ret = number;
	return *text >= '0' && *text <= '9' && *end == '\0' && number <= INT64_MAX;
}

/* "--name VALUE" at argv[*at]; moves on when it is that. */
static bool take_number(int argc, char **argv, int *at, const char *name, uint64_t *ret)
{
	if (strcmp(argv[*at], name) != 0 || *at + 1 >= argc || !read_number(argv[*at + 1], ret))
		return false;
	++*at;
	return true;
}

cli_exit cli_run_changes(cli_context *self, int argc, char **argv)
{
	uint64_t from = 0, limit = 0;
	const char *types = NULL;
	for (int i = 1; i < argc; i++) {
		if (take_number(argc, argv, &i, "--from", &from) ||
		    take_number(argc, argv, &i, "--limit", &limit))
			continue;
		if (strcmp(argv[i], "--type") != 0 || i + 1 >= argc)
			return cli_usage("usage: cardex changes [--from SEQ] [--limit N] "
			                 "[--type LIST]");
		types = argv[++i];
	}
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	const cardex_request request = { .from = from,
		                         .limit = (uint32_t)(limit < UINT32_MAX ? limit
		                                                                : UINT32_MAX),
		                         .types = types };
	cardex_result *result = NULL;
	if (cardex_changes(self->conn, &request, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cli_exit end = print_changes(self, cardex_value_at(cardex_result_value(result), 0));
	cardex_result_free(&result);
	return end;
}

cli_exit cli_run_history(cli_context *self, int argc, char **argv)
{
	uint64_t id, before = 0, limit = 0;
	bool good = argc >= 3 && read_number(argv[2], &id);
	for (int i = 3; i < argc && good; i++)
		good = take_number(argc, argv, &i, "--before", &before) ||
		       take_number(argc, argv, &i, "--limit", &limit);
	if (!good)
		return cli_usage("usage: cardex history TYPE ID [--before SEQ] [--limit N]");
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	cardex_result *result = NULL;
	if (cardex_history(self->conn, argv[1], (int64_t)id, before,
	                   (uint32_t)(limit < UINT32_MAX ? limit : UINT32_MAX), &result,
	                   &self->error) != CARDEX_OK)
		return cli_fail(self);
	const cardex_value *answer = cardex_result_value(result);
	cli_exit end = print_changes(self, cardex_value_at(answer, 0));
	if (cardex_value_bool(cardex_value_at(answer, 1)))
		(void)fprintf(stderr, "older changes are not kept\n");
	cardex_result_free(&result);
	return end;
}
