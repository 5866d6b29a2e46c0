/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdio.h>

/* "0.1.0"; static storage. */
const char *daemon_version(void);

/* Prints the version and those of the libraries it runs with. */
void daemon_version_print(FILE *out);
