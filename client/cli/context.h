/* SPDX-License-Identifier: Apache-2.0 */
/* What every command works with: the options given before the command, the connection and the
 * schema (both fetched when first needed), and how the tool ends. */
#pragma once

#include "base/buf.h"
#include "client/cardex.h"

#include <stdio.h>

/* Exit codes; they are promised to scripts. */
typedef enum cli_exit {
	CLI_OK = 0,
	CLI_NEGATIVE = 1,    /* not found; check found something; an import rejected rows */
	CLI_USAGE = 2,       /* the command line is wrong */
	CLI_REFUSED = 3,     /* the server refused what was asked */
	CLI_UNREACHABLE = 4, /* no connection, or it was lost */
	CLI_SERVER = 5,      /* the server or the disk failed; local files too */
} cli_exit;

typedef enum cli_format { CLI_TABLE, CLI_JSON, CLI_NDJSON, CLI_CSV } cli_format;
typedef enum cli_language { CLI_NAMES, CLI_ENGLISH, CLI_CHINESE } cli_language;

typedef struct cli_context {
	const char *uri;
	cli_format format;
	bool format_given;
	cli_language language; /* of column headers in tables */
	bool raw;              /* values as stored: no dates, no decimals */
	bool csv_guard;        /* csv: a ' before text that a spreadsheet would run */
	cardex_conn *conn;
	cardex_schema *schema;
	cardex_error error; /* of the last failing call */
} cli_context;

/* "table", "json", "ndjson" or "csv"; false when it is none. */
CX_MUST_USE bool cli_format_set(cli_context *self, const char *name);

/* The connection; NULL after telling why there is none (then return CLI_UNREACHABLE). */
cardex_conn *cli_conn(cli_context *self);

/* The type; NULL after telling that there is none, or that the server cannot be reached;
 * `*ret_exit` is then how to end. */
const cardex_type *cli_type(cli_context *self, const char *name, cli_exit *ret_exit);

/* The whole schema; as cli_type. Both leave a connection in self->conn. */
const cardex_schema *cli_schema(cli_context *self, cli_exit *ret_exit);

/* Prints self->error as "cardex: NAME: message" and returns the exit code of its status. */
cli_exit cli_fail(const cli_context *self);

/* Prints "cardex: …" and returns CLI_USAGE. */
CX_PRINTF(1, 2) cli_exit cli_usage(const char *format, ...);

void cli_context_release(cli_context *self);
