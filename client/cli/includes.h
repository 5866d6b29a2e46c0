/* SPDX-License-Identifier: Apache-2.0 */
/* --include: records shown with the rows they belong to. */
#pragma once

#include "client/cli/context.h"

enum { CLI_INCLUDES_MAX = 8, CLI_INCLUDE_BYTES_MAX = 128 };

typedef struct cli_includes {
	size_t count;
	cardex_include items[CLI_INCLUDES_MAX]; /* their texts point into `texts` */
	char texts[CLI_INCLUDES_MAX][CLI_INCLUDE_BYTES_MAX];
} cli_includes;

/* Takes "customer" (what the reference leads to) or "contact.customer" (contacts whose
 * reference leads to the row), and ":5" behind it for at most 5 a row. False when it is none.
 * The texts are in the structure, which must not move from then on. */
bool cli_includes_add(cli_includes *self, const char *text);

/* Prints, for each include, the records of all rows as a table. */
void cli_includes_print(const cli_context *context, const cli_includes *self,
                        const cardex_result *result);
