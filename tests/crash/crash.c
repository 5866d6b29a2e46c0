/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/crash.h"

#include "base/check.h"
#include "tests/support/dice.h"

typedef enum part {
	PART_NONE,
	PART_ALL,
	PART_SECTORS, /* of a write; of anything else: all or none */
} part;

const char *crash_how_name(crash_how how)
{
	static const char *const names[] = {
		[CRASH_NONE] = "nothing of",
		[CRASH_KILLED] = "process killed, cache has all of",
		[CRASH_LAST_TORN] = "all, the last torn, of",
		[CRASH_ONLY_LAST] = "only the last of",
		[CRASH_ALL_BUT_ONE] = "all but one of",
		[CRASH_PREFIX] = "the first of",
		[CRASH_PREFIX_TORN] = "the first, the last of them torn, of",
		[CRASH_SUBSET] = "a subset of",
		[CRASH_TORN_SUBSET] = "a torn subset of",
	};
	return names[how];
}

/* The part that is kept of pending operation `place` of `count`; `chosen` is one of them. */
static part part_of(crash_how how, size_t place, size_t count, size_t chosen, dice *roll)
{
	switch (how) {
	case CRASH_NONE:
		return PART_NONE;
	case CRASH_KILLED:
		return PART_ALL;
	case CRASH_LAST_TORN:
		return place + 1 == count ? PART_SECTORS : PART_ALL;
	case CRASH_ONLY_LAST:
		return place + 1 == count ? PART_ALL : PART_NONE;
	case CRASH_ALL_BUT_ONE:
		return place == chosen ? PART_NONE : PART_ALL;
	case CRASH_PREFIX:
		return place <= chosen ? PART_ALL : PART_NONE;
	case CRASH_PREFIX_TORN:
		if (place == chosen)
			return PART_SECTORS;
		return place < chosen ? PART_ALL : PART_NONE;
	case CRASH_SUBSET:
		return dice_one_in(roll, 2) ? PART_ALL : PART_NONE;
	case CRASH_TORN_SUBSET:
		return (part)dice_below(roll, 3);
	}
	CX_UNREACHABLE();
}

/* The first sectors, the last ones, or any; the length of the file may be on disk before the
 * bytes are. */
static void keep_sectors(const event *write, blob *content, dice *roll)
{
	size_t count = (write->size + SECTOR_BYTES - 1) / SECTOR_BYTES;
	size_t border = dice_below(roll, count + 1);
	uint64_t shape = dice_below(roll, 3);
	if (dice_one_in(roll, 4) && write->at + write->size > content->size)
		blob_resize(content, write->at + write->size);
	for (size_t i = 0; i < count; i++) {
		bool kept = shape == 0   ? i < border
		            : shape == 1 ? i >= border
		                         : dice_one_in(roll, 2);
		size_t from = i * SECTOR_BYTES;
		size_t left = write->size - from;
		if (kept)
			blob_write(content, write->at + from, write->bytes + from,
			           left < SECTOR_BYTES ? left : SECTOR_BYTES);
	}
}

static void keep(const event *pending, part kept, crash_image *ret, dice *roll)
{
	if (kept == PART_SECTORS && pending->kind != EVENT_WRITE)
		kept = dice_one_in(roll, 2) ? PART_ALL : PART_NONE;
	if (kept == PART_NONE)
		return;
	if (pending->kind == EVENT_LINK || pending->kind == EVENT_RENAME) {
		folder_apply(&ret->names, pending);
		return;
	}
	blob *content = &ret->files[pending->file];
	if (kept == PART_ALL)
		disk_redo_write(pending, content);
	else
		keep_sectors(pending, content, roll);
}

/* Files that have no name, and get none, are left out. */
static bool can_be_named(const disk_model *self, uint32_t file)
{
	for (size_t i = 0; i < self->durable.count; i++)
		if (self->durable.entries[i].file == file)
			return true;
	for (size_t i = 0; i < self->pending_count; i++)
		if ((self->pending[i].kind == EVENT_LINK ||
		     self->pending[i].kind == EVENT_RENAME) &&
		    self->pending[i].file == file)
			return true;
	return false;
}

void crash_take(const disk_model *self, crash_how how, uint64_t seed, crash_image *ret)
{
	image_clear(ret);
	image_reserve(ret, self->file_count);
	ret->names = self->durable;
	for (uint32_t file = 0; file < self->file_count; file++)
		if (can_be_named(self, file))
			blob_assign(&ret->files[file], &self->files[file].durable);

	dice roll = { .state = seed };
	size_t count = self->pending_count;
	size_t chosen = count == 0 ? 0 : dice_below(&roll, count);
	for (size_t i = 0; i < count; i++)
		keep(&self->pending[i], part_of(how, i, count, chosen, &roll), ret, &roll);
}
