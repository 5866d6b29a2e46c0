/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/recorder.h"

#include "base/check.h"
#include "tests/crash/image.h"
#include "tests/crash/schedule.h"
#include "tests/support/dice.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FDS_MAX = 1024 };

typedef struct descriptor {
	enum { FD_OTHER, FD_FILE, FD_FOLDER } kind;
	uint32_t file;
	bool settles; /* each write is durable when it returns */
	char name[NAME_BYTES];
} descriptor;

static struct {
	atomic_bool on;
	char path[128];
	const disk_model *start;
	event_trace trace;
	folder_names names;
	uint32_t file_count;
	dice random;
	descriptor fds[FDS_MAX];
} self;

void recorder_start(const char *path, const disk_model *start, uint64_t seed)
{
	CX_ASSERT(!atomic_load(&self.on));
	snprintf(self.path, sizeof self.path, "%s", path);
	self.start = start;
	self.names = start->seen;
	self.file_count = (uint32_t)start->file_count;
	self.random = (dice){ .state = seed };
	memset(self.fds, 0, sizeof self.fds);
	atomic_store(&self.on, true);
	schedule_start(dice_u64(&self.random));
}

bool recorder_stop(event_trace *ret)
{
	schedule_stop();
	atomic_store(&self.on, false);
	*ret = self.trace;
	self.trace = (event_trace){ 0 };

	disk_model shown;
	disk_copy(self.start, &shown);
	for (size_t i = 0; i < ret->count; i++)
		disk_apply(&shown, &ret->events[i]);
	bool matches = disk_matches_folder(&shown, self.path);
	disk_release(&shown);
	return matches;
}

bool recorder_enter(void)
{
	if (!atomic_load_explicit(&self.on, memory_order_relaxed))
		return false;
	schedule_pass(); /* with the turn, nobody else is here */
	return true;
}

void recorder_lost(const char *call)
{
	fprintf(stderr, "the recorder cannot follow %s\n", call);
	abort();
}

static void add(event what)
{
	trace_add(&self.trace, &what);
}

void recorder_note(event_kind kind, uint64_t number)
{
	if (atomic_load(&self.on))
		add((event){ .kind = kind, .at = number });
}

/* The name within the folder; NULL when it is elsewhere, or not to be recorded. */
static const char *name_in_folder(const char *path)
{
	size_t length = strlen(self.path);
	if (strncmp(path, self.path, length) != 0 || path[length] != '/')
		return NULL;
	const char *name = path + length + 1;
	size_t size = strlen(name);
	CX_ASSERT(strchr(name, '/') == NULL && size < NAME_BYTES);
	bool is_table = size > 5 && strcmp(name + size - 5, "-lock") == 0;
	return is_table || size == 0 ? NULL : name;
}

static void set_name(char ret[NAME_BYTES], const char *name)
{
	snprintf(ret, NAME_BYTES, "%s", name);
}

static void link_name(const char *name, uint32_t file)
{
	event what = { .kind = EVENT_LINK, .file = file };
	set_name(what.name, name);
	folder_apply(&self.names, &what);
	add(what);
}

static void opened_file(const char *name, int flags, descriptor *ret)
{
	uint32_t file = folder_find(&self.names, name);
	if (file == NO_FILE) { /* the call has made it */
		file = self.file_count++;
		link_name(name, file);
	} else if ((flags & O_TRUNC) != 0) {
		add((event){ .kind = EVENT_RESIZE, .file = file });
	}
	*ret = (descriptor){ .kind = FD_FILE,
		             .file = file,
		             .settles = (flags & (O_SYNC | O_DSYNC)) != 0 };
	set_name(ret->name, name);
}

void recorder_opened(int at, const char *path, int flags, int fd)
{
	CX_ASSERT(fd >= 0 && fd < FDS_MAX);
	char whole[256];
	if (at >= 0 && at < FDS_MAX && self.fds[at].kind == FD_FOLDER && path[0] != '/') {
		snprintf(whole, sizeof whole, "%s/%s", self.path, path);
		path = whole;
	}
	descriptor *new = &self.fds[fd];
	*new = (descriptor){ .kind = FD_OTHER };
	if (strcmp(path, self.path) == 0)
		new->kind = FD_FOLDER;
	const char *name = name_in_folder(path);
	if (name != NULL)
		opened_file(name, flags, new);
}

void recorder_closed(int fd)
{
	if (fd >= 0 && fd < FDS_MAX)
		self.fds[fd].kind = FD_OTHER;
}

bool recorder_has(int fd)
{
	return fd >= 0 && fd < FDS_MAX && self.fds[fd].kind != FD_OTHER;
}

void recorder_wrote(int fd, const void *bytes, size_t size, off_t offset)
{
	if (!recorder_has(fd) || size == 0)
		return;
	const descriptor *to = &self.fds[fd];
	uint8_t *copy = malloc(size);
	CX_ASSERT(copy != NULL && offset >= 0);
	memcpy(copy, bytes, size);
	add((event){ .kind = EVENT_WRITE,
	             .file = to->file,
	             .at = (uint64_t)offset,
	             .bytes = copy,
	             .size = size });
	free(copy);
	if (to->settles)
		add((event){ .kind = EVENT_SETTLE, .file = to->file });
}

void recorder_resized(int fd, off_t size)
{
	if (recorder_has(fd))
		add((event){ .kind = EVENT_RESIZE,
		             .file = self.fds[fd].file,
		             .at = (uint64_t)size });
}

void recorder_synced(int fd)
{
	if (!recorder_has(fd))
		return;
	const descriptor *of = &self.fds[fd];
	if (of->kind == FD_FOLDER) {
		add((event){ .kind = EVENT_SYNC_FOLDER });
		return;
	}
	event what = { .kind = EVENT_SYNC, .file = of->file };
	set_name(what.name, of->name);
	add(what);
}

void recorder_renamed(const char *from, const char *to)
{
	const char *old = name_in_folder(from);
	const char *new = name_in_folder(to);
	if (old == NULL && new == NULL)
		return;
	if (old == NULL || new == NULL)
		recorder_lost("a rename into or out of the folder");
	event what = { .kind = EVENT_RENAME, .file = folder_find(&self.names, old) };
	CX_ASSERT(what.file != NO_FILE);
	set_name(what.name, new);
	set_name(what.from, old);
	folder_apply(&self.names, &what);
	add(what);
}

void recorder_unlinked(const char *path)
{
	const char *name = name_in_folder(path);
	if (name != NULL)
		link_name(name, NO_FILE);
}

void recorder_random(void *bytes, size_t size)
{
	uint8_t *out = bytes;
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)dice_u64(&self.random);
}
