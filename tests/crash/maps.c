/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/maps.h"

#include "base/check.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAPS_MAX = 8 };

typedef struct kept_map {
	map_wish wish; /* its `fd` counts no more */
	dev_t device;
	ino_t file; /* goes to no other file while it is mapped */
	void *address;
	bool is_used;
} kept_map;

/* A process maps in one thread at a time. */
static struct {
	kept_map maps[MAPS_MAX];
	unsigned next; /* to be replaced */
	atomic_flag is_entered;
} kept = { .is_entered = ATOMIC_FLAG_INIT };

static void enter(void)
{
	CX_ASSERT(!atomic_flag_test_and_set(&kept.is_entered));
}

static void leave(void)
{
	atomic_flag_clear(&kept.is_entered);
}

/* Address and use are left empty. False for memory that is no file's, and for a private map:
 * what was written to that is not in the file. */
static bool describe_map(const map_wish *wish, kept_map *ret)
{
	struct stat file;
	if (wish->fd < 0 || (wish->flags & MAP_SHARED) == 0 || fstat(wish->fd, &file) != 0)
		return false;
	*ret = (kept_map){ .wish = *wish, .device = file.st_dev, .file = file.st_ino };
	return true;
}

static bool is_alike(const kept_map *one, const kept_map *other)
{
	return one->device == other->device && one->file == other->file &&
	       one->wish.size == other->wish.size && one->wish.offset == other->wish.offset &&
	       one->wish.protection == other->wish.protection &&
	       one->wish.flags == other->wish.flags;
}

void *maps_take(const map_wish *wish)
{
	kept_map wanted;
	if (!describe_map(wish, &wanted))
		return NULL;
	enter();
	void *ret = NULL;
	for (size_t i = 0; i < MAPS_MAX && ret == NULL; i++) {
		kept_map *one = &kept.maps[i];
		if (one->address == NULL || one->is_used || !is_alike(one, &wanted))
			continue;
		one->is_used = true;
		ret = one->address;
	}
	leave();
	return ret;
}

/* The place of a map that is not used; NULL when all are. */
static kept_map *find_place(void)
{
	for (size_t i = 0; i < MAPS_MAX; i++) {
		kept_map *ret = &kept.maps[kept.next++ % MAPS_MAX];
		if (!ret->is_used)
			return ret;
	}
	return NULL;
}

void maps_made(const map_wish *wish, void *address)
{
	kept_map made;
	if (!describe_map(wish, &made))
		return;
	enter();
	kept_map *place = find_place();
	if (place != NULL) {
		if (place->address != NULL)
			syscall(SYS_munmap, place->address, place->wish.size);
		*place = made;
		place->address = address;
		place->is_used = true;
	}
	leave();
}

bool maps_keep(void *address, size_t size)
{
	enter();
	bool found = false;
	for (size_t i = 0; i < MAPS_MAX && !found; i++) {
		kept_map *one = &kept.maps[i];
		found = one->address == address && one->wish.size == size;
		if (found)
			one->is_used = false;
	}
	leave();
	return found;
}
