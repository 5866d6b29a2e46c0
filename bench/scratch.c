/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/scratch.h"

#include <stdio.h>
#include <unistd.h>

void bench_scratch_remove(const char *path)
{
	static const char *const ends[] = { "", "-journal0", "-journal1", "-journal2",
		                            "-lock" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[4096];
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}
