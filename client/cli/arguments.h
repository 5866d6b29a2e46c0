/* SPDX-License-Identifier: Apache-2.0 */
/* Options that several commands have, and what they say of a page. */
#pragma once

#include "client/cli/context.h"
#include "client/cli/output.h"

/* A number from 1 on; false when it is none. */
bool cli_limit_parse(const char *text, size_t *ret);

/* 0, 1 or 2; NULL is 1. False when it is none. */
bool cli_explain_parse(const char *text, cardex_explain *ret);

/* --where FILTER (NULL: none); tells what is wrong, and where in it. */
CX_MUST_USE cli_exit cli_where_parse(cli_context *self, const char *where,
                                     const cardex_type *type, cardex_doc **ret);

/* --no-index NAME, as often as it is given. */
typedef struct cli_no_indexes {
	const char *names[16]; /* as many as the server takes */
	size_t count;
} cli_no_indexes;

/* False when it is one too many. `request` refers to the names from then on. */
bool cli_no_index_add(cli_no_indexes *self, const char *name, cardex_request *request);

/* Prints the rows of a page and, with `all`, of those behind it, the last of which is then in
 * `*page`; ends the output and frees it. */
cli_exit cli_pages_print(cli_context *self, cli_output *output, cardex_result **page, bool all,
                         uint64_t *ret_rows);

/* Says on standard error how many rows were shown, which `what` one of is called, and by what
 * token the next page is had. */
void cli_page_tell(const cardex_result *page, uint64_t rows, const char *what);
