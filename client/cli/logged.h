/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the log as the tool shows them. */
#pragma once

#include "client/cli/context.h"

enum { CLI_TIME_TEXT_SIZE = 40 };

/* "2026-11-23T08:15:00Z" */
void cli_logged_time(const cardex_value *change, char text[CLI_TIME_TEXT_SIZE]);

/* What it set or changed, as JSON; to be freed. NULL without memory. */
char *cli_logged_values(const cardex_value *change);

/* Text that may quote data, so that a terminal shows it and does not obey it, and the end of
 * the line. False when it could not be written; NULL is that, too. */
bool cli_logged_end_line(const char *text, FILE *out);

/* The value as JSON in one line. False when it could not be written. */
bool cli_logged_json(const cardex_value *value, FILE *out);

/* A number and a text of it; 0 and "" when it has none. */
int64_t cli_logged_figure(const cardex_value *change, const char *key);
const char *cli_logged_text(const cardex_value *change, const char *key);

/* A row of a snapshot, in a line: JSON with `line`, else for people. `seq` is the last change
 * before those that come behind the snapshot. False as above. */
bool cli_logged_row(uint64_t seq, const char *type, const cardex_value *names,
                    const cardex_value *row, bool line, FILE *out);
