/* SPDX-License-Identifier: Apache-2.0 */
/* Where a watch goes on, kept in a file of its own, or read from the end of its output. */
#pragma once

#include "client/cli/context.h"

enum { CLI_PLACE_TYPE_SIZE = 64 };

/* Before part `part` of operation `seq`; seq 0 = there is none yet. With a type: in the rows of
 * a snapshot, the changes behind which begin at `seq`, behind this one. */
typedef struct cli_place {
	uint64_t seq;
	uint32_t part;
	char type[CLI_PLACE_TYPE_SIZE];
	int64_t id;
} cli_place;

/* Behind a row. No place when the name is too long for one. */
cli_place cli_place_of_row(uint64_t seq, const char *type, int64_t id);

/* Reads a file of cli_place_save(); one that is not there gives no place. False after telling
 * what is wrong with it. */
bool cli_place_load(const char *path, cli_place *ret);

/* Replaces the file as a whole: after a crash it is the old one or the new one. False after
 * telling why it cannot be written. */
bool cli_place_save(const char *path, cli_place place);

/* Opens a file of ndjson lines to append to, and makes it when it is not there; cuts a last
 * line that is not whole. `*ret` is the place behind its last line. NULL after telling what is
 * wrong. */
FILE *cli_place_open_lines(const char *path, cli_place *ret);
