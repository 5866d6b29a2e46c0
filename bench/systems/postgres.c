/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL by libpq: prepared statements, numbers in binary both ways, pipeline mode. Each
 * write ends its own implicit transaction with a Sync; the reads that are sent together share
 * one, which spares the server and the library work and is how a pipeline is meant. */
#include "bench/systems/postgres.h"

#include "bench/systems.h"
#include "bench/systems/sql.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

typedef struct postgres_link {
	bench_link link;
	PGconn *conn;
	bool unsynced; /* something was sent since the last Sync */
} postgres_link;

static postgres_link *postgres_of(bench_link *link)
{
	return (postgres_link *)link;
}

static bool fail(postgres_link *self, const char *what)
{
	return bench_link_fail(&self->link, "%s: %s", what, PQerrorMessage(self->conn));
}

/* ---- open ---- */

static const Oid TYPE_INT8 = 20, TYPE_TEXT = 25;

static bool prepare(postgres_link *self, bench_operation operation)
{
	bench_value values[BENCH_SQL_PARAMETERS_MAX];
	Oid types[BENCH_SQL_PARAMETERS_MAX];
	static const bench_sizes one = { 1, 1, 1 };
	CX_SCOPED(cx_buf_release) cx_buf sql = CX_BUF_INIT(BENCH_SQL_BYTES_MAX);
	CX_SCOPED(bench_source_release) bench_source source;
	bench_request request;
	if (!bench_source_init(&source, operation, &one, 0))
		return bench_link_fail(&self->link, "no memory");
	bench_source_next(&source, &request);
	const size_t count = bench_sql_parameters(&request, values);
	for (size_t i = 0; i < count; i++)
		types[i] = values[i].text != NULL ? TYPE_TEXT : TYPE_INT8;
	bench_sql_statement(operation, &sql);
	cx_buf_append_byte(&sql, 0);
	PGresult *result = PQprepare(self->conn, bench_operation_name(operation),
	                             (const char *)sql.data, (int)count, types);
	const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return good || fail(self, (const char *)sql.data);
}

bool bench_postgres_prepare(PGconn *conn, char *error, size_t size)
{
	postgres_link self = { .conn = conn };
	for (int i = 0; i < BENCH_OPERATION_COUNT; i++)
		if (i != BENCH_M1 && !prepare(&self, (bench_operation)i)) {
			snprintf(error, size, "%s", self.link.error);
			return false;
		}
	return true;
}

static bool open_link(bench_link *link, const char *address)
{
	postgres_link *self = postgres_of(link);
	self->conn = PQconnectdb(address);
	if (PQstatus(self->conn) != CONNECTION_OK)
		return fail(self, "cannot connect");
	if (!bench_postgres_prepare(self->conn, link->error, sizeof link->error))
		return false;
	if (PQsetnonblocking(self->conn, 1) != 0 || PQenterPipelineMode(self->conn) != 1)
		return fail(self, "pipeline");
	link->fd = PQsocket(self->conn);
	return true;
}

static void close_link(bench_link *link)
{
	PQfinish(postgres_of(link)->conn);
}

/* ---- requests ---- */

static bool sync_now(postgres_link *self)
{
	self->unsynced = false;
	return PQpipelineSync(self->conn) == 1 || fail(self, "sync");
}

static bool send_request(bench_link *link, unsigned slot, const bench_request *request)
{
	postgres_link *self = postgres_of(link);
	bench_value values[BENCH_SQL_PARAMETERS_MAX];
	uint64_t numbers[BENCH_SQL_PARAMETERS_MAX];
	const char *data[BENCH_SQL_PARAMETERS_MAX];
	int sizes[BENCH_SQL_PARAMETERS_MAX], formats[BENCH_SQL_PARAMETERS_MAX];
	const bench_operation operation = request->expect.operation;
	const int count = (int)bench_sql_parameters(request, values);
	(void)slot;
	for (int i = 0; i < count; i++) {
		numbers[i] = htobe64((uint64_t)values[i].number);
		const bool is_text = values[i].text != NULL;
		data[i] = is_text ? values[i].text : (const char *)&numbers[i];
		sizes[i] = is_text ? 0 : (int)sizeof numbers[i]; /* of a text: not looked at */
		formats[i] = is_text ? 0 : 1;
	}
	if (PQsendQueryPrepared(self->conn, bench_operation_name(operation), count, data, sizes,
	                        formats, 1) != 1)
		return fail(self, "send");
	self->unsynced = true;
	if (operation == BENCH_W1 || operation == BENCH_W2)
		return sync_now(self);
	return true;
}

static bool flush(bench_link *link)
{
	postgres_link *self = postgres_of(link);
	if (self->unsynced && !sync_now(self))
		return false;
	const int left = PQflush(self->conn);
	link->wants_write = left == 1;
	return left >= 0 || fail(self, "flush");
}

/* ---- replies ---- */

static int64_t number_at(const PGresult *result, int column)
{
	uint64_t number;
	if (PQgetlength(result, 0, column) != (int)sizeof number)
		return -1;
	memcpy(&number, PQgetvalue(result, 0, column), sizeof number);
	return (int64_t)be64toh(number);
}

static bool take_result(bench_link *link, PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_PIPELINE_SYNC)
		return true;
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return bench_link_fail(link, "%s", PQresultErrorMessage(result));
	if (link->order_count == 0)
		return bench_link_fail(link, "a reply to what was not asked");
	const unsigned slot = bench_link_oldest(link);
	const bench_operation operation = link->expected[slot].operation;
	bench_answer answer = { .rows = (uint32_t)PQntuples(result) };
	if (status == PGRES_COMMAND_OK)
		answer.rows = (uint32_t)strtoul(PQcmdTuples(result), NULL, 10);
	else if (answer.rows > 0)
		answer.key = number_at(result, (int)bench_key_column(operation));
	return bench_link_answer(link, slot, &answer);
}

static bool receive(bench_link *link)
{
	postgres_link *self = postgres_of(link);
	if (PQconsumeInput(self->conn) != 1)
		return fail(self, "receive");
	/* After each query's result comes a NULL, after a Sync none; two NULLs in a row mean
	 * that nothing is left to wait for. */
	unsigned nothing = 0;
	while (nothing < 2 && PQisBusy(self->conn) == 0) {
		PGresult *result = PQgetResult(self->conn);
		nothing = result == NULL ? nothing + 1 : 0;
		const bool good = result == NULL || take_result(link, result);
		PQclear(result);
		if (!good)
			return false;
	}
	return true;
}

const bench_link_class bench_postgres_link = { .name = "postgres",
	                                       .size = sizeof(postgres_link),
	                                       .open = open_link,
	                                       .close = close_link,
	                                       .send = send_request,
	                                       .flush = flush,
	                                       .receive = receive };
