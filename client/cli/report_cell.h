/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of a report as people read them. */
#pragma once

#include "client/cardex_report.h"
#include "client/cli/context.h"

/* One cell. */
typedef struct cli_report_place {
	size_t section;
	size_t row;
	size_t column;
} cli_report_place;

/* Appends the value: amounts with the decimals of their currency, shares as percentages,
 * instants and dates in ISO 8601, lengths of time in days, hours, minutes and seconds, and of a
 * record its name, where that is known. null is nothing. With `raw` numbers as they came. */
void cli_report_cell_text(const cardex_result *result, cli_report_place place,
                          cli_language language, bool raw, cx_buf *out);

/* The same for other programs: a record is its id, a share the number of percent without a
 * sign, a length of time in milliseconds. */
void cli_report_cell_plain(const cardex_result *result, cli_report_place place, bool raw,
                           cx_buf *out);

/* Numbers stand at the right. */
bool cli_report_is_number(cardex_report_kind kind);

/* Whether people who read in a language want to see the column of this name: of the two with
 * what a word of the row means (label_en, label_zh) only that of their language. */
bool cli_report_is_shown(cli_language language, const char *name);

/* The label of a column or section by language; its name for CLI_NAMES. */
const char *cli_report_label(cli_language language, const char *name, const char *en,
                             const char *zh);
