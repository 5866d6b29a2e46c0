/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/image.h"

#include "base/check.h"
#include "base/hash.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void image_reserve(crash_image *self, size_t file_count)
{
	if (file_count <= self->file_count)
		return;
	self->files = realloc(self->files, file_count * sizeof self->files[0]);
	CX_ASSERT(self->files != NULL);
	while (self->file_count < file_count)
		self->files[self->file_count++] = (blob){ 0 };
}

void image_clear(crash_image *self)
{
	self->names.count = 0;
	for (size_t i = 0; i < self->file_count; i++)
		blob_resize(&self->files[i], 0);
}

void image_release(crash_image *self)
{
	for (size_t i = 0; i < self->file_count; i++)
		blob_release(&self->files[i]);
	free(self->files);
	*self = (crash_image){ 0 };
}

static const blob *content_of(const crash_image *self, const folder_entry *entry)
{
	CX_ASSERT(entry->file < self->file_count);
	return &self->files[entry->file];
}

/* The order of the names does not count. */
uint64_t image_hash(const crash_image *self)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < self->names.count; i++) {
		const folder_entry *entry = &self->names.entries[i];
		const blob *content = content_of(self, entry);
		uint64_t name = cx_hash64(cx_slice_of(entry->name), content->size);
		sum += cx_hash64((cx_slice){ content->bytes, content->size }, name);
	}
	return sum;
}

static bool is_reader_table(const char *name)
{
	size_t length = strlen(name);
	return length > 5 && strcmp(name + length - 5, "-lock") == 0;
}

static void path_of(const char *folder, const char *name, char ret[256])
{
	int length = snprintf(ret, 256, "%s/%s", folder, name);
	CX_ASSERT(length > 0 && length < 256);
}

/* Removes files that are not in `kept`. */
static void clean(const folder_names *kept, const char *path)
{
	DIR *listing = opendir(path);
	CX_ASSERT(listing != NULL);
	const struct dirent *entry;
	while ((entry = readdir(listing)) != NULL) {
		const char *name = entry->d_name;
		if (name[0] == '.' || is_reader_table(name) ||
		    folder_find(kept, name) != NO_FILE)
			continue;
		char file[256];
		path_of(path, name, file);
		CX_ASSERT(unlink(file) == 0);
	}
	closedir(listing);
}

void image_write(const crash_image *self, const char *path)
{
	clean(&self->names, path);
	for (size_t i = 0; i < self->names.count; i++) {
		const blob *content = content_of(self, &self->names.entries[i]);
		char file[256];
		path_of(path, self->names.entries[i].name, file);
		int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		CX_ASSERT(fd >= 0);
		CX_ASSERT(ftruncate(fd, (off_t)content->size) == 0);
		ssize_t written = pwrite(fd, content->bytes, content->size, 0);
		CX_ASSERT(written >= 0 && (size_t)written == content->size);
		close(fd);
	}
}

void image_to_disk(const crash_image *self, disk_model *ret)
{
	*ret = (disk_model){ 0 };
	for (size_t i = 0; i < self->names.count; i++) {
		const folder_entry *entry = &self->names.entries[i];
		uint32_t file = disk_add_file(ret);
		blob_assign(&ret->files[file].durable, content_of(self, entry));
		blob_assign(&ret->files[file].seen, content_of(self, entry));
		folder_link(&ret->durable, entry->name, file);
	}
	ret->seen = ret->durable;
}

static bool file_matches(const blob *content, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	uint8_t *bytes = malloc(content->size + 1);
	CX_ASSERT(bytes != NULL);
	ssize_t size = pread(fd, bytes, content->size + 1, 0);
	bool equal = size >= 0 && (size_t)size == content->size &&
	             (size == 0 || memcmp(bytes, content->bytes, content->size) == 0);
	free(bytes);
	close(fd);
	return equal;
}

bool disk_matches_folder(const disk_model *self, const char *path)
{
	size_t count = 0;
	DIR *listing = opendir(path);
	CX_ASSERT(listing != NULL);
	const struct dirent *entry;
	while ((entry = readdir(listing)) != NULL) {
		const char *name = entry->d_name;
		if (name[0] == '.' || is_reader_table(name))
			continue;
		char file[256];
		path_of(path, name, file);
		uint32_t number = folder_find(&self->seen, name);
		if (number == NO_FILE || !file_matches(&self->files[number].seen, file)) {
			fprintf(stderr, "the recorder missed a change of %s\n", name);
			closedir(listing);
			return false;
		}
		count++;
	}
	closedir(listing);
	return count == self->seen.count;
}
