/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/segment.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/huge.h"
#include "engine/store/file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_USED_BYTES = 64 };

static const char magic[8] = { 'C', 'A', 'R', 'D', 'E', 'X', 'J', '1' };

typedef struct header {
	char magic[8];
	uint64_t checksum;
	uint8_t identity[ENGINE__IDENTITY_BYTES];
	uint64_t number;
	uint64_t tag;
	uint64_t size;
	uint64_t zero;
} header;

_Static_assert(sizeof(header) == HEADER_USED_BYTES, "no padding");

static uint64_t checksum_of(const header *head)
{
	cx_slice rest = { .data = head->identity,
		          .size = sizeof *head - offsetof(header, identity) };
	return htole64(cx_hash64(rest, 0));
}

cx_status engine__segment_init(engine__segment *segment, const char *store_path, unsigned slot)
{
	*segment = (engine__segment){ .fd = -1 };
	size_t size = strlen(store_path) + ENGINE__SEGMENT_SUFFIX_MAX;
	segment->path = malloc(size);
	if (segment->path == NULL)
		return CX_NO_MEMORY;
	snprintf(segment->path, size, "%s-journal%u", store_path, slot);
	return CX_OK;
}

void engine__segment_release(engine__segment *segment)
{
	if (segment->path == NULL)
		return;
	engine__segment_retire(segment);
	engine__memtable_free_spare(&segment->spare);
	engine__file_close(&segment->fd);
	free(segment->path);
	segment->path = NULL;
}

void engine__segment_retire(engine__segment *segment)
{
	engine__memtable_let_go(&segment->table);
	segment->number = 0;
}

cx_status engine__segment_write(const engine__segment *segment, cx_slice bytes, uint64_t offset)
{
	CX_ASSERT(offset + bytes.size <= segment->size);
	while (bytes.size > 0) {
		ssize_t written = pwrite(segment->fd, bytes.data, bytes.size, (off_t)offset);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return CX_IO;
		offset += (uint64_t)written;
		bytes = cx_slice_from(bytes, (size_t)written);
	}
	return CX_OK;
}

cx_status engine__segment_sync(const engine__segment *segment)
{
	return fdatasync(segment->fd) == 0 ? CX_OK : CX_IO;
}

bool engine__segment_has_room(const engine__segment *segment, uint64_t size)
{
	uint64_t left = segment->size - segment->tail;
	return left >= ENGINE__ENTRY_HEADER_BYTES && size <= left - ENGINE__ENTRY_HEADER_BYTES;
}

/* ---- preparing ---- */

