/* SPDX-License-Identifier: Apache-2.0 */
/* Charts of reports, drawn by gnuplot. What is drawn follows from the columns of a section: a
 * value with low and high is a line in a band, a value with a target bars with a mark each,
 * anything else bars by its first column, the widest first column on top: a funnel. */
#pragma once

#include "client/cardex_report.h"
#include "client/cli/context.h"

/* Draws a section (NULL: the first with an interval or a target, else the first that can be
 * drawn) into a file named *.svg or *.png. Tells what is wrong. Errors: CLI_USAGE (the name,
 * nothing to draw), CLI_SERVER (gnuplot is not there or failed). */
CX_MUST_USE cli_exit cli_chart_draw(const cli_context *context, const cardex_result *result,
                                    const char *section, const char *path);

/* The script that gnuplot is given; for tests. Errors: CLI_USAGE. */
CX_MUST_USE cli_exit cli_chart_script(const cli_context *context, const cardex_result *result,
                                      const char *section, const char *path, cx_buf *out);
