/* SPDX-License-Identifier: Apache-2.0 */
/* Reports out: sections as tables, JSON, one JSON object a row, or CSV. */
#pragma once

#include "client/cardex_report.h"
#include "client/cli/context.h"

/* Prints the report as the context says, only this section unless `section` is NULL. In CSV
 * sections are parted by an empty line; a record is its id, followed by a column with its name.
 * Errors: CLI_USAGE (there is no such section), CLI_SERVER. */
CX_MUST_USE cli_exit cli_report_print(const cli_context *context, const cardex_result *result,
                                      const char *section, FILE *out);

/* The list of reports, or the parameters of one of them. */
CX_MUST_USE cli_exit cli_report_list_print(const cli_context *context, const cardex_value *list,
                                           const char *name, FILE *out);
