/* SPDX-License-Identifier: Apache-2.0 */
/* schema plan, schema apply, index */
#include "base/text.h"
#include "client/cli/change.h"
#include "client/cli/command.h"
#include "client/cli/output.h"
#include "client/cli/table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES_MAX = 1024 * 1024 };

static const char *text_of(const cardex_value *map, const char *key)
{
	const char *text = cardex_value_text(cardex_value_member(map, key));
	return text != NULL ? text : "";
}

static int64_t figure_of(const cardex_value *map, const char *key)
{
	return cardex_value_int(cardex_value_member(map, key));
}

static bool is_raw(const cli_context *self)
{
	return self->format == CLI_JSON || self->format == CLI_NDJSON;
}

/* ---- schema plan, schema apply ---- */

static void close_file(FILE **file)
{
	if (*file != NULL)
		(void)fclose(*file);
}

/* The whole file, zero-ended. */
static bool read_file(const char *path, cx_buf *out)
{
	CX_SCOPED(close_file) FILE *file = fopen(path, "re");
	char chunk[4096];
	size_t size = 1;
	while (file != NULL && size > 0) {
		size = fread(chunk, 1, sizeof chunk, file);
		cx_buf_append(out, chunk, size);
	}
	if (file == NULL || ferror(file)) {
		(void)fprintf(stderr, "cardex: cannot read %s: %s\n", path, strerror(errno));
		return false;
	}
	cx_buf_append_byte(out, 0);
	if (cx_buf_status(out) == CX_OK)
		return true;
	(void)fprintf(stderr, "cardex: %s has over %d bytes\n", path, TEXT_BYTES_MAX);
	return false;
}

static bool add_row(cli_table *table, const char *const *cells, size_t count)
{
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good &= cli_table_cell(table, cx_slice_of(cells[i]));
	return good;
}

static bool add_step(cli_table *table, const cardex_value *step)
{
	char name[256];
	const char *own = text_of(step, "name");
	snprintf(name, sizeof name, "%s%s%s", text_of(step, "type"), own[0] != '\0' ? "." : "",
	         own);
	return add_row(
		table,
		(const char *const[]){ text_of(step, "verdict"), name, text_of(step, "text") },
		3);
}

static cli_exit print_steps(const cardex_value *report, bool applied)
{
	enum { COLUMNS = 3 };
	static const char *const headers[COLUMNS] = { "verdict", "what", "how" };
	const cardex_value *steps = cardex_value_member(report, "steps");
	if (cardex_value_count(steps) == 0) {
		puts("nothing changes");
		return CLI_OK;
	}
	cli_table table = { 0 };
	bool good = cli_table_init(&table, COLUMNS);
	for (size_t i = 0; i < COLUMNS && good; i++)
		cli_table_header(&table, i, headers[i], false);
	for (size_t i = 0; i < cardex_value_count(steps) && good; i++)
		good = add_step(&table, cardex_value_at(steps, i));
	good = good && cli_table_print(&table, stdout);
	cli_table_release(&table);
	if (applied)
		printf("\nschema %" PRId64 "; cardex index status shows what is being built\n",
		       figure_of(report, "generation"));
	return good ? CLI_OK : CLI_SERVER;
}

typedef struct change {
	bool apply;
	bool may_lose;
	const char *base;
	const char *path;
} change;

static bool read_arguments(int argc, char **argv, change *ret)
{
	*ret = (change){ .apply = strcmp(argv[0], "apply") == 0 };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--may-lose") == 0 && ret->apply)
			ret->may_lose = true;
		else if (strcmp(argv[i], "--base") == 0 && i + 1 < argc)
			ret->base = argv[++i];
		else if (argv[i][0] != '-' && ret->path == NULL)
			ret->path = argv[i];
		else
			return false;
	}
	return true;
}

static cli_exit show_change(cli_context *self, const change *what, const cardex_value *report)
{
	cli_exit end = is_raw(self) ? cli_output_value(self, report, stdout)
	                            : print_steps(report, what->apply);
	const bool refused = figure_of(report, "refused") > 0;
	return end == CLI_OK && refused ? CLI_NEGATIVE : end;
}

