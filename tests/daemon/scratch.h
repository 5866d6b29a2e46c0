/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of its own for a test, in $TMPDIR or /tmp. */
#pragma once

#include <stddef.h>

enum { SCRATCH_PATH_SIZE = 256 };

/* Makes an empty folder; its path, in static storage. The one before is removed. */
const char *scratch_make(void);
void scratch_remove(void);

/* Writes a file inside it, folders on the way too; its path is put into `path`. */
void scratch_write(const char *name, const char *text, char path[SCRATCH_PATH_SIZE]);
/* The path of a file inside it. */
void scratch_path(const char *name, char path[SCRATCH_PATH_SIZE]);
