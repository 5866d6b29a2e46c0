/* SPDX-License-Identifier: Apache-2.0 */
/* What PostgreSQL and SQLite are told in the same words: tables, indexes, statements. */
#pragma once

#include "bench/request.h"

enum { BENCH_SQL_BYTES_MAX = 4096, BENCH_SQL_PARAMETERS_MAX = BENCH_FIELDS_MAX + 1 };

/* Appends CREATE TABLE, with the columns id, rev, created_at, updated_at and the fields, and
 * foreign keys for what the schema calls references. */
void bench_sql_table(bench_type type, const char *id_column, cx_buf *out);

/* Appends a CREATE INDEX for each index of the type. */
void bench_sql_indexes(bench_type type, cx_buf *out);

/* Appends the statement of an operation, parameters $1 … in the order of their first use. M1
 * has none. */
void bench_sql_statement(bench_operation operation, cx_buf *out);

/* The index that must serve the statement; a primary key is called "id". NULL for W1. */
const char *bench_sql_index(bench_operation operation);

/* The values of the parameters; returns how many. They live as long as the request. */
size_t bench_sql_parameters(const bench_request *request,
                            bench_value values[BENCH_SQL_PARAMETERS_MAX]);