static cx_status open_and_allocate(engine__segment *segment, uint64_t size)
{
	bool fresh = segment->fd < 0;
	if (fresh)
		segment->fd =
			open(segment->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (segment->fd < 0)
		return engine__file_status(errno);
	int code = posix_fallocate(segment->fd, 0, (off_t)size);
	if (code != 0)
		return engine__file_status(code);
	if (fsync(segment->fd) != 0) /* with its length */
		return engine__file_status(errno);
	return fresh ? engine__file_sync_folder(segment->path, NULL) : CX_OK;
}

static cx_status allocate(engine__segment *segment, uint64_t size)
{
	bool fresh = segment->fd < 0;
	cx_status status = open_and_allocate(segment, size);
	if (status != CX_OK && fresh) {
		/* What it took of a full disk is given back, and the next try syncs the folder
		 * too. */
		cx_status removed = engine__segment_remove(segment);
		(void)removed; /* the first error says more */
	}
	return status;
}

static cx_status write_header(engine__segment *segment, const uint8_t *identity)
{
	header head = {
		.number = htole64(segment->number),
		.tag = htole64(segment->tag),
		.size = htole64(segment->size),
	};
	memcpy(head.magic, magic, sizeof magic);
	memcpy(head.identity, identity, sizeof head.identity);
	head.checksum = checksum_of(&head);
	uint8_t sector[ENGINE__SEGMENT_HEADER_BYTES] = { 0 };
	memcpy(sector, &head, sizeof head);
	cx_status status = engine__segment_write(
		segment, (cx_slice){ .data = sector, .size = sizeof sector }, 0);
	return status == CX_OK ? engine__segment_sync(segment) : status;
}

cx_status engine__segment_prepare(engine__segment *segment,
                                  const uint8_t identity[ENGINE__IDENTITY_BYTES],
                                  uint64_t number, uint64_t size)
{
	CX_ASSERT(segment->number == 0 && segment->table == NULL);
	uint64_t tag;
	if (getrandom(&tag, sizeof tag, 0) != (ssize_t)sizeof tag)
		return CX_IO;
	cx_status status = CX_OK;
	if (segment->fd < 0 || segment->size != size)
		status = allocate(segment, size);
	if (status != CX_OK)
		return status;
	segment->size = size;
	segment->number = number;
	segment->tag = tag;
	status = engine__memtable_new(&segment->spare, size, segment->asked, &segment->table);
	if (status == CX_OK)
		status = write_header(segment, identity);
	if (status != CX_OK) {
		engine__segment_retire(segment);
		return status;
	}
	segment->tail = ENGINE__SEGMENT_HEADER_BYTES;
	segment->synced = segment->tail;
	segment->checksum = tag;
	return CX_OK;
}

cx_status engine__segment_remove(engine__segment *segment)
{
	engine__memtable_free_spare(&segment->spare);
	if (segment->fd < 0)
		return CX_OK;
	engine__file_close(&segment->fd);
	return unlink(segment->path) == 0 ? CX_OK : CX_IO;
}

/* ---- reading ---- */

static cx_status read_all(const engine__segment *segment, uint64_t offset, uint8_t *bytes,
                          size_t size, size_t *ret_size)
{
	size_t total = 0;
	while (total < size) {
		ssize_t got = pread(segment->fd, bytes + total, size - total,
		                    (off_t)(offset + total));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return CX_IO;
		if (got == 0)
			break;
		total += (size_t)got;
	}
	*ret_size = total;
	return CX_OK;
}

static bool is_blank(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static cx_status take_header(engine__segment *segment, const header *head,
                             const uint8_t *identity, cx_error *error)
{
	if (memcmp(head->identity, identity, sizeof head->identity) != 0)
		return cx_fail(error, CX_CORRUPT,
		               "%s is the journal of another store; put it where it belongs, "
		               "and the right one here",
		               segment->path);
	struct stat file;
	if (fstat(segment->fd, &file) != 0)
		return cx_fail(error, CX_IO, "cannot look at %s: %s", segment->path,
		               strerror(errno));
	segment->number = le64toh(head->number);
	segment->tag = le64toh(head->tag);
	segment->size = le64toh(head->size);
	if (segment->number == 0 || segment->size < ENGINE__SEGMENT_HEADER_BYTES ||
	    segment->size > (uint64_t)file.st_size)
		return cx_fail(error, CX_CORRUPT, "%s is damaged: it was cut", segment->path);
	return CX_OK;
}

cx_status engine__segment_find(engine__segment *segment,
                               const uint8_t identity[ENGINE__IDENTITY_BYTES],
                               engine__segment_state *ret, cx_error *error)
{
	segment->fd = open(segment->path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (segment->fd < 0 && errno == ENOENT) {
		*ret = ENGINE__SEGMENT_NONE;
		return CX_OK;
	}
	header head = { 0 };
	size_t got = 0;
	if (segment->fd < 0 ||
	    read_all(segment, 0, (uint8_t *)&head, sizeof head, &got) != CX_OK)
		return cx_fail(error, CX_IO, "cannot read %s: %s", segment->path,
		               strerror(errno));
	if (got < sizeof head || is_blank((const uint8_t *)&head, sizeof head)) {
		*ret = ENGINE__SEGMENT_BLANK;
		return CX_OK;
	}
	if (memcmp(head.magic, magic, sizeof magic) != 0)
		return cx_fail(error, CX_CORRUPT,
		               "%s is not a journal; move it away if it is yours",
		               segment->path);
	if (head.checksum != checksum_of(&head))
		return cx_fail(error, CX_CORRUPT, "%s is damaged: its header", segment->path);
	*ret = ENGINE__SEGMENT_USED;
	return take_header(segment, &head, identity, error);
}

/* Whether an entry behind `offset` tells that what lies there had been synced. */
static bool was_synced(const engine__segment *segment, cx_slice bytes, uint64_t offset)
{
	engine__entry entry;
	for (uint64_t at = offset; at + ENGINE__ENTRY_HEADER_BYTES <= bytes.size;
	     at += ENGINE__ENTRY_ALIGNMENT)
		if (engine__entry_parse(cx_slice_from(bytes, at), segment->tag, &entry) &&
		    entry.synced > offset)
			return true;
	return false;
}

static cx_status scan(engine__segment *segment, cx_slice bytes, engine__entry_sink *sink,
                      void *context, bool *ret_ended, cx_error *error)
{
	uint64_t number = 0;
	bool ended = false;
	segment->tail = ENGINE__SEGMENT_HEADER_BYTES;
	segment->checksum = segment->tag;
	engine__entry entry;
	while (!ended &&
	       engine__entry_parse(cx_slice_from(bytes, segment->tail), segment->tag, &entry) &&
	       entry.previous == segment->checksum && entry.number >= number) {
		cx_status status = sink(context, &entry);
		if (status != CX_OK)
			return cx_fail(error, status, "%s, entry at offset %llu: %s",
			               segment->path, (unsigned long long)segment->tail,
			               cx_status_text(status));
		segment->tail += entry.size;
		segment->checksum = entry.checksum;
		number = entry.number;
		ended = entry.kind == ENGINE__ENTRY_END;
	}
	if (!ended && was_synced(segment, bytes, segment->tail))
		return cx_fail(error, CX_CORRUPT,
		               "%s is damaged at offset %llu, before its tail: what follows "
		               "was acknowledged; restore a backup",
		               segment->path, (unsigned long long)segment->tail);
	segment->synced = segment->tail;
	*ret_ended = ended;
	return CX_OK;
}

static void free_bytes(uint8_t **bytes)
{
	free(*bytes);
}

cx_status engine__segment_scan(engine__segment *segment, engine__entry_sink *sink,
                               void *context, bool *ret_ended, cx_error *error)
{
	CX_SCOPED(free_bytes) uint8_t *bytes = cx_huge_alloc(segment->size);
	if (bytes == NULL)
		return cx_fail(error, CX_NO_MEMORY, "no memory to read %s", segment->path);
	size_t got;
	if (read_all(segment, 0, bytes, segment->size, &got) != CX_OK || got < segment->size)
		return cx_fail(error, CX_IO, "cannot read %s: %s", segment->path,
		               strerror(errno));
	return scan(segment, (cx_slice){ .data = bytes, .size = got }, sink, context, ret_ended,
	            error);
}
