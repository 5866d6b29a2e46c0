/* SPDX-License-Identifier: Apache-2.0 */
/* A model of a disk behind a page cache: what is on it for sure, and what was done since and
 * may be on it, in any part.
 *
 *   - A sync of a file makes all that was done to the file durable, but not its name; a sync of
 *     the folder makes all names durable. No file waits for another.
 *   - A write is durable by sectors of 512 bytes, each as a whole. A sector is always written
 *     as the cache has it, so with a write to a part of a sector come those that were made to
 *     the same sector before.
 *   - A rename is durable as a whole; names become so in any order. */
#pragma once

#include "tests/crash/blob.h"
#include "tests/crash/folder.h"

enum { SECTOR_BYTES = 512 };

typedef struct disk_file {
	blob durable;
	blob seen; /* what a read gets */
} disk_file;

typedef struct disk_model {
	disk_file *files; /* by number */
	size_t file_count;
	folder_names durable;
	folder_names seen;
	event *pending; /* LINK, RENAME, RESIZE, and WRITE of whole sectors; in order */
	size_t pending_count;
	size_t pending_capacity;
} disk_model;

void disk_apply(disk_model *self, const event *what);

/* Does a pending WRITE or RESIZE to the content of its file. */
void disk_redo_write(const event *pending, blob *content);

void disk_copy(const disk_model *from, disk_model *ret);
void disk_release(disk_model *self);

/* The number of a new file, empty and without a name. */
uint32_t disk_add_file(disk_model *self);