cli_exit cli_schema_change(cli_context *self, int argc, char **argv)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(TEXT_BYTES_MAX);
	change what;
	if (!read_arguments(argc, argv, &what))
		return cli_usage(
			"usage: cardex schema plan [FILE] [--base stored|program|none]\n"
			"       cardex schema apply [FILE] [--base stored|program|none] "
			"[--may-lose]");
	if (what.path != NULL && !read_file(what.path, &text))
		return CLI_USAGE;
	const char *own = what.path != NULL ? (const char *)text.data : NULL;
	cardex_result *result = NULL;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	cardex_status status =
		what.apply
			? cardex_schema_apply(self->conn, own, what.base, what.may_lose,
	                                      &result, &self->error)
			: cardex_schema_plan(self->conn, own, what.base, &result, &self->error);
	if (status != CARDEX_OK)
		return cli_fail(self);
	cli_exit end = show_change(self, &what, cardex_result_value(result));
	cardex_result_free(&result);
	if (what.apply)
		cardex_schema_free(&self->schema); /* the shell asks for it anew */
	return end;
}

/* ---- index ---- */

static void write_more(const cardex_value *index, char *text, size_t size)
{
	const int64_t records = figure_of(index, "records");
	const cardex_value *pairs = cardex_value_member(index, "pairs");
	const bool aggregate = cardex_value_member(index, "aggregate") != NULL;
	const bool rollup = cardex_value_member(index, "rollup") != NULL;
	int used = snprintf(text, size, "%s%s%s", aggregate ? "aggregate  " : "",
	                    rollup ? "rollup  " : "", text_of(index, "reason"));
	if (records > 0)
		used += snprintf(text + used, size - (size_t)used,
		                 "%" PRId64 " %%  (%" PRId64 " of %" PRId64 ")",
		                 figure_of(index, "records_done") * 100 / records,
		                 figure_of(index, "records_done"), records);
	if (figure_of(index, "duplicates") > 0 && used < (int)size)
		used += snprintf(text + used, size - (size_t)used, " %" PRId64 ":",
		                 figure_of(index, "duplicates"));
	for (size_t i = 0; i < cardex_value_count(pairs) && used < (int)size - 50; i++) {
		const cardex_value *pair = cardex_value_at(pairs, i);
		used += snprintf(text + used, size - (size_t)used, " %" PRId64 "=%" PRId64,
		                 cardex_value_int(cardex_value_at(pair, 0)),
		                 cardex_value_int(cardex_value_at(pair, 1)));
	}
}

static bool add_index(cli_table *table, const cardex_value *index)
{
	char entries[24];
	char more[4096];
	snprintf(entries, sizeof entries, "%" PRId64, figure_of(index, "entries"));
	write_more(index, more, sizeof more);
	return add_row(table,
	               (const char *const[]){ text_of(index, "type"), text_of(index, "index"),
	                                      text_of(index, "state"), entries, more },
	               5);
}

static cli_exit print_indexes(const cardex_value *list)
{
	enum { COLUMNS = 5 };
	static const char *const headers[COLUMNS] = { "type", "index", "state", "entries", "" };
	cli_table table = { 0 };
	bool good = cli_table_init(&table, COLUMNS);
	for (size_t i = 0; i < COLUMNS && good; i++)
		cli_table_header(&table, i, headers[i], i == 3);
	for (size_t i = 0; i < cardex_value_count(list) && good; i++)
		good = add_index(&table, cardex_value_at(list, i));
	good = good && cli_table_print(&table, stdout);
	cli_table_release(&table);
	return good ? CLI_OK : CLI_SERVER;
}

static cli_exit show_status(cli_context *self, const char *type)
{
	cardex_result *result = NULL;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_index_status(self->conn, type, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	const cardex_value *list = cardex_result_value(result);
	cli_exit end =
		is_raw(self) ? cli_output_value(self, list, stdout) : print_indexes(list);
	cardex_result_free(&result);
	return end;
}

cli_exit cli_run_index(cli_context *self, int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "status";
	if (strcmp(verb, "status") == 0 && argc <= 3)
		return show_status(self, argc == 3 ? argv[2] : NULL);
	if (strcmp(verb, "cancel") != 0 || argc != 4)
		return cli_usage("usage: cardex index status [TYPE]\n"
		                 "       cardex index cancel TYPE INDEX");
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_index_cancel(self->conn, argv[2], argv[3], &self->error) != CARDEX_OK)
		return cli_fail(self);
	return CLI_OK;
}
