/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/systems/sql.h"

#include "base/check.h"

#include <string.h>

static const char *reference_of(bench_type type, const char *field)
{
	if (type == BENCH_OPPORTUNITY && strcmp(field, "customer") == 0)
		return " NOT NULL REFERENCES customer ON DELETE RESTRICT";
	if (type == BENCH_ACTIVITY && strcmp(field, "customer") == 0)
		return " NOT NULL REFERENCES customer ON DELETE CASCADE";
	if (type == BENCH_ACTIVITY && strcmp(field, "opportunity") == 0)
		return " REFERENCES opportunity ON DELETE SET NULL";
	if (type == BENCH_ACTIVITY && strcmp(field, "kind") == 0)
		return " NOT NULL CHECK (kind IN ('call', 'email', 'meeting', 'visit'))";
	return "";
}

void bench_sql_table(bench_type type, const char *id_column, cx_buf *out)
{
	const bench_type_info *info = bench_type_info_of(type);
	cx_buf_printf(out,
	              "CREATE TABLE %s (%s, rev bigint NOT NULL, created_at bigint NOT NULL, "
	              "updated_at bigint NOT NULL",
	              info->name, id_column);
	for (size_t i = 0; i < info->count; i++)
		cx_buf_printf(out, ", %s %s%s", info->fields[i].name,
		              info->fields[i].is_text ? "text" : "bigint",
		              reference_of(type, info->fields[i].name));
	cx_buf_printf(out, ");\n");
}

void bench_sql_indexes(bench_type type, cx_buf *out)
{
	for (const bench_index *index = bench_indexes(); index->name != NULL; index++) {
		if (index->type != type)
			continue;
		cx_buf_printf(out, "CREATE %sINDEX %s ON %s (%s",
		              index->unique ? "UNIQUE " : "", index->name,
		              bench_type_info_of(type)->name, index->columns[0]);
		if (index->columns[1] != NULL)
			cx_buf_printf(out, ", %s%s", index->columns[1],
			              index->descending ? " DESC" : "");
		cx_buf_printf(out, ");\n");
	}
}

static void put_insert(cx_buf *out)
{
	const bench_type_info *info = bench_type_info_of(BENCH_ACTIVITY);
	cx_buf_printf(out, "INSERT INTO activity (rev, created_at, updated_at");
	for (size_t i = 0; i < info->count; i++)
		cx_buf_printf(out, ", %s", info->fields[i].name);
	cx_buf_printf(out, ") VALUES (1, $1, $1");
	for (size_t i = 0; i < info->count; i++)
		cx_buf_printf(out, ", $%zu", i + 2);
	cx_buf_printf(out, ") RETURNING id");
}

void bench_sql_statement(bench_operation operation, cx_buf *out)
{
	switch (operation) {
	case BENCH_R1:
	case BENCH_R1Z:
		cx_buf_printf(out, "SELECT * FROM customer WHERE id = $1");
		return;
	case BENCH_R2:
		cx_buf_printf(out, "SELECT * FROM customer WHERE email = $1");
		return;
	case BENCH_R3:
		cx_buf_printf(out, "SELECT * FROM activity WHERE customer = $1 "
		                   "ORDER BY at DESC LIMIT 20");
		return;
	case BENCH_R4:
		cx_buf_printf(out, "SELECT * FROM opportunity WHERE stage = $1 "
		                   "ORDER BY amount DESC LIMIT 20");
		return;
	case BENCH_R5:
		cx_buf_printf(out, "SELECT stage, sum(amount)::bigint, count(*) FROM "
		                   "opportunity WHERE stage = $1 GROUP BY stage");
		return;
	case BENCH_W1:
		put_insert(out);
		return;
	case BENCH_W2:
		cx_buf_printf(out, "UPDATE opportunity SET stage = $1, amount = $2, "
		                   "updated_at = $3, rev = rev + 1 WHERE id = $4");
		return;
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	CX_UNREACHABLE();
}

const char *bench_sql_index(bench_operation operation)
{
	static const char *const indexes[BENCH_OPERATION_COUNT] = {
		[BENCH_R1] = "id",
		[BENCH_R1Z] = "id",
		[BENCH_R2] = "customer_email",
		[BENCH_R3] = "activity_customer_at",
		[BENCH_R4] = "opportunity_stage_amount",
		[BENCH_W2] = "id",
	};
	return indexes[operation];
}

static bench_value number(int64_t value)
{
	return (bench_value){ .number = value };
}

size_t bench_sql_parameters(const bench_request *request,
                            bench_value values[BENCH_SQL_PARAMETERS_MAX])
{
	const bench_record *record = &request->record;
	switch (request->expect.operation) {
	case BENCH_W1:
		values[0] = number(request->now_ms);
		memcpy(values + 1, record->values, record->count * sizeof *values);
		return 1 + record->count;
	case BENCH_W2:
		values[0] = number(request->stage);
		values[1] = number(request->amount);
		values[2] = number(request->now_ms);
		values[3] = number(request->id);
		return 4;
	case BENCH_R2:
		values[0] = (bench_value){ .text = request->email };
		return 1;
	case BENCH_R1:
	case BENCH_R1Z:
	case BENCH_R3:
	case BENCH_R4:
	case BENCH_R5:
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	values[0] = number(request->expect.key);
	return 1;
}
