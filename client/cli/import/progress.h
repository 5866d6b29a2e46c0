/* SPDX-License-Identifier: Apache-2.0 */
/* A line on a terminal that says how far an import is, how fast, and how long it will take.
 * Shows nothing where stderr is no terminal. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct cli_progress {
	bool shown;
	uint64_t total; /* bytes of the file; 0 = not known */
	uint64_t begin_ns;
	uint64_t next_ns;
} cli_progress;

void cli_progress_begin(cli_progress *self, uint64_t total);
void cli_progress_show(cli_progress *self, uint64_t bytes, uint64_t rows);
/* Takes the line away; returns the seconds it took. */
double cli_progress_end(cli_progress *self);
