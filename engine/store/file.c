/* SPDX-License-Identifier: Apache-2.0 */
/* The exclusive lock is flock() on an open file description of our own for the data file
 * itself. It protects the very file, also when the reader table beside it is deleted; it is
 * independent of the fcntl() locks that LMDB keeps on `<path>-lock`, so neither drops the
 * other's; and as it belongs to the description, it goes with the file through the rename that
 * ends its making. */
#include "engine/store/file.h"

#include "engine/store/carry.h"
#include "engine/store/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	RACES_MAX = 16,           /* with others that make or replace the file */
	READER_TABLE_HEAD = 4096, /* no less than LMDB's, which is some cache lines */
	READER_BYTES = 64,        /* one cache line each */
};

static const struct {
	uint32_t magic; /* of statfs(2) */
	const char *name;
} refused_systems[] = {
	{ 0x6969, "NFS" },        { 0x517b, "SMB" },      { 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB2" },   { 0x01021997, "9p" },   { 0x65735546, "FUSE" },
	{ 0x5346414f, "AFS" },    { 0x00c36400, "Ceph" }, { 0x73757245, "Coda" },
	{ 0x7461636f, "OCFS2" },  { 0x564c, "NCP" },      { 0x01161970, "GFS2" },
	{ 0x0bd00bd0, "Lustre" },
};

cx_status engine__file_status(int code)
{
	switch (code) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return CX_STORAGE_FULL;
	case ENOMEM:
		return CX_NO_MEMORY;
	default:
		return CX_IO;
	}
}

static cx_status fail_errno(cx_error *error, const char *doing, const char *path)
{
	int code = errno;
	return cx_fail(error, engine__file_status(code), "cannot %s %s: %s", doing, path,
	               strerror(code));
}

void engine__file_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* nothing of ours is unwritten */
	*fd = -1;
}

static cx_status check_system(int fd, const char *path, cx_error *error)
{
	struct statfs system;
	if (fstatfs(fd, &system) != 0)
		return fail_errno(error, "look at the file system of", path);
	for (size_t i = 0; i < CX_COUNT_OF(refused_systems); i++)
		if ((uint32_t)system.f_type == refused_systems[i].magic)
			return cx_fail(error, CX_UNSUPPORTED,
			               "%s is on a %s file system, where memory maps and locks "
			               "cannot be relied on; put it on a local disk",
			               path, refused_systems[i].name);
	return CX_OK;
}

static cx_status lock(int fd, const char *path, cx_error *error)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return CX_OK;
	if (errno == EWOULDBLOCK)
		return cx_fail(error, CX_LOCKED, "%s is held by another process", path);
	return fail_errno(error, "lock", path);
}

