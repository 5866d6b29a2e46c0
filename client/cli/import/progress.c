/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 30, EVERY_NS = 100 * 1000 * 1000 };

void cli_progress_begin(cli_progress *self, uint64_t total)
{
	*self = (cli_progress){ .shown = isatty(STDERR_FILENO) != 0,
		                .total = total,
		                .begin_ns = cx_clock_monotonic_ns() };
	self->next_ns = self->begin_ns + EVERY_NS;
}

static void show_bar(double share, double left)
{
	char bar[WIDTH + 1];
	const int full = (int)(share * WIDTH);
	memset(bar, '#', (size_t)full);
	memset(bar + full, '.', (size_t)(WIDTH - full));
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %3.0f %%", bar, share * 100);
	fprintf(stderr, "  %d:%02d left", (int)left / 60, (int)left % 60);
}

void cli_progress_show(cli_progress *self, uint64_t bytes, uint64_t rows)
{
	const uint64_t now = cx_clock_monotonic_ns();
	if (!self->shown || now < self->next_ns)
		return;
	self->next_ns = now + EVERY_NS;
	const double seconds = (double)(now - self->begin_ns) / 1e9;
	if (self->total > 0 && bytes > 0 && bytes <= self->total) {
		const double share = (double)bytes / (double)self->total;
		show_bar(share, seconds / share - seconds);
	} else {
		fputc('\r', stderr);
	}
	fprintf(stderr, "  %llu rows  %.0f rows/s   ", (unsigned long long)rows,
	        (double)rows / seconds);
}

double cli_progress_end(cli_progress *self)
{
	if (self->shown)
		fputs("\r\033[K", stderr);
	return (double)(cx_clock_monotonic_ns() - self->begin_ns) / 1e9;
}
