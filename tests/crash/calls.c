/* SPDX-License-Identifier: Apache-2.0 */
/* The calls that change files. Functions of this program go before those of the C library, also
 * for the shared LMDB: each does the call and tells the recorder.
 *
 * With 64-bit offsets a call has a second name, open64 for open; the product uses that one and
 * LMDB the plain one. */
#include "tests/crash/maps.h"
#include "tests/crash/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { IOV_BYTES_MAX = 4 << 20 };

/* ---- open and close ---- */

static int open_at(int at, const char *path, int flags, mode_t mode)
{
	bool on = recorder_enter();
	int fd = (int)syscall(SYS_openat, at, path, flags, mode);
	if (on && fd >= 0)
		recorder_opened(at, path, flags, fd);
	return fd;
}

static mode_t mode_of(int flags, va_list rest)
{
	bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
	return makes ? va_arg(rest, mode_t) : 0;
}

#define OPEN_BODY(at)                                            \
	va_list rest;                                            \
	va_start(rest, flags);                                   \
	int fd = open_at(at, path, flags, mode_of(flags, rest)); \
	va_end(rest);                                            \
	return fd

int open(const char *path, int flags, ...)
{
	OPEN_BODY(AT_FDCWD);
}

int openat(int at, const char *path, int flags, ...)
{
	OPEN_BODY(at);
}

int plain_open(const char *path, int flags, ...) __asm__("open");

int plain_open(const char *path, int flags, ...)
{
	OPEN_BODY(AT_FDCWD);
}

int plain_openat(int at, const char *path, int flags, ...) __asm__("openat");

int plain_openat(int at, const char *path, int flags, ...)
{
	OPEN_BODY(at);
}

int close(int fd)
{
	bool on = recorder_enter();
	int code = (int)syscall(SYS_close, fd);
	if (on)
		recorder_closed(fd);
	return code;
}

/* ---- write ---- */

static off_t place_of(int fd)
{
	return (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	bool on = recorder_enter();
	ssize_t written = syscall(SYS_write, fd, bytes, size);
	if (on && written > 0 && recorder_has(fd))
		recorder_wrote(fd, bytes, (size_t)written, place_of(fd) - written);
	return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	bool on = recorder_enter();
	ssize_t written = syscall(SYS_pwrite64, fd, bytes, size, offset);
	if (on && written > 0)
		recorder_wrote(fd, bytes, (size_t)written, offset);
	return written;
}

ssize_t plain_pwrite(int fd, const void *bytes, size_t size, off_t offset) __asm__("pwrite");

ssize_t plain_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	return pwrite(fd, bytes, size, offset);
}

/* The parts as one write, as a device may tear them as one. */
static void wrote_parts(int fd, const struct iovec *parts, size_t size, off_t offset)
{
	static uint8_t whole[IOV_BYTES_MAX]; /* of the thread whose turn it is */
	if (!recorder_has(fd))
		return;
	if (size > sizeof whole)
		recorder_lost("a write of so many bytes");
	size_t used = 0;
	for (const struct iovec *one = parts; used < size; one++) {
		size_t left = size - used;
		size_t bytes = one->iov_len < left ? one->iov_len : left;
		memcpy(whole + used, one->iov_base, bytes);
		used += bytes;
	}
	recorder_wrote(fd, whole, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	bool on = recorder_enter();
	ssize_t written = syscall(SYS_writev, fd, parts, count);
	if (on && written > 0)
		wrote_parts(fd, parts, (size_t)written, place_of(fd) - written);
	return written;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
	bool on = recorder_enter();
	ssize_t written = syscall(SYS_pwritev, fd, parts, count, offset, 0);
	if (on && written > 0)
		wrote_parts(fd, parts, (size_t)written, offset);
	return written;
}

ssize_t plain_pwritev(int fd, const struct iovec *parts, int count,
                      off_t offset) __asm__("pwritev");

ssize_t plain_pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
	return pwritev(fd, parts, count, offset);
}

/* ---- size ---- */

int ftruncate(int fd, off_t size)
{
	bool on = recorder_enter();
	int code = (int)syscall(SYS_ftruncate, fd, size);
	if (on && code == 0)
		recorder_resized(fd, size);
	return code;
}

int plain_ftruncate(int fd, off_t size) __asm__("ftruncate");

int plain_ftruncate(int fd, off_t size)
{
	return ftruncate(fd, size);
}

/* Room within the file changes nothing that can be read. */
int posix_fallocate(int fd, off_t offset, off_t size)
{
	bool on = recorder_enter();
	struct stat before = { 0 };
	if (on)
		fstat(fd, &before);
	int code = syscall(SYS_fallocate, fd, 0, offset, size) == 0 ? 0 : errno;
	if (on && code == 0 && before.st_size < offset + size)
		recorder_resized(fd, offset + size);
	return code;
}

/* Reserving room behind a file would cost much time in memory and changes nothing to be read.
 */
int fallocate(int fd, int mode, off_t offset, off_t size)
{
	bool on = recorder_enter();
	if (mode == FALLOC_FL_KEEP_SIZE)
		return 0;
	if (on && recorder_has(fd))
		recorder_lost("fallocate");
	return (int)syscall(SYS_fallocate, fd, mode, offset, size);
}

/* ---- sync ---- */

static int sync_with(long call, int fd)
{
	bool on = recorder_enter();
	int code = (int)syscall(call, fd);
	if (on && code == 0)
		recorder_synced(fd);
	return code;
}

int fsync(int fd)
{
	return sync_with(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_with(SYS_fdatasync, fd);
}

/* ---- names ---- */

int rename(const char *from, const char *to);

int rename(const char *from, const char *to)
{
	bool on = recorder_enter();
	int code = (int)syscall(SYS_rename, from, to);
	if (on && code == 0)
		recorder_renamed(from, to);
	return code;
}

int unlink(const char *path)
{
	bool on = recorder_enter();
	int code = (int)syscall(SYS_unlink, path);
	if (on && code == 0)
		recorder_unlinked(path);
	return code;
}

/* ---- others ---- */

/* Stores through a map cannot be seen. */
void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	bool writes = (protection & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0;
	bool on = fd >= 0 && recorder_enter();
	if (on && writes && recorder_has(fd))
		recorder_lost("a map that is written through");
	map_wish wish = { .size = size,
		          .protection = protection,
		          .flags = flags,
		          .fd = fd,
		          .offset = offset };
	void *kept = address == NULL ? maps_take(&wish) : NULL;
	if (kept != NULL)
		return kept;
	union {
		long code;
		void *address;
	} ret = { .code = syscall(SYS_mmap, address, size, protection, flags, fd, offset) };
	if (address == NULL && ret.address != MAP_FAILED)
		maps_made(&wish, ret.address);
	return ret.address;
}

void *plain_mmap(void *address, size_t size, int protection, int flags, int fd,
                 off_t offset) __asm__("mmap");

void *plain_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	return mmap(address, size, protection, flags, fd, offset);
}

int munmap(void *address, size_t size)
{
	return maps_keep(address, size) ? 0 : (int)syscall(SYS_munmap, address, size);
}

ssize_t getrandom(void *bytes, size_t size, unsigned flags)
{
	bool on = recorder_enter();
	if (!on)
		return syscall(SYS_getrandom, bytes, size, flags);
	recorder_random(bytes, size);
	return (ssize_t)size;
}

int getentropy(void *bytes, size_t size)
{
	return getrandom(bytes, size, 0) == (ssize_t)size ? 0 : -1;
}
