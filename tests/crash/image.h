/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a crash left in a folder. */
#pragma once

#include "tests/crash/disk.h"

typedef struct crash_image {
	folder_names names;
	blob *files; /* by number; those without a name are empty */
	size_t file_count;
} crash_image;

/* Room for files 0..file_count-1. */
void image_reserve(crash_image *self, size_t file_count);

/* Equal names and bytes are an equal hash. */
uint64_t image_hash(const crash_image *self);

/* Makes the folder hold these files and, but for the reader table, no others. */
void image_write(const crash_image *self, const char *path);

/* A disk with nothing but these files, all durable; they get new numbers. */
void image_to_disk(const crash_image *self, disk_model *ret);

/* Keeps the memory for the next one. */
void image_clear(crash_image *self);
void image_release(crash_image *self);

/* True when the files of the folder are as `disk` shows them to a reader; says what is not. */
bool disk_matches_folder(const disk_model *self, const char *path);
