/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite in this process: prepared statements, a write-ahead log that is synced with every
 * commit, and the file locked for this process alone, as cardex locks its own. */
#include "base/clock.h"
#include "bench/systems.h"
#include "bench/systems/sql.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { LOAD_GROUP = 4000 };

typedef struct session {
	sqlite3 *database;
	sqlite3_stmt *statements[BENCH_OPERATION_COUNT];
	sqlite3_stmt *begin, *commit;
	uint64_t bytes; /* of values received, so that reading them cannot be left out */
} session;

static bool fail(const session *self, const char *what)
{
	fprintf(stderr, "cardex-bench: sqlite: %s: %s\n", what,
	        self->database != NULL ? sqlite3_errmsg(self->database) : "no memory");
	return false;
}

static bool execute(session *self, const char *sql)
{
	return sqlite3_exec(self->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       fail(self, sql);
}

static bool prepare(session *self, const char *sql, sqlite3_stmt **ret)
{
	return sqlite3_prepare_v3(self->database, sql, -1, SQLITE_PREPARE_PERSISTENT, ret,
	                          NULL) == SQLITE_OK ||
	       fail(self, sql);
}

static bool open_database(session *self, const char *path)
{
	return (sqlite3_open(path, &self->database) == SQLITE_OK || fail(self, path)) &&
	       execute(self, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
	                     "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	                     "PRAGMA cache_size = -1048576; PRAGMA mmap_size = 17179869184");
}

static void close_session(session *self)
{
	for (int i = 0; i < BENCH_OPERATION_COUNT; i++)
		sqlite3_finalize(self->statements[i]);
	sqlite3_finalize(self->begin);
	sqlite3_finalize(self->commit);
	sqlite3_close(self->database);
}

static void bind(sqlite3_stmt *statement, const bench_value *values, size_t count)
{
	for (int i = 0; i < (int)count; i++)
		if (values[i].text != NULL)
			sqlite3_bind_text(statement, i + 1, values[i].text, -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(statement, i + 1, values[i].number);
}

/* ---- load ---- */

static bool make_table(session *self, bench_type type)
{
	CX_SCOPED(cx_buf_release) cx_buf sql = CX_BUF_INIT(BENCH_SQL_BYTES_MAX);
	bench_sql_table(type, "id INTEGER PRIMARY KEY", &sql);
	bench_sql_indexes(type, &sql);
	cx_buf_append_byte(&sql, 0);
	return execute(self, (const char *)sql.data);
}

static bool prepare_load(session *self, bench_type type, sqlite3_stmt **ret)
{
	CX_SCOPED(cx_buf_release) cx_buf sql = CX_BUF_INIT(BENCH_SQL_BYTES_MAX);
	const bench_type_info *info = bench_type_info_of(type);
	const long long now_ms = cx_clock_wall_ms();
	cx_buf_printf(&sql, "INSERT INTO %s VALUES (NULL, 1, %lld, %lld", info->name, now_ms,
	              now_ms);
	for (size_t i = 0; i < info->count; i++)
		cx_buf_printf(&sql, ", ?");
	cx_buf_printf(&sql, ")");
	cx_buf_append_byte(&sql, 0);
	return prepare(self, (const char *)sql.data, ret);
}

static bool load_rows(session *self, bench_type type, const bench_sizes *sizes,
                      sqlite3_stmt *insert)
{
	const int64_t count = bench_type_size(type, sizes);
	bench_random random = { 0 };
	bench_record record;
	for (int64_t id = 1; id <= count; id++) {
		if (id % LOAD_GROUP == 1 && !execute(self, "BEGIN"))
			return false;
		bench_record_next(type, id, &random, sizes, &record);
		bind(insert, record.values, record.count);
		if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK)
			return fail(self, "insert");
		if ((id % LOAD_GROUP == 0 || id == count) && !execute(self, "COMMIT"))
			return false;
	}
	return true;
}

static bool load_type(session *self, bench_type type, const bench_sizes *sizes)
{
	sqlite3_stmt *insert = NULL;
	const bool good = make_table(self, type) && prepare_load(self, type, &insert) &&
	                  load_rows(self, type, sizes, insert);
	sqlite3_finalize(insert);
	return good;
}

bool bench_sqlite_load(const char *path, const bench_sizes *sizes)
{
	session self = { 0 };
	bool good = open_database(&self, path);
	for (int i = 0; i < BENCH_TYPE_COUNT && good; i++)
		good = load_type(&self, (bench_type)i, sizes);
	good = good && execute(&self, "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)");
	close_session(&self);
	return good;
}

/* ---- operations ---- */

/* The plan must say that it searches by the index. */
static bool check_plan(session *self, bench_operation operation, const char *sql)
{
	const char *index = bench_sql_index(operation);
	if (index == NULL)
		return true;
	CX_SCOPED(cx_buf_release) cx_buf explain = CX_BUF_INIT(BENCH_SQL_BYTES_MAX);
	cx_buf_printf(&explain, "EXPLAIN QUERY PLAN %s", sql);
	cx_buf_append_byte(&explain, 0);
	sqlite3_stmt *statement = NULL;
	if (!prepare(self, (const char *)explain.data, &statement))
		return false;
	const char *wanted = strcmp(index, "id") == 0 ? "USING INTEGER PRIMARY KEY" : index;
	bool served = false, sorted = false;
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(statement, 3);
		served = served || strstr(detail, wanted) != NULL;
		sorted = sorted || strstr(detail, "TEMP B-TREE") != NULL;
	}
	sqlite3_finalize(statement);
	if (!served || sorted)
		fprintf(stderr, "cardex-bench: sqlite: %s does not serve: %s\n", index, sql);
	return served && !sorted;
}

static bool prepare_all(session *self)
{
	for (int i = 0; i < BENCH_OPERATION_COUNT; i++) {
		if (i == BENCH_M1 || i == BENCH_R5)
			continue;
		CX_SCOPED(cx_buf_release) cx_buf sql = CX_BUF_INIT(BENCH_SQL_BYTES_MAX);
		bench_sql_statement((bench_operation)i, &sql);
		cx_buf_append_byte(&sql, 0);
		const char *text = (const char *)sql.data;
		if (!check_plan(self, (bench_operation)i, text) ||
		    !prepare(self, text, &self->statements[i]))
			return false;
	}
	return prepare(self, "BEGIN", &self->begin) && prepare(self, "COMMIT", &self->commit);
}

static bench_local *open_local(const char *path, const bench_sizes *sizes)
{
	(void)sizes;
	session *self = calloc(1, sizeof *self);
	if (self == NULL)
		return NULL;
	if (open_database(self, path) && prepare_all(self))
		return (bench_local *)self;
	close_session(self);
	free(self);
	return NULL;
}

static void close_local(bench_local **local)
{
	session *self = (session *)*local;
	if (self == NULL)
		return;
	close_session(self);
	free(self);
	*local = NULL;
}

static bool run_once(session *self, sqlite3_stmt *statement, const char *what)
{
	return (sqlite3_step(statement) == SQLITE_DONE &&
	        sqlite3_reset(statement) == SQLITE_OK) ||
	       fail(self, what);
}

static bool is_write(bench_operation operation)
{
	return operation == BENCH_W1 || operation == BENCH_W2;
}

/* A read is a transaction by itself. */
static bool begin_local(bench_local *local, bench_operation operation)
{
	session *self = (session *)local;
	return !is_write(operation) || run_once(self, self->begin, "BEGIN");
}

static bool end_local(bench_local *local, bench_operation operation)
{
	session *self = (session *)local;
	return !is_write(operation) || run_once(self, self->commit, "COMMIT");
}

static void take_row(session *self, sqlite3_stmt *statement)
{
	const int count = sqlite3_column_count(statement);
	for (int i = 0; i < count; i++)
		if (sqlite3_column_type(statement, i) == SQLITE_TEXT)
			self->bytes += *sqlite3_column_text(statement, i);
		else
			self->bytes += (uint64_t)sqlite3_column_int64(statement, i);
}

static bool run_local(bench_local *local, const bench_request *request, bench_answer *ret)
{
	session *self = (session *)local;
	const bench_operation operation = request->expect.operation;
	sqlite3_stmt *statement = self->statements[operation];
	bench_value values[BENCH_SQL_PARAMETERS_MAX];
	if (statement == NULL)
		return fail(self, bench_operation_name(operation));
	bind(statement, values, bench_sql_parameters(request, values));
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		if (ret->rows++ == 0)
			ret->key = sqlite3_column_int64(statement,
			                                (int)bench_key_column(operation));
		take_row(self, statement);
	}
	if (operation == BENCH_W2)
		ret->rows = (uint32_t)sqlite3_changes(self->database);
	return (step == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK) ||
	       fail(self, bench_operation_name(operation));
}

const bench_local_class bench_sqlite_local = { .name = "sqlite",
	                                       .open = open_local,
	                                       .close = close_local,
	                                       .begin = begin_local,
	                                       .run = run_local,
	                                       .end = end_local };
