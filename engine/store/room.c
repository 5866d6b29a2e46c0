/* SPDX-License-Identifier: Apache-2.0 */
/* How much room is left: in the map, on the disk, and in the free pages of the file. */
#include "base/clock.h"
#include "engine/store/file.h"
#include "engine/store/lmdb.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	LOOK_EVERY_NS = 1000 * 1000 * 1000,
	RESERVE_PART = 10, /* a tenth */
	FREE_PAGES_TREE = 0,
};

cx_status engine__room_init(engine__store *store)
{
	engine__room *room = &store->room;
	int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &room->mdb);
	if (code != 0)
		return engine__status_of_mdb(code);
	mdb_txn_reset(room->mdb);
	atomic_store(&room->grown, true);
	return CX_OK;
}

void engine__room_release(engine__room *room)
{
	if (room->mdb != NULL)
		mdb_txn_abort(room->mdb);
	room->mdb = NULL;
}

/* The tree of free pages has lists as values: their length, then as many page numbers. */
static int count_free_pages(MDB_txn *mdb, uint64_t *ret)
{
	MDB_cursor *cursor;
	int code = mdb_cursor_open(mdb, FREE_PAGES_TREE, &cursor);
	if (code != 0)
		return code;
	uint64_t total = 0;
	MDB_val key;
	MDB_val list;
	while ((code = mdb_cursor_get(cursor, &key, &list, MDB_NEXT)) == 0) {
		size_t count = 0;
		if (list.mv_size >= sizeof count)
			memcpy(&count, list.mv_data, sizeof count);
		total += count;
	}
	mdb_cursor_close(cursor);
	if (code != MDB_NOTFOUND)
		return code;
	*ret = total;
	return 0;
}

static cx_status reusable_bytes(engine__store *store, uint64_t *ret)
{
	engine__room *room = &store->room;
	pthread_mutex_lock(&room->lock);
	uint64_t pages = 0;
	int code = mdb_txn_renew(room->mdb);
	if (code == 0) {
		code = count_free_pages(room->mdb, &pages);
		mdb_txn_reset(room->mdb);
	}
	pthread_mutex_unlock(&room->lock);
	if (code == 0)
		*ret = pages * store->page_bytes;
	return engine__status_of_mdb(code);
}

/* All but the free pages in the file. */
static cx_status measure(engine__store *store, engine__store_usage *ret, uint64_t *ret_paged)
{
	struct stat file;
	struct statvfs disk;
	MDB_envinfo info;
	if (fstat(store->fd, &file) != 0 || fstatvfs(store->fd, &disk) != 0)
		return CX_IO;
	int code = mdb_env_info(store->env, &info);
	if (code != 0)
		return engine__status_of_mdb(code);
	uint64_t held =
		(uint64_t)file.st_blocks * 512; /* with what is reserved behind the file */
	uint64_t length = (uint64_t)file.st_size;
	*ret = (engine__store_usage){
		.map_bytes = info.me_mapsize,
		.file_bytes = length,
		.disk_free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize +
		                   (held > length ? held - length : 0),
		.page_bytes = store->page_bytes,
		.readers = atomic_load(&store->snapshots),
	};
	*ret_paged = ((uint64_t)info.me_last_pgno + 1) * store->page_bytes;
	return CX_OK;
}

static void add_unmerged(engine__store *store, engine__store_usage *usage)
{
	engine__journal *journal = &store->journal;
	uint64_t bytes = 0;
	pthread_mutex_lock(&store->lock);
	if (journal->active != NULL)
		bytes += atomic_load(&journal->active->synced) - ENGINE__SEGMENT_HEADER_BYTES;
	if (journal->frozen != NULL)
		bytes += atomic_load(&journal->frozen->synced) - ENGINE__SEGMENT_HEADER_BYTES;
	if (journal->carried_bytes != 0)
		usage->carried_bytes =
			atomic_load(&journal->carried->synced) - ENGINE__SEGMENT_HEADER_BYTES;
	pthread_mutex_unlock(&store->lock);
	usage->unmerged_bytes = bytes + usage->carried_bytes;
}

cx_status engine__store_usage_get(engine__store *store, engine__store_usage *ret)
{
	engine__store_usage usage;
	uint64_t paged;
	cx_status status = measure(store, &usage, &paged);
	if (status == CX_OK)
		status = reusable_bytes(store, &usage.reusable_bytes);
	if (status == CX_OK)
		add_unmerged(store, &usage);
	if (status == CX_OK)
		*ret = usage;
	return status;
}

/* `paged` bytes of the file are pages, `reusable` of them free. */
static bool room_is_low(const engine__store_usage *usage, uint64_t paged, uint64_t reusable)
{
	uint64_t length = usage->file_bytes > paged ? usage->file_bytes : paged;
	uint64_t disk = length + usage->disk_free_bytes;
	uint64_t capacity = disk < usage->map_bytes ? disk : usage->map_bytes;
	uint64_t used = paged - (reusable < paged ? reusable : paged);
	return used > capacity - capacity / RESERVE_PART;
}

/* Walking the list of free pages is left out as long as there is room even without them. */
static bool look(engine__store *store, bool before)
{
	engine__store_usage usage;
	uint64_t paged;
	if (measure(store, &usage, &paged) != CX_OK)
		return before;
	if (!room_is_low(&usage, paged, 0))
		return false;
	if (reusable_bytes(store, &usage.reusable_bytes) != CX_OK)
		return before;
	return room_is_low(&usage, paged, usage.reusable_bytes);
}

/* The blocks behind the file are its own then, but for its length. On a file system that cannot
 * do that the space that is free has to be trusted. */
static cx_status reserve_blocks(engine__store *store, uint64_t end, uint64_t free_bytes)
{
	struct stat file;
	if (fstat(store->fd, &file) != 0)
		return CX_IO;
	if ((uint64_t)file.st_blocks * 512 >= end)
		return CX_OK;
	if (fallocate(store->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)end) == 0)
		return CX_OK;
	if (errno != EOPNOTSUPP)
		return engine__file_status(errno);
	return end - (uint64_t)file.st_size <= free_bytes ? CX_OK : CX_STORAGE_FULL;
}

cx_status engine__room_reserve(engine__store *store, uint64_t bytes)
{
	engine__store_usage usage;
	uint64_t paged;
	cx_status status = measure(store, &usage, &paged);
	if (status != CX_OK)
		return status;
	if (paged + bytes > usage.map_bytes || bytes > usage.disk_free_bytes) {
		/* Free pages inside the file count too, when it matters. */
		status = reusable_bytes(store, &usage.reusable_bytes);
		if (status != CX_OK)
			return status;
		bytes -= usage.reusable_bytes < bytes ? usage.reusable_bytes : bytes;
	}
	if (paged + bytes > usage.map_bytes)
		return CX_STORAGE_FULL;
	return reserve_blocks(store, paged + bytes, usage.disk_free_bytes);
}

void engine__room_give_back(engine__store *store)
{
	struct stat file;
	if (fstat(store->fd, &file) == 0 && ftruncate(store->fd, file.st_size) != 0)
		return; /* they stay the file's, which harms nothing */
}

bool engine__store_is_low(engine__store *store)
{
	engine__room *room = &store->room;
	uint64_t now = cx_clock_monotonic_ns();
	bool low = atomic_load(&room->low);
	if (!atomic_load(&room->grown) && now - atomic_load(&room->looked_ns) < LOOK_EVERY_NS)
		return low;
	atomic_store(&room->grown, false);
	atomic_store(&room->looked_ns, now);
	low = look(store, low);
	atomic_store(&room->low, low);
	return low;
}
