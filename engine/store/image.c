/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/image.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What Linux reads ahead at most for one call. */
enum { READ_AHEAD_BYTES = 128 * 1024 };

cx_status engine__image_open(int fd, const char *path, cx_error *error, engine__image *ret)
{
	struct stat stat;
	if (fstat(fd, &stat) != 0)
		return cx_fail(error, CX_IO, "cannot look at %s: %s", path, strerror(errno));
	*ret = (engine__image){
		.fd = fd, .path = path, .error = error, .bytes = (uint64_t)stat.st_size
	};
	return CX_OK;
}

cx_status engine__image_read(const engine__image *image, uint64_t offset, uint8_t *bytes,
                             size_t size)
{
	while (size > 0) {
		ssize_t got = pread(image->fd, bytes, size, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cx_fail(image->error, CX_IO,
			               "cannot read %s at byte %" PRIu64 ": %s", image->path,
			               offset, strerror(errno));
		if (got == 0)
			return engine__image_damaged(image, "it ends too early");
		offset += (uint64_t)got;
		bytes += got;
		size -= (size_t)got;
	}
	return CX_OK;
}

void engine__image_read_ahead(const engine__image *image)
{
	for (uint64_t at = 0; at < image->bytes; at += READ_AHEAD_BYTES)
		(void)posix_fadvise(image->fd, (off_t)at, READ_AHEAD_BYTES,
		                    POSIX_FADV_WILLNEED);
}

cx_status engine__image_damaged(const engine__image *image, const char *what)
{
	return cx_fail(image->error, CX_CORRUPT, "%s is damaged: %s", image->path, what);
}

cx_status engine__image_damaged_page(const engine__image *image, uint64_t page,
                                     const char *what)
{
	return cx_fail(image->error, CX_CORRUPT, "%s is damaged: page %" PRIu64 " %s",
	               image->path, page, what);
}

cx_status engine__image_foreign(const engine__image *image)
{
	return cx_fail(image->error, CX_CORRUPT, "%s is an LMDB file, but not a store",
	               image->path);
}
