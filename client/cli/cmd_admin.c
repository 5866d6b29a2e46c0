/* SPDX-License-Identifier: Apache-2.0 */
/* ping schema check analyze stats help version */
#include "base/text.h"
#include "client/cli/change.h"
#include "client/cli/command.h"
#include "client/cli/output.h"
#include "client/cli/table.h"

#include <stdio.h>
#include <string.h>

cli_exit cli_run_ping(cli_context *self, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return cli_usage("usage: cardex ping");
	cardex_conn *conn = cli_conn(self);
	if (conn == NULL)
		return CLI_UNREACHABLE;
	if (cardex_ping(conn, &self->error) != CARDEX_OK)
		return cli_fail(self);
	puts("pong");
	return CLI_OK;
}

/* ---- schema ---- */

static cli_exit print_table(cli_table *table, bool good)
{
	good = good && cli_table_print(table, stdout);
	cli_table_release(table);
	return good ? CLI_OK : CLI_SERVER;
}

static bool add_cells(cli_table *table, const char *const *cells, size_t count)
{
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good &= cli_table_cell(table, cx_slice_of(cells[i]));
	return good;
}

static cli_exit print_types(const cardex_schema *schema)
{
	enum { COLUMNS = 4 };
	static const char *const headers[COLUMNS] = { "type", "English", "中文", "fields" };
	cli_table table = { 0 };
	bool good = cli_table_init(&table, COLUMNS);
	for (size_t i = 0; i < COLUMNS && good; i++)
		cli_table_header(&table, i, headers[i], i == COLUMNS - 1);
	for (size_t i = 0; i < cardex_schema_type_count(schema) && good; i++) {
		const cardex_type *type = cardex_schema_type_at(schema, i);
		char count[24];
		snprintf(count, sizeof count, "%zu", type->field_count);
		good = add_cells(&table,
		                 (const char *const[]){ type->name, type->label_en,
		                                        type->label_zh, count },
		                 COLUMNS);
	}
	return print_table(&table, good);
}

static void describe_kind(const cardex_field *field, cx_buf *out)
{
	cx_buf_printf(out, "%s", field->kind_name);
	if (field->kind == CARDEX_KIND_ENUM) {
		for (size_t i = 0; i < field->label_count; i++)
			cx_buf_printf(out, "%s%s", i == 0 ? "(" : ",", field->labels[i]);
		cx_buf_append_byte(out, ')');
	} else if (field->kind == CARDEX_KIND_REF) {
		cx_buf_printf(out, "(%s)", field->target);
	} else if (field->length_max > 0) {
		cx_buf_printf(out, "(%u)", field->length_max);
	}
	cx_buf_append_byte(out, 0);
}

static bool add_field(cli_table *table, const cardex_field *field)
{
	CX_SCOPED(cx_buf_release) cx_buf kind = CX_BUF_INIT(1 << 14);
	char flags[64];
	describe_kind(field, &kind);
	snprintf(flags, sizeof flags, "%s%s%s", field->required ? "required " : "",
	         field->readonly ? "readonly " : "", field->search ? "search" : "");
	const char *const cells[] = { field->name, (const char *)kind.data, flags,
		                      field->label_en, field->label_zh };
	return cx_buf_status(&kind) == CX_OK && add_cells(table, cells, CX_COUNT_OF(cells));
}

static void print_aggregates(const cardex_type *type)
{
	for (size_t i = 0; i < type->aggregate_count; i++) {
		const cardex_maintained *aggregate = &type->aggregates[i];
		printf("aggregate %s (", aggregate->name);
		for (size_t c = 0; c < aggregate->group_count; c++)
			printf("%s%s", c > 0 ? ", " : "", aggregate->group[c]);
		printf(") count");
		for (size_t c = 0; c < aggregate->sum_count; c++)
			printf(", sum(%s)", aggregate->sums[c]);
		printf("%s%s", aggregate->where[0] != '\0' ? " where " : "", aggregate->where);
		if (strcmp(aggregate->state, "readable") != 0)
			printf(" (%s)", aggregate->state);
		putchar('\n');
	}
}

static void print_rollups(const cardex_type *type)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const cardex_field *field = &type->fields[i];
		if (field->rollup == NULL)
			continue;
		const bool ready =
			field->state == NULL || strcmp(field->state, "readable") == 0;
		printf("rollup %s: %s%s%s%s\n", field->name, field->rollup, ready ? "" : " (",
		       ready ? "" : field->state, ready ? "" : ")");
	}
}