/* Whether `path` names the open file: it may have been renamed or replaced since the open. */
static bool is_named(int fd, const char *path)
{
	struct stat held;
	struct stat named;
	return fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/* What LMDB finds in a file it believes, and records are private: nobody else may write it or
 * read it. Also not root another's: it would leave files behind that the owner cannot open. */
static cx_status check_owner(const struct stat *file, const char *path, cx_error *error)
{
	if (file->st_uid != geteuid())
		return cx_fail(
			error, CX_DENIED,
			"%s belongs to user %u, and this is user %u: run it as the owner, "
			"or chown the file",
			path, file->st_uid, geteuid());
	if ((file->st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return cx_fail(error, CX_DENIED,
		               "others may use %s, its mode is %04o: chmod it to 0600", path,
		               file->st_mode & 07777);
	return CX_OK;
}

/* `*ret_fd` is -1 when there is no such file, or when it was replaced meanwhile. */
static cx_status open_locked(const char *path, int flags, const engine__store_options *options,
                             int *ret_fd, cx_error *error)
{
	*ret_fd = -1;
	CX_SCOPED(engine__file_close)
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags, 0600);
	if (fd < 0 && errno == ENOENT && (flags & O_CREAT) == 0)
		return CX_OK;
	if (fd < 0 && (errno == EISDIR || errno == ENXIO))
		return cx_fail(error, CX_CORRUPT, "%s is not a file", path);
	if (fd < 0)
		return fail_errno(error, "open", path);

	struct stat stat;
	if (fstat(fd, &stat) != 0)
		return fail_errno(error, "look at", path);
	if (!S_ISREG(stat.st_mode))
		return cx_fail(error, CX_CORRUPT, "%s is not a file", path);
	cx_status status = check_owner(&stat, path, error);
	if (status != CX_OK)
		return status;
	status = options->any_filesystem ? CX_OK : check_system(fd, path, error);
	if (status == CX_OK)
		status = lock(fd, path, error);
	if (status != CX_OK || !is_named(fd, path))
		return status;
	*ret_fd = fd;
	fd = -1;
	return CX_OK;
}

/* The name that a new store is made under. False when it does not fit. */
static bool making_name(const char *path, char *ret, size_t size)
{
	int length = snprintf(ret, size, "%s.making", path);
	return length > 0 && (size_t)length < size;
}

/* The name of a rename is durable when its folder is. */
cx_status engine__file_sync_folder(const char *path, cx_error *error)
{
	char copy[PATH_MAX];
	if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
		return cx_fail(error, CX_IO, "the name is too long: %s", path);
	const char *folder = dirname(copy);
	CX_SCOPED(engine__file_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(error, "open the folder", folder);
	if (fsync(fd) != 0)
		return fail_errno(error, "sync the folder", folder);
	return CX_OK;
}

/* Lets LMDB write its two meta pages. The file is ours alone, so it needs no reader table. */
static cx_status write_empty(const char *path, int fd, cx_error *error)
{
	if (ftruncate(fd, 0) != 0)
		return fail_errno(error, "empty", path);
	MDB_env *env;
	int code = mdb_env_create(&env);
	if (code != 0)
		return cx_fail(error, CX_NO_MEMORY, "no memory to make %s", path);
	code = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0600);
	if (code == 0)
		code = mdb_env_sync(env, 1);
	mdb_env_close(env);
	if (code != 0)
		return cx_fail(error, engine__file_status(code), "cannot make %s: %s", path,
		               mdb_strerror(code));
	if (fsync(fd) != 0)
		return fail_errno(error, "sync", path);
	return CX_OK;
}

/* The only states of an LMDB file that cannot be opened lie inside the writing of its first two
 * pages, so they are written under another name. Who holds the lock of the file with that name
 * makes the store; a file of that name that a crash left behind is written anew.
 *
 * `*ret_fd` is -1 when somebody else was faster: then the store is there. */
static cx_status make(const char *path, const engine__store_options *options, int *ret_fd,
                      cx_error *error)
{
	*ret_fd = -1;
	char fresh[PATH_MAX];
	if (!making_name(path, fresh, sizeof fresh))
		return cx_fail(error, CX_IO, "the name is too long: %s", path);

	CX_SCOPED(engine__file_close) int fd = -1;
	cx_status status = open_locked(fresh, O_CREAT, options, &fd, error);
	if (status != CX_OK || fd < 0)
		return status;
	struct stat there;
	if (stat(path, &there) == 0) {
		(void)unlink(fresh);
		return CX_OK;
	}

	status = write_empty(fresh, fd, error);
	if (status == CX_OK && rename(fresh, path) != 0)
		status = fail_errno(error, "name", path);
	if (status != CX_OK) {
		(void)unlink(fresh);
		return status;
	}
	*ret_fd = fd;
	fd = -1;
	return CX_OK;
}

/* Whether the last process did not close the store. */
static bool has_journal(const char *path)
{
	char name[PATH_MAX];
	for (int slot = 0; slot < ENGINE__SEGMENTS; slot++)
		if (snprintf(name, sizeof name, "%s-journal%d", path, slot) <
		            (int)sizeof name &&
		    access(name, F_OK) == 0)
			return true;
	return false;
}

static cx_status check_structure(int fd, const char *path, const engine__store_options *options,
                                 cx_error *error)
{
	/* A process that was killed inside a write may have left a page that only the memory of
	 * the system has, and what is built on it would be lost with it. */
	if (fdatasync(fd) != 0)
		return fail_errno(error, "sync", path);
	bool quick = options->skip_structure_check && !has_journal(path);
	engine__verify_report report;
	return engine__verify(fd, path, quick ? ENGINE__VERIFY_QUICK : ENGINE__VERIFY_WHOLE,
	                      &report, error);
}

cx_status engine__file_open(const char *path, const engine__store_options *options, int *ret_fd,
                            cx_error *error)
{
	CX_SCOPED(engine__file_close) int fd = -1;
	cx_status status = CX_OK;
	for (int races = 0; status == CX_OK && fd < 0; races++) {
		if (races == RACES_MAX)
			return cx_fail(error, CX_LOCKED, "%s is being replaced all the time",
			               path);
		status = open_locked(path, 0, options, &fd, error);
		if (status != CX_OK || fd >= 0)
			break;
		if (options->must_exist)
			return cx_fail(error, CX_NOT_FOUND, "there is no file %s", path);
		status = make(path, options, &fd, error);
	}
	if (status == CX_OK)
		status = check_structure(fd, path, options, error);
	/* Also for a file that was there: the process that renamed it may not have come to it.
	 */
	if (status == CX_OK)
		status = engine__file_sync_folder(path, error);
	if (status != CX_OK)
		return status;
	*ret_fd = fd;
	fd = -1;
	return CX_OK;
}

cx_status engine__file_reserve_readers(const char *path, unsigned readers, cx_error *error)
{
	char table[PATH_MAX];
	if (snprintf(table, sizeof table, "%s-lock", path) >= (int)sizeof table)
		return cx_fail(error, CX_IO, "the name is too long: %s", path);
	CX_SCOPED(engine__file_close) int fd = open(table, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat stat;
	if (fd < 0 || fstat(fd, &stat) != 0)
		return fail_errno(error, "open the reader table", table);
	off_t wanted = READER_TABLE_HEAD + (off_t)readers * READER_BYTES;
	errno = posix_fallocate(fd, 0, stat.st_size > wanted ? stat.st_size : wanted);
	if (errno != 0)
		return fail_errno(error, "make room for the reader table", table);
	return CX_OK;
}

bool engine__file_is_full(int fd, uint64_t used_bytes)
{
	static const uint8_t page[4096];
	struct stat before;
	if (fstat(fd, &before) != 0)
		return false;
	uint64_t length = (uint64_t)before.st_size;
	uint64_t end = length > used_bytes ? length : used_bytes;
	ssize_t written = pwrite(fd, page, sizeof page, (off_t)end);
	bool full = written < 0 ? engine__file_status(errno) == CX_STORAGE_FULL
	                        : (size_t)written < sizeof page;
	if (written > 0 && ftruncate(fd, before.st_size) != 0)
		return false;
	return full;
}
