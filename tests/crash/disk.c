/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/disk.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

uint32_t disk_add_file(disk_model *self)
{
	self->files = realloc(self->files, (self->file_count + 1) * sizeof self->files[0]);
	CX_ASSERT(self->files != NULL);
	self->files[self->file_count] = (disk_file){ 0 };
	return (uint32_t)self->file_count++;
}

static disk_file *file_of(disk_model *self, const event *what)
{
	while (what->file >= self->file_count)
		disk_add_file(self);
	return &self->files[what->file];
}

static event *add_pending(disk_model *self, const event *what)
{
	if (self->pending_count == self->pending_capacity) {
		self->pending_capacity = self->pending_capacity * 2 + 64;
		self->pending = realloc(self->pending,
		                        self->pending_capacity * sizeof self->pending[0]);
		CX_ASSERT(self->pending != NULL);
	}
	event *kept = &self->pending[self->pending_count++];
	*kept = *what;
	kept->bytes = NULL;
	return kept;
}

static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	CX_ASSERT(copy != NULL);
	memcpy(copy, bytes, size);
	return copy;
}

/* Widens the write to whole sectors, up to the end of the file at most. */
static void add_write(disk_model *self, const event *what)
{
	blob *seen = &file_of(self, what)->seen;
	blob_write(seen, what->at, what->bytes, what->size);
	size_t from = what->at / SECTOR_BYTES * SECTOR_BYTES;
	size_t end = what->at + what->size + SECTOR_BYTES - 1;
	end -= end % SECTOR_BYTES;
	if (end > seen->size)
		end = seen->size;
	event *kept = add_pending(self, what);
	kept->at = from;
	kept->size = end - from;
	kept->bytes = copy_of(seen->bytes + from, end - from);
}

void disk_redo_write(const event *pending, blob *content)
{
	if (pending->kind == EVENT_RESIZE)
		blob_resize(content, pending->at);
	else
		blob_write(content, pending->at, pending->bytes, pending->size);
}

static void forget_pending(disk_model *self, size_t place)
{
	free(self->pending[place].bytes);
	memmove(&self->pending[place], &self->pending[place + 1],
	        (self->pending_count - place - 1) * sizeof self->pending[0]);
	self->pending_count--;
}

static bool is_of_folder(const event *pending)
{
	return pending->kind == EVENT_LINK || pending->kind == EVENT_RENAME;
}

static void sync_file(disk_model *self, const event *what)
{
	blob *durable = &file_of(self, what)->durable;
	for (size_t i = 0; i < self->pending_count;) {
		const event *pending = &self->pending[i];
		if (is_of_folder(pending) || pending->file != what->file) {
			i++;
			continue;
		}
		disk_redo_write(pending, durable);
		forget_pending(self, i);
	}
}

static void sync_folder(disk_model *self)
{
	for (size_t i = 0; i < self->pending_count;) {
		if (!is_of_folder(&self->pending[i])) {
			i++;
			continue;
		}
		folder_apply(&self->durable, &self->pending[i]);
		forget_pending(self, i);
	}
}

/* A settled write over the same sector as a pending one would have to take it along; nothing
 * that is simulated does that, and it is not modelled. */
static void settle(disk_model *self, const event *what)
{
	size_t last = self->pending_count;
	do
		CX_ASSERT(last > 0);
	while (self->pending[--last].kind != EVENT_WRITE ||
	       self->pending[last].file != what->file);
	const event *write = &self->pending[last];
	for (size_t i = 0; i < last; i++) {
		const event *other = &self->pending[i];
		CX_ASSERT(
			is_of_folder(other) || other->file != what->file ||
			(other->kind == EVENT_WRITE && (other->at >= write->at + write->size ||
		                                        write->at >= other->at + other->size)));
	}
	disk_redo_write(write, &file_of(self, what)->durable);
	forget_pending(self, last);
}

void disk_apply(disk_model *self, const event *what)
{
	switch (what->kind) {
	case EVENT_LINK:
	case EVENT_RENAME:
		if (what->file != NO_FILE)
			file_of(self, what);
		folder_apply(&self->seen, what);
		add_pending(self, what);
		return;
	case EVENT_WRITE:
		add_write(self, what);
		return;
	case EVENT_RESIZE:
		blob_resize(&file_of(self, what)->seen, what->at);
		add_pending(self, what);
		return;
	case EVENT_SYNC:
		sync_file(self, what);
		return;
	case EVENT_SETTLE:
		settle(self, what);
		return;
	case EVENT_SYNC_FOLDER:
		sync_folder(self);
		return;
	case EVENT_BEGIN:
	case EVENT_ACK:
	case EVENT_SHOWN:
		return;
	}
	CX_UNREACHABLE();
}

void disk_copy(const disk_model *from, disk_model *ret)
{
	*ret = (disk_model){ .durable = from->durable, .seen = from->seen };
	for (size_t i = 0; i < from->file_count; i++) {
		disk_add_file(ret);
		disk_file *file = &ret->files[i];
		blob_assign(&file->durable, &from->files[i].durable);
		blob_assign(&file->seen, &from->files[i].seen);
	}
	for (size_t i = 0; i < from->pending_count; i++) {
		const event *pending = &from->pending[i];
		event *copy = add_pending(ret, pending);
		if (pending->bytes != NULL)
			copy->bytes = copy_of(pending->bytes, pending->size);
	}
}

void disk_release(disk_model *self)
{
	for (size_t i = 0; i < self->file_count; i++) {
		blob_release(&self->files[i].durable);
		blob_release(&self->files[i].seen);
	}
	for (size_t i = 0; i < self->pending_count; i++)
		free(self->pending[i].bytes);
	free(self->files);
	free(self->pending);
	*self = (disk_model){ 0 };
}
