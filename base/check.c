/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a process whose own promises do not hold. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void cx_check_failed(const char *file, int line, const char *text)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, text);
	abort();
}
