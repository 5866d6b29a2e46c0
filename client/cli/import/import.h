/* SPDX-License-Identifier: Apache-2.0 */
/* An import: rows are converted, sent in a pipeline, and each gets its verdict. */
#pragma once

#include "client/cli/import/mapping.h"
#include "client/cli/import/source.h"

typedef struct cli_import_options {
	const char *path; /* "-" = standard input */
	cli_source_kind kind;
	const char *rejects; /* path, NULL = none */
	bool dry_run;        /* the server tries each row and takes it back */
	const char *at;      /* field or column with the time of which a row tells; NULL */
	/* "off", "warn", "block": rows that make customers like others; NULL: as the
	 * organisation says. */
	const char *duplicates;
} cli_import_options;

/* Prints rejected rows and the sums to stderr. CLI_NEGATIVE when a row was rejected. `mapping`
 * without fields is filled from the header. */
cli_exit cli_import_run(cli_context *context, cli_mapping *mapping,
                        const cli_import_options *options);