static void print_indexes(const cardex_type *type)
{
	for (size_t i = 0; i < type->index_count; i++) {
		const cardex_index *index = &type->indexes[i];
		printf("%s %s (",
		       index->cluster  ? "cluster"
		       : index->unique ? "unique"
		                       : "index",
		       index->name);
		for (size_t c = 0; c < index->column_count; c++)
			printf("%s%s%s%s", c > 0 ? ", " : "", index->columns[c].field,
			       index->columns[c].folded ? " folded" : "",
			       index->columns[c].descending ? " desc" : "");
		printf(")%s%s\n", index->where != NULL ? " where " : "",
		       index->where != NULL ? index->where : "");
	}
}

static cli_exit print_fields(const cardex_type *type)
{
	enum { COLUMNS = 5 };
	static const char *const headers[COLUMNS] = { "field", "kind", "", "English", "中文" };
	cli_table table = { 0 };
	bool good = cli_table_init(&table, COLUMNS);
	for (size_t i = 0; i < COLUMNS && good; i++)
		cli_table_header(&table, i, headers[i], false);
	for (size_t i = 0; i < type->field_count && good; i++)
		good = add_field(&table, &type->fields[i]);
	printf("%s  %s  %s\n\n", type->name, type->label_en, type->label_zh);
	cli_exit end = print_table(&table, good);
	putchar('\n');
	print_indexes(type);
	print_rollups(type);
	print_aggregates(type);
	return end;
}

static cli_exit print_raw(cli_context *self, const char *type)
{
	cardex_request request = { .method = CARDEX_METHOD_SCHEMA_GET, .type = type };
	cardex_result *result = NULL;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_call(self->conn, &request, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cli_exit end = cli_output_value(self, cardex_result_value(result), stdout);
	cardex_result_free(&result);
	return end;
}

cli_exit cli_run_schema(cli_context *self, int argc, char **argv)
{
	if (argc > 1 && (strcmp(argv[1], "plan") == 0 || strcmp(argv[1], "apply") == 0))
		return cli_schema_change(self, argc - 1, argv + 1);
	if (argc > 2)
		return cli_usage("usage: cardex schema [TYPE] | plan [FILE] | apply [FILE]");
	cli_exit end = CLI_OK;
	if (self->format == CLI_JSON || self->format == CLI_NDJSON)
		return print_raw(self, argc == 2 ? argv[1] : NULL);
	if (argc == 2) {
		const cardex_type *type = cli_type(self, argv[1], &end);
		return type != NULL ? print_fields(type) : end;
	}
	const cardex_schema *schema = cli_schema(self, &end);
	return schema != NULL ? print_types(schema) : end;
}

/* ---- check, analyze, stats ---- */

cli_exit cli_run_check(cli_context *self, int argc, char **argv)
{
	cardex_result *result = NULL;
	const bool hash = argc == 2 && strcmp(argv[1], "--state-hash") == 0;
	if (argc != 1 && !hash)
		return cli_usage("usage: cardex check [--state-hash]");
	const cardex_request request = { .method = CARDEX_METHOD_CHECK, .state_hash = hash };
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_call(self->conn, &request, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	const cardex_value *report = cardex_result_value(result);
	const bool sound = cardex_value_int(cardex_value_member(report, "findings")) == 0;
	cli_exit end = cli_output_value(self, report, stdout);
	cardex_result_free(&result);
	return end == CLI_OK && !sound ? CLI_NEGATIVE : end;
}

cli_exit cli_run_analyze(cli_context *self, int argc, char **argv)
{
	(void)argv;
	cardex_result *result = NULL;
	if (argc != 1)
		return cli_usage("usage: cardex analyze");
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_analyze(self->conn, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cli_exit end = cli_output_value(self, cardex_result_value(result), stdout);
	cardex_result_free(&result);
	return end;
}

cli_exit cli_run_stats(cli_context *self, int argc, char **argv)
{
	(void)argv;
	cardex_result *result = NULL;
	if (argc != 1)
		return cli_usage("usage: cardex stats");
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	if (cardex_stats(self->conn, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cli_exit end = cli_output_value(self, cardex_result_value(result), stdout);
	cardex_result_free(&result);
	return end;
}

cli_exit cli_run_version(cli_context *self, int argc, char **argv)
{
	(void)self, (void)argc, (void)argv;
	printf("cardex %s\n", cardex_version());
	return CLI_OK;
}
