/* SPDX-License-Identifier: Apache-2.0 */
/* Rows out: as a table, JSON, one JSON object a line, or CSV, as the context says. */
#pragma once

#include "client/cli/context.h"

typedef struct cli_output cli_output;

/* Begins the output of rows of `result`'s columns to `out`; `type` tells what they are (NULL:
 * plain values). NULL without memory. */
cli_output *cli_output_begin(const cli_context *context, const cardex_type *type,
                             const cardex_result *result, FILE *out);

/* The same, showing only the first `columns` columns; one behind them may be the currency. */
cli_output *cli_output_begin_first(const cli_context *context, const cardex_type *type,
                                   const cardex_result *result, size_t columns, FILE *out);

void cli_output_row(cli_output *self, const cardex_row *row);

/* Writes what is still held back (a table's rows, JSON's last bracket), frees it and sets it to
 * NULL. CLI_SERVER when not everything could be written. NULL is accepted. */
cli_exit cli_output_end(cli_output **self);

/* Prints the one row of a result as a table of its fields that are not null. */
cli_exit cli_output_record(const cli_context *context, const cardex_type *type,
                           const cardex_result *result, FILE *out);

/* Prints any value: as JSON where that is asked for, else a map line by line. */
cli_exit cli_output_value(const cli_context *context, const cardex_value *value, FILE *out);
