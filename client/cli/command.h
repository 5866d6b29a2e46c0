/* SPDX-License-Identifier: Apache-2.0 */
/* Every command in one list: help, dispatch, the shell and its completion are made from it. */
#pragma once

#include "client/cli/context.h"

/* C(name, synopsis, what it does); the function is cli_run_<name>. */
#define CLI_COMMANDS(C)                                                                       \
	C(ping, "", "say whether the server answers")                                         \
	C(get, "TYPE ID [--as-of SEQ|TIME] | TYPE INDEX=VALUE[,VALUE…]", "show one record")   \
	C(query, "TYPE [options]", "list records; see cardex help query")                     \
	C(count, "TYPE [--where FILTER]", "count records")                                    \
	C(aggregate, "TYPE [--group LIST] [--values LIST] [--where FILTER]",                  \
	  "add records up by group; see cardex help aggregate")                               \
	C(report, "[NAME [PARAMETER=VALUE…] [options]]",                                      \
	  "figures of the trade; see cardex help report")                                     \
	C(search, "TEXT [options]", "find records by words; see cardex help search")          \
	C(create, "TYPE FIELD=VALUE… | TYPE --file FILE", "make a record")                    \
	C(update, "TYPE ID [--if-rev N] FIELD=VALUE…", "change fields of a record")           \
	C(upsert, "TYPE INDEX FIELD=VALUE…",                                                  \
	  "change the record with these values, or make it")                                  \
	C(delete, "TYPE ID…", "delete records; undelete brings them back")                    \
	C(undelete, "TYPE ID…", "bring deleted records back")                                 \
	C(purge, "TYPE ID…", "erase deleted records for good")                                \
	C(convert, "OPPORTUNITY [FIELD=VALUE…] [--line FIELD=VALUE,…]…",                      \
	  "make an order of an opportunity; see cardex help convert")                         \
	C(reopen, "opportunity|service_request ID [FIELD=VALUE…]",                            \
	  "open what was closed again")                                                       \
	C(transfer, "--to USER (TYPE ID… | --from USER [--type LIST])",                       \
	  "give records another owner; see cardex help transfer")                             \
	C(merge, "WINNER LOSER [FIELD=VALUE…]",                                               \
	  "make one customer of two; see cardex help merge")                                  \
	C(unmerge, "LOSER", "take a merge back")                                              \
	C(duplicates, "[FIELD=VALUE…]", "find customers that may be one")                     \
	C(revalue, "[--on DATE]", "open opportunities take the exchange rates of a day")      \
	C(run, "tiers | forecast [options]", "grade customers, forecast sales")               \
	C(import, "TYPE FILE [options]", "load CSV or ndjson; see cardex help import")        \
	C(export, "TYPE [--where FILTER] [--columns LIST]", "write records as CSV or ndjson") \
	C(schema, "[TYPE] | plan [FILE] | apply [FILE]",                                      \
	  "show the record types, or change them; see cardex help schema")                    \
	C(index, "status [TYPE] | cancel TYPE INDEX", "show how indexes are and are built")   \
	C(changes, "[--from SEQ] [--limit N] [--type LIST]",                                  \
	  "show what was changed, in order")                                                  \
	C(watch, "[TYPE…] [options]", "print changes as they come; see cardex help watch")    \
	C(history, "TYPE ID [--before SEQ] [--limit N]", "show what happened to a record")    \
	C(check, "[--state-hash]", "verify every record, index entry and reference")          \
	C(analyze, "", "take the statistics by which queries are planned")                    \
	C(stats, "", "show what the server is doing and how full it is")                      \
	C(shell, "", "type commands one after the other")                                     \
	C(help, "[COMMAND]", "show this, or all about one command")                           \
	C(version, "", "show the version")

/* Runs with argv[0] = the command's name. Returns how the tool ends. */
typedef cli_exit cli_run(cli_context *self, int argc, char **argv);

#define CLI_DECLARE(name, synopsis, what) cli_run cli_run_##name;
CLI_COMMANDS(CLI_DECLARE)
#undef CLI_DECLARE

typedef struct cli_command {
	const char *name;
	const char *synopsis;
	const char *what;
	cli_run *run;
} cli_command;

/* The list, ended by a name of NULL. */
extern const cli_command cli_commands[];

/* Runs the command named by argv[0]. */
cli_exit cli_dispatch(cli_context *self, int argc, char **argv);
