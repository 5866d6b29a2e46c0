/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/folder.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

static folder_entry *find(folder_names *self, const char *name)
{
	for (size_t i = 0; i < self->count; i++)
		if (strcmp(self->entries[i].name, name) == 0)
			return &self->entries[i];
	return NULL;
}

uint32_t folder_find(const folder_names *self, const char *name)
{
	for (size_t i = 0; i < self->count; i++)
		if (strcmp(self->entries[i].name, name) == 0)
			return self->entries[i].file;
	return NO_FILE;
}

const char *folder_name_of(const folder_names *self, uint32_t file)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->entries[i].file == file)
			return self->entries[i].name;
	return "";
}

void folder_link(folder_names *self, const char *name, uint32_t file)
{
	folder_entry *entry = find(self, name);
	if (file == NO_FILE) {
		if (entry != NULL)
			*entry = self->entries[--self->count];
		return;
	}
	if (entry == NULL) {
		CX_ASSERT(self->count < FOLDER_NAMES_MAX);
		entry = &self->entries[self->count++];
		snprintf(entry->name, sizeof entry->name, "%s", name);
	}
	entry->file = file;
}

void folder_apply(folder_names *self, const event *what)
{
	CX_ASSERT(what->kind == EVENT_LINK || what->kind == EVENT_RENAME);
	if (what->kind == EVENT_RENAME)
		folder_link(self, what->from, NO_FILE);
	folder_link(self, what->name, what->file);
}
