/* SPDX-License-Identifier: Apache-2.0 */
/* Which file each name of a folder stands for. */
#pragma once

#include "tests/crash/trace.h"

#include <stdbool.h>

enum { FOLDER_NAMES_MAX = 12 };

typedef struct folder_entry {
	char name[NAME_BYTES];
	uint32_t file;
} folder_entry;

typedef struct folder_names {
	folder_entry entries[FOLDER_NAMES_MAX];
	size_t count;
} folder_names;

/* NO_FILE when there is none of that name. */
uint32_t folder_find(const folder_names *self, const char *name);

/* "" when it has no name. */
const char *folder_name_of(const folder_names *self, uint32_t file);

/* `file` NO_FILE takes the name out. */
void folder_link(folder_names *self, const char *name, uint32_t file);

/* A LINK or RENAME. */
void folder_apply(folder_names *self, const event *what);
