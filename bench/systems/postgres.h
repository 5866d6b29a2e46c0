/* SPDX-License-Identifier: Apache-2.0 */
/* What measuring and loading PostgreSQL share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct pg_conn; /* libpq's PGconn */

/* Prepares the statement of every operation, under its name. False with the reason in
 * `error`. */
bool bench_postgres_prepare(struct pg_conn *conn, char *error, size_t size);
