/* SPDX-License-Identifier: Apache-2.0 */
/* How long page 10,000 of a list takes, compared with page 1: lists of activities by several
 * kinds of plan, over a store in this process that the load has filled. */
#pragma once

#include <stdbool.h>

/* Alternates between the two pages for `seconds` for each list and prints a table. A list with
 * fewer pages is compared at its last but one, which the table says. False on an error, told on
 * stderr. */
bool bench_pages(const char *path, double seconds);
